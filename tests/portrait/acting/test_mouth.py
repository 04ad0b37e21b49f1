import numpy as np
import pytest

from morgana.portrait.acting.aperture import aperture
from morgana.portrait.acting.measuring import closure_share, silent
from morgana.portrait.acting.mouth import mouth
from morgana.portrait.performance import Action, FloatArray, Performance
from morgana.speech.transcript import Phone, Speech
from tests.portrait.acting.made import named, phones_at, speech_of, talk

# "The rainbow is a division of white light into many beautiful colours": phones as common as in speech.
RAINBOW = named(
    "DH AH R EY N B OW IH Z AH D IH V IH ZH AH N AH V W AY T L AY T "
    "IH N T UW M EH N IY B Y UW T AH F AH L K AH L ER Z"
)


def acted(speech: Speech, fps: int = 25) -> FloatArray:
    return mouth(speech, round(speech.duration * fps), fps)


def between(values: FloatArray, start: float, end: float, fps: int = 25) -> FloatArray:
    return values[int(start * fps) : int(end * fps) + 1]


def peak(names: list[str], action: Action, start: float = 1.0, length: float = 0.1) -> float:
    """The most of an action while `names` are spoken."""
    actions = acted(speech_of(3.0, phones_at(start, names, length)))
    return float(between(actions[:, action], start, start + length * len(names)).max())


@pytest.mark.parametrize("fps", [25, 30])
def test_lips_close_fully_on_every_p_b_and_m(fps: int) -> None:
    speech = talk(60)
    actions = acted(speech, fps)
    rest = (np.zeros((len(actions), size), np.float32) for size in (2, 6, 2))
    body = Performance(fps, actions, *rest)
    assert sum(phone.name in "PBM" for phone in speech.phones) > 50
    assert closure_share(body, speech) == 0


@pytest.mark.parametrize("offset", np.arange(0, 0.04, 0.005))
@pytest.mark.parametrize("name", ["P", "B", "M"])
def test_even_a_closure_shorter_than_a_frame_is_seen(name: str, offset: float) -> None:
    start = 1.0 + offset
    phones = (
        Phone("AA", start - 0.2, start),
        Phone(name, start, start + 0.03),
        Phone("AA", start + 0.03, start + 0.25),
    )
    actions = acted(speech_of(2.0, phones))
    closed = np.flatnonzero(actions[:, Action.MOUTH_CLOSE] > 0.999)
    assert np.abs(closed / 25 + 0.02 - (start + 0.015)).min() <= 0.0201
    assert aperture(actions)[closed].max() < 0.001
    assert aperture(actions).max() > 0.15  # open on both sides of it
    assert (between(actions[:, Action.MOUTH_CLOSE], start - 0.16, start - 0.1) < 0.05).all()


def test_running_speech_opens_as_far_as_real_speakers() -> None:
    speech = speech_of(32.0, phones_at(0.5, RAINBOW * 8))
    low, middle, high = np.percentile(aperture(acted(speech)), [5, 50, 95])
    assert low < 0.01
    assert 0.08 < middle < 0.17
    assert 0.18 < high < 0.31


def test_silence_is_closed_and_still() -> None:
    speech = talk(30, pause=1.2)
    actions = acted(speech)
    quiet = silent(speech, len(actions), 25, margin=0.2)
    assert quiet.sum() > 100
    still = actions[quiet][:, : Action.TONGUE_OUT + 1]
    assert (still[:, Action.MOUTH_CLOSE] == 1).all()
    assert (np.delete(still, Action.MOUTH_CLOSE, axis=1) == 0).all()


def test_nothing_said_moves_nothing() -> None:
    actions = acted(speech_of(4.0, ()))
    assert (aperture(actions) == 0).all()
    assert (np.diff(actions, axis=0) == 0).all()


def test_a_short_pause_does_not_seal_the_lips() -> None:
    phones = (*phones_at(0.5, ["AA", "T", "AA"]), *phones_at(0.94, ["AA", "T", "AA"]))
    actions = acted(speech_of(2.0, phones))
    assert (between(actions[:, Action.MOUTH_CLOSE], 0.5, 1.1) < 0.01).all()


