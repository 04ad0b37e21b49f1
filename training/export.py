"""The trained networks as ONNX, the codes of the chosen persons within."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import onnx
import torch
from torch import Tensor, nn

from morgana.portrait.learned.canvas import HEIGHT, WIDTH
from training.network import SHEET, Painter, Sheets, canvas_grid

_OPSET: Final = 17


class _Chosen(nn.Module):
    """Sheets of the person with this index among the chosen, () int64."""

    def __init__(self, sheets: Sheets, codes: Tensor) -> None:
        super().__init__()
        self.sheets = sheets
        self.register_buffer("codes", codes)

    def forward(self, person: Tensor) -> tuple[Tensor, Tensor]:
        code = torch.index_select(self.codes, 0, person.reshape(1))
        upper, lower = self.sheets(code).chunk(2, dim=1)
        return upper, lower


def export(sheets: Sheets, painter: Painter, codes: Tensor, folder: Path) -> Sequence[Path]:
    """Write `sheets.onnx` and `painter.onnx`. codes: (chosen, CODE)."""
    chosen = _Chosen(sheets, codes).eval().float()
    paths = folder / "sheets.onnx", folder / "painter.onnx"
    torch.onnx.export(
        chosen,
        (torch.tensor(0),),
        paths[0],
        input_names=["person"],
        output_names=["upper", "lower"],
        opset_version=_OPSET,
        dynamo=False,
    )
    part = torch.zeros(1, SHEET, HEIGHT, WIDTH)
    inputs = (part, part, part[:, :1], canvas_grid(), torch.zeros(1))
    names = ["upper", "lower", "opening", "grid", "drop"]
    axes = {name: {2: "height", 3: "width"} for name in (*names[:4], "painted")}
    torch.onnx.export(
        painter.eval().float(),
        inputs,
        paths[1],
        input_names=names,
        output_names=["painted"],
        dynamic_axes=axes,
        opset_version=_OPSET,
        dynamo=False,
    )
    for path in paths:
        onnx.checker.check_model(onnx.load(path), full_check=True)
    return paths
