from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.speech.activity import voice_probability, voiced_spans
from morgana.speech.prosody import Prosody, analyse
from morgana.speech.recognition import LONGEST_PIECE, Recogniser, load, pack, recognise
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Span
from morgana.video.sound import read_sound

DEMO = Path(__file__).parents[2] / "src/morgana/assets/demo/speech.wav"
TEXT = (
    "hi i'm only a photograph but give me a voice and i will speak every word for you "
    "from a machine that you own"
)


def flat(seconds: float) -> Prosody:
    count = int(seconds * 100)
    return Prosody(
        np.full(count, -20, np.float32),
        np.zeros(count, np.float32),
        np.zeros(count, np.float32),
        np.zeros((count, 5), np.float32),
    )


class Whisper:
    """Hears the same segment, with the given oddities, in whatever it is played."""

    def __init__(self, language: str = "en", certainty: float = 0.9, **odd: Any) -> None:
        at = odd.pop("words_at", 0.1)
        words = [
            SimpleNamespace(word=" hello", start=at, end=at + 0.4, probability=odd.pop("probability", 0.9))
        ]
        words *= odd.pop("repeat", 1)
        usual = {
            "no_speech_prob": 0.0,
            "avg_logprob": -0.3,
            "compression_ratio": 1.2,
            "start": 0.0,
            "end": 1.0,
        }
        self.segment = SimpleNamespace(words=words, **(usual | odd))
        self.information = SimpleNamespace(language=language, language_probability=certainty)

    def transcribe(self, *_: Any, **__: Any) -> tuple[Iterator[Any], Any]:
        return iter([self.segment]), self.information


def heard(model: Whisper) -> list[str]:
    audio = np.zeros(2 * RATE, np.float32)
    transcript = recognise(Recogniser(model, None), audio, (Span(0.5, 1.5),), flat(2))
    return [word.text for word in transcript.words]


def test_a_sound_segment_is_kept_at_its_time() -> None:
    audio = np.zeros(70 * RATE, np.float32)
    transcript = recognise(Recogniser(Whisper("de"), None), audio, (Span(10, 11), Span(50, 51)), flat(70))
    assert transcript.language == "de"
    assert [word.start for word in transcript.words] == pytest.approx([9.9, 49.9])


@pytest.mark.parametrize(
    "odd",
    [
        {"avg_logprob": -1.2},
        {"compression_ratio": 3.0, "no_speech_prob": 0.55},
        {"compression_ratio": 3.0, "avg_logprob": -0.6},
        {"no_speech_prob": 0.9, "avg_logprob": -0.7},
        {"probability": 0.2},
        {"repeat": 20},
        {"certainty": 0.2},
    ],
    ids=lambda odd: "-".join(odd),
)
def test_hallucinations_are_not_believed(odd: dict[str, Any]) -> None:
    assert heard(Whisper()) == ["hello"]
    assert heard(Whisper(**odd)) == []


def test_words_in_a_pause_between_voices_are_not_believed() -> None:
    audio = np.zeros(20 * RATE, np.float32)
    model = Whisper(words_at=8.0)
    for voiced, count in (((Span(1, 2), Span(15, 16)), 0), ((Span(1, 2), Span(9, 10)), 1)):
        assert len(recognise(Recogniser(model, None), audio, voiced, flat(20)).words) == count


def test_numbers_and_their_signs_are_one_word() -> None:
    model = Whisper()
    pieces = [
        (" pay", 0.5),
        (" $12", 0.7),
        (".99,", 0.9),
        (" 25", 1.0),
        ("%", 1.2),
        (" -", 1.3),
        (" now", 1.4),
    ]
    model.segment.words = [
        SimpleNamespace(word=text, start=start, end=start + 0.1, probability=0.9) for text, start in pieces
    ]
    audio = np.zeros(2 * RATE, np.float32)
    words = recognise(Recogniser(model, None), audio, (Span(0.2, 1.8),), flat(2)).words
    assert [word.text for word in words] == ["pay", "$12.99,", "25%", "now"]
    assert [round(word.end - word.start, 3) for word in words] == [0.1, 0.3, 0.3, 0.1]


def test_a_repeated_sentence_is_recognised_every_time() -> None:
    sound = read_sound(DEMO, RATE).samples
    sound = np.resize(sound, 4 * len(sound))
    voiced = voiced_spans(voice_probability(sound), len(sound) / RATE)
    transcript = recognise(load(), sound, voiced, analyse(sound))
    said = " ".join(word.text.lower().strip(",.!") for word in transcript.words)
    assert said == " ".join([TEXT] * 4)
    starts = [word.start for word in transcript.words]
    assert starts == sorted(starts)
    for word, later in zip(transcript.words, transcript.words[24:], strict=False):
        assert later.start - word.start == pytest.approx(7.425, abs=0.5)


def test_pieces_fit_the_model_and_leave_nothing_out() -> None:
    voiced = (Span(1, 12), Span(14, 26), Span(30, 31), Span(40, 110))
    pieces = pack(voiced, 120, flat(120))
    assert all(0 < piece.end - piece.start <= LONGEST_PIECE for piece in pieces)
    assert all(later.start >= sooner.end for sooner, later in pairwise(pieces))
    for second in np.arange(0, 120, 0.1):
        if any(span.start <= second < span.end for span in voiced):
            assert any(piece.start <= second < piece.end for piece in pieces)


def test_a_voice_without_pauses_is_cut_where_it_is_quietest() -> None:
    prosody = flat(60)
    prosody.level[2380:2420] = -50
    first, second, *_ = pack((Span(0, 60),), 60, prosody)
    assert first.end == pytest.approx(24, abs=0.2)
    assert second.start == first.end


def test_speech_is_recognised_with_times() -> None:
    sound = read_sound(DEMO, RATE).samples
    voiced = voiced_spans(voice_probability(sound), len(sound) / RATE)
    transcript = recognise(load(), sound, voiced, analyse(sound))
    assert transcript.language == "en"
    said = " ".join(word.text.lower().strip(",.!") for word in transcript.words)
    assert said == TEXT
    starts = [word.start for word in transcript.words]
    assert starts == sorted(starts)
    assert all(0 < word.probability <= 1 and word.end > word.start for word in transcript.words)


def test_the_english_model_stands_in_for_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    found = models.path

    def without_base(name: str) -> Path:
        if name == "whisper-base":
            raise InputError(ErrorCode.MODEL_MISSING, "not here")
        return found(name)

    monkeypatch.setattr(models, "path", without_base)
    sound = read_sound(DEMO, RATE).samples
    transcript = recognise(load(), sound, (Span(0.2, 7.0),), analyse(sound))
    assert transcript.language == "en"
    assert {"photograph", "machine"} <= {word.text.strip(",.").lower() for word in transcript.words}


def test_without_any_model_the_person_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> Path:
        raise InputError(ErrorCode.MODEL_MISSING, f"The weights '{name}' are not installed.")

    monkeypatch.setattr(models, "path", nothing)
    with pytest.raises(InputError) as raised:
        load()
    assert raised.value.code is ErrorCode.MODEL_MISSING