def test_jaw_and_lips_are_separate() -> None:
    assert peak(["AA"], Action.JAW_OPEN, length=0.2) > 2 * peak(["IY"], Action.JAW_OPEN, length=0.2)
    assert peak(["IY"], Action.MOUTH_STRETCH) > 0.35
    assert peak(["AA"], Action.MOUTH_STRETCH) < 0.1
    assert peak(["S"], Action.JAW_OPEN) < 0.15


@pytest.mark.parametrize("name", ["W", "UW", "OW", "OY", "AO", "SH", "CH", "R"])
def test_lips_round_and_begin_before_the_sound(name: str) -> None:
    start = 1.0
    names = ["K", "K", "K", name, "K", "K"]
    actions = acted(speech_of(2.5, phones_at(start, names, 0.1)))
    rounding = actions[:, Action.MOUTH_PUCKER] + actions[:, Action.MOUTH_FUNNEL]
    assert between(rounding, 1.3, 1.42).max() > 0.4
    assert rounding[int(1.24 * 25)] > 0.12  # 60 ms ahead
    neutral = acted(speech_of(2.5, phones_at(start, ["K"] * 6, 0.1)))
    assert neutral[:, Action.MOUTH_PUCKER].max() < 0.05


@pytest.mark.parametrize("name", ["F", "V"])
def test_the_lower_lip_meets_the_upper_teeth(name: str) -> None:
    actions = acted(speech_of(2.5, phones_at(1.0, ["AA", name, "AA"], 0.1)))
    assert between(actions[:, Action.MOUTH_ROLL_LOWER], 1.1, 1.2).max() == pytest.approx(1)
    assert (actions[: int(0.95 * 25), Action.MOUTH_ROLL_LOWER] == 0).all()
    assert between(aperture(actions), 1.1, 1.2).min() < 0.08


def test_the_tongue_shows_where_it_should() -> None:
    for name in ("L", "N", "T", "D"):
        assert peak(["AA", name, "AA"], Action.TONGUE_UP) > 0.4
        assert peak(["AA", name, "AA"], Action.TONGUE_OUT) < 0.05
    for name in ("TH", "DH"):
        assert peak(["AA", name, "AA"], Action.TONGUE_OUT) > 0.4
    assert peak(["AA", "K", "AA"], Action.TONGUE_UP) < 0.05


def test_fast_speech_undershoots() -> None:
    def swing(length: float) -> float:
        jaw = acted(speech_of(4.0, phones_at(1.0, ["AA", "S"] * 8, length)))[:, Action.JAW_OPEN]
        return float(np.ptp(between(jaw, 1.0 + 4 * length, 1.0 + 12 * length)))

    assert swing(0.05) < 0.7 * swing(0.15)


def test_quiet_phrases_move_less() -> None:
    speech = speech_of(5.0, (*phones_at(0.5, ["AA", "S"] * 8, 0.1), *phones_at(3.0, ["AA", "S"] * 8, 0.1)))
    speech.prosody.level[250:] -= 18
    jaw = acted(speech)[:, Action.JAW_OPEN]
    assert between(jaw, 3.0, 4.6).max() < 0.9 * between(jaw, 0.5, 2.1).max()


def test_curves_do_not_jitter() -> None:
    actions = acted(talk(30))
    for action in (Action.JAW_OPEN, Action.MOUTH_STRETCH, Action.MOUTH_PUCKER):
        curve = actions[:, action].astype(np.float64)
        power = np.abs(np.fft.rfft(curve - curve.mean())) ** 2
        frequency = np.fft.rfftfreq(len(curve), 1 / 25)
        assert power[frequency > 10].sum() < 0.01 * power.sum()


def test_all_actions_stay_between_0_and_1() -> None:
    actions = acted(talk(30))
    assert actions.dtype == np.float32
    assert actions.min() >= 0
    assert actions.max() <= 1
