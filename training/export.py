"""The trained networks as ONNX, the codes of the chosen persons within."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import onnx
import torch
from torch import Tensor, nn

from morgana.portrait.learned.canvas import HEIGHT, WIDTH
from morgana.portrait.learned.covering import SIDE
from training.judge import Judge
from training.network import SHEET, Painter, Sheets, canvas_grid, whole

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
    part = torch.zeros(1, SHEET, HEIGHT, WIDTH)
    names = ["upper", "lower", "opening", "grid", "drop", "start"]
    painted = {name: {2: "height", 3: "width"} for name in (*names[:2], "painted")}
    seen = {name: {2: "seen height", 3: "seen width"} for name in names[2:4]}
    _write(chosen, (torch.tensor(0),), paths[0], ["person"], ["upper", "lower"], {})
    inputs = (part, part, part[:, :1], canvas_grid(), torch.zeros(1), whole())
    _write(painter.eval().float(), inputs, paths[1], names, ["painted"], painted | seen)
    for path in paths:
        onnx.checker.check_model(onnx.load(path), full_check=True)
    return paths


def export_judge(judge: Judge, folder: Path) -> Path:
    """Write `covered.onnx`: a mouth, (1, 3, SIDE, SIDE) uint8, to how surely it is covered, (1,), 0 to 1."""
    path = folder / "covered.onnx"
    mouth = torch.zeros(1, 3, SIDE, SIDE, dtype=torch.uint8)
    network = nn.Sequential(judge, nn.Sigmoid()).eval()
    _write(network, (mouth,), path, ["mouth"], ["covered"], {})
    onnx.checker.check_model(onnx.load(path), full_check=True)
    return path


def _write(
    network: nn.Module,
    inputs: tuple[Tensor, ...],
    path: Path,
    names: Sequence[str],
    outputs: Sequence[str],
    axes: Mapping[str, Mapping[int, str]],
) -> None:
    with warnings.catch_warnings():
        # The newer exporter needs two packages more, and is for networks that branch.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network,
            inputs,
            path,
            input_names=names,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )
