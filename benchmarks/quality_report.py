"""Prints the figures of films side by side, with what the learned renderer reaches of its goals."""

from collections.abc import Mapping

from quality_goals import GOALS, summarise
from quality_measuring import Measured

HELD, SHORT, UNKNOWN = "holds", "falls short", "not judged"


def report(columns: Mapping[str, Measured]) -> None:
    """A line a figure; a verdict where it has a goal and films of `mesh` and `learned` are there."""
    judged = {"mesh", "learned"} <= columns.keys()
    print(f"{'':44}" + "".join(f"{name:>22}" for name in columns) + ("  verdict" if judged else ""))
    for rows in zip(*map(_rows, columns.values()), strict=True):
        verdict = _verdict(rows[0][2], columns) if judged and rows[0][2] else ""
        line = f"{rows[0][0]:44}" + "".join(f"{value:>22}" for _, value, _ in rows)
        print(f"{line}  {verdict}".rstrip())
    if reason := next((m.unsuited for m in columns.values() if m.unsuited), None):
        print(f"auto would take mesh: {reason}")


def _verdict(values: tuple[str, ...], columns: Mapping[str, Measured]) -> str:
    mesh, learned = (summarise([columns[name]]) for name in ("mesh", "learned"))
    found = [goal.verdict(mesh, learned) for goal in GOALS if goal.value in values]
    if False in found:
        return SHORT
    return UNKNOWN if None in found else HELD


def _rows(measured: Measured) -> list[tuple[str, str, tuple[str, ...]]]:
    """Name, value, and the goals that it has to do with (as in `Summary`)."""
    figures = measured.figures
    return [
        ("face found, share of frames", f"{figures.found:.3f}", ()),
        (
            "lip aperture p5 / p50 / p95, interocular",
            _row(figures.aperture, 3),
            ("median_aperture", "wide_aperture"),
        ),
        (
            "lips closed on p, b, m, share (number)",
            f"{figures.closed:.2f} ({figures.closures})",
            ("closed",),
        ),
        (
            "lag behind the intended aperture, frames",
            f"{measured.lag[0]} ({measured.lag[1]:+.2f})",
            ("lag",),
        ),
        ("correlation with the intended aperture", f"{measured.lag[2]:.2f}", ()),
        ("silence looked at, s", f"{figures.silence:.1f}", ()),
        ("aperture in silence", f"{figures.silent_aperture:.3f}", ()),
        (
            "aperture change a frame, silence / speech",
            _row((figures.silent_motion, figures.spoken_motion), 4),
            (),
        ),
        ("blinks a minute", f"{figures.blinks_a_minute:.1f}", ()),
        ("blink length min / median / max, s", _row(figures.blink_lengths, 2), ()),
        ("eye opening left in a blink", f"{figures.blink_depth:.2f}", ()),
        ("yaw / pitch / roll deviation, degrees", _row(figures.pose, 1), ()),
        ("head translation deviation, interocular", f"{figures.translation:.3f}", ()),
        ("landmark jitter, 1/1000 interocular", f"{1000 * figures.jitter:.2f}", ("jitter",)),
        ("identity, mean / least cosine", _row(figures.identity, 3), ("identity",)),
        (
            "sharpness of source: skin / around lips",
            _row((figures.skin_sharpness, figures.mouth_sharpness), 2),
            (),
        ),
        ("background PSNR, dB", f"{figures.background_psnr:.1f}", ()),
        ("background change, worst frame, grey levels", f"{figures.background_motion:.2f}", ()),
        *_mouth_rows(measured),
    ]


def _mouth_rows(measured: Measured) -> list[tuple[str, str, tuple[str, ...]]]:
    names = {
        "sharpness of photo: inside / mouth": ("interior", "mouth"),
        "seam of lips and inside, CIE 1976 a pixel": ("seam",),
        "held mouth: unsteady / flicker, grey levels": ("unsteadiness", "flicker"),
    }
    return [
        (
            name,
            _row(tuple(getattr(measured.mouth, value) for value in values), 2) if measured.mouth else "-",
            values,
        )
        for name, values in names.items()
    ]


def _row(values: tuple[float, ...], digits: int) -> str:
    return " / ".join(f"{value:.{digits}f}" for value in values)
