"""Films of many portraits, measured, in one Markdown table. Used by `portrait_quality.py`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from face_track import NoFaceFoundError
from quality_goals import GOALS, Goal, Summary, mean, summarise
from quality_measuring import Measured, Subject, make, make_subject, measure_film, read_kept

from morgana.errors import ErrorCode, InputError
from morgana.portrait import VideoOptions
from morgana.portrait.rendering import Wanted

PICTURES: Final = (".png", ".jpg", ".jpeg")
TOTAL: Final = "**all that suit**"


@dataclass(frozen=True, slots=True)
class Row:
    """A portrait's films by each renderer; refused: why there are none."""

    name: str
    films: Mapping[str, Sequence[Measured]]
    refused: str | None = None

    @property
    def unsuited(self) -> str | None:
        return next((film.unsuited for films in self.films.values() for film in films if film.unsuited), None)


def pictures(folders: Sequence[Path]) -> list[Path]:
    """All in some folders, by name. Raises SystemExit if a folder has none."""
    found: list[Path] = []
    for folder in folders:
        here = sorted(path for path in folder.glob("*") if path.suffix.lower() in PICTURES)
        if not here:
            raise SystemExit(f"There is no picture (PNG or JPEG) in {folder}.")
        found += here
    return found


def spoken_by(
    images: Sequence[Path], audios: Sequence[Path], *, in_turn: bool
) -> Iterator[tuple[Path, list[Path]]]:
    """Each picture with what it is to say: everything, or one recording after the other."""
    for index, image in enumerate(images):
        yield image, [audios[index % len(audios)]] if in_turn else list(audios)


def measure_portrait(
    image: Path,
    audios: Sequence[Path],
    wanted: Sequence[Wanted],
    options: VideoOptions,
    folder: Path,
    scratch: Path,
) -> Row:
    """Films of one portrait, those made before not made again; all lie in `folder`.

    A picture that cannot be used gets a row that says so. Raises InputError: MODEL_MISSING.
    """
    name = f"{image.parent.name}-{image.stem}"
    films: dict[str, list[Measured]] = {renderer: [] for renderer in wanted}
    try:
        for audio in audios:
            subject = make_subject(image, audio, options, scratch)
            for renderer in wanted:
                film = folder / f"{name}-{audio.stem}-{renderer}.mp4"
                films[renderer].append(measure_once(subject, renderer, film))
    except (InputError, NoFaceFoundError) as error:
        if isinstance(error, InputError) and error.code is ErrorCode.MODEL_MISSING:
            raise  # no fault of the picture: its line would be wrong
        return Row(name, {}, str(error))
    return Row(name, films)


def measure_once(subject: Subject, wanted: Wanted, film: Path) -> Measured:
    """Make the film and measure it, unless that has been done."""
    kept = read_kept(film.with_suffix(".json"), subject)
    if kept and kept.measured:
        return kept.measured
    if not (kept and film.exists()):
        make(subject, wanted, film)
    return measure_film(film, subject, film.with_suffix(".png"), wanted)


def table(rows: Sequence[Row]) -> str:
    """A line a portrait: figures of each renderer, and the goals of which the learned one falls short.

    The last line has the means of the portraits that suit the learned renderer, and how many reach each goal.
    """
    lines = ["| portrait | " + " | ".join(goal.name for goal in GOALS) + " | falls short |"]
    lines.append("|---" * (len(GOALS) + 2) + "|")
    pairs = []
    for row in rows:
        summaries = {name: summarise(films) for name, films in row.films.items() if films}
        if not summaries:
            lines.append(f"| {row.name} |" + " |" * len(GOALS) + f" refused: {row.refused} |")
            continue
        lines.append(_line(row, summaries))
        if {"mesh", "learned"} <= summaries.keys() and not row.unsuited:
            pairs.append((summaries["mesh"], summaries["learned"]))
    return "\n".join([*lines, _total(pairs, len(rows))]) + "\n"


def _line(row: Row, summaries: Mapping[str, Summary]) -> str:
    cells = [" / ".join(goal.show(summary) for summary in summaries.values()) for goal in GOALS]
    short = ""
    if {"mesh", "learned"} <= summaries.keys():
        short = ", ".join(
            goal.name for goal in GOALS if goal.verdict(summaries["mesh"], summaries["learned"]) is False
        )
    notes = [note for note in (short, row.unsuited and f"auto takes mesh: {row.unsuited}") if note]
    return f"| {row.name} | " + " | ".join(cells) + f" | {'; '.join(notes)} |"


def _total(pairs: Sequence[tuple[Summary, Summary]], count: int) -> str:
    cells = [_total_cell(goal, pairs) for goal in GOALS]
    every = sum(all(goal.verdict(mesh, learned) is not False for goal in GOALS) for mesh, learned in pairs)
    head = f"| {TOTAL} ({len(pairs)} of {count}) | "
    return head + " | ".join(cells) + f" | nothing in {every} of {len(pairs)} |"


def _total_cell(goal: Goal, pairs: Sequence[tuple[Summary, Summary]]) -> str:
    if not pairs:
        return "-"
    means = [mean([goal.of(pair[side]) for pair in pairs]) for side in (0, 1)]
    shown = " / ".join(f"{value:.{goal.digits}f}" if np.isfinite(value) else "-" for value in means)
    verdicts = [goal.verdict(*pair) for pair in pairs]
    judged = [verdict for verdict in verdicts if verdict is not None]
    return f"{shown} ({sum(judged)} of {len(judged)})"
