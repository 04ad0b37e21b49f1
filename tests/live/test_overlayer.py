import asyncio
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.live import Overlayer, overlayer
from morgana.overlays import specimen
from morgana.overlays.look import find_look, looks
from morgana.settings import settings
from morgana.text import coverage
from morgana.text.fonts import face, families


def _picture(path: Path) -> NDArray[np.int16]:
    picture = Image.open(path)
    assert (picture.size, picture.mode, picture.format) == (specimen.SIZE, "RGB", "PNG")
    return np.asarray(picture).astype(np.int16)


def name(letter: str) -> str:
    """The first word of its name in Unicode: its script, by and large."""
    return unicodedata.name(letter).split()[0]


def _written(picture: NDArray[np.int16]) -> NDArray[np.bool_]:
    return np.asarray((np.abs(picture - np.array(specimen.CARD)) > 90).any(axis=2))


def _previews(folder: Path, *names: str) -> list[NDArray[np.int16]]:
    async def ask() -> list[Path]:
        room = Overlayer(folder)
        return await asyncio.gather(*(room.preview(name) for name in names))

    return [_picture(path) for path in asyncio.run(ask())]


def test_a_card_shows_a_name_and_a_line_in_the_font(tmp_path: Path) -> None:
    anton, lobster, again = _previews(tmp_path, "Anton", "Lobster", "ANTON")
    for picture in (anton, lobster):
        rows = np.flatnonzero(_written(picture).any(axis=1))
        columns = np.flatnonzero(_written(picture).any(axis=0))
        assert rows.size
        assert 20 < rows[0] < rows[-1] < specimen.SIZE[1] - 20
        assert 40 < columns[0] < columns[-1] < specimen.SIZE[0] - 40
        assert np.flatnonzero(np.diff(rows) > 10).size == 1  # two lines of text, with nothing between them
    assert (anton != lobster).any()
    assert (anton == again).all()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_look_is_seen_to_be_one(tmp_path: Path) -> None:
    neon, typewriter, strong, anton = _previews(tmp_path, "Neon", "Typewriter", "Strong", "Anton")
    coloured = [picture.max(axis=2) - picture.min(axis=2) > 60 for picture in (neon, anton)]
    assert coloured[0].sum() > 1000  # its light
    assert not coloured[1].any()
    assert (typewriter.min(axis=2) > 225).mean() > 2 * (anton.min(axis=2) > 225).mean()  # its labels
    assert (strong != anton).any()


