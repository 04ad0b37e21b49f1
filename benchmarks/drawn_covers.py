"""Things held before a face, modelled as solids in relief and lit. Used by `covered_mouths.py`.

None of this is shared with the covers that the judge was taught by (`training/covers.py`), which are flat
shapes with painted shading: what it does with these tells how it does with what it has not seen.

Lengths are in interocular distances about the middle of the lips, x right, y down, z towards the viewer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm

Field = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Random = np.random.Generator
NOWHERE: Final = -9.0  # height of what is not there
LIPS: Final = np.concatenate([lm.UPPER_LIP[3], lm.LOWER_LIP[3][::-1]])


@dataclass(frozen=True, slots=True)
class Scene:
    """x, y: (H, W) where each pixel of the picture is; face: (478, 2) landmarks there; skin: (3,) its colour;
    light: (3,) where light comes from."""

    x: Field
    y: Field
    face: Field
    skin: Field
    light: Field


@dataclass(frozen=True, slots=True)
class Solid:
    """height: (H, W) towards the viewer, `NOWHERE` where it is not; rgb: (H, W, 3) or (3,), 0 to 255."""

    height: Field
    rgb: Field
    gloss: float = 0.0


def scene(rgb: Pixels, landmarks: Field, rng: Random) -> Scene:
    """The frame of a face in an (H, W, 3) picture."""
    across = (landmarks[lm.LEFT_IRIS[0]] - landmarks[lm.RIGHT_IRIS[0]])[:2]
    unit, middle = float(np.linalg.norm(across)), landmarks[LIPS, :2].mean(axis=0)
    turn = np.array([across, [-across[1], across[0]]]) / unit**2
    rows, columns = np.mgrid[: rgb.shape[0], : rgb.shape[1]]
    x, y = np.einsum("ij,jhw->ihw", turn, np.stack([columns - middle[0], rows - middle[1]]))
    face = (landmarks[:, :2] - middle) @ turn.T
    cheek = (landmarks[[50, 280], :2]).astype(int)
    patches = [rgb[max(0, b - 4) : b + 5, max(0, a - 4) : a + 5].reshape(-1, 3) for a, b in cheek]
    light = np.array([rng.normal(0, 0.5), -abs(rng.normal(0.4, 0.3)), 1.0])
    return Scene(x, y, face, np.vstack(patches).mean(axis=0), light / np.linalg.norm(light))


def hidden(cover: Solid, place: Scene) -> float:
    """How much of the lips and of what is between them lies behind it, 0 to 1."""
    lips = _inside(place, place.face[LIPS])
    return float((lips & (cover.height > NOWHERE)).sum() / max(1, lips.sum()))


def before(rgb: Pixels, cover: Solid, place: Scene, rng: Random) -> Pixels:
    """The picture with the cover before it, lit from where `place` says, and its shadow on the face."""
    there = (cover.height > NOWHERE).astype(np.float32)
    pitch = float(np.hypot(*(place.x[1, 1] - place.x[0, 0], place.y[1, 1] - place.y[0, 0]))) / np.sqrt(2)
    height = np.where(there > 0, cover.height, 0)
    slope_y, slope_x = np.gradient(cv2.GaussianBlur(height, (0, 0), 1.0), pitch)
    facing = 1 / np.sqrt(1 + slope_x**2 + slope_y**2)
    lit = (-slope_x * place.light[0] - slope_y * place.light[1] + place.light[2]) * facing
    shine = np.clip(2 * lit * facing - place.light[2], 0, 1) ** 24 * cover.gloss
    edge = np.clip(cv2.distanceTransform((there * 255).astype(np.uint8), cv2.DIST_L2, 3) * pitch / 0.05, 0, 1)
    shading = (0.38 + 0.62 * np.clip(lit, 0, 1)) * (0.75 + 0.25 * edge)
    painted = cover.rgb * shading[..., None] + 255 * shine[..., None]
    painted = painted * (1 + 0.05 * rng.standard_normal((*there.shape, 1)))
    soft = max(0.6, 0.008 / pitch)
    alpha = cv2.GaussianBlur(there, (0, 0), soft)[..., None]
    away = np.array([[1, 0, -0.08 * place.light[0] / pitch], [0, 1, -0.08 * place.light[1] / pitch]])
    shade = cv2.warpAffine(cv2.GaussianBlur(there, (0, 0), 0.06 / pitch), away, rgb.shape[1::-1])[..., None]
    painted = cv2.GaussianBlur(painted, (0, 0), soft)
    shown = rgb * (1 - 0.45 * shade) * (1 - alpha) + painted * alpha
    return np.asarray(np.clip(shown, 0, 255), np.uint8)


def hand(place: Scene, x: float, y: float, rng: Random) -> Solid:
    """Three or four fingers laid over (x, y) from a side, grown together at a palm."""
    side, slant = rng.choice([-1, 1]), rng.normal(0.2, 0.35)
    along = np.array([side * np.cos(slant), np.sin(slant)])
    across = np.array([-along[1], along[0]])
    radius, count = rng.uniform(0.13, 0.17), int(rng.integers(3, 5))
    parts, tips = [], []
    for index in range(count):
        aside = (index - (count - 1) / 2) * radius * 2.02
        tip = (
            np.array([x, y]) + across * aside - along * (0.35 + rng.uniform(0, 0.12) - 0.07 * abs(index - 1))
        )
        root = np.array([x, y]) + across * aside * 1.1 + along * 0.95
        bend = (tip + root) / 2 + across * rng.normal(0, 0.02)
        parts += [_capsule(place, tip, bend, radius * 0.93), _capsule(place, bend, root, radius)]
        tips.append(tip + along * radius * 0.55)
    palm = np.array([x, y]) + along * 1.35
    parts.append(_ellipsoid(place, palm, (0.62, radius * count * 1.15, 0.3), np.arctan2(along[1], along[0])))
    return Solid(np.max(parts, axis=0), _flesh(place, tips, along, radius, rng), 0.12)


def finger(place: Scene, x: float, y: float, rng: Random) -> Solid:
    """One finger upright before the lips, over a closed fist."""
    lean, radius = rng.normal(0, 0.15), rng.uniform(0.15, 0.2)
    tip, root = np.array([x - lean * 0.6, y - 0.6]), np.array([x + lean * 0.7, y + 0.8])
    fist = [
        _ellipsoid(place, root + np.array([dx, 0.25]), (0.2, 0.36, 0.3), 0.1) for dx in (-0.15, 0.15, 0.42)
    ]
    along = (root - tip) / np.linalg.norm(root - tip)
    height = np.max([_capsule(place, tip, root, radius), *fist], axis=0)
    return Solid(height, _flesh(place, [tip + along * radius * 0.6], along, radius, rng), 0.12)


def microphone(place: Scene, x: float, y: float, rng: Random) -> Solid:
    """A round head of wire mesh with a collar, on a tapering handle."""
    radius, lean = rng.uniform(0.33, 0.5), rng.normal(0, 0.5)
    middle, down = np.array([x, y]), np.array([np.sin(lean), np.cos(lean)])
    head = _ellipsoid(place, middle, (radius, radius, radius), 0)
    cells = np.sin(place.x * 75) * np.sin((place.y + 0.5 * place.x) * 75)
    head = np.where(head > NOWHERE, head + 0.008 * cells, head)
    stick = _capsule(place, middle + down * radius, middle + down * 3.5, radius * 0.6)
    collar = _capsule(
        place,
        middle + down * radius * 0.9 + [-radius / 2, 0],
        middle + down * radius * 0.9 + [radius / 2, 0],
        0.07,
    )
    metal, black = np.array([120, 122, 126]) * rng.uniform(0.25, 1.3), np.array([24, 24, 27])
    height = np.max([head, stick, collar], axis=0)
    rgb = np.where((height == head)[..., None], metal * (0.75 + 0.25 * cells[..., None]), black)
    return Solid(height, rgb, 0.5)


def mask(place: Scene, x: float, y: float, rng: Random) -> Solid:  # noqa: ARG001 (it is worn where it is)
    """A pleated mask between nose and chin; `y` moves it down."""
    marks = place.face + np.array([0, y])
    outline = np.vstack(
        [marks[[197, 126, 50, 123, 147, 213, 136, 150, 176]], marks[lm.CHIN] + [0, 0.1],
         marks[[400, 379, 365, 433, 376, 352, 280, 355]]]
    )  # fmt: skip
    there = _inside(place, _rounded(outline))
    pleats = sum(0.02 * np.tanh(np.sin((place.y - y - at) * 9) * 3) for at in (0.05, 0.4))
    height = np.where(there, 0.9 - 0.35 * place.x**2 - 0.25 * (place.y - y) ** 2 + pleats, NOWHERE)
    colours = ([188, 214, 226], [236, 238, 238], [35, 36, 40], [214, 176, 182], [70, 96, 150])
    return Solid(height, np.array(colours[int(rng.integers(len(colours)))], float), 0.0)


def printed_mask(place: Scene, x: float, y: float, rng: Random) -> Solid:
    """A cloth mask with a print."""
    plain = mask(place, x, y, rng)
    weave = (np.floor(place.x * 7 + place.y * 2) + np.floor(place.y * 7 - place.x * 2)) % 2
    first, second = rng.uniform(20, 235, (2, 3))
    return Solid(plain.height, first + (second - first) * weave[..., None], 0.0)


def scarf(place: Scene, x: float, y: float, rng: Random) -> Solid:
    """Knitted cloth in thick folds up to a sagging edge."""
    top = (
        y
        - 0.55
        + 0.12 * (place.x - x) ** 2 * rng.uniform(-1, 1)
        + 0.05 * np.sin(3 * place.x + rng.uniform(0, 6))
    )
    folds = 0.09 * np.sin((place.y - top) * 8 + 1.5 * np.sin(place.x * 1.7))
    knit = 0.012 * np.sin(place.x * 60) * np.sin(place.y * 40 + 2 * np.abs(np.sin(place.x * 30)))
    base, band = rng.uniform(20, 225, (2, 3))
    rgb = np.where((np.sin(place.y * 5 + place.x) > 0.6)[..., None], band, base)
    return Solid(np.where(place.y > top, 0.8 + folds + knit - 0.1 * place.x**2, NOWHERE), rgb, 0.0)


def mug(place: Scene, x: float, y: float, rng: Random) -> Solid:
    """A mug from a little above, with its handle and what is in it."""
    half, tall = rng.uniform(0.42, 0.6), rng.uniform(0.9, 1.2)
    u, v = place.x - x, place.y - (y - 0.25)
    bulge = np.sqrt(np.clip(half**2 - u**2, 0, None))
    rim, foot = -0.16 * bulge / half, tall + 0.12 * bulge / half
    body = np.where((np.abs(u) < half) & (v > rim) & (v < foot), bulge, NOWHERE)
    mouth = (u / half) ** 2 + (v / 0.16) ** 2 < 1
    drink = (u / half / 0.88) ** 2 + (v / 0.13) ** 2 < 1
    body = np.where(mouth, 0.1, body)
    ring = np.hypot((u - half) / 0.3, (v - tall / 2) / 0.36)
    handle = np.where((np.abs(ring - 0.85) < 0.18) & (u > half * 0.97), 0.1, NOWHERE)
    glaze = rng.uniform(30, 240, 3)
    rgb = np.where(drink[..., None], np.array([70, 40, 22.0]), np.broadcast_to(glaze, (*u.shape, 3)))
    return Solid(np.maximum(body, handle), rgb, 0.4)


def telephone(place: Scene, x: float, y: float, rng: Random) -> Solid:
    """Its back, with lenses, held at an angle before the face."""
    angle = rng.normal(0, 0.5)
    u = np.cos(angle) * (place.x - x) + np.sin(angle) * (place.y - y)
    v = -np.sin(angle) * (place.x - x) + np.cos(angle) * (place.y - y)
    half, tall, corner = 0.55, 1.15, 0.12
    out = np.hypot(np.clip(np.abs(u) - half + corner, 0, None), np.clip(np.abs(v) - tall + corner, 0, None))
    height = np.where(out < corner, 0.6 - 0.1 * (out / corner) ** 4, NOWHERE)
    rgb = np.broadcast_to(rng.uniform(15, 225, 3), (*u.shape, 3)).copy()
    for lens in (-0.95, -0.7):
        rgb[np.hypot(u + 0.35, v - lens) < 0.1] = 15
    return Solid(height, rgb, 0.25)


def fruit(place: Scene, x: float, y: float, rng: Random) -> Solid:
    """An apple or an orange, about to be bitten."""
    radius = rng.uniform(0.45, 0.65)
    ball = _ellipsoid(place, np.array([x, y]), (radius, radius * 0.93, radius), 0)
    skins = ([190, 30, 35], [110, 160, 45], [235, 130, 30], [225, 190, 60])
    blush = 1 + 0.18 * np.sin(place.x * 5 + place.y * 3)[..., None]
    return Solid(ball, np.array(skins[int(rng.integers(4))], float) * blush, 0.5)


Drawer = Callable[[Scene, float, float, Random], Solid]
DRAWERS: Final[Mapping[str, Drawer]] = {
    drawer.__name__: drawer
    for drawer in (*(hand, finger, microphone, mask, printed_mask, scarf, mug, telephone, fruit),)
}


def _flesh(place: Scene, nails: list[Field], along: Field, radius: float, rng: Random) -> Field:
    """Skin of the face's own colour, redder at the tips, with nails."""
    coarse = rng.random((24, 24)).astype(np.float32)
    mottled = cv2.resize(coarse, place.x.shape[::-1], interpolation=cv2.INTER_CUBIC)[..., None]
    rgb = place.skin * rng.uniform(0.85, 1.1) * (0.95 + 0.1 * mottled)
    for nail in nails:
        u = (place.x - nail[0]) * along[0] + (place.y - nail[1]) * along[1]
        v = -(place.x - nail[0]) * along[1] + (place.y - nail[1]) * along[0]
        reach = np.hypot(u / (radius * 0.75), v / (radius * 0.6))
        rgb = np.where((reach < 1)[..., None], rgb * np.array([1.08, 1.02, 1.04]) + 8, rgb)
        rgb = np.where((np.abs(reach - 1.05) < 0.1)[..., None], rgb * 0.86, rgb)
    return np.asarray(rgb)


