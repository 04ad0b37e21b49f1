"""How well the networks fill openings that they have not seen, of persons whom they know."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.train import Learner, Mouths


@dataclass(frozen=True, slots=True)
class Figures:
    """difference: mean absolute difference of colours within the opening, 0 to 255 in the light of the face;
    sharpness: strength of the changes from pixel to pixel, painted over wanted (1: as sharp as the picture);
    plain: the difference of an opening filled with the mean colour of all pictures, for comparison."""

    difference: float
    sharpness: float
    plain: float


def evaluate(learner: Learner, mouths: Mouths, rows: Tensor) -> Figures:
    """Figures over the pictures `rows`, each painted by its person's code alone."""
    weight = (mouths.weight[rows] == 1).float()
    with torch.no_grad():
        painted = torch.cat([learner.painted(mouths, part, own=False) for part in rows.split(16)])
    wanted = mouths.rgb[rows]
    mean = (wanted * weight).sum(dim=(0, 2, 3), keepdim=True) / weight.sum()
    scale = 255 / float(mouths.rgb.max())
    return Figures(
        scale * _within((painted - wanted).abs(), weight),
        _changes(painted, weight) / _changes(wanted, weight),
        scale * _within((mean - wanted).abs(), weight),
    )


def _within(value: Tensor, weight: Tensor) -> float:
    return float((value * weight).sum() / (3 * weight.sum()))


def _changes(picture: Tensor, weight: Tensor) -> float:
    total = 0.0
    for axis in (2, 3):
        size = picture.shape[axis]
        both = weight.narrow(axis, 1, size - 1) * weight.narrow(axis, 0, size - 1)
        total += float((torch.diff(picture, dim=axis).abs() * both).sum() / both.sum())
    return total


def held_out(mouths: Mouths, every: int = 8) -> tuple[Tensor, Tensor]:
    """Rows to learn from, and rows to judge by: one picture in `every`."""
    rows = np.arange(len(mouths.rgb))
    judged = rows % every == every // 2
    return torch.from_numpy(rows[~judged]), torch.from_numpy(rows[judged])
