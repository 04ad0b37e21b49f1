"""A word or a line as glyphs in their places, in ems: the same at every size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz

from morgana.text.faces import Face
from morgana.text.fonts import canonical, face, face_for
from morgana.text.geometry import EMPTY, Box, union
from morgana.text.unicode import graphemes, is_invisible, is_right_to_left, script, visual_runs

# Their letters touch each other: a gap between them would be a mistake in spelling.
_JOINED = {"Arab", "Syrc", "Nkoo", "Mong", "Deva", "Beng", "Guru"}
_WITH_CAPITALS = {"Latn", "Cyrl", "Grek"}
_USUAL_CAPITALS = 0.72  # ems: beside such capitals, other scripts look right as they are
_NO_LIGATURES = {"liga": False, "clig": False}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph: `x`, `y` is where its own origin lies, y downwards; `letter` counts graphemes."""

    number: int
    x: float
    y: float
    letter: int


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """Neighbouring glyphs of one face, `scale` times as large as in its own em."""

    face: Face
    scale: float
    glyphs: tuple[Glyph, ...]
    is_colour: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A grapheme and the stretch of the baseline that it takes. Letters of a ligature share it evenly."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True, eq=False)
class Shaped:
    """Text as glyphs. All measures in ems of the main face, from the left end of the baseline, y downwards.

    ink: what glyphs cover. line: from the left end to the right, as high and deep as any text in the main
    face, with its middle in the middle of capitals. omitted: letters that no installed font has.
    """

    text: str
    face: Face
    runs: tuple[GlyphRun, ...]
    letters: tuple[Letter, ...]  # as they are read
    advance: float
    ink: Box
    right_to_left: bool
    omitted: tuple[str, ...]

    @property
    def line(self) -> Box:
        overhang = max(0.0, min(self.face.descent, 0.25))
        return Box(0.0, -self.face.cap_height - overhang, self.advance, overhang)


@dataclass(frozen=True, slots=True)
class _Item:
    """Neighbouring graphemes of one face, script and direction."""

    face: Face
    scale: float
    script: str
    right_to_left: bool
    letters: tuple[int, ...]  # as they are read


def shape(
    text: str,
    family: str,
    weight: int = 400,
    *,
    tracking: float = 0.0,
    language: str = "",
    right_to_left: bool | None = None,
) -> Shaped:
    """Shape a word or a line.

    tracking: ems added between letters, where the script allows it. language: BCP 47, chooses regional
    forms. right_to_left: the direction of the paragraph around it; None: as the text itself says.
    Raises `InputError` (font_not_found, model_missing) as `fonts.face`.
    """
    direction = is_right_to_left(text) if right_to_left is None else right_to_left
    return _shape(text, canonical(family), weight, tracking, language, right_to_left=direction)


@lru_cache(maxsize=2048)
def _shape(
    text: str, family: str, weight: int, tracking: float, language: str, *, right_to_left: bool
) -> Shaped:
    main = face(family, weight)
    letters, faces, omitted = _readable(text, family, weight, language)
    runs: list[GlyphRun] = []
    extents: dict[int, tuple[float, float]] = {}
    pen = spacing = 0.0
    for item in _items(letters, faces, main, right_to_left=right_to_left):
        spacing = 0.0 if item.script in _JOINED else tracking
        glyphs, ends = _set(item, letters, spacing, language, tracked=bool(tracking), start=pen)
        runs.append(GlyphRun(item.face, item.scale, tuple(glyphs), _is_colour(item.face)))
        extents |= ends
        pen = max((right for _, right in ends.values()), default=pen)
    pen -= spacing  # behind the last letter it belongs to nothing
    placed = tuple(
        Letter(letter, min(extents[number][0], pen), min(extents[number][1], pen))
        for number, letter in enumerate(letters)
    )
    ink = union(map(_ink, runs))
    return Shaped("".join(letters), main, tuple(runs), placed, pen, ink, right_to_left, tuple(omitted))


def _readable(text: str, family: str, weight: int, language: str) -> tuple[list[str], list[Face], list[str]]:
    """The graphemes that can be shown, a face for each, and those that cannot."""
    letters: list[str] = []
    faces: list[Face] = []
    omitted: list[str] = []
    context = language or _guess(text)
    for letter in graphemes(" ".join(text.split())):
        if all(map(is_invisible, letter)):
            continue
        found = face(family, weight) if letter == " " else face_for(letter, family, weight, context)
        if found is None or not _has_glyphs(letter, found):
            omitted.append(letter)
        else:
            letters.append(letter)
            faces.append(found)
    return letters, faces, omitted


def _guess(text: str) -> str:
    """Chinese characters beside kana are Japanese ones."""
    return "ja" if any(script(letter) in ("Hira", "Kana") for letter in text) else ""


@lru_cache(maxsize=8192)
def _has_glyphs(letter: str, chosen: Face) -> bool:
    """Whether shaping really finds a glyph for every part: the last guard against boxes."""
    infos, _ = _harfbuzz(letter, chosen, script(letter), "", right_to_left=False, tracked=False)
    return all(info.codepoint != 0 for info in infos)


