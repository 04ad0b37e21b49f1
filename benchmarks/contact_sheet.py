"""Twelve frames of a talking face on one page. Used by `portrait_quality.py`."""

import itertools
from pathlib import Path

import cv2
import numpy as np
from face_figures import blinks
from face_track import Pixels, Track, Values
from PIL import Image

from morgana.portrait.landmarks import LEFT_IRIS, LOWER_LIP, RIGHT_IRIS, UPPER_LIP
from morgana.video.decode import read_frames

COUNT, COLUMNS = 12, 6
WIDTH = 300  # of a cell
CAPTION_HEIGHT, FRAME_HEIGHT, FACE_HEIGHT, MOUTH_HEIGHT, EYES_HEIGHT = 26, 400, 330, 200, 130
BACKGROUND = 24


def write_contact_sheet(video: Path, track: Track, output: Path) -> None:
    """A PNG: each frame, and its face, mouth and eyes larger below it.

    Evenly spread, opened and closed mouths in turn; the widest mouth, the closest lips and a blink are always
    among them.
    """
    chosen = choose_frames(track)
    cells = [
        _cell(picture, track.points[index], f"{index}  {time:.2f} s  lips {track.aperture[index]:.3f}")
        for index, (time, picture) in enumerate(read_frames(video))
        if index in chosen
    ]
    blank = np.full_like(cells[0], BACKGROUND)
    cells += [blank] * (-len(cells) % COLUMNS)
    rows = [np.hstack(cells[start : start + COLUMNS]) for start in range(0, len(cells), COLUMNS)]
    Image.fromarray(np.vstack(rows)).save(output)


def choose_frames(track: Track) -> list[int]:
    """The numbers of up to 12 frames: in each twelfth of the video the most open or most closed mouth."""
    opening = track.aperture
    edges = np.linspace(0, len(opening), COUNT + 1).astype(int)
    slots = [np.arange(start, end) for start, end in itertools.pairwise(edges) if end > start]
    chosen = [
        int(slot[np.argmax(opening[slot]) if place % 2 == 0 else np.argmin(opening[slot])])
        for place, slot in enumerate(slots)
    ]
    wanted = [int(np.argmax(opening)), int(np.argmin(opening)), *(blink.frame for blink in blinks(track)[:1])]
    free = set(range(len(chosen)))
    for frame in wanted:
        if frame not in chosen and free:
            nearest = min(free, key=lambda place: abs(chosen[place] - frame))
            chosen[nearest] = frame
            free.remove(nearest)
    return sorted(set(chosen))


def _cell(picture: Pixels, points: Values, caption: str) -> Pixels:
    lips = points[np.concatenate([UPPER_LIP[3], LOWER_LIP[3]])]
    right, left = points[RIGHT_IRIS[0]], points[LEFT_IRIS[0]]
    apart = float(np.linalg.norm(left - right))
    middle = (right + left) / 2
    face = _close_up(picture, middle + (lips.mean(axis=0) - middle) * 0.4, 3.6 * apart, FACE_HEIGHT)
    mouth = _close_up(picture, lips.mean(axis=0), 1.5 * apart, MOUTH_HEIGHT)
    eyes = _close_up(picture, middle, 2.1 * apart, EYES_HEIGHT)
    cell = np.vstack([_captioned(caption), _fitted(picture), face, mouth, eyes])
    cell[:, :2] = cell[-2:] = BACKGROUND
    return cell


def _captioned(caption: str) -> Pixels:
    strip = np.full((CAPTION_HEIGHT, WIDTH, 3), BACKGROUND, np.uint8)
    cv2.putText(strip, caption, (8, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (230, 230, 230), 1, cv2.LINE_AA)
    return strip


def _fitted(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    scale = min(WIDTH / width, FRAME_HEIGHT / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    cell = np.full((FRAME_HEIGHT, WIDTH, 3), BACKGROUND, np.uint8)
    left, top = (WIDTH - size[0]) // 2, (FRAME_HEIGHT - size[1]) // 2
    cell[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cell


def _close_up(picture: Pixels, centre: Values, width: float, height: int) -> Pixels:
    """A part `width` pixels wide about `centre`, enlarged to a cell's width and cut to `height`."""
    scale = WIDTH / width
    matrix = np.array([[scale, 0, WIDTH / 2 - scale * centre[0]], [0, scale, height / 2 - scale * centre[1]]])
    return np.asarray(
        cv2.warpAffine(picture, matrix, (WIDTH, height), flags=cv2.INTER_CUBIC, borderValue=(BACKGROUND,) * 3)
    )
