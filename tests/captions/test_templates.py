"""Every template, by what it draws."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.captions.drawing import drawing
from morgana.captions.layout import Frame
from morgana.captions.pages import Word
from morgana.captions.tailoring import Wishes, tailored
from morgana.captions.template import Template, templates

FRAME = Frame(1080, 1920, "en")
IDS = Path(__file__).parents[2].parent / "shared" / "spec" / "caption-template-ids.tsv"
NAMES = {template.name: template for template in templates().values()}
every_template = pytest.mark.parametrize("template", NAMES.values(), ids=list(NAMES))

INK = 0.8  # alpha of letters, strokes and plates; soft shadows and glows are less
Picture = NDArray[np.float32]


def said(text: str, pace: float = 0.8) -> list[Word]:
    return [Word(word, 0.1 + i * pace, 0.1 + (i + 1) * pace - 0.05) for i, word in enumerate(text.split())]


def drawn(template: Template, words: Sequence[Word], time: float, frame: Frame = FRAME) -> Picture:
    """(H, W, 4) the captions alone at a time, colours multiplied by alpha, 0 to 1."""
    canvas = np.zeros((frame.height, frame.width, 4), np.float32)
    for patch in drawing(template, frame, words)(time):
        height, width = patch.rgba.shape[:2]
        canvas[patch.y : patch.y + height, patch.x : patch.x + width] = patch.rgba / np.float32(255)
    return canvas


def resting(words: Sequence[Word]) -> Iterator[float]:
    """Late in each word, when nothing moves any more but what never rests."""
    for word in words:
        yield word.start + 0.9 * (word.end - word.start)


def test_there_are_67_with_ids_and_names_of_their_own() -> None:
    assert len(templates()) == 67
    assert len(NAMES) == 67
    assert len({template.summary for template in NAMES.values()}) == 67


@pytest.mark.skipif(not IDS.exists(), reason="the list of public IDs is not beside the project")
def test_every_public_id_has_its_template() -> None:
    public = dict(line.split("\t")[:2] for line in IDS.read_text().splitlines() if line.strip())
    assert {name: template.id for name, template in NAMES.items()} == public


@every_template
def test_captions_stay_in_the_safe_area(template: Template) -> None:
    words = said("Extraordinarily good photographs, don't you think so?")
    for time in resting(words):
        ink = drawn(template, words, time)[..., 3] > INK
        rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
        assert len(rows), f"nothing at {time:.2f}"
        assert columns[0] >= 65
        assert rows[0] >= 270
        assert columns[-1] <= 930
        assert rows[-1] <= 1248


@every_template
def test_a_very_long_word_shrinks_and_is_not_cut(template: Template) -> None:
    words = [Word("Rindfleischetikettierungsüberwachungsgesetz", 0.1, 1.5)]
    ink = drawn(template, words, 1.45)[..., 3] > INK
    columns = np.flatnonzero(ink.any(0))
    assert columns[0] >= 65
    assert columns[-1] <= 930
    assert columns[-1] - columns[0] > 300


@every_template
@pytest.mark.parametrize(
    ("size", "wishes"),
    [
        ((960, 540), Wishes("bottom", font_size=2.0)),
        ((432, 540), Wishes("top", font_size=1.5)),
        ((144, 256), Wishes(font_size=2.0)),
    ],
)
def test_captions_stay_in_the_safe_area_of_any_frame(
    template: Template, size: tuple[int, int], wishes: Wishes
) -> None:
    """Also of one that is not high, and however large they are wished."""
    frame = Frame(*size, "en")
    words = said("Incredibly good photographs, honestly, talk all day.")
    for time in list(resting(words))[2::2]:
        rows, columns = np.nonzero(drawn(tailored(template, wishes), words, time, frame)[..., 3] > INK)
        assert len(rows), f"nothing at {time:.2f}"
        assert frame.safe.left - 1 <= columns.min()
        assert columns.max() <= frame.safe.right
        assert frame.safe.top - 1 <= rows.min()
        assert rows.max() <= frame.safe.bottom


HALF = Frame(540, 960, "en")
ONE_FRAME = 1 / 30
TRAVELLING = {name: one for name, one in NAMES.items() if any(boxes.travel for boxes in one.boxes)}
LIT = 0.12  # of a colour: a change that is seen


def lights_words(template: Template) -> bool:
    """Whether it shows which word is being said; others only set words."""
    lit = any(boxes.active_fill or boxes.kind in ("active", "said", "progress") for boxes in template.boxes)
    return bool(
        template.layout.words == 1 or template.active or template.pulse or template.reveal != "page" or lit
    )


def _grows(template: Template) -> bool:
    """Whether what lights a word grows while it is said."""
    return template.wipe or any(boxes.kind in ("said", "progress") for boxes in template.boxes)


def one_by_one() -> list[Word]:
    return [Word("alpha", 1.0, 1.8), Word("beta", 1.8, 2.6), Word("gamma", 2.6, 3.4)]


@every_template
def test_a_word_is_lit_within_a_frame_of_its_time(template: Template) -> None:
    if not lights_words(template):
        assert template.name in ("Magazine", "Runway", "Vitamin B")
        return
    words = one_by_one()
    at_once = template.reveal == "page" and template.layout.words > 1 and not _grows(template)
    for word in words[1:]:
        before, after, later = (
            drawn(template, words, word.start + late, HALF) for late in (-0.001, ONE_FRAME, 0.6)
        )
        changed, at_last = (int((np.abs(one - before).max(axis=2) > LIT).sum()) for one in (after, later))
        assert changed > (0.4 * at_last if at_once else 12)
    if at_once and not template.flicker and template not in TRAVELLING.values():
        early, earlier = (drawn(template, words, words[1].start - lead, HALF) for lead in (ONE_FRAME, 0.2))
        assert np.abs(early - earlier).max() < LIT


@every_template
def test_a_page_is_seen_from_its_first_frame_to_the_next(template: Template) -> None:
    """The first word of a page is lit as soon as it is said, and no frame between two pages is empty."""
    words = [Word("alpha.", 1.0, 1.8), Word("beta.", 1.8, 2.6)]
    shots = {late: drawn(template, words, 1.8 + late, HALF) for late in (-0.001, 0.0, ONE_FRAME, 0.7)}
    whole = shots[0.7][..., 3].sum()
    typed = template.reveal == "letter"
    for late, least in ((-0.001, 0.05), (0.0, 0.15), (ONE_FRAME, 0.2 if typed else 0.4)):
        assert shots[late][..., 3].sum() > least * whole, late
        assert shots[late][..., 3].max() > 0.37, late
    assert shots[ONE_FRAME][..., 3].max() > 0.5
    if not _grows(template):
        # In the colours that it has at last, however much of the film shows through.
        first, last = (shots[late][..., :3].sum((0, 1)) / shots[late][..., 3].sum() for late in (0.0, 0.7))
        assert np.abs(first - last).max() < 0.2


@pytest.mark.parametrize("template", TRAVELLING.values(), ids=list(TRAVELLING))
def test_a_plate_that_travels_is_with_its_word_within_a_frame(template: Template) -> None:
    """Half of it when the word begins; from then on more of the picture is as it will be than as it was."""
    still = template.model_copy(update={"pulse": None, "page_enter": None, "word_enter": None})
    words = one_by_one()
    word = words[1]
    moments = (-0.4, -ONE_FRAME, 0.001, ONE_FRAME, 0.6)
    before, early, now, after, later = (drawn(still, words, word.start + late, HALF) for late in moments)
    assert np.abs(early - before).sum() < np.abs(early - later).sum()
    assert np.abs(now - later).sum() < 1.1 * np.abs(now - before).sum()
    assert np.abs(after - later).sum() < np.abs(after - before).sum()


@pytest.mark.parametrize("name", ["Orbitar Black", "Marigold"])
@pytest.mark.parametrize("late", [-0.05, -0.02, 0.0, 0.02, 0.05])
def test_text_can_be_read_while_its_plate_glides(name: str, late: float) -> None:
    """Every stretch of the line shows its letters: nothing is written in the colour that it stands on."""
    still = NAMES[name].model_copy(update={"pulse": None, "page_enter": None, "word_enter": None})
    words = one_by_one()
    boxes = [
        one.model_copy(update={"plate": replace(one.plate, fill="#00000000", border=None, shadow=None)})
        for one in still.boxes
    ]
    letters = still.model_copy(update={"boxes": tuple(boxes)})
    ink = drawn(letters, words, words[1].start + late, HALF)[..., 3] > 0.9
    shown = drawn(still, words, words[1].start + late, HALF)[..., :3].mean(-1)
    for column in np.array_split(np.flatnonzero(ink.any(0)), 12):
        part = np.s_[:, column[0] : column[-1] + 1]
        rows = np.flatnonzero(ink[part].any(1))
        around = shown[part][rows[0] : rows[-1] + 1]
        assert np.ptp(around) > 0.3, (column[0], column[-1])


@every_template
def test_nothing_is_drawn_before_and_after_the_words(template: Template) -> None:
    words = [Word("Here", 1.0, 1.4), Word("now.", 1.4, 1.8)]
    draw = drawing(template, FRAME, words)
    assert [list(draw(time)) for time in (0.0, 0.98, 2.2, 9.0)] == [[], [], [], []]


@every_template
def test_the_same_patch_is_handed_out_while_nothing_moves(template: Template) -> None:
    words = [Word("Hello", 0.0, 3.0), Word("there", 3.0, 6.0)]
    draw = drawing(template, FRAME, words)
    assert list(map(id, draw(2.5))) == list(map(id, draw(2.5)))


@every_template
def test_captions_can_be_read_on_dark_and_on_bright(template: Template) -> None:
    words = said("Read this now")
    canvas = drawn(template, words, words[1].end - 0.1)
    text = canvas[..., 3] > 0.3
    for background in (0.05, 0.5, 0.92):
        shown = canvas[..., :3] + background * (1 - canvas[..., 3:])
        light = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]
        dark, bright = np.percentile(light[text], [3, 97])
        assert (bright + 0.05) / (dark + 0.05) > 3.0, f"on {background}"


def signature(template: Template) -> Picture:
    """Small pictures of three moments on grey."""
    words = said("What if photos could talk all day, my friend?")
    shots = []
    for time in (words[1].end - 0.1, words[2].end - 0.1, words[3].start + 0.06):
        canvas = drawn(template, words, time)[500:1260]
        shown = canvas[..., :3] + 0.45 * (1 - canvas[..., 3:])
        shots.append(shown[:756, :1080].reshape(63, 12, 90, 12, 3).mean((1, 3)))
    return np.stack(shots)


def test_no_two_templates_look_alike() -> None:
    looks = {name: signature(template) for name, template in NAMES.items()}
    alike = [
        (one, other)
        for one, other in combinations(looks, 2)
        if np.abs(looks[one] - looks[other]).max(axis=-1).mean() < 0.012
    ]
    assert alike == []


def test_a_file_is_named_after_its_template() -> None:
    folder = Path(__file__).parents[2] / "src/morgana/captions/templates"
    names = {re.sub("[^a-z0-9]+", "-", name.lower()).strip("-") for name in NAMES}
    assert {file.stem for file in folder.glob("*.toml")} == names