def _items(
    letters: Sequence[str], faces: Sequence[Face], main: Face, *, right_to_left: bool
) -> Iterator[_Item]:
    """What is shaped at a time, in the order in which it is seen from the left."""
    starts = _offsets(letters)
    scripts = _scripts(letters)
    for start, end, leftwards in visual_runs("".join(letters), right_to_left=right_to_left):
        inside = [number for number, offset in enumerate(starts) if start <= offset < end]
        groups: list[list[int]] = []
        for number in inside:
            last = groups[-1][-1] if groups else None
            if last is not None and (faces[last], scripts[last]) == (faces[number], scripts[number]):
                groups[-1].append(number)
            else:
                groups.append([number])
        for group in reversed(groups) if leftwards else groups:
            chosen, name = faces[group[0]], scripts[group[0]]
            yield _Item(chosen, _scale(chosen, name, main), name, leftwards, tuple(group))


def _scale(chosen: Face, name: str, main: Face) -> float:
    """How much larger another face is drawn so that it looks as large as the main one.

    Capitals are made as high; what has no capitals is made to suit those of the main face.
    """
    if chosen is main:
        return 1.0
    if name in _WITH_CAPITALS:
        return max(0.5, min(main.cap_height / chosen.cap_height, 1.5))
    return max(0.85, min(main.cap_height / _USUAL_CAPITALS, 1.2))


def _scripts(letters: Sequence[str]) -> list[str]:
    """The script of each letter; marks and spaces go with what stands before them, else behind."""
    found: list[str] = []
    for letter in letters:
        name = script(letter)
        found.append(found[-1] if name == "Zyyy" and found else name)
    first = next((name for name in found if name != "Zyyy"), "Zyyy")
    return [first if name == "Zyyy" else name for name in found]


def _offsets(letters: Sequence[str]) -> list[int]:
    offsets, offset = [], 0
    for letter in letters:
        offsets.append(offset)
        offset += len(letter)
    return offsets


def _set(
    item: _Item, letters: Sequence[str], spacing: float, language: str, *, tracked: bool, start: float
) -> tuple[list[Glyph], dict[int, tuple[float, float]]]:
    """The glyphs of an item from `start` on, and where each of its letters begins and ends."""
    texts = [letters[number] for number in item.letters]
    infos, positions = _harfbuzz(
        "".join(texts), item.face, item.script, language, right_to_left=item.right_to_left, tracked=tracked
    )
    owners = _owners(texts, [info.cluster for info in infos])
    unit = item.scale / item.face.units
    glyphs: list[Glyph] = []
    spans: dict[int, tuple[float, float]] = {}
    pen = start
    for index, (info, position, owner) in enumerate(zip(infos, positions, owners, strict=True)):
        number = item.letters[owner]
        glyphs.append(
            Glyph(
                info.codepoint,
                pen + position.x_offset * unit,
                item.face.floor * item.scale - position.y_offset * unit,
                number,
            )
        )
        is_last = index + 1 == len(owners) or owners[index + 1] != owner
        end = pen + position.x_advance * unit + (spacing if is_last else 0.0)
        spans[number] = (spans.get(number, (pen, end))[0], end)
        pen = end
    return glyphs, _shared(item, spans)


def _owners(texts: Sequence[str], clusters: Sequence[int]) -> list[int]:
    """For each glyph, which of `texts` it begins to show."""
    owner_at = [number for number, text in enumerate(texts) for _ in text]
    return [owner_at[cluster] for cluster in clusters]


def _shared(item: _Item, spans: dict[int, tuple[float, float]]) -> dict[int, tuple[float, float]]:
    """Give letters that have no glyph of their own a part of the ligature that begins before them."""
    result: dict[int, tuple[float, float]] = {}
    groups: list[list[int]] = []
    for number in item.letters:
        if number in spans or not groups:
            groups.append([number])
        else:
            groups[-1].append(number)
    for group in groups:
        left, right = spans.get(group[0], (0.0, 0.0))
        step = (right - left) / len(group)
        for place, number in enumerate(reversed(group) if item.right_to_left else group):
            result[number] = (left + place * step, left + (place + 1) * step)
    return result


def _harfbuzz(
    text: str, chosen: Face, script_name: str, language: str, *, right_to_left: bool, tracked: bool
) -> tuple[list[uharfbuzz.GlyphInfo], list[uharfbuzz.GlyphPosition]]:
    """Glyphs from left to right; clusters count code points."""
    buffer = uharfbuzz.Buffer()
    buffer.add_codepoints([ord(character) for character in text])
    buffer.direction = "rtl" if right_to_left else "ltr"
    buffer.script = script_name
    if language:
        buffer.language = language
    uharfbuzz.shape(chosen.shaper, buffer, _NO_LIGATURES if tracked else {})
    return buffer.glyph_infos, buffer.glyph_positions


@lru_cache(maxsize=64)
def _is_colour(chosen: Face) -> bool:
    return "COLR" in chosen.shaper.face.table_tags


def _ink(run: GlyphRun) -> Box:
    return union(
        _bounds(run.face, glyph.number).scaled(run.scale).moved(glyph.x, glyph.y) for glyph in run.glyphs
    )


@lru_cache(maxsize=8192)
def _bounds(chosen: Face, number: int) -> Box:
    """What a glyph covers around its own origin, in ems."""
    extents = chosen.shaper.get_glyph_extents(number)
    if extents is None or not extents.width:
        return EMPTY
    left, top = extents.x_bearing, -extents.y_bearing
    return Box(left, top, left + extents.width, top - extents.height).scaled(1 / chosen.units)
