"""Frames from a portrait and a performance: the mesh moves the photo, the openings are filled."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.deform import EYES, Rig, build_rig, displace, pose
from morgana.portrait.mesh.eyeball import Eyeball, build_eyeball, iris_shift, paint_eyeball
from morgana.portrait.mesh.geometry import PortraitMesh, build_mesh, head_frame
from morgana.portrait.mesh.holes import (
    Box,
    box_around,
    line_mask,
    mean_height,
    outline_through,
    outlines,
    polygon_mask,
)
from morgana.portrait.mesh.layers import Band, Layers, apart, blend, draw_band, split_bands, split_layers
from morgana.portrait.mesh.lids import Lid, build_lid, close_lid
from morgana.portrait.mesh.lips import fit_weights, jaw_turn
from morgana.portrait.mesh.mouth import BEHIND_LIPS, build_interior, lip_colour
from morgana.portrait.mesh.painting import MouthFactory, MouthPainter
from morgana.portrait.mesh.smile import find_smile, lips_alone
from morgana.portrait.performance import Action, Performance
from morgana.portrait.renderer import RendererName

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]

REACH = 0.6  # how far anything may move, interocular distances
SEAM = 0.5  # darkness of the line between closed lips
TEETH_FOLLOW = 0.85  # of the lower lip's drop: lips are drawn off the teeth as the jaw opens
TEETH_PARTED = 0.3  # how far rounded lips part the teeth behind them, as JAW_OPEN
THREADS = 2  # frames that are made at the same time
SMALLEST_OPENING = 0.35  # pixels of area of a hole worth filling


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything prepared once for a portrait. bands: once for each frame that is made at the same time."""

    mesh: PortraitMesh
    rig: Rig
    layers: Layers
    mouth: MouthPainter
    eyeballs: tuple[Eyeball, Eyeball]
    lids: tuple[Lid, Lid]
    mouth_outline: NDArray[np.int64]
    eye_outlines: tuple[NDArray[np.int64], NDArray[np.int64]]
    bands: list[list[Band]]
    rest: NDArray[np.float32]
    photo_gap: float


