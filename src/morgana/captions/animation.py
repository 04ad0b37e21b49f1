"""What is on the frame at a time: every word of a page in its state, with the boxes behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from morgana.captions.layout import Frame, Setting, Slot, lay_out, runs_to_the_left
from morgana.captions.motion import REST, Pose, arriving, beating, eased, leaving
from morgana.captions.pages import Page
from morgana.captions.template import Boxes, Template
from morgana.text.compose import Placed, grouped, wiped
from morgana.text.geometry import EMPTY, Box, union
from morgana.text.sprite import plate_sprite, sprite
from morgana.text.style import Plate, Style

_UNSPOKEN, _ACTIVE, _SPOKEN = range(3)
_FLICKERS = 15  # a second


@dataclass(frozen=True)
class Scene:
    """One page of a template on a frame. followed: the next page comes as soon as this one has gone."""

    template: Template
    frame: Frame
    page: Page
    number: int
    followed: bool = False

    @cached_property
    def setting(self) -> Setting:
        return lay_out(self.template, self.frame, self.page.words, self.number)

    def at(self, time: float) -> list[Placed]:
        """What is seen at `time` (seconds), the lowest first; nothing outside of the page's own time."""
        if not self.page.start <= time < self.page.end:
            return []
        page = self._page_pose(time)
        if page.opacity <= 0.0:
            return []
        words = [one for index in range(len(self.page.words)) for one in self._word(index, time)]
        behind = [one for boxes in self.template.boxes for one in self._boxes(boxes, time)]
        shown = [*behind, *words, *self._caret(time)]
        if page == REST:
            return shown
        whole = grouped(shown)
        return [_posed(whole, page, _middle(self.setting.box), self.setting.size)] if whole else []

    def _page_pose(self, time: float) -> Pose:
        template = self.template
        pose = arriving(template.page_enter, time - self.page.start)
        pose = pose.then(leaving(template.page_exit, self.page.end - time, followed=self.followed))
        flicker = template.flicker
        if flicker and time - self.page.start < flicker.seconds:
            beat = int((time - self.page.start) * _FLICKERS)
            dark = beat > 0 and (beat * 7 + self.number * 3) % 5 in (0, 3)
            pose = pose.then(Pose(opacity=1 - flicker.depth * dark))
        return pose

    def _said(self, index: int) -> float:
        """When the next word begins, or the page ends."""
        words = self.page.words
        return words[index + 1].start if index + 1 < len(words) else max(words[index].end, words[index].start)

    def _state(self, index: int, time: float) -> int:
        if time < self.page.words[index].start:
            return _UNSPOKEN
        last = index + 1 == len(self.page.words)
        return _ACTIVE if last or time < self._said(index) else _SPOKEN

    def _look(self, index: int, state: int) -> Style:
        template, looks = self.template, self.template.looks
        keyword = self.page.words[index].keyword and bool(template.keyword)
        style = looks[state + 3 * keyword]
        if state == _ACTIVE and template.active_fills and not keyword:
            fills = template.active_fills
            style = replace(style, fill=fills[(self.number + index) % len(fills)])
        return style

    def _word(self, index: int, time: float) -> Iterator[Placed]:
        template, word, slot = self.template, self.page.words[index], self.setting.slots[index]
        if template.reveal != "page" and time < word.start:
            return
        state = self._state(index, time)
        pose = arriving(template.word_enter, time - self._begun(index))
        if state == _ACTIVE:
            pose = pose.then(beating(template.pulse, time - word.start))
        if template.mask and pose.moved:
            yield self._masked(self._placed(index, slot, self._look(index, state), pose), slot)
            return
        if template.wipe and state == _ACTIVE:
            yield self._placed(index, slot, self._look(index, _UNSPOKEN), pose)
            share = (time - word.start) / max(word.end - word.start, 0.08)
            yield wiped(self._placed(index, slot, self._look(index, _ACTIVE), pose), share)
            return
        gliding = self._gliding(time)
        if gliding:
            yield from self._parted(index, gliding, pose)
            return
        placed = self._placed(index, slot, self._look(index, state), pose)
        if template.reveal == "letter":
            placed = self._typed(index, placed, time)
        yield placed

    def _gliding(self, time: float) -> tuple[int, Box] | None:
        """The word being said and the plate behind it, while that is on its way and text changes on it."""
        for boxes in self.template.boxes:
            if boxes.kind == "active" and boxes.edge is None and self.template.active and boxes.travel:
                now, box = self._travelled(boxes, time)
                if box != self._slot_box(now):
                    size = self.setting.size
                    return now, box.grown(boxes.plate.padding_x * size, boxes.plate.padding_y * size)
        return None

    def _parted(self, index: int, gliding: tuple[int, Box], pose: Pose) -> Iterator[Placed]:
        """A word that is lit where the plate is behind it: elsewhere it could not be read in that colour."""
        slot, (now, plate) = self.setting.slots[index], gliding
        lit = self._placed(index, slot, self._look(index, _ACTIVE), pose)
        clip = plate.moved(-round(lit.x), -round(lit.y)).rounded()
        if clip.clipped(lit.sprite.bounds).is_empty:
            yield self._placed(index, slot, self._look(index, _SPOKEN if index < now else _UNSPOKEN), pose)
            return
        plain = self._placed(index, slot, self._look(index, _SPOKEN if index <= now else _UNSPOKEN), pose)
        yield replace(lit, clip=clip)
        whole = plain.sprite.bounds
        shift = round(lit.x) - round(plain.x)
        hole = clip.moved(shift, 0).clipped(whole)
        for part in (
            replace(whole, bottom=hole.top),
            replace(whole, top=hole.bottom),
            Box(whole.left, hole.top, hole.left, hole.bottom),
            Box(hole.right, hole.top, whole.right, hole.bottom),
        ):
            if not part.is_empty:
                yield replace(plain, clip=part)

    def _begun(self, index: int) -> float:
        """When a word begins to come."""
        if self.template.reveal != "page":
            return self.page.words[index].start
        return min(self.page.start + self.template.stagger * index, self.page.words[index].start)

    def _masked(self, placed: Placed, slot: Slot) -> Placed:
        """What of a word on its way is inside of its line."""
        line = self.setting.lines[slot.line]
        top, bottom = line.top - slot.rise - placed.y, line.bottom - slot.rise - placed.y
        bounds = placed.sprite.bounds
        return replace(placed, clip=Box(bounds.left, top, bounds.right, bottom))

    def _typed(self, index: int, placed: Placed, time: float) -> Placed:
        """The letters of a word that have been typed. Drawn anew, so that no shadow is cut off."""
        word, letters, made = self.page.words[index], placed.sprite.letters, placed.sprite
        length = max(min(word.end, self._said(index)) - word.start, 0.08)
        typed = int((time - word.start) / length * len(letters)) + 1
        if typed >= len(letters):
            return placed
        slot, look = self.setting.slots[index], self._look(index, self._state(index, time))
        text = "".join(letter.text for letter in letters[:typed])
        part = sprite(text, look, slot.size, self.frame.language, right_to_left=made.right_to_left)
        before = made.advance - part.advance if made.right_to_left else 0.0
        pivot = (placed.pivot[0] - before, placed.pivot[1])
        return replace(placed, sprite=part, x=placed.x + before, pivot=pivot)

    def _placed(self, index: int, slot: Slot, style: Style, pose: Pose) -> Placed:
        made = sprite(self.page.words[index].text, style, slot.size, self.frame.language)
        x = slot.x + (slot.advance - made.advance) / 2
        middle = (made.advance / 2, (made.line.top + made.line.bottom) / 2)
        return Placed(
            made,
            x + pose.x * slot.size,
            slot.y + pose.y * slot.size,
            pose.opacity,
            pose.scale_x,
            pose.scale_y,
            pose.rotation + slot.tilt,
            middle,
            pose.blur * slot.size,
        )

    def _caret(self, time: float) -> Iterator[Placed]:
        caret = self.template.caret
        said = [index for index, word in enumerate(self.page.words) if word.start <= time]
        if caret is None or not said or int((time - self.page.start) / caret.blink) % 2:
            return
        placed = next(iter(self._word(said[-1], time)))
        made, size = placed.sprite, self.setting.slots[said[-1]].size
        gap = 0.1 * size
        x = placed.x + (-gap - caret.width * size if made.right_to_left else made.advance + gap)
        stroke = plate_sprite(Plate(caret.colour, 0.0, 0.0), caret.width * size, caret.height * size, size)
        middle = placed.y + (made.line.top + made.line.bottom) / 2
        yield Placed(stroke, x, middle - caret.height * size / 2)

    def _boxes(self, boxes: Boxes, time: float) -> Iterator[Placed]:
        match boxes.kind:
            case "page":
                yield self._plate(boxes, self.setting.box, self.number, 0.0)
            case "line":
                yield from self._line_plates(boxes, time)
            case "word":
                yield from self._word_plates(boxes, time)
            case "active":
                yield from self._active_plate(boxes, time)
            case "progress":
                yield from self._progress(boxes, time)
            case "said":
                yield from self._said_plates(boxes, time)

    def _line_plates(self, boxes: Boxes, time: float) -> Iterator[Placed]:
        for row, line in enumerate(self._revealed_lines(time)):
            if not line.is_empty:
                yield self._plate(boxes, line, row, self._tilt(row))

    def _word_plates(self, boxes: Boxes, time: float) -> Iterator[Placed]:
        for index, word in enumerate(self.page.words):
            if self.template.reveal == "page" or word.start <= time:
                pose = arriving(self.template.word_enter, time - self._begun(index))
                now = self._state(index, time) == _ACTIVE
                if now:
                    pose = pose.then(beating(self.template.pulse, time - word.start))
                box = self._slot_box(index)
                plain = (
                    boxes.model_copy(update={"fills": (boxes.active_fill,)})
                    if now and boxes.active_fill
                    else boxes
                )
                plate = self._plate(plain, box, index, self.setting.slots[index].tilt)
                yield _posed(plate, pose, _middle(box), self.setting.size)

    def _revealed_lines(self, time: float) -> list[Box]:
        """The lines as far as their words have come."""
        if self.template.reveal == "page":
            return list(self.setting.lines)
        return [
            union(
                self._slot_box(index)
                for index, slot in enumerate(self.setting.slots)
                if slot.line == row and self.page.words[index].start <= time
            )
            for row in range(len(self.setting.lines))
        ]

    def _active_plate(self, boxes: Boxes, time: float) -> Iterator[Placed]:
        if time < self.page.words[0].start:
            return
        now, box = self._travelled(boxes, time)
        plate = self._plate(boxes, box, self.number + now, self.setting.slots[now].tilt)
        pulse = beating(self.template.pulse, time - self.page.words[now].start)
        yield _posed(plate, pulse, _middle(box), self.setting.size)

    def _travelled(self, boxes: Boxes, time: float) -> tuple[int, Box]:
        """The word being said, and where its plate is: half of the way to a word when that begins."""
        words = self.page.words
        now = max(index for index, word in enumerate(words) if word.start <= time)
        for index in (now, now + 1):
            half = self._half(boxes, index)
            if half and abs(time - words[index].start) < half:
                share = eased("in-out", 0.5 + (time - words[index].start) / half / 2)
                return now, _between(self._slot_box(index - 1), self._slot_box(index), share)
        return now, self._slot_box(now)

    def _half(self, boxes: Boxes, index: int) -> float:
        """Seconds that a plate glides to a word before its start, and as many after: less in fast speech."""
        words = self.page.words
        if not 0 < index < len(words):
            return 0.0
        spans = [later.start - word.start for word, later in pairwise(words[index - 1 : index + 2])]
        return min([boxes.travel, *spans]) / 2

    def _progress(self, boxes: Boxes, time: float) -> Iterator[Placed]:
        """A plate that fills the width of the page while it is said."""
        first, last, box = self.page.words[0], self.page.words[-1], self.setting.box
        share = min((time - first.start) / max(last.end - first.start, 0.08), 1.0)
        rest = box.width * (1 - share)
        backwards = runs_to_the_left(self.page.words, self.frame)
        shown = replace(box, left=box.left + rest) if backwards else replace(box, right=box.right - rest)
        if shown.width >= 1:
            yield self._plate(boxes, shown, self.number, 0.0)

    def _said_plates(self, boxes: Boxes, time: float) -> Iterator[Placed]:
        """Plates that grow along the lines as their words are said."""
        for row in range(len(self.setting.lines)):
            for box in _joined([self._said_box(index, time) for index in self._seen(row)]):
                yield self._plate(boxes, box, row, self._tilt(row))

    def _seen(self, row: int) -> list[int]:
        """The words of a line from left to right."""
        slots = self.setting.slots
        return sorted(
            (index for index, slot in enumerate(slots) if slot.line == row), key=lambda index: slots[index].x
        )

    def _said_box(self, index: int, time: float) -> tuple[Box, Box]:
        """The part of a word's box that has been said, and the whole one."""
        word, box = self.page.words[index], self._slot_box(index)
        length = max(min(word.end, self._said(index)) - word.start, 0.08)
        rest = box.width * (1 - min(max(time - word.start, 0.0) / length, 1.0))
        left, right = (rest, 0.0) if self._grows_to_the_left(index) else (0.0, rest)
        return replace(box, left=box.left + left, right=box.right - right), box

    def _grows_to_the_left(self, index: int) -> bool:
        """Whether a plate grows that way over a word: away from the word before, or towards the next one.

        That is the direction of the line, but for names of several words in one of the other direction.
        """
        seen = self._seen(self.setting.slots[index].line)
        place = {word: number for number, word in enumerate(seen)}
        for one, other in ((index - 1, index), (index, index + 1)):
            if one in place and other in place and abs(place[one] - place[other]) == 1:
                return place[other] < place[one]
        return runs_to_the_left(self.page.words, self.frame)

    def _tilt(self, row: int) -> float:
        tilts = self.template.layout.tilt
        return tilts[row % len(tilts)] if tilts else 0.0

    def _slot_box(self, index: int) -> Box:
        slot = self.setting.slots[index]
        line = self.setting.lines[slot.line]
        return Box(slot.x, line.top - slot.rise, slot.x + slot.advance, line.bottom - slot.rise)

    def _plate(self, boxes: Boxes, box: Box, turn: int, tilt: float) -> Placed:
        plate = boxes.plate
        if boxes.fills:
            plate = replace(plate, fill=boxes.fills[turn % len(boxes.fills)])
        if plate.corners and self.template.layout.align == "alternate" and self.number % 2:
            one, two, three, four = plate.corners
            plate = replace(plate, corners=(two, one, four, three))
        box = _edge(boxes, box, self.setting.size)
        # Whole pixels, so that a gliding plate is drawn from few pictures.
        made = plate_sprite(plate, round(box.width), round(box.height), self.setting.size)
        return Placed(made, box.left, box.top, rotation=tilt, pivot=(box.width / 2, box.height / 2))


