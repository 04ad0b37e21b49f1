"""The networks that fill an open mouth: what is behind a person's lips, for any opening and drop of the jaw.

A person is a code. From it a decoder makes two sheets of features, one fixed to the skull (upper teeth,
palate) and one to the jaw (lower teeth, tongue). Per frame the lower sheet is shifted with the jaw, and a
painter joins both behind the opening. Teeth are therefore rigid: only what covers them changes.
"""

from itertools import pairwise
from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from morgana.portrait.learned.canvas import HEIGHT, SCALE, WIDTH

CODE: Final = 48
SHEET: Final = 16  # features a sheet
_COARSE: Final = (HEIGHT // 16, WIDTH // 16)
_CHANNELS: Final = (96, 80, 64, 48, 32)


def _block(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.LeakyReLU(0.2))


class Sheets(nn.Module):
    """(B, CODE) to the sheets (B, 2 * SHEET, HEIGHT, WIDTH): of the skull first, then of the jaw."""

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Linear(CODE, _CHANNELS[0] * _COARSE[0] * _COARSE[1])
        pairs = pairwise(_CHANNELS)
        self.blocks = nn.ModuleList([_block(a + CODE // 4, b) for a, b in pairs])
        self.style = nn.Linear(CODE, CODE // 4 * len(self.blocks))
        self.last = nn.Conv2d(_CHANNELS[-1], 2 * SHEET, 3, padding=1)

    def forward(self, code: Tensor) -> Tensor:
        x = self.start(code).reshape(-1, _CHANNELS[0], *_COARSE)
        styles = self.style(code).chunk(len(self.blocks), dim=1)
        for block, style in zip(self.blocks, styles, strict=True):
            x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = block(torch.cat([x, style[:, :, None, None].expand(-1, -1, *x.shape[2:])], dim=1))
        made: Tensor = self.last(x)
        return made


class Painter(nn.Module):
    """Sheets where the jaw has them, and the opening, to the colours behind the opening.

    upper, lower (B, SHEET, h, w); opening (B, 1, H, W) 0 to 1; grid (B, 2, H, W) of `canvas_grid`; drop (B,)
    of the jaw, interocular distances. H and W may be those of any even part of the canvas; start (2,) is
    where in that part, row and column, the sheets begin: what needs detail is painted there only.
    Gives (B, 3, h, w), 1 being white enamel in the light of the face.
    """

    def __init__(self) -> None:
        super().__init__()
        self.near = _block(2 * SHEET + 4, 40)
        self.wide = nn.Sequential(_block(6, 24), nn.AvgPool2d(2), _block(24, 32), _block(32, 24))
        self.joined = nn.Sequential(_block(40 + 24, 40), _block(40, 32), nn.Conv2d(32, 3, 3, padding=1))

    def forward(
        self, upper: Tensor, lower: Tensor, opening: Tensor, grid: Tensor, drop: Tensor, start: Tensor
    ) -> Tensor:
        soft = [opening]
        for size in _SOFTER:
            soft.append(F.avg_pool2d(soft[-1], size, stride=1, padding=size // 2))
        told = opening * 0 + drop[:, None, None, None] * 2
        wide = self.wide(torch.cat([opening, soft[2], soft[3], told, grid], dim=1))
        wide = F.interpolate(wide, scale_factor=2.0, mode="bilinear", align_corners=False)
        top, left = start[0], start[1]
        inner = (..., slice(top, top + upper.shape[2]), slice(left, left + upper.shape[3]))
        near = self.near(torch.cat([upper, lower, *(one[inner] for one in soft)], dim=1))
        painted: Tensor = self.joined(torch.cat([near, wide[inner]], dim=1))
        return painted


_SOFTER: Final = (5, 9, 15)  # pixels: how far a pixel is from the lips


def whole() -> Tensor:
    """The `start` of sheets that are as large as the opening."""
    return torch.zeros(2, dtype=torch.int64)


def canvas_grid() -> Tensor:
    """(1, 2, HEIGHT, WIDTH): columns, then rows, -1 to 1."""
    rows = torch.linspace(-1, 1, HEIGHT)[None, None, :, None].expand(1, 1, HEIGHT, WIDTH)
    columns = torch.linspace(-1, 1, WIDTH)[None, None, None].expand(1, 1, HEIGHT, WIDTH)
    return torch.cat([columns, rows], dim=1).contiguous()


def dropped(sheet: Tensor, drop: Tensor) -> Tensor:
    """A sheet (B, C, HEIGHT, WIDTH) moved down with the jaw, (B,) interocular distances."""
    columns, rows = canvas_grid().to(drop).expand(sheet.shape[0], -1, -1, -1).unbind(1)
    step = drop * (SCALE * 2 / (HEIGHT - 1))
    where = torch.stack([columns, rows - step[:, None, None]], dim=-1)
    return F.grid_sample(
        sheet, where.to(sheet.dtype), mode="bilinear", padding_mode="border", align_corners=True
    )