def _capsule(place: Scene, start: Field, end: Field, radius: float) -> Field:
    line = end - start
    share = np.clip(((place.x - start[0]) * line[0] + (place.y - start[1]) * line[1]) / (line @ line), 0, 1)
    away = np.hypot(place.x - start[0] - share * line[0], place.y - start[1] - share * line[1])
    return np.where(away < radius, np.sqrt(np.clip(radius**2 - away**2, 0, None)), NOWHERE)


def _ellipsoid(place: Scene, middle: Field, radii: tuple[float, float, float], turn: float) -> Field:
    u = np.cos(turn) * (place.x - middle[0]) + np.sin(turn) * (place.y - middle[1])
    v = -np.sin(turn) * (place.x - middle[0]) + np.cos(turn) * (place.y - middle[1])
    left = 1 - (u / radii[0]) ** 2 - (v / radii[1]) ** 2
    return np.where(left > 0, radii[2] * np.sqrt(np.clip(left, 0, None)), NOWHERE)


def _rounded(outline: Field) -> Field:
    """Corners cut twice (Chaikin)."""
    for _ in range(2):
        after = np.roll(outline, -1, axis=0)
        outline = np.stack([0.75 * outline + 0.25 * after, 0.25 * outline + 0.75 * after], 1).reshape(-1, 2)
    return outline


def _inside(place: Scene, outline: Field) -> NDArray[np.bool_]:
    """(H, W) what lies in a polygon (N, 2)."""
    corner = np.array([place.x[0, 0], place.y[0, 0]])
    step_x = np.array([place.x[0, 1], place.y[0, 1]]) - corner
    step_y = np.array([place.x[1, 0], place.y[1, 0]]) - corner
    pixels = np.linalg.solve(np.column_stack([step_x, step_y]), (outline - corner).T).T
    found = np.zeros(place.x.shape, np.uint8)
    cv2.fillPoly(found, [np.rint(pixels * 16).astype(np.int32)], 1, shift=4)
    return found > 0