def _joined(parts: Sequence[tuple[Box, Box]]) -> Iterator[Box]:
    """The said parts of words from left to right, each with its whole box; those without a gap are one."""
    run = EMPTY
    for number, (part, whole) in enumerate(parts):
        if not part.is_empty:
            before, all_before = parts[number - 1] if number else (EMPTY, EMPTY)
            touching = not before.is_empty and before.right == all_before.right and part.left == whole.left
            if not touching and not run.is_empty:
                yield run
                run = EMPTY
            run = union([run, part])
    if not run.is_empty:
        yield run


def _edge(boxes: Boxes, box: Box, size: float) -> Box:
    """`box`, or the bar along its edge that is asked for."""
    near, far = boxes.distance * size, (boxes.distance + boxes.thickness) * size
    match boxes.edge:
        case "left":
            return replace(box, left=box.left - far, right=box.left - near)
        case "right":
            return replace(box, left=box.right + near, right=box.right + far)
        case "top":
            return replace(box, top=box.top - far, bottom=box.top - near)
        case "bottom":
            return replace(box, top=box.bottom + near, bottom=box.bottom + far)
        case _:
            return box


def _middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _between(one: Box, other: Box, share: float) -> Box:
    return Box(
        one.left + (other.left - one.left) * share,
        one.top + (other.top - one.top) * share,
        one.right + (other.right - one.right) * share,
        one.bottom + (other.bottom - one.bottom) * share,
    )


def _posed(one: Placed, pose: Pose, about: tuple[float, float], size: float) -> Placed:
    """`one` moved as `pose` says, about a point of the frame."""
    if pose == REST:
        return one
    x, y = one.x + one.pivot[0], one.y + one.pivot[1]
    x = about[0] + (x - about[0]) * pose.scale_x + pose.x * size
    y = about[1] + (y - about[1]) * pose.scale_y + pose.y * size
    return replace(
        one,
        x=x - one.pivot[0],
        y=y - one.pivot[1],
        opacity=one.opacity * pose.opacity,
        scale_x=one.scale_x * pose.scale_x,
        scale_y=one.scale_y * pose.scale_y,
        rotation=one.rotation + pose.rotation,
        blur=max(one.blur, pose.blur * size),
    )
