"""What is decided for a text, seen in pixels."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from morgana.errors import ErrorCode, InputError
from morgana.overlays.ground import Ground
from morgana.overlays.look import find_look
from morgana.overlays.overlay import Overlay
from morgana.overlays.overlaying import Design, design_all
from morgana.overlays.placing import Column, place
from morgana.overlays.setting import Measure, given_size, letters_of, unevenness
from morgana.overlays.zone import Zone
from morgana.portrait.detection import detect_faces
from morgana.text.geometry import Box
from tests.overlays.scenes import (
    SIZES,
    SQUARE,
    TALL,
    WIDE,
    Picture,
    astronaut,
    attempted,
    checks,
    contrast,
    covered,
    designed,
    extent,
    film_of,
    ground_of,
    letters,
    noise,
    plain,
)

TEXTS = [
    "Sale",
    "Summer sale",
    "Up to 50% off everything, this weekend only",
    "POV: you finally found a moisturiser that does not break you out",
    "One two three four five six seven eight nine ten eleven twelve thirteen fourteen a",
    "Free shipping on all orders over $50. No code needed, just add to your basket and check out by Sunday.",
    "Donaudampfschifffahrtsgesellschaftskapitän gesucht",
    "تخفيضات الصيف تصل إلى النصف على كل شيء",
    "夏のセール開催中。全商品が今だけ半額になります",
    "Best day ever 🎉🔥😍",
]
FILMS: dict[str, list[Picture]] = {
    "bright": [plain(TALL, 250)],
    "dark": [plain(TALL, 8)],
    "grey": [plain(SQUARE, 118)],
    "sky": [plain(TALL, (140, 190, 240))],
    "soft": [noise(WIDE, 90, 5)],
    "busy": [noise(TALL, 10, 1)],
    "checks": [checks(SQUARE, 20)],
    "moving": [noise(TALL, 120, seed) for seed in range(6)],
    "flashing": [plain(TALL, level) for level in (0, 255, 40, 220)],
    "person": [astronaut(TALL)],
}


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("text", TEXTS)
def test_text_is_in_few_even_lines_on_four_fifths_of_the_width_and_off_the_buttons(
    text: str, shape: str
) -> None:
    picture = plain(SIZES[shape], 30)
    width, height = SIZES[shape]
    (design,) = designed([picture], Overlay(text))
    box, lines = extent(letters(picture, design)), design.place.setting.layout.lines
    assert box.width <= 0.8 * width + 1
    assert 1 <= len(lines) <= 4
    longest = max(line.box.width for line in lines)
    alone = len(lines[-1].words) == 1 < max(len(line.words) for line in lines)
    assert not alone or lines[-1].box.width > 0.7 * longest  # as where whole phrases are not broken
    zone = Zone(width, height)
    assert zone.safe.grown(1).contains(box)
    assert box.clipped(zone.buttons).is_empty


def test_a_line_is_as_long_as_the_others_where_words_allow_it() -> None:
    (design,) = designed([plain(TALL, 30)], Overlay(TEXTS[5]))
    lengths = [line.box.width for line in design.place.setting.layout.lines]
    assert min(lengths) > 0.6 * max(lengths)


@pytest.mark.parametrize("shape", SIZES)
def test_no_short_word_has_a_line_of_its_own(shape: str) -> None:
    picture = astronaut(SIZES[shape])
    for text in ("Up to 50% off everything, this weekend only", "Buy two, get one, free for all of you"):
        (design,) = designed([picture], Overlay(text))
        lines = design.place.setting.layout.lines
        longest = max(line.box.width for line in lines)
        assert all(len(line.words) > 1 or line.box.width >= 0.5 * longest for line in lines)


def test_of_two_ways_to_break_lines_the_more_even_one_is_chosen() -> None:
    look, zone = find_look("Classic"), Zone(*TALL)
    measure = Measure(zone.width, zone.height, zone.width)
    ragged, even = (
        given_size(text, letters_of(look), look, 40, measure, "center")
        for text in ("Summer sale today\nonly", "Summer sale\ntoday only")
    )
    chosen = place([Column("center", [ragged, even])], zone, lambda: ground_of([plain(TALL, 30)]), None)
    assert chosen.setting is even


def test_of_two_sizes_that_have_room_the_larger_is_chosen() -> None:
    look, zone = find_look("Classic"), Zone(*TALL)
    measure = Measure(zone.width, zone.height, zone.width)
    small, large = (
        given_size("Summer sale", letters_of(look), look, size, measure, "center") for size in (40, 48)
    )
    chosen = place([Column("center", [small, large])], zone, lambda: ground_of([plain(TALL, 30)]), None)
    assert chosen.setting is large


@pytest.mark.parametrize(
    ("lost", "joined"),
    [
        ("Up to half off all\nof\nthis long weekend", "Up to half off all\nof this long\nweekend only"),
        ("Summer sale today\nonly", "Summer sale\ntoday only"),
    ],
)
def test_a_word_alone_on_a_line_is_worse_than_any_unevenness(lost: str, joined: str) -> None:
    look, zone = find_look("Classic"), Zone(*TALL)
    measure = Measure(zone.width, zone.height, zone.width)
    alone, fine = (
        unevenness(given_size(text, letters_of(look), look, 30, measure, "center")) for text in (lost, joined)
    )
    assert alone > 1 > fine


def test_text_keeps_off_the_column_of_buttons() -> None:
    picture = plain(TALL, 30)
    for position in (0.8, 1.0):
        (design,) = designed([picture], Overlay("MM MM MM", position=position, align="right", font="Inter"))
        assert extent(letters(picture, design)).right <= 0.861 * TALL[0] + 1
    (above,) = designed([picture], Overlay("MM MM MM", position="top", align="right", font="Inter"))
    assert extent(letters(picture, above)).right > 0.9 * TALL[0]


def test_the_platforms_buttons_are_where_meta_says() -> None:
    zone = Zone(1080, 1920)
    assert (round(zone.safe.top), round(zone.safe.bottom)) == (269, 1248)
    assert (round(zone.safe.left), round(zone.safe.right)) == (65, 1015)
    assert zone.right_of(1000, 1100) == pytest.approx(930, abs=1)
    assert Zone(1080, 1350).buttons.is_empty
    assert round(Zone(1920, 1080).safe.left) == 65


@pytest.mark.parametrize("name", FILMS)
def test_text_contrasts_with_what_is_behind_it_at_any_time(name: str) -> None:
    pictures = FILMS[name]
    for design in designed(pictures, Overlay("Summer sale"), Overlay(TEXTS[3])):
        # Measured at full size, where what is measured for the decision is a small picture.
        assert min(contrast(picture, design) for picture in pictures) >= 4.2


def test_plain_letters_do_where_they_contrast() -> None:
    (bright,) = designed(FILMS["bright"], Overlay("Hello"))
    (dark,) = designed(FILMS["dark"], Overlay("Hello"))
    assert (bright.paint.plate, bright.paint.shade) == (dark.paint.plate, dark.paint.shade) == (None, 0.0)
    assert dark.paint.colour == "#ffffff" != bright.paint.colour


def test_where_no_letters_contrast_a_shadow_comes_first_then_a_plate() -> None:
    (soft,) = designed([plain(SQUARE, 150)], Overlay("Hello"))
    (busy,) = designed(FILMS["checks"], Overlay("Hello"))
    assert soft.paint.shade > 0
    assert soft.paint.plate is None
    assert busy.paint.plate is not None


def test_no_letter_is_lost_where_the_rest_contrasts_well() -> None:
    picture = plain(TALL, 20)
    picture[:, :130] = 245
    (design,) = designed([picture], Overlay("Summer sale today", size=70))
    assert extent(letters(picture, design)).left < 110
    assert contrast(picture, design, slice(0, 128)) >= 2.3


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("text", TEXTS[1:5])
def test_a_face_is_not_covered(text: str, shape: str) -> None:
    picture = astronaut(SIZES[shape])
    (design,) = designed([picture], Overlay(text))
    face = _face(picture)
    box = extent(letters(picture, design))
    assert box.clipped(face).is_empty, (box, face)


def test_a_face_is_not_covered_wherever_it_goes() -> None:
    first = astronaut(SQUARE)
    tall = [np.concatenate([plain((540, 420), 90), first]), np.concatenate([first, plain((540, 420), 90)])]
    (design,) = designed(tall, Overlay("Look at me"))
    for picture in tall:
        assert extent(letters(picture, design)).clipped(_face(picture)).is_empty


@pytest.mark.parametrize("text", TEXTS[1:5])
@pytest.mark.parametrize("share", [0.6, 0.9])
def test_eyes_are_free_even_where_a_face_fills_the_film(text: str, share: float) -> None:
    picture = _close(TALL, share)
    (design,) = designed([picture], Overlay(text))
    face, box = _face(picture), extent(letters(picture, design))
    eyes = replace(face, top=face.top + 0.28 * face.height, bottom=face.top + 0.5 * face.height)
    assert eyes.top < Zone(*TALL).safe.bottom  # there is room to get it wrong
    assert box.clipped(eyes).is_empty, (box, eyes)


def test_eyes_are_free_even_where_nothing_else_is_calm() -> None:
    picture = plain(TALL, 60)
    picture[420:] = noise((540, 540), 5, 2) // 3
    face = Box(0, -100, 540, 900)
    ground = replace(ground_of([picture]), faces=((face,),))
    (design,) = design_all([Overlay("Hello there")], film_of([picture]), lambda *_: ground)
    assert isinstance(design, Design)
    assert design.place.box.top >= face.top + 0.5 * face.height


def _close(size: tuple[int, int], share: float) -> Picture:
    """The astronaut with a face as wide as that share of the film, in its middle."""
    whole = astronaut((540, 540))
    face = _face(whole)
    width = face.width / share
    left, top = (
        face.left - (width - face.width) / 2,
        face.top - 0.5 * (width * size[1] / size[0] - face.height),
    )
    matrix = np.array(
        [[size[0] / width, 0, -left * size[0] / width], [0, size[0] / width, -top * size[0] / width]]
    )
    grown = cv2.warpAffine(whole, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(grown, np.uint8)


def _face(picture: Picture) -> Box:
    face = detect_faces(picture)[0]
    return Box(face.left, face.top, face.left + face.width, face.top + face.height)


def test_calm_ground_is_preferred() -> None:
    picture = plain(TALL, 60)
    picture[:480] = noise((540, 480), 5) // 3  # white letters contrast there, too
    (design,) = designed([picture], Overlay("Hello there"))
    assert design.place.box.top >= 480
    picture = plain(TALL, 60)
    picture[400:] = noise((540, 560), 5) // 3
    (design,) = designed([picture], Overlay("Hello there"))
    assert design.place.box.bottom <= 400


def test_what_moves_is_avoided() -> None:
    pictures = [plain(TALL, 60) for _ in range(4)]
    for number, picture in enumerate(pictures):
        picture[130:420] = 20 + 35 * number
    (design,) = designed(pictures, Overlay("Hello there"))
    assert design.place.box.top >= 420


def test_text_stands_beside_a_person_in_a_wide_film() -> None:
    picture = plain(WIDE, 40)
    person = astronaut((400, 400))
    picture[:400, 280:680] = person
    picture[400:] = noise((960, 140), 4)
    (design,) = designed([picture], Overlay("Meet the first woman to fly the shuttle"))
    box, face = extent(letters(picture, design)), _face(picture)
    assert box.right < face.left or box.left > face.right


def test_variants_without_wishes_look_alike_but_stand_where_each_fits() -> None:
    picture = noise(TALL, 200, 3)
    picture[:300] = 250
    designs = designed([picture], *(Overlay(text) for text in TEXTS[:4]))
    assert len({design.paint for design in designs}) == 1
    assert len({design.place.y for design in designs}) > 1
    wished = designed([picture], Overlay("Hello"), Overlay("Hello", color="#ff0000"))
    assert wished[0].paint != wished[1].paint


def test_texts_that_are_shown_at_different_times_share_no_colour() -> None:
    pictures = [plain(TALL, 15), plain(TALL, 245)]
    dark, bright = (ground_of([picture]) for picture in pictures)
    overlays = [Overlay("Now", end=1.0), Overlay("Then", start=1.0)]
    now, then = design_all(overlays, film_of(pictures), lambda start, _: bright if start else dark)
    assert isinstance(now, Design)
    assert isinstance(then, Design)
    assert now.paint.plate is then.paint.plate is None
    assert now.paint.colour == "#ffffff" != then.paint.colour


def test_what_variants_share_can_be_read_in_all_their_places() -> None:
    picture = plain(TALL, 15)
    picture[400:] = 245
    dark, bright = designed([picture], Overlay("Up", position="top"), Overlay("Down", position="bottom"))
    assert dark.paint == bright.paint
    assert min(contrast(picture, dark), contrast(picture, bright)) >= 4.2


def test_short_text_is_large_and_not_absurdly_so() -> None:
    sizes = [one.place.setting.size for one in designed([plain(TALL, 30)], *map(Overlay, ["W", *TEXTS[:6]]))]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] <= 0.16 * TALL[0]
    assert sizes[-1] >= 0.03 * TALL[0]


@pytest.mark.parametrize("size", [12.0, 40.0, 61.5, 150.0])
def test_a_given_size_is_kept(size: float) -> None:
    (design,) = designed([plain(TALL, 30)], Overlay("Hello H", size=size, font="Inter"))
    mask = letters(plain(TALL, 30), design)
    height = extent(mask[:, : round(design.place.lines[0].left + 0.6 * size)]).height
    assert height == pytest.approx(0.727 * size, abs=1.5)  # capitals of Inter
    assert design.place.setting.size == size


def test_a_given_size_is_less_only_where_a_word_has_no_room() -> None:
    word = "Donaudampfschifffahrt"
    kept, less = designed([plain(TALL, 30)], Overlay("ab " * 30, size=60), Overlay(word, size=90))
    assert kept.place.setting.size == 60
    assert less.place.setting.size < 90
    box = extent(letters(plain(TALL, 30), less))
    assert 0.8 * Zone(*TALL).safe.width < box.width <= Zone(*TALL).safe.width + 1


@pytest.mark.parametrize("colour", ["#ff2d55", "#ffffff", "#000000", "#808080"])
@pytest.mark.parametrize("name", ["bright", "dark", "grey", "busy"])
def test_a_given_colour_is_kept_and_supported(name: str, colour: str) -> None:
    picture = FILMS[name][0]
    (design,) = designed([picture], Overlay("Summer sale", color=colour))
    seen = covered(picture, design)[letters(picture, design) > 0.995]
    assert np.abs(seen.astype(int) - [int(colour[at : at + 2], 16) for at in (1, 3, 5)]).max() <= 1
    assert contrast(picture, design) >= (3.4 if colour == "#808080" else 4.2)


@pytest.mark.parametrize(
    ("position", "share"),
    [("top", 0.0), ("middle", 0.5), ("bottom", 1.0), (0.0, 0.0), (0.25, 0.25), (1, 1.0)],
)
def test_a_given_position_is_a_share_of_the_safe_area(position: Any, share: float) -> None:
    picture = plain(TALL, 30)
    (design,) = designed([picture], Overlay("MENU", position=position, font="Inter"))
    safe, box = Zone(*TALL).safe, design.place.lines[0]
    assert (box.top - safe.top) / (safe.height - box.height) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(("align", "share"), [("left", 0.0), ("center", 0.5), ("right", 1.0)])
@pytest.mark.parametrize("shape", SIZES)
def test_a_given_alignment_is_kept(align: Any, share: float, shape: str) -> None:
    picture = plain(SIZES[shape], 30)
    text = "Hello you\nall"
    (design,) = designed([picture], Overlay(text, align=align, position="top"))
    safe, mask = Zone(*SIZES[shape]).safe, letters(picture, design)
    first, second = design.place.lines
    for line in (first, second):
        box = extent(mask * _rows(mask, line))
        assert (box.left - safe.left) / (safe.width - box.width) == pytest.approx(share, abs=0.03)


def _rows(mask: Any, line: Box) -> Any:
    rows = np.zeros_like(mask)
    rows[round(line.top) : round(line.bottom)] = 1
    return rows


def test_lines_that_are_given_stay_lines() -> None:
    (design,) = designed([plain(TALL, 30)], Overlay("One\ntwo\nthree\nfour\nfive"))
    assert [line.words[0].text for line in design.place.setting.layout.lines] == [
        "One",
        "two",
        "three",
        "four",
        "five",
    ]


def test_a_box_lies_behind_all_lines_and_a_label_behind_each() -> None:
    picture = plain(TALL, (90, 60, 200))
    text = "A long line\nno"
    box, label, none = designed(
        [picture], *(Overlay(text, background=kind, position="middle") for kind in ("box", "line", "none"))
    )
    beside = (round(box.place.lines[1].top + box.place.lines[1].bottom) // 2, round(box.place.lines[0].left))
    assert np.abs(covered(picture, box)[beside].astype(int) - picture[beside]).max() > 30
    assert np.array_equal(covered(picture, label)[beside], picture[beside])
    before = (round(label.place.lines[1].top + 8), round(label.place.lines[1].left - 4))
    assert not np.array_equal(covered(picture, label)[before], picture[before])
    assert none.paint.plate is None


def test_no_background_is_never_one() -> None:
    (design,) = designed(FILMS["busy"], Overlay("Summer sale", background="none"))
    assert design.paint.plate is None
    assert contrast(FILMS["busy"][0], design) > 3


def test_a_stroke_and_a_shadow_are_there_when_they_are_asked_for_and_else_can_be_refused() -> None:
    picture = plain(TALL, 8)
    bare, stroked, shaded = designed(
        [plain(TALL, 128)],
        Overlay("Hi", background="none", color="#ffffff", stroke=False, shadow=False),
        Overlay("Hi", stroke=True, color="#ffffff"),
        Overlay("Hi", shadow=True, color="#ffffff"),
    )
    grey = plain(TALL, 128)
    assert covered(grey, bare).min() >= 127
    assert covered(grey, stroked).min() < 30
    assert 30 < covered(grey, shaded).min() < 110
    outlined = letters(picture, stroked).sum()
    assert outlined > 1.15 * letters(picture, bare).sum()


def test_neon_is_lit() -> None:
    picture = plain(TALL, 20)
    (design,) = designed([picture], Overlay("Open", font="Neon"))
    seen, mask = covered(picture, design).astype(int), letters(picture, design)
    lit = (mask < 0.02) & (np.abs(seen - 20).max(axis=2) > 25)
    assert lit.sum() > 0.5 * (mask > 0.5).sum()
    assert contrast(picture, design) >= 4.2


def test_what_cannot_be_written_is_told_and_the_others_are_made() -> None:
    good, never, unwritable, wrong = attempted(
        [plain(TALL, 30)] * 3,
        Overlay("Hello"),
        Overlay("Hello", start=9.0),
        Overlay("Hello \U00012000"),
        Overlay("Hello", font="nothing like it"),
    )
    assert isinstance(good, Design)
    assert isinstance(never, InputError)
    assert isinstance(unwritable, InputError)
    assert isinstance(wrong, InputError)
    assert never.code is ErrorCode.OVERLAY_NEVER_SHOWN
    assert "3.00 s" in never.message
    assert unwritable.code is ErrorCode.TEXT_UNWRITABLE
    assert wrong.code is ErrorCode.FONT_NOT_FOUND


def test_a_text_too_long_for_a_small_picture_is_told() -> None:
    (outcome,) = attempted([plain((64, 64), 30)], Overlay("word " * 190))
    assert isinstance(outcome, InputError)
    assert outcome.code is ErrorCode.TEXT_TOO_LONG


def test_a_long_text_has_as_many_lines_as_it_takes_to_be_read() -> None:
    (design,) = designed([plain(TALL, 30)], Overlay("A few more words than fit. " * 15))
    assert len(design.place.setting.layout.lines) > 4
    assert design.place.setting.size >= 0.025 * TALL[0]
    assert Zone(*TALL).safe.grown(1).contains(design.place.box)


def test_faces_are_looked_for_in_pictures_of_any_time() -> None:
    pictures = [plain(SQUARE, 90)] * 4 + [astronaut(SQUARE)]
    assert ground_of(pictures).headed(_face(pictures[-1])) > 0.4
    assert ground_of(pictures[:4]).headed(_face(pictures[-1])) == 0


def test_the_same_is_decided_every_time() -> None:
    once, again = (designed(FILMS["soft"], Overlay(TEXTS[2]))[0] for _ in range(2))
    assert once.paint == again.paint
    assert np.array_equal(once.patch.rgba, again.patch.rgba)
    assert replace(once.place.setting).size == again.place.setting.size


@pytest.mark.parametrize("background", ["none", "box", "line"])
def test_a_film_is_not_looked_at_where_nothing_is_left_to_decide(background: str) -> None:
    """Which saves going through it, and searching it for faces."""

    def see(_start: float | None, _end: float | None) -> Ground:
        raise AssertionError("it was looked at")

    told = Overlay(
        "Hello there",
        size=60,
        color="#ffd400",
        position=0.3,
        align="left",
        background=background,  # type: ignore[arg-type]
        stroke=True,
        shadow=False,
    )
    (design,) = design_all([told], film_of([plain(TALL, 30)]), see)
    assert isinstance(design, Design)
    assert design.paint.colour == "#ffd400"
    (open_,) = design_all([replace(told, position=None)], film_of([plain(TALL, 30)]), see)
    assert isinstance(open_, InputError)
