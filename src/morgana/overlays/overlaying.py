"""One job from file to files: a film and its texts, and a film for each of them."""

import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np

from morgana.errors import ErrorCode, InputError, is_no_room
from morgana.overlays.drawing import OUTLINE, draw
from morgana.overlays.ground import Ground, survey
from morgana.overlays.look import DEFAULT, Look, find_look
from morgana.overlays.overlay import Align, Overlay, check
from morgana.overlays.paint import INK, Paint
from morgana.overlays.painting import Subject, paint_all, paint_one
from morgana.overlays.placing import Column, Place, place
from morgana.overlays.setting import Measure, Setting, given_size, letters_of, settings
from morgana.overlays.zone import MEASURE, Zone
from morgana.progress import Progress, ignore, part
from morgana.stages import Stage, enter
from morgana.text.fonts import lenders
from morgana.text.paragraph import words
from morgana.text.shaping import shape
from morgana.text.style import Stroke, Style
from morgana.text.unicode import is_right_to_left
from morgana.video.burn import burn_all
from morgana.video.film import DEFAULT_LIMITS, Film, Limits, inspect
from morgana.video.film_writer import Quality
from morgana.video.glance import glances
from morgana.video.patch import Patch

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Survey: TypeAlias = Callable[[float | None, float | None], Ground]

_DESIGNED = 0.1  # share of the work
_ROUNDING_S = 0.0005
_NARROW = 0.38  # of the frame's width: lines beside what is in the middle of it
_ASIDE = 0.2  # what it costs to stand there
_SIDES: tuple[Align, Align] = ("left", "right")


def overlay_video(
    source: Path,
    folder: Path,
    overlays: Sequence[Overlay],
    *,
    limits: Limits = DEFAULT_LIMITS,
    quality: Quality = Quality(),  # noqa: B008
    progress: Progress = ignore,
) -> list[Path | InputError]:
    """Write `source`, an MP4 or MOV, once for each overlay: video0.mp4, video1.mp4 ... in `folder`.

    What an overlay leaves open is decided by what is in the film, which is looked at only then. Returns the
    files in the order of the overlays, or why one could not be made; the others are complete all the same.
    Raises InputError as `inspect` does: then there is no file at all.
    """
    film = inspect(source, limits)

    @cache
    def ground(start: float | None, end: float | None) -> Ground:
        return survey(glances(source, film, start=start, end=end, limits=limits), film.size[0])

    enter(Stage.DESIGN)
    designs = design_all(overlays, film, ground)
    progress(_DESIGNED)
    enter(Stage.RENDER)
    burnt = {
        folder / f"video{index}.mp4": one for index, one in enumerate(designs) if isinstance(one, Design)
    }
    failures: dict[Path, Exception | None] = {}
    if burnt:
        outputs = [(file, one.shown) for file, one in burnt.items()]
        _, errors = burn_all(
            source, outputs, limits=limits, quality=quality, progress=part(progress, _DESIGNED, 1.0)
        )
        failures = dict(zip(burnt, errors, strict=True))
    progress(1.0)
    made = iter(burnt)
    return [one if isinstance(one, InputError) else _outcome(next(made), failures) for one in designs]


def _outcome(file: Path, failures: Mapping[Path, Exception | None]) -> Path | InputError:
    error = failures[file]
    return file if error is None else _reported(error)


@dataclass(frozen=True)
class Design:
    """What has been decided about an overlay. start, end: seconds, None for the ends of the film."""

    place: Place
    paint: Paint
    look: Look
    start: float | None
    end: float | None

    @cached_property
    def patch(self) -> Patch:
        return draw(self.place, self.paint, self.look)

    def shown(self, time: float) -> Sequence[Patch]:
        """What lies over the frame at `time`."""
        start, end = _span(self.start, self.end)
        return (self.patch,) if start <= time < end else ()


