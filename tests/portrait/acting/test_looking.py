import numpy as np

from morgana.portrait.acting.looking import look
from morgana.portrait.acting.phrasing import mark
from morgana.portrait.performance import FloatArray
from morgana.speech.transcript import Speech
from tests.portrait.acting.made import speech_of, talk


def gaze(speech: Speech, seed: int) -> FloatArray:
    return look(mark(speech), round(speech.duration * 25), 25, np.random.default_rng(seed))


def test_the_gaze_rests_on_the_viewer() -> None:
    for seed in range(6):
        eyes = gaze(talk(120), seed)
        away = np.linalg.norm(eyes, axis=1)
        assert (eyes[0] == 0).all()
        assert (away < 2.5).mean() > 0.85
        assert (away < 0.01).mean() > 0.25
        assert away.max() <= 12.5


def test_eyes_move_in_steps_between_fixations() -> None:
    eyes = gaze(talk(120), 2)
    moves = np.flatnonzero((np.diff(eyes, axis=0) != 0).any(axis=1))
    assert 0.4 < len(moves) / 120 < 2
    # A saccade is over within two frames: three frames in a row never move.
    assert not any(first + 1 in moves and first + 2 in moves for first in moves)
    pauses = np.diff(moves)
    assert np.percentile(pauses[pauses > 1], 10) >= 0.28 * 25
    assert pauses.max() <= 4.1 * 25


def test_glances_away_are_brief_and_return_to_the_viewer() -> None:
    count = 0
    for seed in range(6):
        eyes = gaze(talk(180), seed)
        away = np.linalg.norm(eyes, axis=1) > 4
        edges = np.flatnonzero(np.diff(np.concatenate([[0], away.astype(int), [0]]))).reshape(-1, 2)
        count += len(edges)
        for start, end in edges:
            assert 0.2 <= (end - start) / 25 <= 0.95
            assert np.linalg.norm(eyes[end + 1]) < 0.01
    assert 12 < count < 150


def test_glances_away_happen_where_phrases_begin() -> None:
    speech = talk(180)
    starts = np.array([phrase.start for phrase in mark(speech).phrases])
    for seed in range(4):
        away = np.linalg.norm(gaze(speech, seed), axis=1) > 4
        begins = np.flatnonzero(np.diff(away.astype(int)) == 1) / 25
        assert np.abs(begins[:, None] - starts).min(axis=1).max() < 0.4


def test_without_phrases_nobody_looks_away() -> None:
    assert np.linalg.norm(gaze(speech_of(60, ()), 0), axis=1).max() < 2.5
