"""Puts numbers on a talking face. Used by `portrait_quality.py`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from face_track import RIGID, Identity, Pixels, Track, Values
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.signal import savgol_filter

from morgana.portrait.landmarks import (
    LEFT_EYE_LOWER,
    LEFT_EYE_UPPER,
    LOWER_LIP,
    OVAL,
    RIGHT_EYE_LOWER,
    RIGHT_EYE_UPPER,
    UPPER_LIP,
)
from morgana.portrait.matting import person_matte
from morgana.speech.transcript import Speech
from morgana.video.decode import read_frames

Mask: TypeAlias = NDArray[np.bool_]

CLOSED = 0.02  # interocular distances between lips that touch
BILABIALS = ("P", "B", "M")
CLOSURE_MARGIN_S = 0.04  # one frame: alignment is no better
SILENCE_MARGIN_S = 0.25  # lips close after the voice has ended and open before it begins
BLINK_LEVEL = (
    0.7  # of the open eye: the landmarks follow lids that are shut no further than 0.6 on some faces
)
EDGE_LEVEL = 0.85  # a blink is as long as the eye stays under this
OPEN_WINDOW_S = 1.5  # how open the eye is apart from blinks is the median of this much about each frame
LARGEST_LAG = 12
SAMPLED = 5  # pixels are compared on every fifth frame


@dataclass(frozen=True, slots=True)
class Figures:
    """Lengths in interocular distances, angles in degrees, times in seconds; nan: nothing to measure."""

    found: float
    aperture: tuple[float, float, float]  # 5th, 50th and 95th percentile outside silence
    closures: int
    closed: float  # share of `closures` with lips under `CLOSED`
    silence: float  # seconds of silence looked at
    silent_aperture: float
    silent_motion: float  # mean change from frame to frame
    spoken_motion: float
    blinks_a_minute: float
    blink_lengths: tuple[float, float, float]  # shortest, median, longest
    blink_depth: float  # opening left at the deepest point, of the open eye, mean
    pose: tuple[float, float, float]  # deviation of yaw, pitch, roll
    translation: float  # deviation
    jitter: float
    identity: tuple[float, float]  # mean and least cosine
    skin_sharpness: float  # of the source's
    mouth_sharpness: float
    background_psnr: float
    background_motion: float  # largest mean change of a frame, grey levels


def measure(video: Path, track: Track, source: Pixels, source_points: Values, speech: Speech) -> Figures:
    """source: the picture to compare with, at the video's size; source_points: (478, 2) its landmarks."""
    opening, quiet = track.aperture, silent_frames(speech, len(track.points), track.fps)
    change = np.abs(np.diff(opening, prepend=opening[0]))
    closures = closure_apertures(opening, speech, track.fps)
    found_blinks = blinks(track)
    pixels = _measure_pixels(video, track, source, source_points)
    return Figures(
        found=track.found,
        aperture=_three(np.percentile(opening[~quiet], [5, 50, 95])),
        closures=len(closures),
        closed=float(np.mean(np.array(closures) < CLOSED)) if closures else np.nan,
        silence=float(quiet.sum() / track.fps),
        silent_aperture=_mean(opening[quiet]),
        silent_motion=_mean(change[quiet]),
        spoken_motion=_mean(change[~quiet]),
        blinks_a_minute=60 * len(found_blinks) * track.fps / len(opening),
        blink_lengths=_three(
            [f([b.length for b in found_blinks] or [np.nan]) for f in (min, np.median, max)]
        ),
        blink_depth=_mean(np.array([blink.opening for blink in found_blinks])),
        pose=_three(track.pose.std(axis=0)),
        translation=translation(track),
        jitter=jitter(track),
        identity=(pixels.identity.mean(), pixels.identity.min()),
        skin_sharpness=pixels.skin,
        mouth_sharpness=pixels.mouth,
        background_psnr=pixels.psnr,
        background_motion=pixels.motion,
    )


@dataclass(frozen=True, slots=True)
class Blink:
    """frame: where the eye is least open; length: seconds; opening: what is left open, of the open eye."""

    frame: int
    length: float
    opening: float


def blinks(track: Track) -> list[Blink]:
    window = min(2 * round(OPEN_WINDOW_S * track.fps / 2) + 1, len(track.points))
    opening = track.eye_opening / median_filter(track.eye_opening, window, mode="nearest")
    lowered = np.concatenate([[0], (opening < EDGE_LEVEL).astype(np.int8), [0]])
    found = []
    for start, end in np.flatnonzero(np.diff(lowered)).reshape(-1, 2):
        lowest = start + int(np.argmin(opening[start:end]))
        if opening[lowest] < BLINK_LEVEL:
            found.append(Blink(lowest, (end - start) / track.fps, float(opening[lowest])))
    return found


def closure_apertures(opening: Values, speech: Speech, fps: float) -> list[float]:
    """The least aperture at each p, b and m."""
    least = []
    for phone in speech.phones:
        if phone.name in BILABIALS:
            first = max(0, int((phone.start - CLOSURE_MARGIN_S) * fps))
            shown = opening[first : int((phone.end + CLOSURE_MARGIN_S) * fps) + 1]
            least.extend([float(shown.min())] if len(shown) else [])
    return least


def silent_frames(speech: Speech, count: int, fps: float) -> Mask:
    """(count,) frames that lie in silence, away from any voice."""
    quiet = np.ones(count, np.bool_)
    times = [(span.start, span.end) for span in speech.voiced] + [(p.start, p.end) for p in speech.phones]
    for start, end in times:
        first, last = int((start - SILENCE_MARGIN_S) * fps), int((end + SILENCE_MARGIN_S) * fps)
        quiet[max(0, first) : max(0, last + 1)] = False
    return quiet


