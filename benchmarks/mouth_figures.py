"""Puts numbers on the inside of a talking mouth, before it is encoded. Used by `portrait_quality.py`."""

from dataclasses import dataclass

import numpy as np
from mouth_flicker import flicker
from mouth_frames import Place, draw, held, places, spoken
from mouth_seam import seam
from mouth_sharpness import fine_detail, inside, of_photo, skin_of_lips, steepness

from morgana.portrait.acting import ActingOptions
from morgana.portrait.likeness import Portrait
from morgana.portrait.performance import Performance
from morgana.portrait.renderer import Renderer
from morgana.speech.transcript import Speech


@dataclass(frozen=True, slots=True)
class MouthFigures:
    """nan: nothing to judge. What each means is told where it is measured.

    interior, mouth: sharpness of the photo's (`mouth_sharpness`); seam: colour difference a pixel
    (`mouth_seam`); unsteadiness, flicker: grey levels (`mouth_flicker`).
    """

    interior: float
    mouth: float
    seam: float
    unsteadiness: float
    flicker: float


@dataclass(frozen=True, slots=True)
class Openings:
    """What the renderers are compared on, made once: performances, and where the mouth is in their frames."""

    portrait: Portrait
    spoken: tuple[Performance, list[Place | None]]
    held: tuple[Performance, list[Place | None]]


def find_openings(portrait: Portrait, speech: Speech, options: ActingOptions) -> Openings:
    """Of a portrait that says something, and of one that holds its mouth open."""
    said, still = spoken(speech, options), held(options.fps, options.seed)
    return Openings(portrait, (said, places(portrait, said)), (still, places(portrait, still)))


def measure_mouth(renderer: Renderer, openings: Openings) -> MouthFigures:
    """The figures of a renderer of this portrait; medians of the frames of speech with an open mouth."""
    portrait, (performance, found) = openings.portrait, openings.spoken
    eyes, skin = of_photo(portrait.rgb, portrait.face.landmarks[:, :2])
    sharp, seams = [], []
    for frame, place in zip(draw(renderer, performance, found), found, strict=True):
        if place is None:
            continue
        within = inside(place.interior, place.unit)
        lips = skin_of_lips(place.lips, place.interior, place.unit)
        own = (steepness(frame, within) / eyes, fine_detail(frame, lips) / skin)
        sharp.append((own[0], float(np.average(own, weights=(within.sum() + 1, lips.sum() + 1)))))
        seams.append(seam(frame, place.outline))
    interior, mouth = (_median([row[column] for row in sharp]) for column in (0, 1))
    still, there = openings.held
    return MouthFigures(interior, mouth, _median(seams), *flicker(draw(renderer, still, there), there))


def _median(values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else np.nan
