"""What the learned renderer has to reach, and the few numbers of one or many films that it is judged by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from quality_measuring import Measured

SHARP: Final = 0.95  # of the photo
STEADY: Final = 1.05  # of the mesh: two films of the same renderer differ by less
JITTER: Final = 1.1  # of the mesh: the landmarks are searched for in encoded films, and tremble by themselves
SAME_PERSON: Final = 0.01  # cosine; see JITTER


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one renderer's films of a portrait: means; shares of all closures; the lag furthest from 0."""

    closed: float
    median_aperture: float
    wide_aperture: float
    lag: float
    identity: float
    jitter: float  # thousandths
    interior: float
    mouth: float
    seam: float
    unsteadiness: float
    flicker: float


@dataclass(frozen=True, slots=True)
class Goal:
    """value: one of `Summary`; reached: by the learned renderer's value, given the mesh's before it."""

    name: str
    value: str
    digits: int
    reached: Callable[[float, float], bool]

    def verdict(self, mesh: Summary, learned: Summary) -> bool | None:
        """None where there is nothing to judge."""
        values = self.of(mesh), self.of(learned)
        return self.reached(*values) if np.isfinite(values).all() else None

    def of(self, summary: Summary) -> float:
        return float(getattr(summary, self.value))

    def show(self, summary: Summary) -> str:
        value = self.of(summary)
        return f"{value:.{self.digits}f}" if np.isfinite(value) else "-"


def _no_more_than(factor: float) -> Callable[[float, float], bool]:
    return lambda mesh, learned: learned <= factor * mesh


def _between(least: float, most: float) -> Callable[[float, float], bool]:
    return lambda _, learned: least <= learned <= most


GOALS: Final = (
    Goal("lips closed on p, b, m", "closed", 2, lambda mesh, learned: learned >= mesh),
    Goal("aperture, median", "median_aperture", 3, _between(0.08, 0.18)),  # of real speakers
    Goal("aperture, 95th percentile", "wide_aperture", 3, _between(0.16, 0.32)),
    Goal("lag, frames", "lag", 0, lambda _, learned: learned == 0),
    Goal("identity", "identity", 3, lambda mesh, learned: learned >= mesh - SAME_PERSON),
    Goal("landmark jitter", "jitter", 2, _no_more_than(JITTER)),
    Goal("sharpness inside", "interior", 2, _between(SHARP, np.inf)),
    Goal("sharpness of the mouth", "mouth", 2, _between(SHARP, np.inf)),
    Goal("seam", "seam", 1, _no_more_than(STEADY)),
    Goal("unsteadiness", "unsteadiness", 2, _no_more_than(STEADY)),
    Goal("flicker", "flicker", 2, _no_more_than(STEADY)),
)


def summarise(films: Sequence[Measured]) -> Summary:
    """Of films by the same renderer."""
    figures = [film.figures for film in films]
    closures = [(f.closed * f.closures, f.closures) for f in figures if f.closures]
    mouths = [film.mouth for film in films if film.mouth]
    return Summary(
        closed=float(np.divide(*np.sum(closures, axis=0))) if closures else np.nan,
        median_aperture=mean([f.aperture[1] for f in figures]),
        wide_aperture=mean([f.aperture[2] for f in figures]),
        lag=float(max((film.lag[0] for film in films), key=abs)),
        identity=mean([f.identity[0] for f in figures]),
        jitter=1000 * mean([f.jitter for f in figures]),
        interior=mean([m.interior for m in mouths]),
        mouth=mean([m.mouth for m in mouths]),
        seam=mean([m.seam for m in mouths]),
        unsteadiness=mean([m.unsteadiness for m in mouths]),
        flicker=mean([m.flicker for m in mouths]),
    )


def mean(values: Sequence[float]) -> float:
    """Of those that are known; nan if none is."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else np.nan
