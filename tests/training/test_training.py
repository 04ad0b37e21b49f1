"""The short form of the training: on small made-up pictures, without the generator."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
import pytest

torch = pytest.importorskip("torch", reason="`make test-training` installs what training needs")
pytest.importorskip("openvino", reason="`make test-training` installs what training needs")

from morgana.portrait.learned.canvas import HEIGHT, LINE, SCALE, WIDTH  # noqa: E402
from training import mouths  # noqa: E402
from training.evaluate import evaluate, held_out  # noqa: E402
from training.export import export  # noqa: E402
from training.network import canvas_grid, dropped, whole  # noqa: E402
from training.train import Learner, load, loss_of, train  # noqa: E402

LIGHT = np.array([230.0, 215.0, 205.0])


def mouth(person: int, drop: float) -> mouths.Mouth:
    """Upper teeth that stay, lower teeth that go down with the jaw, and darkness between."""
    rgb = np.full((HEIGHT, WIDTH, 3), (60, 25, 25), np.uint8)
    edge = round(LINE + 8 + 3 * person)
    cv2.rectangle(rgb, (24, 0), (104, edge), (220, 205, 190), -1)
    for column in range(24, 105, 10 + 2 * person):
        cv2.line(rgb, (column, 0), (column, edge), (120, 90, 80), 1)
    top = round(LINE + 4 + drop * SCALE)
    cv2.rectangle(rgb, (34, top), (94, HEIGHT), (190, 170, 160), -1)
    angle = np.linspace(np.pi, 3 * np.pi, 20, endpoint=False)
    middle, half = LINE + drop * SCALE / 2, 4 + drop * SCALE / 2
    opening = np.column_stack([63.5 + 44 * np.cos(angle), middle + half * np.sin(angle)])
    return mouths.Mouth(rgb, opening.astype(np.float32), drop)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    drops = (0.04, 0.1, 0.16, 0.22, 0.28)
    found = [mouths.Person(seed, 0.0, LIGHT, [mouth(seed, drop) for drop in drops]) for seed in range(2)]
    path = tmp_path_factory.mktemp("pictures") / "mouths.npz"
    mouths.save(path, found)
    return path


def test_the_jaw_moves_its_sheet_down_by_as_many_pixels() -> None:
    rows = canvas_grid()[:, 1:]
    step = 2 / (HEIGHT - 1)
    moved = dropped(rows, torch.tensor([10 / SCALE]))
    assert torch.allclose(moved[..., 20:, :], rows[..., 20:, :] - 10 * step, atol=1e-5)


def test_twenty_steps_lower_the_loss_and_export_runs(pictures: Path, tmp_path: Path) -> None:
    found = load([pictures])
    learned, judged = held_out(found)
    assert not set(learned.tolist()) & set(judged.tolist())
    losses = train(found, learned, tmp_path / "checkpoint.pt", 20, batch=4)
    assert len(losses) == 20
    learner = Learner.kept(tmp_path / "checkpoint.pt", found)
    torch.manual_seed(0)
    untaught = Learner(found.persons, len(found.rgb))
    with torch.no_grad():
        before, after = (float(loss_of(one, found, learned)) for one in (untaught, learner))
    assert after < 0.8 * before
    assert evaluate(learner, found, judged).difference > 0

    sheets, painter = export(learner.sheets, learner.painter, learner.person.detach(), tmp_path)
    made = ort.InferenceSession(sheets).run(None, {"person": np.array(1, np.int64)})
    row = torch.tensor([7])  # of the second person
    with torch.no_grad():
        wanted = learner.painted(found, row, own=False).numpy()
    inputs = {
        "upper": made[0],
        "lower": dropped(torch.from_numpy(made[1]), found.drop[row]).numpy(),
        "opening": found.opening[row].numpy(),
        "grid": canvas_grid().numpy(),
        "drop": found.drop[row].numpy(),
        "start": whole().numpy(),
    }
    painted = ort.InferenceSession(painter).run(None, inputs)[0]
    assert np.abs(painted - wanted).max() < 1e-3
    seen = {name: inputs[name][..., 8:80, 16:112] for name in ("opening", "grid")}
    near = {name: inputs[name][..., 18:70, 30:102] for name in ("upper", "lower")}
    inside = ort.InferenceSession(painter).run(None, inputs | seen | near | {"start": np.array([10, 14])})[0]
    assert np.abs(inside[..., 6:-6, 6:-6] - wanted[..., 24:64, 36:96]).max() < 0.02


def test_an_interrupted_run_goes_on(pictures: Path, tmp_path: Path) -> None:
    found = load([pictures])
    learned, _ = held_out(found)
    checkpoint = tmp_path / "checkpoint.pt"
    assert len(train(found, learned, checkpoint, 4, batch=2)) == 4
    assert len(train(found, learned, checkpoint, 6, batch=2)) == 2
    assert train(found, learned, checkpoint, 6, batch=2) == []