def test_a_font_for_another_script_shows_it(tmp_path: Path) -> None:
    names = ("Heebo", "Noto Sans Arabic", "Nanum Gothic")
    for name, picture in zip(names, _previews(tmp_path, *names), strict=True):
        rows = np.flatnonzero(_written(picture[:, : specimen.SIZE[0] // 2]).any(axis=1))
        assert np.flatnonzero(np.diff(rows) > 5).size >= 2, name


def test_every_script_that_a_font_may_be_chosen_for_is_greeted() -> None:
    assert set(coverage._SAMPLES) - {"Latin", "Vietnamese", "Cyrillic", "Greek"} == set(specimen.GREETINGS)
    for script, greeting in specimen.GREETINGS.items():
        samples = coverage._SAMPLES[script]
        assert {name(one) for one in greeting if one.isalpha()} <= {name(one) for one in samples}, script


class Drawing:
    """Cards that are made of bytes; which, and when it may go on."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def draw(self, targets: Mapping[str, Path]) -> None:
        self.batches.append([*targets])
        await self.gate.wait()
        if self.error:
            raise self.error
        for name, path in targets.items():
            path.write_bytes(name.encode())


def test_a_card_of_another_version_is_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Overlayer(tmp_path, Drawing().draw)
    first = asyncio.run(room.preview("Anton"))
    monkeypatch.setattr(overlayer, "__version__", "next")
    overlayer._version.cache_clear()
    assert asyncio.run(room.preview("Anton")) != first
    overlayer._version.cache_clear()


def test_a_drawing_that_breaks_leaves_nothing_and_is_tried_again(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.error = RuntimeError("broke")

    async def ask() -> None:
        room = Overlayer(tmp_path, drawing.draw)
        found = await asyncio.gather(
            *(room.preview(name) for name in ("Anton", "Lobster")), return_exceptions=True
        )
        assert [str(one) for one in found] == ["broke", "broke"]
        assert list(tmp_path.iterdir()) == []
        drawing.error = None
        assert (await room.preview("Anton")).read_bytes() == b"Anton"

    asyncio.run(ask())


def test_a_process_that_breaks_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="FileNotFoundError"):
        asyncio.run(overlayer.draw_apart({"Anton": tmp_path / "nowhere" / "card.png"}))


def test_many_who_ask_share_one_card(tmp_path: Path) -> None:
    drawing = Drawing()

    async def ask() -> set[Path]:
        room = Overlayer(tmp_path, drawing.draw)
        return set(await asyncio.gather(*(room.preview("Anton") for _ in range(8))))

    assert len(asyncio.run(ask())) == 1
    assert drawing.batches == [["Anton"]]


def test_cards_that_are_waited_for_meanwhile_are_drawn_together(tmp_path: Path) -> None:
    drawing = Drawing()

    async def ask() -> list[bytes]:
        drawing.gate.clear()
        room = Overlayer(tmp_path, drawing.draw)
        first = asyncio.create_task(room.preview("Anton"))
        while not drawing.batches:
            await asyncio.sleep(0)
        others = [asyncio.create_task(room.preview(name)) for name in ("Lobster", "Neon", "Inter")]
        for _ in range(10):
            await asyncio.sleep(0)
        drawing.gate.set()
        return [path.read_bytes() for path in await asyncio.gather(first, *others)]

    assert asyncio.run(ask()) == [b"Anton", b"Lobster", b"Neon", b"Inter"]
    assert drawing.batches == [["Anton"], ["Lobster", "Neon", "Inter"]]


def test_the_looks_are_listed_before_the_fonts(tmp_path: Path) -> None:
    found = Overlayer(tmp_path).fonts()
    assert [font.name for font in found] == [*looks(), *families()]
    assert {font.name for font in found if font.kind == "look"} == set(looks())
    for font in found:
        assert font.available == models.is_installed(models.fonts()[font.family].name)
        assert bool(font.scripts) == font.available
    classic = found[0]
    assert classic.weights == (find_look("Classic").weight,)


def test_what_no_film_could_make_right_is_told_by_field(tmp_path: Path) -> None:
    room = Overlayer(tmp_path)
    assert room.refusals({"text": "One", "font": "Neon", "size": 60.0, "start": 1.0, "end": 2.0}) == {}
    found = room.refusals({"text": "", "font": "Comics", "color": "blue", "start": 2.0, "end": 1.0})
    assert {field: error.code for field, error in found.items()} == {
        "text": ErrorCode.TEXT_EMPTY,
        "font": ErrorCode.FONT_NOT_FOUND,
        "color": ErrorCode.COLOR_INVALID,
    }
    late = room.refusals({"text": "One", "start": 2.0, "end": 1.0})
    assert {field: error.code for field, error in late.items()} == {"end": ErrorCode.OVERLAY_INVALID}


def test_an_unknown_font_has_no_card(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        asyncio.run(Overlayer(tmp_path).preview("Antn"))
    assert refused.value.code is ErrorCode.FONT_NOT_FOUND
    assert "Anton" in refused.value.message


@pytest.fixture
def removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A font that this process has written in is not installed any more."""
    face("Anton", 400)
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path / "none"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("removed")
def test_a_font_that_was_removed_has_no_card(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="morgana models pull font-anton") as refused:
        asyncio.run(Overlayer(tmp_path).preview("Anton"))
    assert refused.value.code is ErrorCode.MODEL_MISSING


@pytest.mark.usefixtures("removed")
def test_whoever_draws_says_which_font_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="morgana models pull font-anton") as refused:
        asyncio.run(overlayer.draw_apart({"Anton": tmp_path / "anton.png"}))
    assert refused.value.code is ErrorCode.MODEL_MISSING
