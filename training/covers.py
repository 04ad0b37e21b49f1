"""Things in front of a face, drawn: hands, microphones, masks, scarves, cups, cards, and mere shapes.

Each drawer gets where to draw, and gives a cover as large as the picture. Whether it covers the mouth is
told afterwards, by how much of the lips it hides.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import cv2
import numpy as np

from morgana.portrait import landmarks as lm
from training.spots import Cover, Mask, Points, Spot, rounded
from training.surfaces import Random, Rgb, colour, skin_sheet, surface

Drawer: TypeAlias = Callable[[Random, Spot], Cover]


def hand(rng: Random, where: Spot) -> Cover:
    """One to five fingers side by side, round and shaded, with nails, on the back of a hand."""
    angle = rng.uniform(0, 2 * np.pi)
    along, across = _axes(angle)
    width, count = rng.uniform(0.22, 0.38), int(rng.integers(1, 6))
    sheet = skin_sheet(rng, where.size, where.skin)
    rgb, alpha = np.zeros_like(sheet), np.zeros(where.size, np.float32)
    back = where.at + along * rng.uniform(1.0, 1.6)
    parts = [_palm(where, back, along, across, width * count * rng.uniform(0.5, 0.75))]
    for index in range(count):
        side = (index - (count - 1) / 2) * width * rng.uniform(0.92, 1.05)
        tip = where.at + across * side - along * rng.uniform(-0.1, 0.45)
        root = where.at + across * side * rng.uniform(0.8, 1.1) + along * rng.uniform(1.0, 1.5)
        parts.append(where.bar(tip, root, width * rng.uniform(0.9, 1.08)))
    for index, part in enumerate(parts):
        painted = sheet * rounded(part, where.unit * width / 2, rng.uniform(0.35, 0.7))[..., None]
        if index and rng.random() < 0.6:
            painted = _nailed(rng, painted, where, part, along, width)
        rgb = rgb * (1 - part[..., None]) + painted * part[..., None]
        alpha = np.maximum(alpha, part)
    return Cover(rgb, alpha)


def _palm(where: Spot, middle: Points, along: Points, across: Points, half: float) -> Mask:
    turn = np.linspace(0, 2 * np.pi, 40)[:, None]
    return where.filled(middle + np.cos(turn) * across * half + np.sin(turn) * along * half * 1.2)


def _nailed(rng: Random, painted: Rgb, where: Spot, part: Mask, along: Points, width: float) -> Rgb:
    """With a nail near the tip: the end of the finger that is farthest against `along`."""
    rows, columns = np.nonzero(part > 0.9)
    if not len(rows):
        return painted
    direction = where.to_picture[:, :2] @ along
    tip = int(np.argmin(columns * direction[0] + rows * direction[1]))
    middle = np.array([columns[tip], rows[tip]]) + direction * width * rng.uniform(0.45, 0.7)
    axes = (round(where.unit * width * 0.32), round(where.unit * width * 0.24))
    turn = float(np.degrees(np.arctan2(direction[1], direction[0])))
    nail = np.zeros(where.size, np.uint8)
    cv2.ellipse(nail, np.rint(middle).astype(int).tolist(), axes, turn, 0, 360, 255, -1, cv2.LINE_AA)
    share = (nail.astype(np.float32) / 255)[..., None] * np.float32(rng.uniform(0.3, 0.9))
    tint = np.clip(painted * 1.12 + 14, 0, 255) if rng.random() < 0.7 else colour(rng)
    return np.asarray(painted * (1 - share) + tint * share, np.float32)


def microphone(rng: Random, where: Spot) -> Cover:
    """A ball of mesh or foam on a handle that comes from below or aside."""
    radius = rng.uniform(0.3, 0.6)
    along, across = _axes(rng.normal(np.pi / 2, 0.7))
    turn = np.linspace(0, 2 * np.pi, 48)[:, None]
    ball = where.filled(
        where.at + radius * (np.cos(turn) * across + np.sin(turn) * along * rng.uniform(0.9, 1.3))
    )
    handle = where.bar(where.at + along * radius * 0.8, where.at + along * 4, radius * rng.uniform(0.5, 1.3))
    dark = rng.random() < 0.75
    tone = rng.uniform(8, 70) * rng.uniform(0.85, 1.15, 3) if dark else colour(rng)
    grip = rounded(handle, where.unit * radius * 0.4, 0.5)[..., None] * colour(rng, dark=dark)
    grain = surface(rng, where.size, where.unit, base=tone, kinds=("grille", "noise", "plain"))
    head = grain * rounded(ball, where.unit * radius, rng.uniform(0.3, 0.8))[..., None]
    head = head + _gleam(rng, where, where.at - radius * 0.4, radius * 0.5)[..., None] * rng.uniform(0, 120)
    rgb = grip * (1 - ball[..., None]) + head * ball[..., None]
    return Cover(np.clip(rgb, 0, 255).astype(np.float32), np.maximum(ball, handle))


def mask(rng: Random, where: Spot) -> Cover:
    """Cloth from `edge` to below the chin, along the jaw, with folds and straps."""
    jaw = where.face[[*lm.RIGHT_JAW[1:], lm.CHIN, *lm.LEFT_JAW[:0:-1]]]
    origin, inverse = where.to_picture[:, 2], np.linalg.inv(where.to_picture[:, :2])
    jaw = (jaw - origin) @ inverse.T
    jaw = jaw[jaw[:, 1] > where.edge + rng.uniform(-0.1, 0.25)] * rng.uniform(0.8, 1.08, (1, 2))
    if len(jaw) < 3:
        jaw = np.array([[-0.7, where.edge], [0.0, where.edge + 0.8], [0.7, where.edge]])
    bridge = np.linspace(jaw[-1, 0] * 0.85, jaw[0, 0] * 0.85, 9)
    rise = rng.uniform(0, 0.35) * np.cos(np.linspace(-1, 1, 9) * np.pi / 2)
    cloth = where.filled(np.vstack([jaw, np.column_stack([bridge, where.edge - rise])]))
    rgb = surface(rng, where.size, where.unit)
    rgb = (
        rgb
        * _folds(rng, where)[..., None]
        * rounded(cloth, where.unit * 0.6, rng.uniform(0.5, 0.95))[..., None]
    )
    alpha = cloth
    if rng.random() < 0.5:
        for corner, ear in ((jaw[0], -1.2), (jaw[-1], 1.2)):
            alpha = np.maximum(alpha, where.bar(corner, np.array([ear, where.edge - 0.5]), 0.03))
    return Cover(rgb.astype(np.float32), alpha)


def scarf(rng: Random, where: Spot) -> Cover:
    """Cloth from a wavy edge down, over the whole breadth."""
    x = np.linspace(-4, 4, 60)
    waves = sum(rng.normal(0, 0.06) * np.sin(x * rng.uniform(0.5, 4) + rng.uniform(0, 6)) for _ in range(3))
    edge = where.edge + rng.normal(0, 0.12) * x + rng.uniform(0, 0.12) * x**2 * rng.choice([-1, 0, 1]) + waves
    cloth = where.filled(np.vstack([np.column_stack([x, edge]), [[4, 6], [-4, 6]]]))
    rgb = surface(rng, where.size, where.unit) * _folds(rng, where)[..., None]
    return Cover(rgb.astype(np.float32), cloth)


def cup(rng: Random, where: Spot) -> Cover:
    """A cup, glass or bottle that stands before `at`, its rim seen from above or below."""
    along, across = _axes(rng.normal(np.pi / 2, 0.35))
    half, foot, height = rng.uniform(0.3, 0.65), rng.uniform(0.6, 1.1), rng.uniform(0.7, 2.2)
    top = where.at - along * rng.uniform(0.1, 0.4)
    corners = np.array(
        [top - across * half, top + across * half, top + along * height + across * half * foot,
         top + along * height - across * half * foot]
    )  # fmt: skip
    body = where.filled(corners)
    turn = np.linspace(0, 2 * np.pi, 40)[:, None]
    rim = where.filled(
        top + np.cos(turn) * across * half + np.sin(turn) * along * half * rng.uniform(0.1, 0.4)
    )
    rgb = (
        surface(rng, where.size, where.unit)
        * rounded(body, where.unit * half, rng.uniform(0.4, 0.8))[..., None]
    )
    inside = colour(rng) * np.float32(rng.uniform(0.4, 1))
    rgb = rgb * (1 - rim[..., None]) + inside * rim[..., None]
    return Cover(rgb.astype(np.float32), np.maximum(body, rim))


def card(rng: Random, where: Spot) -> Cover:
    """A telephone, card, sheet of paper or book: a flat board with a rim and something on it."""
    along, across = _axes(rng.uniform(0, 2 * np.pi))
    half, high = rng.uniform(0.35, 1.0), rng.uniform(0.35, 1.3)
    corners = where.at + np.array([across * x * half + along * y * high for x, y in _SQUARE])
    board = where.filled(corners)
    inner = where.filled(where.at + (corners - where.at) * rng.uniform(0.8, 0.97))[..., None]
    rgb = colour(rng) * (1 - inner) + surface(rng, where.size, where.unit) * inner
    if rng.random() < 0.5:
        for _ in range(int(rng.integers(1, 8))):
            y, x = rng.uniform(-0.9, 0.9), rng.uniform(-0.9, 0.0)
            line = where.bar(
                where.at + along * y * high + across * x * half,
                where.at + along * y * high + across * rng.uniform(x, 0.9) * half,
                rng.uniform(0.02, 0.1),
            )[..., None]
            rgb = rgb * (1 - line) + colour(rng) * line
    return Cover(rgb.astype(np.float32), board)


def shape(rng: Random, where: Spot) -> Cover:
    """Any round or jagged thing, of any surface or of skin."""
    count = int(rng.integers(3, 14))
    angle = np.sort(rng.uniform(0, 2 * np.pi, count))
    reach = rng.uniform(0.3, 1.0) * rng.uniform(0.6, 1.4, count)
    points = np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None]
    body = where.filled(where.at + points @ np.diag(rng.uniform(0.6, 1.4, 2)))
    if rng.random() < 0.6:
        soft = cv2.GaussianBlur(body, (0, 0), where.unit * rng.uniform(0.05, 0.2))
        body = np.clip((soft - 0.5) * np.float32(where.unit * 0.12) + 0.5, 0, 1).astype(np.float32)
    worn = rng.random() < 0.25
    rgb = skin_sheet(rng, where.size, where.skin) if worn else surface(rng, where.size, where.unit)
    return Cover(rgb * rounded(body, where.unit * 0.4, rng.uniform(0.4, 1))[..., None], body)


KINDS: Final[tuple[Drawer, ...]] = (  # the hand twice, as it is told least easily
    *(hand, hand, microphone, mask, scarf, cup, card, shape),
)
_SQUARE: Final = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def _axes(angle: float) -> tuple[Points, Points]:
    along = np.array([np.cos(angle), np.sin(angle)])
    return along, np.array([-along[1], along[0]])


def _folds(rng: Random, where: Spot) -> Mask:
    """Light and dark lines of cloth, about 1."""
    rows, columns = np.mgrid[: where.size[0], : where.size[1]] / where.unit
    light = np.ones(where.size)
    for _ in range(int(rng.integers(0, 6))):
        (x, y), slant = rng.uniform(0, 4, 2), rng.normal(0, 0.6)
        away = rows - y - slant * (columns - x) - 0.1 * np.sin(3 * (columns - x))
        light += rng.uniform(-0.35, 0.2) * np.exp(-((away / rng.uniform(0.03, 0.15)) ** 2))
    return np.clip(light, 0.3, 1.5).astype(np.float32)


def _gleam(rng: Random, where: Spot, at: Points, reach: float) -> Mask:
    turn = np.linspace(0, 2 * np.pi, 24)
    spot_of_light = where.filled(at + reach * 0.4 * np.column_stack([np.cos(turn), np.sin(turn)]))
    return np.asarray(
        cv2.GaussianBlur(spot_of_light, (0, 0), max(0.8, where.unit * reach * rng.uniform(0.1, 0.4))),
        np.float32,
    )