def lag(intended: Values, measured: Values) -> tuple[int, float, float]:
    """Frames by which `measured` comes late, the same to a fraction, and the correlation there."""
    count = min(len(intended), len(measured))
    shifts = np.arange(-LARGEST_LAG, LARGEST_LAG + 1)
    inner = slice(LARGEST_LAG, count - LARGEST_LAG)
    scores = [
        np.corrcoef(intended[:count][inner], np.roll(measured[:count], -shift)[inner])[0, 1]
        for shift in shifts
    ]
    best = int(np.argmax(scores))
    if not 0 < best < len(shifts) - 1:
        return int(shifts[best]), float(shifts[best]), float(scores[best])
    before, peak, after = scores[best - 1 : best + 2]  # the top of the parabola through three points
    fraction = 0.5 * (before - after) / (before - 2 * peak + after)
    return int(shifts[best]), float(shifts[best] + fraction), float(peak)


def translation(track: Track) -> float:
    centre = track.points[:, list(RIGID)].mean(axis=1)
    return float(np.hypot(*centre.std(axis=0)) / np.median(track.interocular))


def jitter(track: Track) -> float:
    """RMS of what a quadratic over 7 frames leaves of the points that only the head moves."""
    points = track.points[:, list(RIGID)]
    residual = points - savgol_filter(points, 7, 2, axis=0)
    return float(np.sqrt((residual**2).sum(axis=2).mean()) / np.median(track.interocular))


@dataclass(frozen=True, slots=True)
class _Pixels:
    identity: Values
    skin: float
    mouth: float
    psnr: float
    motion: float


def _measure_pixels(video: Path, track: Track, source: Pixels, source_points: Values) -> _Pixels:
    recogniser = Identity()
    reference = recogniser.embed(source, source_points)
    background = untouched(source, float(np.median(track.interocular)))
    detail = np.array([sharpness(source, mask) for mask in _faces(source, source_points)])
    identity, ratios, errors, motion = [], [], [], []
    previous: Pixels | None = None
    for index, picture in _every(video, SAMPLED):
        points = track.points[min(index, len(track.points) - 1)]
        identity.append(float(recogniser.embed(picture, points) @ reference))
        ratios.append([sharpness(picture, mask) for mask in _faces(picture, points)] / detail)
        errors.append(_mean((picture[background].astype(np.float64) - source[background]) ** 2))
        if previous is not None:
            motion.append(_mean(np.abs(picture[background].astype(np.float64) - previous[background])))
        previous = picture
    skin, mouth = np.median(ratios, axis=0)
    psnr = 10 * np.log10(255**2 / max(float(np.mean(errors)), 1e-9))
    return _Pixels(np.array(identity), float(skin), float(mouth), psnr, float(np.max(motion, initial=0.0)))


def _every(video: Path, step: int) -> Iterator[tuple[int, Pixels]]:
    for index, (_, picture) in enumerate(read_frames(video)):
        if index % step == 0:
            yield index, picture


def untouched(source: Pixels, interocular: float) -> Mask:
    """Background well away from the person: what a moving head never covers or uncovers."""
    reach = max(3, round(0.4 * interocular)) | 1
    person = (person_matte(source) > 0.05).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(person, kernel) == 0)


def _faces(picture: Pixels, points: Values) -> tuple[Mask, Mask]:
    """The skin of the face without eyes and mouth; the lips and the skin right around them."""
    shape = picture.shape[:2]
    eyes = [
        np.concatenate([upper, lower[::-1]])
        for upper, lower in ((RIGHT_EYE_UPPER, RIGHT_EYE_LOWER), (LEFT_EYE_UPPER, LEFT_EYE_LOWER))
    ]
    lips = np.concatenate([UPPER_LIP[3], LOWER_LIP[3][::-1]])
    inner = np.concatenate([UPPER_LIP[0], LOWER_LIP[0][::-1]])
    size = float(np.ptp(points[OVAL, 1]))
    oval = _shrunk(filled(shape, points[OVAL]), 0.03 * size)
    features = np.any([grown(filled(shape, points[part]), 0.02 * size) for part in (*eyes, lips)], axis=0)
    around = grown(filled(shape, points[lips]), 0.06 * size) & ~grown(
        filled(shape, points[inner]), 0.01 * size
    )
    return oval & ~features, around


def filled(shape: tuple[int, int], polygon: Values) -> Mask:
    return np.asarray(cv2.fillPoly(np.zeros(shape, np.uint8), [polygon.round().astype(np.int32)], 1) > 0)


def grown(mask: Mask, by: float) -> Mask:
    side = 2 * max(1, round(by)) + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0)


def _shrunk(mask: Mask, by: float) -> Mask:
    return ~grown(~mask, by)


def sharpness(picture: Pixels, mask: Mask) -> float:
    """Root mean square of the Laplacian of the luma, noise of single pixels softened first."""
    luma = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 0.7)
    return float(np.sqrt((cv2.Laplacian(luma, cv2.CV_32F)[mask] ** 2).mean()))


def _mean(values: NDArray[np.floating]) -> float:
    return float(values.mean()) if values.size else np.nan


def _three(values: "Values | list[float]") -> tuple[float, float, float]:
    first, second, third = (float(value) for value in values)
    return first, second, third
