import numpy as np

from morgana.portrait.acting.carriage import breathe, carry
from morgana.portrait.acting.phrasing import Phrasing, Stress, mark
from morgana.portrait.performance import FloatArray
from morgana.speech.transcript import Span, Speech
from tests.portrait.acting.made import speech_of, talk

SEEDS = range(8)


def head(speech: Speech, seed: int) -> FloatArray:
    return carry(mark(speech), round(speech.duration * 25), 25, np.random.default_rng(seed))


def test_the_head_moves_as_much_as_a_real_speakers() -> None:
    heads = [head(talk(60), seed) for seed in SEEDS]
    yaw, pitch, roll = np.mean([motion.std(axis=0)[:3] for motion in heads], axis=0)
    assert 2.5 < yaw < 5
    assert 2.5 < pitch < 4.5
    assert 1.2 < roll < 2.5
    translation = np.mean([np.linalg.norm(motion.std(axis=0)[3:]) for motion in heads])
    assert 0.06 < translation < 0.14


def test_the_head_stays_within_its_limits_and_never_drifts_off() -> None:
    for seed in SEEDS:
        motion = head(talk(180), seed)
        assert (np.abs(motion[:, :3]) < [12, 10, 7]).all()
        assert (np.abs(motion[:, 3:]) < 0.3).all()
        for minute in np.split(motion, 3):
            assert (np.abs(minute.mean(axis=0)[:3]) < [3, 3, 2]).all()
        assert (np.sign(motion[1:, 0]) != np.sign(motion[:-1, 0])).sum() > 10


def test_it_starts_and_ends_in_the_pose_of_the_photo() -> None:
    for duration in (0.3, 1.0, 7.4, 60.0):
        motion = head(talk(duration), 3)
        assert (motion[0] == 0).all()
        assert (np.abs(motion[-1]) < 0.05).all()


def test_a_head_is_heavy() -> None:
    for seed in SEEDS:
        speed = np.abs(np.diff(head(talk(60), seed), axis=0)) * 25
        assert (speed[:, :3].max(axis=0) < [60, 70, 40]).all()
        jerk = np.abs(np.diff(head(talk(60), seed)[:, :3], n=3, axis=0))
        assert jerk.max() < 0.9


def test_silence_is_calmer_but_alive() -> None:
    def movement(speech: Speech) -> float:
        return float(np.mean([np.abs(np.diff(head(speech, seed)[:, :3], axis=0)).mean() for seed in SEEDS]))

    silent, spoken = movement(speech_of(60, ())), movement(talk(60))
    assert 0.1 * spoken < silent < 0.6 * spoken


def test_a_stressed_word_is_nodded() -> None:
    stresses = tuple(Stress(time, 1.0) for time in np.arange(2.0, 58.0, 2.0))
    with_stress = Phrasing(60.0, (Span(0.5, 59.5),), stresses, ())
    without = Phrasing(60.0, (Span(0.5, 59.5),), (), ())
    dips = []
    for seed in SEEDS:
        nods = carry(with_stress, 1500, 25, np.random.default_rng(seed))[:, 1]
        nods = nods - carry(without, 1500, 25, np.random.default_rng(seed))[:, 1]
        dips += [float(nods[int(stress.time * 25) + 2]) for stress in stresses]
    assert np.mean(dips) < -1.5
    assert (np.array(dips) < -1).mean() > 0.6


def test_shoulders_breathe_twelve_to_eighteen_times_a_minute() -> None:
    for speech in (talk(120), speech_of(120, ())):
        for seed in SEEDS:
            torso = breathe(mark(speech), 3000, 25, np.random.default_rng(seed))
            lift = -torso[:, 1]
            assert lift.min() >= 0
            assert 0.02 < lift.max() < 0.05
            assert np.abs(torso[:, 0]).max() <= 0.04
            low = lift < 0.3 * lift.max()
            breaths = (np.diff(low.astype(int)) == -1).sum() / 2
            assert 11 <= breaths <= 18


def test_breath_is_taken_in_pauses() -> None:
    speech = talk(120, phrase=3.4, pause=0.7)
    pauses = np.array([phrase.start - 0.35 for phrase in mark(speech).phrases])
    lift = -breathe(mark(speech), 3000, 25, np.random.default_rng(0))[:, 1]
    turns = np.flatnonzero((np.diff(lift)[1:] > 0) & (np.diff(lift)[:-1] <= 0)) / 25
    assert (np.abs(turns[:, None] - pauses).min(axis=1) < 0.25).mean() > 0.6
