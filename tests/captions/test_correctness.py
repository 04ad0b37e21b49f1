"""What viewers see: the right word lit at the right time, in every way of writing, on every kind of film."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.captions.drawing import drawing
from morgana.captions.layout import Frame, fits, lay_out
from morgana.captions.pages import Word, paginate
from morgana.captions.template import Template, templates
from morgana.video.burn import burn
from morgana.video.decode import read_frames
from morgana.video.film_writer import Quality
from tests.video.filming import film, scene

FINE = Quality(crf=4)
NAMES = {template.name: template for template in templates().values()}
BIG = Frame(1080, 1920)
SMALL = Frame(216, 384)
Mask = NDArray[np.bool_]
Picture = NDArray[np.uint8]

SAMPLES = {
    "ar": "مرحبا بكم في العالم",
    "he": "שלום לכל העולם הזה",
    "hi": "नमस्ते मेरे प्यारे दोस्त",
    "th": "สวัสดี ครับ ทุก คน",
    "zh": "今 天 天 气 非 常 好",
    "ja": "今日は とても 良い 天気",
    "ko": "안녕하세요 여러분 반갑습니다 오늘",
    "ru": "Добрый день дорогие друзья",
    "el": "Καλημέρα σε όλους σας",
    "vi": "Xin chào tất cả mọi người",
}
RIGHT_TO_LEFT = ("ar", "he")
# Letters of the samples that are seen alone: no marks, which lie on others.
_BASIC = {
    "ar": "مرحباكفيعل",
    "he": "שלוםכהעז",
    "hi": "नमतरपदस",
    "th": "สวดครบทน",
    "zh": "今天气非常好",
    "ja": "今日はとても良い天気",
    "ko": "안녕하세요여러분반갑습니다오늘",
    "ru": "добрыйеньгиузья",
    "el": "καλημρσου",
    "vi": "xinchàotấảmọư",
}
_TICK = Fraction(1, 600)


def alhena(size: float = 60.0) -> Template:
    """White words, the one being said yellow; small enough for a few words on a line."""
    template = NAMES["Alhena"]
    layout = template.layout.model_copy(update={"size": size})
    return template.model_copy(update={"layout": layout})


def said(texts: Sequence[str], first: float = 0.0, pace: float = 1.0) -> list[Word]:
    return [Word(text, first + i * pace, first + (i + 1) * pace) for i, text in enumerate(texts)]


def drawn(template: Template, frame: Frame, words: Sequence[Word], time: float) -> Picture:
    """(H, W, 4) the captions alone, colours multiplied by alpha."""
    canvas = np.zeros((frame.height, frame.width, 4), np.uint8)
    for patch in drawing(template, frame, words)(time):
        height, width = patch.rgba.shape[:2]
        canvas[patch.y : patch.y + height, patch.x : patch.x + width] = patch.rgba
    return canvas


def yellow(picture: Picture) -> Mask:
    red, green, blue = (picture[..., part].astype(int) for part in range(3))
    found: Mask = (red > 190) & (green > 150) & (blue < 110)
    return found


def extent(mask: Mask) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(mask)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def lit_boxes(template: Template, frame: Frame, words: Sequence[Word]) -> list[tuple[int, int, int, int]]:
    """Where each word is lit, once it has come to rest."""
    return [extent(yellow(drawn(template, frame, words, word.start + 0.8))) for word in words]


def middles(template: Template, words: Sequence[Word], language: str) -> list[float]:
    boxes = lit_boxes(template, Frame(1080, 1920, language), words)
    assert max(box[3] for box in boxes) - min(box[1] for box in boxes) < 1.9 * template.layout.size
    return [(box[0] + box[2]) / 2 for box in boxes]


@pytest.mark.parametrize(
    "ticks",
    [
        pytest.param(range(0, 1440, 20), id="30 fps"),
        pytest.param(range(0, 1440, 24), id="25 fps"),
        pytest.param([n * 20 + (n % 2) * 9 + (n // 9) * 60 for n in range(48)], id="variable"),
    ],
)
def test_every_frame_of_a_film_lights_the_word_that_is_said(tmp_path: Path, ticks: Sequence[int]) -> None:
    words = [Word("mama", 0.21, 0.65), Word("oboe", 0.65, 1.013), Word("nana", 1.013, 1.9)]
    template = alhena(90.0)
    draw = drawing(template, SMALL, words)
    source = film(
        tmp_path / "a.mp4",
        scene(len(ticks), (SMALL.width, SMALL.height)),
        times=list(ticks),
        time_base=_TICK,
    )
    burn(source, tmp_path / "out.mp4", draw, quality=FINE)
    places = lit_boxes(template, SMALL, said([word.text for word in words]))
    seen = set()
    for time, picture in read_frames(tmp_path / "out.mp4"):
        mask = yellow(picture)
        if time < words[0].start:
            assert not mask.any()
        elif words[0].start + 0.1 < time < words[-1].end:  # it fades in
            left, _, right, _ = extent(mask)
            now = [word for word in words if word.start <= time + 1e-6][-1]
            box = places[words.index(now)]
            assert abs((left + right) / 2 - (box[0] + box[2]) / 2) < 6, (time, now.text)
            seen.add(now.text)
    assert seen == {"mama", "oboe", "nana"}


def test_a_page_is_seen_a_frame_after_its_first_word_begins() -> None:
    words = [Word("Now", 0.5, 1.0), Word("then", 1.0, 1.5)]
    assert not drawn(alhena(), BIG, words, 0.499).any()
    assert drawn(alhena(), BIG, words, 0.5 + 1 / 30)[..., 3].max() > 100


def test_every_word_is_lit_long_enough_to_be_seen() -> None:
    """However fast somebody speaks, or however rough the times are."""
    words = [
        Word("aha", 0.3, 0.31),
        Word("oho", 0.5, 0.5),
        Word("ehe", 0.501, 0.52),
        Word("uhu", 0.53, 0.54),
        Word("ihi", 0.54, 0.55),
    ]
    template = alhena().model_copy(update={"page_enter": None, "pulse": None})
    draw = drawing(template, SMALL, words)
    lit: dict[tuple[int, float], int] = {}
    page = 0
    for millisecond in range(300, 1200):
        patches = draw(millisecond / 1000)
        page += not patches
        for patch in patches:
            mask = yellow(patch.rgba)
            if mask.any():
                left, _, right, _ = extent(mask)
                place = (page, patch.x + (left + right) / 2)
                lit[place] = lit.get(place, 0) + 1
    assert len(lit) == len(words)
    assert min(lit.values()) >= 79


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_words_that_run_to_the_left_begin_on_the_right(language: str) -> None:
    places = middles(alhena(), said(SAMPLES[language].split()), language)
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize("language", sorted(set(SAMPLES) - set(RIGHT_TO_LEFT)))
def test_words_that_run_to_the_right_begin_on_the_left(language: str) -> None:
    words = said(SAMPLES[language].split()[:4])
    places = middles(alhena(28), words, language)
    assert places == sorted(places)


def test_arabic_letters_are_joined() -> None:
    def gaps(text: str) -> int:
        columns = yellow(drawn(alhena(160), BIG, said([text]), 0.8)).any(axis=0)
        return int((np.diff(columns.astype(int)) == 1).sum()) - 1

    assert gaps("محمد") == 0
    assert gaps("م\u200cح\u200cم\u200cد") > 0  # told not to join


@pytest.mark.parametrize(
    ("text", "language", "seen"),
    [
        ("شاهد YouTube الآن", "ar", [2, 1, 0]),
        ("YouTube شاهد الآن", "ar", [2, 1, 0]),
        ("צפו ב YouTube עכשיו", "he", [3, 2, 1, 0]),
        ("iPhone שלי חדש", "he", [2, 1, 0]),
        ("Watch قناة الجزيرة now", "en", [0, 2, 1, 3]),
        ("שלום New York עיר", "he", [3, 1, 2, 0]),
    ],
)
def test_lines_of_two_directions_are_in_order(text: str, language: str, seen: list[int]) -> None:
    """Also where a sentence of one direction begins with a name of the other."""
    places = middles(alhena(50), said(text.split()), language)
    assert sorted(range(len(places)), key=places.__getitem__) == seen


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize("size", [60.0, 110.0])
def test_words_do_not_overlap(language: str, size: float) -> None:
    template, frame = alhena(size), Frame(1080, 1920, language)
    words = said(SAMPLES[language].split())
    pages = paginate(words, template.layout.words, lambda texts: fits(template, frame, texts))
    for page in pages:
        lit = [yellow(drawn(template, frame, page.words, word.start + 0.8)) for word in page.words]
        assert all(mask.any() for mask in lit)
        assert not any((one & other).any() for one, other in combinations(lit, 2))


@pytest.mark.parametrize("language", SAMPLES)
def test_letters_are_drawn_and_not_boxes(language: str) -> None:
    """Boxes for what a font lacks look alike: here every letter of a sample looks different, in any font."""
    letters = sorted(set(SAMPLES[language].lower()) & set(_BASIC[language]))
    assert len(letters) >= 5
    faces = {(one.text.family, one.text.weight): one for one in NAMES.values()}
    frame = Frame(120, 120, language)
    for template in faces.values():
        plain = replace(NAMES["Alhena"].text, family=template.text.family, weight=template.text.weight)
        page = alhena(400).model_copy(update={"text": plain, "active": {}, "page_enter": None, "pulse": None})
        pictures = [drawn(page, frame, said([letter]), 0.5) for letter in letters]
        assert all((picture[..., 3] > 200).sum() > 3 for picture in pictures), template.name
        for (one, first), (other, second) in combinations(zip(letters, pictures, strict=True), 2):
            assert not np.array_equal(first, second), (template.name, one, other)


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧‍👦", "🇩🇪", "👩‍🚀", "👍🏽", "🏳️‍🌈", "1️⃣"])
def test_an_emoji_is_one_picture_in_its_colours(emoji: str) -> None:
    one, two, this = (drawn(alhena(), BIG, said([text]), 0.8) for text in ("😀", "😀😀", emoji))
    widths = [right - left for left, _, right, _ in (extent(seen[..., 3] > 200) for seen in (one, two, this))]
    assert widths[2] < (widths[0] + widths[1]) / 2
    assert not np.array_equal(this, one)
    colours = this[this[..., 3] > 250][:, :3]
    # A word would be black, yellow, and what lies between.
    assert (colours[:, 2].astype(int) > colours[:, 0] + 20).any() or (np.ptp(colours, axis=0) > 60).all()


def test_an_emoji_among_words_stands_in_its_place() -> None:
    words = said(["Hi", "👨‍👩‍👧‍👦", "you"])
    hi, you = (extent(yellow(drawn(alhena(), BIG, words, time))) for time in (0.8, 2.8))
    picture = drawn(alhena(), BIG, words, 2.8)[:, hi[2] + 8 : you[0] - 8]
    left, _, right, _ = extent(picture[..., 3] > 200)
    assert 40 < right - left < 120


def test_colours_outside_of_the_text_stay_as_they_are(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", scene(12, (SMALL.width, SMALL.height)))
    draw = drawing(alhena(90), SMALL, said(["Colour", "stays"]))
    burn(source, tmp_path / "plain.mp4", lambda _: [], quality=FINE)
    burn(source, tmp_path / "out.mp4", draw, quality=FINE)
    outside = np.ones((SMALL.height, SMALL.width), bool)
    for time in np.arange(12) / 30:
        for patch in draw(time):
            height, width = patch.rgba.shape[:2]
            top, left = patch.y // 16 * 16 - 16, patch.x // 16 * 16 - 16
            outside[max(top, 0) : patch.y + height + 32, max(left, 0) : patch.x + width + 32] = False
    assert outside.mean() > 0.4
    pairs = zip(read_frames(tmp_path / "plain.mp4"), read_frames(tmp_path / "out.mp4"), strict=True)
    apart = [np.abs(one.astype(int) - other.astype(int))[outside] for (_, one), (_, other) in pairs]
    assert max(frame.mean() for frame in apart) < 1.0
    assert max(int(np.percentile(frame, 99.9)) for frame in apart) <= 4


@pytest.mark.parametrize("rotation", [0, 90, 270])
@pytest.mark.parametrize("pix_fmt", ["yuv444p", "yuv444p10le"])
def test_captions_stand_upright_on_films_that_are_turned_odd_and_deep(
    tmp_path: Path, rotation: int, pix_fmt: str
) -> None:
    shown = (215, 383)
    stored = shown if rotation in (0, 180) else shown[::-1]
    source = film(tmp_path / "a.mp4", scene(8, stored), pix_fmt=pix_fmt, rotation=rotation)
    frame, words = Frame(*shown), said(["Left", "tall"], pace=0.5)
    still = alhena(90).model_copy(update={"page_enter": None, "pulse": None})
    burn(source, tmp_path / "out.mp4", drawing(still, frame, words), quality=FINE)
    expected = extent(yellow(drawn(still, frame, words, 0.2)))
    _, picture = list(read_frames(tmp_path / "out.mp4"))[6]
    assert abs(picture.shape[1] - shown[0]) <= 1 >= abs(picture.shape[0] - shown[1])
    assert extent(yellow(picture)) == pytest.approx(expected, abs=2)


LONG = (
    "When the rain finally stopped and the last of the guests had gone home we sat down by the window and "
    "counted what was left of the cakes. Nobody spoke, not even the children, who were far too tired."
)


@pytest.mark.parametrize("template", NAMES.values(), ids=list(NAMES))
def test_pages_have_at_most_the_lines_and_words_of_their_template(template: Template) -> None:
    words = said(LONG.split(), pace=0.3)
    pages = paginate(words, template.layout.words, lambda texts: fits(template, BIG, texts))
    for number, page in enumerate(pages):
        setting = lay_out(template, BIG, page.words, number)
        assert len(setting.lines) <= max(template.layout.lines, 1)
        assert len(page.words) <= template.layout.words


def test_no_word_of_a_sentence_stands_alone_on_a_page() -> None:
    """Counted on what is drawn: another page comes on where the letters that are not lit change."""
    template = alhena(92)
    words = said(LONG.split(), pace=0.5)
    counts: list[int] = []
    before: bytes | None = None
    for word in words:
        picture = drawn(template, BIG, words, word.start + 0.4)
        shape = (picture[..., 3] > 250).tobytes()
        if shape == before:
            counts[-1] += 1
        else:
            counts.append(1)
        before = shape
    assert sum(counts) == len(words)
    assert min(counts) >= 2
    assert max(counts) <= template.layout.words


def test_a_page_is_as_high_as_its_lines() -> None:
    template = alhena(92)
    words = said(LONG.split(), pace=0.5)
    for word in words:
        _, top, _, bottom = extent(drawn(template, BIG, words, word.start + 0.4)[..., 3] > 250)
        assert bottom - top < template.layout.lines * template.layout.leading * 92 * 1.1


def test_times_of_pages_do_not_overlap() -> None:
    words = said(LONG.split(), pace=0.2)
    pages = paginate(words, 4, lambda texts: fits(alhena(), BIG, texts))
    assert all(one.end <= other.start for one, other in pairwise(pages))
