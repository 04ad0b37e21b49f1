from math import ceil
from pathlib import Path

import numpy as np
import pytest

from morgana.portrait.acting import Acted, ActingOptions, act, aperture, perform
from morgana.portrait.acting.measuring import closure_share, silent
from morgana.portrait.performance import Action, Performance
from morgana.speech.resampling import RATE
from morgana.video.sound import read_sound
from tests.portrait.acting.made import speech_of, talk, vowel

DEMO = Path(__file__).parents[3] / "src/morgana/assets/demo/speech.wav"
PARTS = ("actions", "gaze", "head", "torso")


def same(one: Performance, other: Performance, part: str) -> bool:
    return bool(np.array_equal(getattr(one, part), getattr(other, part)))


@pytest.fixture(scope="module")
def demo() -> Acted:
    sound = read_sound(DEMO)
    return act(sound.samples, sound.rate, ActingOptions())


def test_the_same_speech_and_seed_give_the_same_performance() -> None:
    one, other = (perform(talk(30), ActingOptions(seed=5)).performance for _ in range(2))
    assert all(same(one, other, part) for part in PARTS)


def test_another_seed_moves_head_and_eyes_otherwise_and_the_mouth_alike() -> None:
    one, other = (perform(talk(30), ActingOptions(seed=seed)).performance for seed in (1, 2))
    assert not any(same(one, other, part) for part in PARTS)
    mouth = slice(Action.JAW_OPEN, Action.MOUTH_SMILE_LEFT)
    assert np.array_equal(one.actions[:, mouth], other.actions[:, mouth])


def test_parts_are_random_apart() -> None:
    happy = perform(talk(30), ActingOptions(expression="happy")).performance
    sad = perform(talk(30), ActingOptions(expression="sad")).performance
    assert all(same(happy, sad, part) for part in ("gaze", "head", "torso"))
    lids = [Action.EYE_BLINK_LEFT, Action.EYE_BLINK_RIGHT]
    assert np.array_equal(happy.actions[:, lids], sad.actions[:, lids])


@pytest.mark.parametrize("fps", [25, 30])
@pytest.mark.parametrize("duration", [0.1, 0.3, 1.0, 2.01, 7.425, 33.333])
def test_the_frames_cover_the_audio_and_no_more(duration: float, fps: int) -> None:
    performance = perform(speech_of(duration, ()), ActingOptions(fps=fps)).performance
    assert len(performance) == ceil(duration * fps - 1e-6)
    assert performance.fps == fps
    for part in PARTS:
        values = getattr(performance, part)
        assert values.dtype == np.float32
        assert np.isfinite(values).all()


def test_actions_are_shares() -> None:
    actions = perform(
        talk(60), ActingOptions(expression="happy", expression_intensity=1.0)
    ).performance.actions
    assert actions.min() >= 0
    assert actions.max() <= 1


@pytest.mark.parametrize(
    "wrong", [{"expression": "angry"}, {"expression_intensity": 1.5}, {"fps": 0}], ids=lambda w: next(iter(w))
)
def test_impossible_options_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ActingOptions(**wrong)  # type: ignore[arg-type]


def test_a_recording_is_acted_out(demo: Acted) -> None:
    performance, speech = demo.performance, demo.speech
    assert len(performance) == ceil(7.425 * 25)
    assert speech.language == "en"
    assert closure_share(performance, speech) == 0
    assert sum(phone.name in "PBM" for phone in speech.phones) >= 4
    low, middle, high = np.percentile(aperture(performance.actions), [5, 50, 95])
    assert low < 0.01
    assert 0.06 < middle < 0.17
    assert 0.16 < high < 0.31
    quiet = silent(speech, len(performance), 25, margin=0.2)
    assert aperture(performance.actions)[quiet].max(initial=0) < 0.01


def test_a_recording_is_acted_out_the_same_way_twice(demo: Acted) -> None:
    sound = read_sound(DEMO)
    again = act(sound.samples, sound.rate, ActingOptions())
    assert again.speech.phones == demo.speech.phones
    assert all(same(demo.performance, again.performance, part) for part in PARTS)


def test_a_song_without_words_still_moves_the_mouth() -> None:
    shapes = [(700.0, 1150.0, 2600.0), (300.0, 2300.0, 3000.0), (320.0, 750.0, 2300.0)]
    pitches = np.random.default_rng(1).uniform(150, 300, 18)
    song = np.concatenate([vowel(pitch, shapes[index % 3], 0.3) for index, pitch in enumerate(pitches)])
    shares: list[float] = []
    acted = act(song, RATE, ActingOptions(), shares.append)
    assert acted.speech.words == ()
    gap = aperture(acted.performance.actions)
    assert np.percentile(gap, 50) > 0.05
    assert np.ptp(gap) > 0.1
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_song_between_sentences_moves_the_mouth_as_well() -> None:
    shapes = [(700.0, 1150.0, 2600.0), (300.0, 2300.0, 3000.0), (320.0, 750.0, 2300.0)]
    song = np.concatenate([vowel(200 + 10 * index, shapes[index % 3], 0.4) for index in range(10)])
    words, rest = read_sound(DEMO, RATE).samples, np.zeros(2 * RATE, np.float32)
    sound = np.concatenate([words, rest, song, rest])
    acted = act(sound, RATE, ActingOptions())
    assert len(acted.speech.words) == 24
    gap = aperture(acted.performance.actions)
    start = len(words) / RATE + 2
    singing = gap[int((start + 0.1) * 25) : int((start + 3.9) * 25)]
    assert np.percentile(singing, 5) > 0.1
    assert np.ptp(singing) > 0.1
    assert singing.max() < 0.37
    for silence in (start - 1, start + 5):
        assert (gap[int(silence * 25) : int((silence + 0.7) * 25)] == 0).all()


def test_three_minutes_need_little_more_memory_than_ten_seconds() -> None:
    # What grows with the length, by `Performance` and by what is kept of the sound.
    speech = talk(180)
    acted = perform(speech, ActingOptions())
    kept = sum(getattr(acted.performance, part).nbytes for part in PARTS)
    kept += sum(
        values.nbytes for values in (speech.prosody.level, speech.prosody.pitch, speech.prosody.bands)
    )
    assert kept < 2**21