class MeshRenderer:
    """Renders a portrait's performance by moving its own pixels. Implements `Renderer`.

    mouth: what is seen between the lips, which the photo does not show.
    """

    name: ClassVar[RendererName] = "mesh"

    def __init__(self, portrait: Portrait, mouth: MouthFactory = build_interior) -> None:
        self._stage = _prepare(portrait, mouth)

    def frames(self, performance: Performance) -> Iterator[Pixels]:
        """Yield (H, W, 3) uint8 RGB frames, one per frame of the performance. Each is a new array."""
        making: deque[Future[Pixels]] = deque()
        with ThreadPoolExecutor(THREADS) as pool:
            for index in range(len(performance) + THREADS):
                made = making.popleft().result() if index >= THREADS else None
                if index < len(performance):  # before anybody works on the last one, who may take a while
                    making.append(pool.submit(self._frame_at, performance, index))
                if made is not None:
                    yield made

    def _frame_at(self, performance: Performance, index: int) -> Pixels:
        return self.frame(
            performance.actions[index].astype(np.float64),
            performance.gaze[index].astype(np.float64),
            performance.head[index].astype(np.float64),
            performance.torso[index].astype(np.float64),
            self._stage.bands[index % THREADS],
        )

    def frame(
        self, weights: Points, gaze: Points, head: Points, torso: Points, bands: Sequence[Band] | None = None
    ) -> Pixels:
        """One (H, W, 3) uint8 RGB frame; arguments as one row of each array of `Performance`.

        bands: of this renderer, those that no other frame is being drawn with; the first without.
        """
        stage = self._stage
        bands = bands or stage.bands[0]
        look = gaze - head[:2]
        weights = fit_weights(stage.rig.lips, weights)
        moved = pose(
            stage.mesh, stage.mesh.vertices + displace(stage.rig, weights, float(look[1])), head, torso
        )
        fine = stage.mesh.fine.matrix @ moved
        frame = stage.layers.plate.copy()
        moving = fine.astype(np.float32)
        for band in bands:
            draw_band(stage.layers, band, moving, stage.rest, frame)
        self._close_lids(fine, frame, weights, bands)
        self._draw_eyes(fine, frame, look, head, torso)
        self._draw_mouth(fine, frame, weights, head, torso)
        return frame

    def _affine(self, points: Points, head: Points, torso: Points) -> Points:
        """The (2, 3) map from the first three source points' picture positions to the frame's."""
        stage = self._stage
        posed = pose(stage.mesh, points, head, torso, vertex=lm.NOSE_TIP)
        source = np.column_stack([points[:, :2], np.ones(3)])
        return np.asarray(np.linalg.solve(source, posed[:, :2]).T)

    def _close_lids(self, fine: Points, frame: Pixels, weights: Points, bands: Sequence[Band]) -> None:
        stage = self._stage
        for eye, lid, outline in zip(EYES, stage.lids, stage.eye_outlines, strict=True):
            shut = float(weights[eye.blink])
            if shut > 0:
                margin = fine[outline[: len(outline) // 2 + 1], :2]
                close_lid(frame, lid, bands, margin, shut, stage.mesh.frame.unit)

    def _draw_eyes(self, fine: Points, frame: Pixels, look: Points, head: Points, torso: Points) -> None:
        stage, frame_axes = self._stage, self._stage.mesh.frame
        height, width = frame.shape[:2]
        shift = iris_shift(look, frame_axes.axes, frame_axes.unit)
        for eye, eyeball, outline in zip(EYES, stage.eyeballs, stage.eye_outlines, strict=True):
            polygon = fine[outline, :2]
            box = box_around(polygon, 1.0, width, height)
            if box.width < 2 or box.height < 2:
                continue
            mask = polygon_mask(polygon, box)
            if mask.sum() < SMALLEST_OPENING:
                continue
            centre = stage.mesh.vertices[[eye.upper[0], eye.upper[-1]]].mean(axis=0)
            corners = centre + np.stack([np.zeros(3), *frame_axes.axes[:2]]) * frame_axes.unit * 0.3
            affine = self._affine(corners, head, torso)
            blend(frame, box, paint_eyeball(eyeball, box, affine, shift), mask)

    def _draw_mouth(self, fine: Points, frame: Pixels, weights: Points, head: Points, torso: Points) -> None:
        stage = self._stage
        polygon = fine[stage.mouth_outline, :2]
        height, width = frame.shape[:2]
        box = box_around(polygon, 2.0, width, height)
        if box.width < 2 or box.height < 2:
            return
        mask = polygon_mask(polygon, box)
        self._draw_seam(frame, box, polygon)
        if mask.sum() < SMALLEST_OPENING:
            return
        upper = self._mouth_affine(0.0, head, torso)
        jaw = TEETH_FOLLOW * float(weights[Action.JAW_OPEN]) + TEETH_PARTED * float(
            weights[Action.MOUTH_FUNNEL]
        )
        lower = self._mouth_affine(jaw, head, torso)
        blend(frame, box, stage.mouth.paint(mask, box, upper, lower, weights, polygon), mask)

    def _draw_seam(self, frame: Pixels, box: Box, polygon: Points) -> None:
        """Lips that the photo never shows closed have no dark line between them: draw it as they meet."""
        stage = self._stage
        unit = stage.mesh.frame.unit
        gap = mean_height(polygon) / unit
        strength = SEAM * min(1.0, stage.photo_gap / 0.08) * float(np.clip(1 - gap / 0.05, 0, 1))
        if strength < 0.02:
            return
        line = np.concatenate([polygon[len(polygon) // 2 :], polygon[:1]])  # along the lower lip
        shade = 1 - strength * line_mask(line, max(0.8, 0.014 * unit), box)[..., None]
        area = frame[box.rows, box.columns]
        frame[box.rows, box.columns] = np.rint(area * shade).astype(np.uint8)

    def _mouth_affine(self, jaw: float, head: Points, torso: Points) -> Points:
        """Mouth coordinates to the frame, for what moves with the jaw (or with the skull: `jaw` 0)."""
        stage = self._stage
        posed = pose(stage.mesh, _mouth_axes(stage.rig, jaw), head, torso, vertex=lm.NOSE_TIP)
        return np.asarray(np.linalg.solve(_MOUTH_BASIS, posed[:, :2]).T)


# Three points that fix mouth coordinates: their middle and a step along each axis.
_MOUTH_BASIS = np.array([[0.0, 0.0, 1.0], [0.3, 0.0, 1.0], [0.0, 0.3, 1.0]])


def _mouth_axes(rig: Rig, jaw: float) -> Points:
    """The points of `_MOUTH_BASIS` in the picture, (3, 3) pixels, turned with the jaw."""
    points = np.column_stack([_MOUTH_BASIS[:, :2], np.full(3, BEHIND_LIPS)])
    turned = points + jaw_turn(points[:1], jaw, rig.hinge)
    middle = rig.face[list(lm.MOUTH_CORNERS)].mean(axis=0) + rig.bite
    return np.asarray((middle + turned) @ rig.frame.axes * rig.frame.unit + rig.frame.pivot)


def _prepare(portrait: Portrait, paint_mouth: MouthFactory) -> Stage:
    marks = portrait.face.landmarks
    width, height = portrait.size
    mesh = build_mesh(marks, head_frame(marks), width, height)
    rig = build_rig(mesh, portrait.face.blendshapes)
    rest = mesh.fine.matrix @ mesh.vertices
    loops = outlines(mesh.fine.triangles)
    lips = outline_through(loops, lm.MOUTH_CORNERS[0])
    mouth = _upper_first(lips, int(lm.UPPER_LIP[0, 5]))
    eyes = tuple(_upper_first(outline_through(loops, int(eye.upper[0])), int(eye.upper[4])) for eye in EYES)
    eyeballs = tuple(
        build_eyeball(portrait.rgb, rest[outline, :2], marks[list(iris), :2], mesh.frame.unit)
        for outline, iris in zip(eyes, (lm.RIGHT_IRIS, lm.LEFT_IRIS), strict=True)
    )
    lids = [build_lid(portrait.rgb, portrait.matte, rest[outline, :2], mesh.frame.unit) for outline in eyes]
    to_picture = np.linalg.solve(_MOUTH_BASIS, _mouth_axes(rig, 0.0)[:, :2]).T
    to_mouth = np.linalg.inv(np.concatenate([to_picture, [[0.0, 0.0, 1.0]]]))
    # Behind the openings lies what the photo shows there; an antialiased edge can see it.
    layers = split_layers(_lips_alone(portrait, rest[mouth, :2], mesh.frame.unit))
    flat = np.ascontiguousarray(rest[:, :2], np.float32)
    covers = np.concatenate([_fan(loop) for loop in (lips, *eyes)]).astype(np.int32)
    bands = split_bands(layers, REACH * mesh.frame.unit, flat, mesh.fine.triangles, covers)
    return Stage(
        mesh,
        rig,
        layers,
        paint_mouth(
            portrait.rgb,
            marks,
            mesh.frame.unit,
            [rest[loop, :2] for loop in (mouth, *eyes)],
            to_mouth,
            rig.lips.size,
        ),
        (eyeballs[0], eyeballs[1]),
        (lids[0], lids[1]),
        mouth,
        (eyes[0], eyes[1]),
        [apart(bands) for _ in range(THREADS)],
        flat,
        float(np.linalg.norm(rig.lips.lower[0, 5] - rig.lips.upper[0, 5])),
    )


def _lips_alone(portrait: Portrait, opening: Points, unit: float) -> Portrait:
    """The portrait without the teeth between its lips: those are painted."""
    smile = find_smile(portrait.rgb, opening, lip_colour(portrait.rgb, portrait.face.landmarks, unit), unit)
    return replace(portrait, rgb=lips_alone(portrait.rgb, smile, unit)) if smile else portrait


def _upper_first(loop: NDArray[np.int64], upper: int) -> NDArray[np.int64]:
    """An opening's loop, from its first corner along the edge with the vertex `upper`, and back."""
    return loop if upper in loop[: len(loop) // 2] else np.roll(loop[::-1], 1)


def _fan(loop: NDArray[np.int64]) -> NDArray[np.int64]:
    """Triangles across a loop that starts at one corner: a strip between its two sides."""
    count = len(loop)
    return np.array(
        [(loop[k], loop[k + 1], loop[-k - 1]) for k in range(count // 2)]
        + [(loop[k + 1], loop[-k - 1], loop[(-k - 2) % count]) for k in range(count // 2)]
    )
