"""The mouth without words: the sound alone drives it."""

import numpy as np

from morgana.portrait.acting.aperture import aperture
from morgana.portrait.acting.mouth import mouth
from morgana.portrait.performance import Action, FloatArray
from morgana.speech.activity import sounding
from morgana.speech.prosody import analyse
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Speech
from tests.portrait.acting.made import vowel

AH, EE, OO = (700.0, 1150.0, 2600.0), (300.0, 2300.0, 3000.0), (320.0, 750.0, 2300.0)


def sung(*pieces: FloatArray) -> Speech:
    sound = np.concatenate(pieces)
    prosody = analyse(sound)
    return Speech(len(sound) / RATE, None, (), (), sounding(prosody), prosody)


def acted(speech: Speech) -> FloatArray:
    return mouth(speech, round(speech.duration * 25), 25)


def rest(seconds: float) -> FloatArray:
    return np.zeros(int(seconds * RATE), np.float32)


def test_singing_without_words_moves_the_mouth_and_pauses_close_it() -> None:
    vowels = [vowel(150, shape, 0.4) for shape in (AH, EE, OO, AH, OO, EE)]
    gap = aperture(acted(sung(rest(0.8), *vowels, rest(1.2), *vowels, rest(0.8))))
    singing = np.r_[25:75, 115:165]
    assert gap[singing].mean() > 0.08
    assert np.ptp(gap[singing]) > 0.1
    assert (gap[:10] == 0).all()
    assert (gap[92:105] == 0).all()


def test_vowels_look_like_themselves() -> None:
    actions = acted(sung(*[vowel(140, shape, 0.6) for shape in (AH, EE, OO, AH, EE, OO)]))

    def middle(index: int, action: Action) -> float:
        return float(actions[int((0.6 * index + 0.3) * 25), action])

    assert middle(3, Action.JAW_OPEN) > 1.4 * middle(4, Action.JAW_OPEN)
    assert middle(3, Action.JAW_OPEN) > 1.4 * middle(5, Action.JAW_OPEN)
    assert middle(5, Action.MOUTH_PUCKER) > middle(4, Action.MOUTH_PUCKER) + 0.05
    assert middle(4, Action.MOUTH_STRETCH) > middle(5, Action.MOUTH_STRETCH) + 0.05


def test_a_hum_between_vowels_closes_the_lips() -> None:
    hum = 0.35 * vowel(140, (250.0,), 0.12)
    speech = sung(vowel(140, AH, 0.5), hum, vowel(140, AH, 0.5), rest(0.5))
    gap = aperture(acted(speech))
    assert gap[13:16].min() < 0.02
    assert gap[5:11].min() > 0.1
    assert gap[17:23].min() > 0.05


def test_louder_opens_further() -> None:
    loud, quiet = vowel(140, AH, 0.8), 0.12 * vowel(140, AH, 0.8)
    gap = aperture(acted(sung(loud, quiet)))
    assert gap[24:36].mean() < 0.8 * gap[4:16].mean()