def design_all(overlays: Sequence[Overlay], film: Film, ground: Survey) -> list[Design | InputError]:
    """What each overlay looks like on the film, or why there is no way; those without wishes look alike.

    ground: what is seen between two times (seconds, None for the ends of the film).
    """
    placed = [_attempt(partial(_subject, one, film, ground)) for one in overlays]
    subjects = [one for one in placed if isinstance(one, Subject)]
    together = _attempt(partial(paint_all, subjects))
    painted: Iterator[Paint | InputError] = iter(
        [_attempt(partial(paint_one, one)) for one in subjects]
        if isinstance(together, InputError)
        else together
    )
    return [_design(one, next(painted)) if isinstance(one, Subject) else one for one in placed]


def _design(subject: Subject, paint: Paint | InputError) -> Design | InputError:
    one = subject.overlay
    if isinstance(paint, InputError):
        return paint
    return Design(subject.place, paint, subject.look, one.start, one.end)


def _subject(overlay: Overlay, film: Film, ground: Survey) -> Subject:
    check(overlay)
    if not _is_shown(overlay, film):
        raise InputError(
            ErrorCode.OVERLAY_NEVER_SHOWN,
            f"The video shows no frame at the time of the text; it is {film.duration:.2f} s long. "
            "Start the text earlier, or end it later.",
        )
    look = find_look(overlay.font or DEFAULT)
    zone = Zone(*film.size)
    see = partial(ground, overlay.start, overlay.end)
    columns = _columns(overlay, look, zone)
    return Subject(overlay, look, place(columns, zone, see, overlay.position), see, zone.unit)


def _is_shown(overlay: Overlay, film: Film) -> bool:
    start, end = _span(overlay.start, overlay.end)
    return bool(np.any((film.times >= start) & (film.times < end)))


def _columns(overlay: Overlay, look: Look, zone: Zone) -> list[Column]:
    """All ways to set the text: in the middle, and beside what is there if the frame is wide."""
    style = letters_of(look, Stroke(OUTLINE, INK) if overlay.stroke else None)
    _check_letters(overlay.text, style)
    columns = [Column(overlay.align or "center", _set(overlay, look, style, zone, MEASURE))]
    if zone.is_wide and overlay.align is None:
        begin: Align = "right" if is_right_to_left(overlay.text) else "left"
        for side in _SIDES:
            narrow = _set(overlay, look, style, zone, _NARROW, begin)
            columns.append(Column(side, narrow, _ASIDE))
    return columns


def _set(
    overlay: Overlay, look: Look, style: Style, zone: Zone, share: float, align: Align | None = None
) -> list[Setting]:
    """The ways to set the text in lines of at most `share` of the frame's width."""
    wider = zone.safe.width
    measure = Measure(min(share * zone.width, wider), zone.safe.height, wider)
    side = align or overlay.align or "center"
    if overlay.size is not None:
        return [given_size(overlay.text, style, look, overlay.size, measure, side)]
    return settings(overlay.text, style, look, zone.unit, measure, side)


def _check_letters(text: str, style: Style) -> None:
    missing = [
        letter
        for word in words(text, style)
        for letter in shape(style.cased(word.text), style.family, style.weight).omitted
    ]
    if not missing:
        return
    entries = lenders(missing)
    remedy = f"Run `morgana models pull {' '.join(entries)}`" if entries else "Write it without them"
    shown = " ".join(dict.fromkeys(missing[:5]))
    raise InputError(
        ErrorCode.TEXT_UNWRITABLE,
        f"No font that is installed has some letters of the text: {shown}. {remedy}.",
    )


def _span(start: float | None, end: float | None) -> tuple[float, float]:
    """Half a millisecond early: containers round the times of frames."""
    return (
        -math.inf if start is None else start - _ROUNDING_S,
        math.inf if end is None else end - _ROUNDING_S,
    )


def _attempt(make: Callable[[], Result]) -> Result | InputError:
    """What `make` makes, or why it could not: what goes wrong with one overlay ends that one alone."""
    try:
        return make()
    except Exception as error:
        return _reported(error)


def _reported(error: Exception) -> InputError:
    if isinstance(error, InputError):
        return error
    if is_no_room(error):  # which ends all of them, to be tried again
        raise error
    logger.error("an overlay failed", exc_info=error)
    return InputError(
        ErrorCode.INTERNAL_ERROR, "Something went wrong on the server. Try again; its log says more."
    )
