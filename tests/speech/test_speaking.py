"""What is spoken, with the engine that comes with the installation."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from morgana.errors import ErrorCode, InputError
from morgana.settings import settings
from morgana.speech.arrays import FloatArray
from morgana.speech.speaking import LONGEST_TEXT, check, speak
from morgana.speech.utterance import TimedWord, Utterance

TEXT = "Take the first street on the left, Peter. On 5 May we paid $20 for it! Could you check it?"


@pytest.fixture(scope="module")
def spoken() -> list[Utterance]:
    return list(speak(TEXT))


def joined(utterances: list[Utterance]) -> FloatArray:
    return np.concatenate([utterance.samples for utterance in utterances])


def said(utterances: list[Utterance]) -> list[TimedWord]:
    return [word for utterance in utterances for word in utterance.words]


def level(samples: FloatArray, start: float, end: float) -> float:
    """RMS in decibels."""
    part = samples[round(start * 24_000) : round(end * 24_000)].astype(np.float64)
    return float(10 * np.log10(np.square(part).mean() + 1e-12))


def test_a_sentence_is_an_utterance_and_they_follow_each_other(spoken: list[Utterance]) -> None:
    assert len(spoken) == 3
    assert spoken[0].start == 0
    for one, other in pairwise(spoken):
        assert other.start == pytest.approx(one.end)


def test_all_of_the_text_is_said_in_order(spoken: list[Utterance]) -> None:
    words = said(spoken)
    assert " ".join(TEXT[word.offset : word.offset + word.length] for word in words) == TEXT
    assert [word.text for word in words] == TEXT.split()
    edges = [edge for word in words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert edges[-1] <= spoken[-1].end
    for word in words:
        assert word.start == word.phonemes[0].start
        assert word.end == word.phonemes[-1].end


def test_every_word_is_heard_when_its_times_say_so(spoken: list[Utterance]) -> None:
    samples = joined(spoken)
    for word in said(spoken):
        assert level(samples, word.start, word.end) > -40, word.text


def test_between_sentences_there_is_silence(spoken: list[Utterance]) -> None:
    samples = joined(spoken)
    for one, other in pairwise(spoken):
        end, start = one.words[-1].end, other.words[0].start
        assert 0.3 < start - end < 0.8
        assert level(samples, end + 0.1, start - 0.05) < -65


def test_the_sound_neither_clips_nor_clicks(spoken: list[Utterance]) -> None:
    samples = joined(spoken)
    assert 0.2 < np.abs(samples).max() < 0.99
    for utterance in spoken:
        assert abs(utterance.samples[0]) < 0.005
        assert abs(utterance.samples[-1]) < 0.005


def test_bursts_are_where_the_times_say() -> None:
    """A t between vowels is silence and then a burst, at its end."""
    utterances = list(speak("A tie, a toe, a tea."))
    samples = joined(utterances)
    for word in said(utterances)[1::2]:
        stop = word.phonemes[0]
        assert stop.symbol == "t"
        levels = [
            level(samples, stop.start + at, stop.start + at + 0.01) for at in np.arange(-0.05, 0.12, 0.01)
        ]
        closure, burst = int(np.argmin(levels)), int(np.argmax(np.diff(levels)))
        assert levels[burst + 1] - levels[closure] > 15
        assert -0.02 <= burst * 0.01 - 0.05 <= stop.end - stop.start + 0.03


def test_the_same_seed_gives_the_same_samples_and_another_gives_others(spoken: list[Utterance]) -> None:
    np.testing.assert_array_equal(joined(list(speak(TEXT, seed=0))), joined(spoken))
    other = list(speak(TEXT, seed=1))
    assert not np.array_equal(joined(other), joined(spoken))
    assert [word.start for word in said(other)] == pytest.approx(
        [word.start for word in said(spoken)], abs=0.03
    )


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_twice_as_fast_takes_half_as_long(spoken: list[Utterance], speed: float) -> None:
    other = list(speak(TEXT, speed=speed))
    usual, changed = said(spoken), said(other)
    assert other[-1].end / spoken[-1].end == pytest.approx(1 / speed, rel=0.15)
    assert changed[-1].start / usual[-1].start == pytest.approx(1 / speed, rel=0.15)
    samples = joined(other)
    for word in changed:
        assert level(samples, word.start, word.end) > -40, word.text


def test_many_at_once_get_what_each_gets_alone(spoken: list[Utterance]) -> None:
    texts = [TEXT, TEXT.upper(), "And now for something else."] * 3
    alone = {text: joined(list(speak(text))) for text in texts}
    with ThreadPoolExecutor(9) as pool:
        for text, samples in zip(texts, pool.map(lambda text: joined(list(speak(text))), texts), strict=True):
            np.testing.assert_array_equal(samples, alone[text])
    np.testing.assert_array_equal(alone[TEXT], joined(spoken))


def test_a_pause_mark_is_silence_of_that_length() -> None:
    text = "Wait [pause 1.5s] for it. [happy] Now!"
    utterances = list(speak(text))
    wait, for_it, *_ = words = said(utterances)
    assert [word.text for word in words] == ["Wait", "for", "it.", "Now!"]
    assert [text.index(word.text) for word in words] == [word.offset for word in words]
    assert for_it.start - wait.end == pytest.approx(1.5, abs=0.1)
    assert level(joined(utterances), wait.end + 0.15, for_it.start - 0.06) < -65


def test_a_pause_before_the_first_word_is_silence_too() -> None:
    silence, speech = speak("[pause 2s] Hello.")
    assert silence.words == ()
    assert silence.end == pytest.approx(2.0, abs=0.05)
    assert not silence.samples.any()
    assert speech.words[0].text == "Hello."


@pytest.mark.parametrize(
    ("text", "voice", "code", "told"),
    [
        ("a" * (LONGEST_TEXT + 1), "heart", ErrorCode.TEXT_TOO_LONG, "10001 characters.*10000"),
        ("", "heart", ErrorCode.TEXT_UNPRONOUNCEABLE, "en-US"),
        (" \n\t ", "heart", ErrorCode.TEXT_UNPRONOUNCEABLE, "en-US"),
        ("[pause 1s] [happy]", "heart", ErrorCode.TEXT_UNPRONOUNCEABLE, "en-US"),
        ("Hello [hapy]", "heart", ErrorCode.MARK_INVALID, "happy"),
        ("Hello", "nobody", ErrorCode.VOICE_NOT_FOUND, "'nobody'"),
        ("", "nobody", ErrorCode.VOICE_NOT_FOUND, "'nobody'"),
    ],
)
def test_bad_input_is_refused_at_once(text: str, voice: str, code: ErrorCode, told: str) -> None:
    for ask in (check, speak):
        with pytest.raises(InputError, match=told) as caught:
            ask(text, voice)
        assert caught.value.code is code


def test_a_voice_that_was_not_pulled_says_how_to_pull_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path))
    settings.cache_clear()
    try:
        for ask in (check, speak):
            with pytest.raises(InputError, match="`morgana models pull kokoro`") as caught:
                ask("Hello", "bm_george")
            assert caught.value.code is ErrorCode.MODEL_MISSING
    finally:
        settings.cache_clear()


@pytest.mark.parametrize("speed", [0.49, 2.01, float("nan")])
def test_a_speed_out_of_range_is_a_mistake_of_the_caller(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        speak("Hello", speed=speed)


def test_the_longest_text_is_spoken_whole_in_flat_memory() -> None:
    script = """
import os, sys
from morgana.speech.speaking import speak
sentence = "This is number {} of the many sentences that are read here, and there is more to come. "
text = "".join(map(sentence.format, range(1000)))[:10_000]
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
size, place, sizes = 0, 0, []
for utterance in speak(text):
    size += utterance.samples.nbytes / 2**20
    place = utterance.words[-1].offset + utterance.words[-1].length
    sizes.append(resident())
print(place / len(text), size, max(sizes) - sizes[len(sizes) // 5])
"""
    outcome = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True
    )
    said_share, megabytes, growth = map(float, outcome.stdout.split())
    assert said_share > 0.99
    assert megabytes > 45
    assert growth < 20
