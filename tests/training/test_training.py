"""The short form of the training: on small made-up pictures, without the generator."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
import pytest

torch = pytest.importorskip("torch", reason="`make test-training` installs what training needs")
pytest.importorskip("openvino", reason="`make test-training` installs what training needs")

from morgana.portrait import landmarks as lm  # noqa: E402
from morgana.portrait.learned.canvas import HEIGHT, LINE, SCALE, WIDTH  # noqa: E402
from morgana.portrait.learned.covering import mouth_crop  # noqa: E402
from training import covered, mouths  # noqa: E402
from training.covers import KINDS, Drawer  # noqa: E402
from training.evaluate import evaluate, held_out  # noqa: E402
from training.export import export, export_judge  # noqa: E402
from training.judge import judged, learn  # noqa: E402
from training.network import canvas_grid, dropped, whole  # noqa: E402
from training.spots import spot  # noqa: E402
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


@pytest.fixture(scope="module")
def crops() -> covered.Lessons:
    """Things drawn on a made-up face, before its mouth or beside it."""
    rng = np.random.default_rng(0)
    marks = np.zeros((478, 2))
    marks[:] = 128, 160
    marks[[lm.RIGHT_IRIS[0], lm.LEFT_IRIS[0]]] = (98, 90), (158, 90)
    angle = np.linspace(-np.pi, 0, 11)
    for row, sign in ((lm.UPPER_LIP[3], 1), (lm.LOWER_LIP[3], -1)):
        marks[row] = np.column_stack([128 + 24 * np.cos(angle), 160 + 9 * sign * np.sin(angle)])
    rgb = np.full((256, 256, 3), (200, 160, 140), np.uint8)
    cv2.fillPoly(rgb, [np.rint(marks[lm.UPPER_LIP[3]]).astype(int)], (170, 80, 80))
    cv2.fillPoly(rgb, [np.rint(marks[lm.LOWER_LIP[3]]).astype(int)], (180, 90, 90))
    made, hidden = [], []
    for _ in range(80):
        cover = covered.drawn(rng, (256, 256), marks, rgb[:20, :20])
        made.append(mouth_crop(covered.over(rng, rgb, cover), marks))
        hidden.append(covered.share_hidden(cover, marks) >= covered.COVERED)
    return covered.Lessons(np.array(made), np.array(hidden), np.arange(80))


@pytest.mark.parametrize("draw", list(dict.fromkeys(KINDS)), ids=lambda draw: draw.__name__)
def test_what_is_drawn_lies_where_it_was_asked_for(draw: Drawer) -> None:
    marks = np.random.default_rng(1).uniform(100, 150, (478, 2))
    marks[[lm.RIGHT_IRIS[0], lm.LEFT_IRIS[0]]] = (98, 90), (158, 90)
    skin = np.full((8, 8, 3), 150, np.uint8)
    for seed in range(3):
        where = spot((256, 256), marks, np.zeros(2), -0.3, skin)
        cover = draw(np.random.default_rng(seed), where)
        assert cover.rgb.shape == (256, 256, 3)
        assert 0 <= cover.alpha.min() < cover.alpha.max() <= 1
        column, row = np.rint(where.pixels(np.array([[0.0, 0.05]]))[0]).astype(int)
        assert cover.alpha[row - 6 : row + 7, column - 6 : column + 7].max() == 1


def test_a_judge_learns_and_its_export_runs(crops: covered.Lessons, tmp_path: Path) -> None:
    assert 10 < crops.covered.sum() < 70
    covered.save(tmp_path / "covered.npz", crops)
    kept = covered.load(tmp_path / "covered.npz")
    assert (kept.crops == crops.crops).all()
    judge = learn(kept, 12, batch=20)
    told = judged(judge, kept, 0.5)
    assert told.found > told.false + 0.5
    network = ort.InferenceSession(export_judge(judge, tmp_path))
    mouth = kept.crops[:1].transpose(0, 3, 1, 2)
    with torch.no_grad():
        wanted = judge(torch.from_numpy(mouth.copy())).sigmoid().numpy()
    sure = network.run(None, {"mouth": np.ascontiguousarray(mouth)})[0]
    assert sure.shape == (1,)
    assert np.abs(sure - wanted).max() < 1e-4
