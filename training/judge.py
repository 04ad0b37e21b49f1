"""Teaching the network that tells covered mouths, and judging what it learned."""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from training.covered import Lessons

_WIDTHS: Final = (16, 24, 32, 40, 48)
_SMOOTHED: Final = 0.02  # of the labels: drawn covers are no reason to be surer than that


class Judge(nn.Module):
    """(B, 3, 64, 64) uint8 to how sure it is that the mouth is covered, before the sigmoid, (B,)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for index, width in enumerate(_WIDTHS):
            for step in (2, 1) if 0 < index < len(_WIDTHS) - 1 else (2,):
                layers += [
                    nn.Conv2d(before, width, 3, stride=step, padding=1, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(),
                ]
                before = width
        self.seen = nn.Sequential(*layers)
        self.forgotten = nn.Dropout(0.3)
        self.told = nn.Linear(2 * before, 1)

    def forward(self, mouth: Tensor) -> Tensor:
        x = self.seen(mouth.float() / 127.5 - 1)
        most, mean = x.amax(dim=(2, 3)), x.mean(dim=(2, 3))
        told: Tensor = self.told(self.forgotten(torch.cat([most, mean], dim=1)))[:, 0]
        return told


@dataclass(frozen=True, slots=True)
class Told:
    """found: share of the covered mouths that are told; false: share of the others that are called covered;
    both at a sureness of `at`."""

    found: float
    false: float
    at: float


def learn(lessons: Lessons, epochs: int, *, batch: int = 64, rate: float = 3e-3, seed: int = 0) -> Judge:
    """A judge taught for that many rounds through the lessons."""
    torch.manual_seed(seed)
    crops = torch.from_numpy(lessons.crops.transpose(0, 3, 1, 2).copy())
    wanted = torch.from_numpy(lessons.covered.astype(np.float32))
    judge = Judge()
    judge.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(judge.parameters(), rate, weight_decay=1e-2)
    rounds = max(1, len(crops) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=epochs * rounds + 1)
    started = time.monotonic()
    for epoch in range(epochs):
        losses = []
        for rows in torch.randperm(len(crops))[: rounds * batch].split(batch):
            told = judge(varied(crops[rows]))
            target = wanted[rows] * (1 - 2 * _SMOOTHED) + _SMOOTHED
            loss = F.binary_cross_entropy_with_logits(told, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        print(f"round {epoch + 1} loss {np.mean(losses):.4f}, {time.monotonic() - started:.0f} s", flush=True)
    judge.eval()
    return judge


def varied(crops: Tensor) -> Tensor:
    """Mirrored, moved, and in other light and colours."""
    count = len(crops)
    shown = torch.where(torch.rand(count, 1, 1, 1) < 0.5, crops, crops.flip(3)).float()
    rows, columns = torch.randint(-3, 4, (2,)).tolist()
    shown = torch.roll(shown, (rows, columns), (2, 3))
    gain = (0.25 * torch.randn(count, 1, 1, 1)).exp() * (0.08 * torch.randn(count, 3, 1, 1)).exp()
    shown = shown * gain + 15 * torch.randn(count, 1, 1, 1)
    grey = shown.mean(dim=1, keepdim=True)
    shown = grey + (shown - grey) * (1.4 * torch.rand(count, 1, 1, 1))
    shown = torch.where(torch.rand(count, 1, 1, 1) < 0.1, grey.expand_as(shown), shown)
    return shown.clamp(0, 255)


def judged(judge: Judge, lessons: Lessons, at: float) -> Told:
    """How a judge does on lessons that it was not taught."""
    crops = torch.from_numpy(lessons.crops.transpose(0, 3, 1, 2).copy())
    with torch.no_grad():
        sure = torch.cat([judge(part) for part in crops.split(256)]).sigmoid().numpy()
    return Told(float((sure[lessons.covered] > at).mean()), float((sure[~lessons.covered] > at).mean()), at)
