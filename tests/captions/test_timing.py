"""Given words are lit when they are said: against the exact times of our own synthesis."""

import random
import time
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.captions.pages import Word
from morgana.captions.timing import _pairs, lay_on
from morgana.captions.transcripts import Cue, Transcript, read_transcript, to_srt
from morgana.errors import InputError
from morgana.speech.listening import listen
from morgana.speech.resampling import RATE, to_speech_rate
from morgana.speech.speaking import speak
from morgana.speech.transcript import Word as SpokenWord

TEXT = (
    "Good morning, and welcome back to the harbour. Yesterday Kaia Thalberg showed us how the lighthouse was "
    "built. Most people left after the storm of 1987."
)
REST = 1.0  # seconds of quiet before the speech and after it


@dataclass(frozen=True)
class Spoken:
    audio: NDArray[np.float32]
    words: tuple[Word, ...]


@pytest.fixture(scope="module")
def spoken() -> Spoken:
    said = list(speak(TEXT))
    audio = to_speech_rate(np.concatenate([one.samples for one in said]), said[0].rate)
    words = tuple(Word(word.text, word.start + REST, word.end + REST) for one in said for word in one.words)
    rest = np.zeros(int(REST * RATE), np.float32)
    return Spoken(np.concatenate([rest, audio.astype(np.float32), rest]), words)


@pytest.fixture(scope="module")
def recognised(spoken: Spoken) -> tuple[Word, ...]:
    return tuple(Word(word.text, word.start, word.end) for word in listen(spoken.audio, RATE).words)


def mean_error(found: tuple[Word, ...], exact: tuple[Word, ...]) -> float:
    """Seconds by which words start too early or too late."""
    return float(np.mean([abs(one.start - other.start) for one, other in zip(found, exact, strict=True)]))


def texts(words: tuple[Word, ...]) -> list[str]:
    return [word.text for word in words]


def test_recognised_words_start_when_they_are_said(spoken: Spoken, recognised: tuple[Word, ...]) -> None:
    assert mean_error(recognised, spoken.words) < 0.04


def test_a_text_is_written_as_it_is_given_when_it_is_said(spoken: Spoken) -> None:
    told: list[float] = []
    language, words = lay_on(spoken.audio, read_transcript(TEXT), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert language == "en"
    assert texts(words) == TEXT.split()
    assert mean_error(words, spoken.words) < 0.04


def test_what_was_left_out_and_put_in_moves_nothing_else(spoken: Spoken) -> None:
    given = TEXT.replace("and welcome back to ", "").replace("Most", "Truly, indeed, most")
    _, words = lay_on(spoken.audio, read_transcript(given), "en")
    assert texts(words) == given.split()
    exact = {word.text: word.start for word in spoken.words}
    errors = [
        abs(word.start - exact[word.text]) for word in words if texts(spoken.words).count(word.text) == 1
    ]
    assert np.median(errors) < 0.04
    assert np.mean(errors) < 0.1


def test_words_of_subtitles_start_when_they_are_said(spoken: Spoken) -> None:
    told: list[float] = []
    language, words = lay_on(spoken.audio, read_transcript(to_srt(spoken.words)), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert language == "en"
    assert texts(words) == TEXT.split()
    assert mean_error(words, spoken.words) < 0.04


def test_words_stay_inside_their_cues_whatever_is_said_in_them(spoken: Spoken) -> None:
    cues = (
        Cue(("something", "else"), 1.0, 1.5),
        Cue(("in", "silence"), 0.2, 0.6),
        Cue(("日本", "語"), 3.0, 3.5),
        Cue(("after", "the", "end"), 90.0, 91.0),
        Cue(("no", "time"), 95.0, 95.0),
    )
    _, words = lay_on(spoken.audio, Transcript("cues", tuple(sorted(cues, key=lambda cue: cue.start))), "en")
    for cue in cues:
        found = [word for word in words if word.text in cue.words]
        assert len(found) == len(cue.words)
        assert all(cue.start <= word.start <= word.end <= cue.end for word in found)
    silent = [word for word in words if word.text in ("in", "silence")]
    assert silent[0].start == pytest.approx(0.2)
    assert silent[1].end == pytest.approx(0.6)


def test_a_text_that_nobody_says_lies_over_the_voice(spoken: Spoken) -> None:
    given = "lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt"
    _, words = lay_on(spoken.audio, read_transcript(given))
    assert texts(words) == given.split()
    assert words[0].start == pytest.approx(REST, abs=0.2)
    assert words[-1].end == pytest.approx(spoken.words[-1].end, abs=0.3)
    lengths = [word.end - word.start for word in words if len(word.text) in (3, 11)]
    assert min(lengths) < 0.6 * max(lengths)


def test_the_clock_of_cues_is_that_of_the_film(spoken: Spoken) -> None:
    late = 2.5
    exact = tuple(Word(word.text, word.start + late, word.end + late) for word in spoken.words)
    _, words = lay_on(spoken.audio, read_transcript(to_srt(exact)), "en", late)
    assert mean_error(words, exact) < 0.04


def test_the_words_of_an_hour_are_found_in_a_moment() -> None:
    """As many as an hour of speech has, few of them rare, and every tenth heard wrongly."""
    chance = random.Random(1)
    rare = ["".join(chance.choices("aeioubdgklmnprst", k=7)) for _ in range(2000)]
    common = ("the", "and", "of", "a")
    given = [chance.choice(common if chance.random() < 0.7 else rare) for _ in range(9000)]
    heard = [
        SpokenWord("hum" if number % 10 == 9 else text, number, number, 1.0)
        for number, text in enumerate(given)
    ]
    begun = time.process_time()
    pairs = _pairs(given, heard)
    assert time.process_time() - begun < 3
    assert len(pairs) > 0.85 * len(given)
    assert sum(one == other for one, other in pairs.items()) > 0.99 * len(pairs)


def test_a_text_without_a_voice_is_nothing() -> None:
    assert lay_on(np.zeros(3 * RATE, np.float32), read_transcript(TEXT)) == (None, ())
    assert lay_on(np.zeros(0, np.float32), read_transcript(TEXT)) == (None, ())


def test_cues_without_a_sound_are_spread_by_the_lengths_of_words() -> None:
    _, words = lay_on(np.zeros(0, np.float32), Transcript("cues", (Cue(("I", "understand"), 1.0, 3.0),)))
    assert words[0].start == 1.0
    assert words[1].start < 1.4
    assert words[1].end == 3.0


def test_names_are_spelled_right_where_they_are_given(spoken: Spoken, recognised: tuple[Word, ...]) -> None:
    speech = listen(spoken.audio, RATE, language="en", vocabulary=("Kaia Thalberg",))
    assert {"Kaia", "Thalberg"} <= {word.text for word in speech.words}
    assert "Kaia" not in texts(recognised)
    assert len(speech.words) == len(recognised)


def test_a_language_that_cannot_be_recognised_is_told(spoken: Spoken) -> None:
    with pytest.raises(InputError, match="ISO 639-1"):
        listen(spoken.audio, RATE, language="xx")
