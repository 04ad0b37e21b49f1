"""From sound to `Performance`: listen, then direct every part of the face."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from morgana.portrait.acting.blinking import blink
from morgana.portrait.acting.carriage import breathe, carry
from morgana.portrait.acting.expressing import EXPRESSIONS, Mood, express
from morgana.portrait.acting.looking import look
from morgana.portrait.acting.mood import choose
from morgana.portrait.acting.mouth import mouth
from morgana.portrait.acting.phrasing import mark
from morgana.portrait.performance import Action, FloatArray, Performance
from morgana.progress import Progress, ignore, part
from morgana.speech.listening import listen
from morgana.speech.transcript import Speech


@dataclass(frozen=True, slots=True)
class Cue:
    """From `time` (seconds) on, another expression; "auto" is the one that the options ask for.

    intensity: 0 to 1; None for that of the options.
    """

    time: float
    expression: str
    intensity: float | None = None


@dataclass(frozen=True, slots=True)
class ActingOptions:
    """How to act.

    expression: "auto" (chosen from the speech) or one of `EXPRESSIONS`; expression_intensity: 0 to 1;
    seed: everything random comes from it; cues: changes of expression on the way, in order of time.
    """

    fps: int = 25
    expression: str = "auto"
    expression_intensity: float = 0.5
    seed: int = 0
    cues: tuple[Cue, ...] = ()

    def __post_init__(self) -> None:
        if self.expression not in ("auto", *EXPRESSIONS):
            raise ValueError(f"expression is {self.expression!r}, not one of auto, {', '.join(EXPRESSIONS)}")
        if not 0 <= self.expression_intensity <= 1:
            raise ValueError(f"expression_intensity is {self.expression_intensity}, not between 0 and 1")
        if self.fps < 1:
            raise ValueError(f"fps is {self.fps}, not at least 1")


@dataclass(frozen=True, slots=True)
class Acted:
    """A performance and the speech that it was made from."""

    performance: Performance
    speech: Speech
    expression: str  # the one chosen


def act(
    audio: NDArray[np.float32], sample_rate: int, options: ActingOptions, progress: Progress = ignore
) -> Acted:
    """Act out mono `audio` (-1 to 1). InputError(MODEL_MISSING) if no recogniser is installed.

    As many frames as cover the audio: its length times fps, rounded up.
    """
    speech = listen(audio, sample_rate, part(progress, 0.0, 0.95))
    acted = perform(speech, options)
    progress(1.0)
    return acted


def perform(speech: Speech, options: ActingOptions) -> Acted:
    """Act out a speech that has been listened to."""
    frames, fps = max(1, ceil(speech.duration * options.fps - 1e-6)), options.fps
    lids, eyes, head, breath, face = (
        np.random.default_rng(seed) for seed in np.random.SeedSequence(options.seed).spawn(5)
    )
    phrasing = mark(speech)
    expression, share = choose(speech) if options.expression == "auto" else (options.expression, 1.0)
    actions: FloatArray = mouth(speech, frames, fps)
    first = Mood(0.0, expression, options.expression_intensity * share)
    express(actions, phrasing, [first, *_moods(first, options)], fps, face)
    actions[:, [Action.EYE_BLINK_LEFT, Action.EYE_BLINK_RIGHT]] = blink(phrasing, frames, fps, lids)
    performance = Performance(
        fps,
        actions,
        look(phrasing, frames, fps, eyes),
        carry(phrasing, frames, fps, head),
        breathe(phrasing, frames, fps, breath),
    )
    return Acted(performance, speech, expression)


def _moods(first: Mood, options: ActingOptions) -> list[Mood]:
    moods = []
    for cue in options.cues:
        if cue.expression == "auto":
            wanted = first.intensity if cue.intensity is None else cue.intensity
            moods.append(Mood(cue.time, first.expression, wanted))
        else:
            wanted = options.expression_intensity if cue.intensity is None else cue.intensity
            moods.append(Mood(cue.time, cue.expression, wanted))
    return moods
