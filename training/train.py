"""Learning to fill mouths: codes of persons and both networks together, from pictures of them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor, nn

from morgana.portrait.learned.canvas import HEIGHT, WIDTH
from training.network import CODE, Painter, Sheets, canvas_grid, dropped, whole

_ERODED: Final = 3.0  # pixels of the rim that are not learned: contours include some of the lip there
_OWN: Final = 0.02  # weight of what one picture may differ from its person


@dataclass(frozen=True, slots=True)
class Mouths:
    """All pictures. rgb (N, 3, H, W), 1 being white enamel; opening, weight (N, 1, H, W); drop, person
    (N,)."""

    rgb: Tensor
    opening: Tensor
    weight: Tensor
    drop: Tensor
    person: Tensor
    persons: int

    def to(self, device: torch.device) -> "Mouths":
        """The same on another device."""
        tensors = (self.rgb, self.opening, self.weight, self.drop, self.person)
        rgb, opening, weight, drop, person = (tensor.to(device) for tensor in tensors)
        return Mouths(rgb, opening, weight, drop, person, self.persons)


def load(paths: Sequence[Path]) -> Mouths:
    """The persons kept in files of `training.mouths`."""
    rgb, openings, drops, owners, count = [], [], [], [], 0
    for path in paths:
        with np.load(path) as kept:
            light = kept["light"][kept["person"]][:, None, None]
            rgb.append((kept["rgb"] / light).astype(np.float32).transpose(0, 3, 1, 2))
            openings.append(kept["opening"])
            drops.append(kept["drop"])
            owners.append(kept["person"] + count)
            count += len(kept["seed"])
    contours = np.concatenate(openings)
    masks = np.array([_mask(contour) for contour in contours])[:, None]
    weight = np.array([_weight(mask[0]) for mask in masks])[:, None]
    return Mouths(
        torch.from_numpy(np.concatenate(rgb)),
        torch.from_numpy(masks),
        torch.from_numpy(weight),
        torch.from_numpy(np.concatenate(drops)),
        torch.from_numpy(np.concatenate(owners)),
        count,
    )


def _mask(contour: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of each pixel lies within a contour, (HEIGHT, WIDTH)."""
    fine = np.zeros((HEIGHT * 4, WIDTH * 4), np.uint8)
    cv2.fillPoly(fine, [np.rint((contour + 0.5) * 4 - 0.5).astype(np.int32)], 255)
    mask = cv2.resize(fine, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(mask, np.float32) / np.float32(255)


def _weight(mask: NDArray[np.float32]) -> NDArray[np.float32]:
    inside = (mask > 0.5).astype(np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    return np.asarray(depth > _ERODED, np.float32)


class Learner(nn.Module):
    """Both networks and the codes: of persons, and what each picture adds to its person's."""

    def __init__(self, persons: int, pictures: int) -> None:
        super().__init__()
        self.sheets, self.painter = Sheets(), Painter()
        self.person = nn.Parameter(0.3 * torch.randn(persons, CODE))
        self.own = nn.Parameter(torch.zeros(pictures, CODE))

    @classmethod
    def kept(cls, checkpoint: Path, mouths: Mouths) -> "Learner":
        """What was learned of these pictures."""
        learner = cls(mouths.persons, len(mouths.rgb))
        learner.to(mouths.rgb.device)
        learner.load_state_dict(torch.load(checkpoint, weights_only=True)["learner"])
        return learner

    def code(self, mouths: Mouths, person: int) -> Tensor:
        """(CODE,) of one of the persons, with what the most moderate of its pictures adds."""
        rows = torch.nonzero(mouths.person == person)[:, 0]
        order = mouths.opening[rows].sum(dim=(1, 2, 3)).argsort()
        return (self.person[person] + self.own[rows[order[len(rows) // 2]]]).detach()

    def painted(self, mouths: Mouths, rows: Tensor, *, own: bool = True) -> Tensor:
        """What is behind the openings of these pictures, (N, 3, H, W). own: by their own codes too."""
        code = self.person[mouths.person[rows]] + (self.own[rows] if own else 0)
        upper, lower = self.sheets(code).chunk(2, dim=1)
        drop = mouths.drop[rows]
        grid = canvas_grid().to(drop).expand(len(rows), -1, -1, -1)
        painted: Tensor = self.painter(upper, dropped(lower, drop), mouths.opening[rows], grid, drop, whole())
        return painted


def loss_of(learner: Learner, mouths: Mouths, rows: Tensor) -> Tensor:
    """Differences of colours and of their changes at three scales, within the opening."""
    # Products in half precision: several times as fast where the processor has units for it.
    with torch.autocast(rows.device.type, torch.bfloat16):
        painted = learner.painted(mouths, rows).float()
    wanted, weight = mouths.rgb[rows], mouths.weight[rows]
    total = learner.own[rows].square().mean() * _OWN + learner.person.square().mean() * 1e-3
    for scale in range(3):
        share = weight.sum() * 3 + 1e-6
        difference = (painted - wanted) * weight
        total = total + difference.abs().sum() / share
        for axis in (2, 3):
            both = weight.narrow(axis, 1, weight.shape[axis] - 1) * weight.narrow(
                axis, 0, weight.shape[axis] - 1
            )
            change = torch.diff(painted, dim=axis) - torch.diff(wanted, dim=axis)
            total = total + 2.0 * (change * both).abs().sum() / share
        if scale < 2:
            painted, wanted, weight = (
                F.avg_pool2d(x, 2) for x in (painted * weight, wanted * weight, weight)
            )
    return total


def train(
    mouths: Mouths,
    rows: Tensor,
    checkpoint: Path,
    steps: int,
    *,
    batch: int = 16,
    rate: float = 2e-3,
    seed: int = 0,
) -> list[float]:
    """Learn until `steps` are done, from `checkpoint` on if it exists. Returns the losses of these."""
    torch.manual_seed(seed)
    learner = Learner(mouths.persons, len(mouths.rgb)).to(
        mouths.rgb.device, memory_format=torch.channels_last
    )
    groups = [
        {"params": [*learner.sheets.parameters(), *learner.painter.parameters()], "lr": rate},
        {"params": [learner.person, learner.own], "lr": 5 * rate},
    ]
    optimizer = torch.optim.Adam(groups, betas=(0.9, 0.98))
    done = 0
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        learner.load_state_dict(kept["learner"])
        optimizer.load_state_dict(kept["optimizer"])
        done = kept["steps"]
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _warmth((done + step) / steps))
    losses, started = [], time.monotonic()
    while done < steps:
        chosen = rows[torch.randint(len(rows), (batch,))].to(mouths.rgb.device)
        loss = loss_of(learner, mouths, chosen)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        done += 1
        if done % 50 == 0 or done == steps:
            pace = (time.monotonic() - started) / len(losses)
            print(f"step {done} loss {np.mean(losses[-50:]):.4f} {pace:.2f} s a step", flush=True)
            keep(checkpoint, learner, optimizer, done)
    return losses


def _warmth(share: float) -> float:
    """The learning rate as a share of its largest: a short rise, then a cosine down to a twentieth."""
    return min(1.0, share * 50 + 0.02) * (0.05 + 0.95 * (0.5 + 0.5 * float(np.cos(np.pi * min(share, 1.0)))))


def keep(checkpoint: Path, learner: Learner, optimizer: torch.optim.Optimizer, done: int) -> None:
    unfinished = checkpoint.with_suffix(".part")
    torch.save(
        {"learner": learner.state_dict(), "optimizer": optimizer.state_dict(), "steps": done}, unfinished
    )
    unfinished.replace(checkpoint)
