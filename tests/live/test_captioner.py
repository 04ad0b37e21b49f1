import asyncio
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from morgana import models
from morgana.captions.preview import POSTER_AT, SECONDS, SIZE, draw_poster
from morgana.captions.template import templates
from morgana.errors import ErrorCode, InputError
from morgana.live import Captioner
from morgana.live.captioner import draw_apart, film_apart
from morgana.settings import settings
from morgana.text.fonts import canonical
from morgana.video.decode import read_frames

FIRST = next(iter(templates()))
ALHENA = next(template.id for template in templates().values() if template.name == "Alhena")
DEADLINE = 60.0


def test_a_film_has_words_and_a_poster_is_a_moment_of_it(tmp_path: Path) -> None:
    film = asyncio.run(Captioner(tmp_path).film(ALHENA))
    draw_poster(templates()[ALHENA], tmp_path / "poster.jpg")
    with av.open(film) as opened:
        stream = opened.streams.video[0]
        assert (stream.width, stream.height) == SIZE
        assert opened.duration == SECONDS * 1_000_000
    frames = [picture for _, picture in read_frames(film)]
    poster = np.asarray(Image.open(tmp_path / "poster.jpg").convert("RGB")).astype(np.int16)
    assert poster.shape == (SIZE[1], SIZE[0], 3)
    # Letters are white, which the background is nowhere.
    assert (poster.min(axis=2) > 225).sum() > 1000
    assert (frames[0].min(axis=2) > 225).sum() == 0
    assert all((frames[index].min(axis=2) > 225).sum() > 1000 for index in (20, 45, 75))
    assert np.abs(frames[20][:300].astype(np.int16) - frames[70][:300]).mean() > 1  # the background moves
    nearest = min(range(len(frames)), key=lambda at: np.abs(frames[at] - poster).mean())
    assert nearest == pytest.approx(POSTER_AT * 30, abs=1)


def test_one_process_draws_a_row_of_posters(tmp_path: Path) -> None:
    rows: list[list[str]] = []

    async def draw(targets: Mapping[str, Path]) -> None:
        rows.append(list(targets))
        await draw_apart(dict(islice(targets.items(), 2)))  # of the others it would draw the same

    ids = list(templates())

    async def ask() -> list[Path]:
        room = Captioner(tmp_path, draw=draw)
        return list(await asyncio.gather(*(room.poster(one) for one in ids[:2])))

    paths = asyncio.run(ask())
    assert rows == [ids[:12]]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    for path in paths:
        with Image.open(path) as poster:
            assert poster.size == SIZE
    assert paths[0].read_bytes() != paths[1].read_bytes()
    last = asyncio.run(Captioner(tmp_path, draw=draw).poster(ids[0]))
    assert (last, len(rows)) == (paths[0], 1)


def test_a_poster_without_its_font_keeps_no_other_away(tmp_path: Path) -> None:
    async def draw(targets: Mapping[str, Path]) -> None:
        for template_id, path in targets.items():
            if template_id != FIRST:
                path.write_bytes(b"p")
        raise InputError(ErrorCode.MODEL_MISSING, "Run `morgana models pull fonts`.")

    room = Captioner(tmp_path, draw=draw)
    with pytest.raises(InputError, match="models pull"):
        asyncio.run(room.poster(FIRST))
    assert asyncio.run(room.poster(list(templates())[1])).read_bytes() == b"p"


def test_a_process_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    async def broken(_id: str, video: Path) -> None:
        video.write_bytes(b"half")
        raise RuntimeError("broke")

    async def broken_too(targets: Mapping[str, Path]) -> None:
        for path in targets.values():
            path.write_bytes(b"half")
        raise RuntimeError("broke")

    room = Captioner(tmp_path, broken, broken_too)
    for asked in (room.film(FIRST), room.poster(FIRST)):
        with pytest.raises(RuntimeError, match="broke"):
            asyncio.run(asked)
        assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError, match="KeyError"):
        asyncio.run(film_apart("ctpl_none", tmp_path / "a.mp4"))


def test_without_fonts_the_process_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path / "none"))
    settings.cache_clear()
    for asked in (film_apart(FIRST, tmp_path / "a.mp4"), draw_apart({FIRST: tmp_path / "a.jpg"})):
        with pytest.raises(InputError) as refused:
            asyncio.run(asked)
        assert refused.value.code is ErrorCode.MODEL_MISSING
        assert "morgana models pull" in refused.value.message
    settings.cache_clear()


def test_who_waits_gets_the_film_even_if_who_asked_first_leaves(tmp_path: Path) -> None:
    made: list[str] = []

    async def ask() -> Path:
        gate = asyncio.Event()

        async def film(template_id: str, video: Path) -> None:
            made.append(template_id)
            await gate.wait()
            video.write_bytes(b"v")

        room = Captioner(tmp_path, film)
        first = asyncio.create_task(room.film(FIRST))
        second = asyncio.create_task(room.film(FIRST))
        while not made:
            await asyncio.sleep(0.005)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        gate.set()
        async with asyncio.timeout(DEADLINE):
            return await second

    assert asyncio.run(ask()).read_bytes() == b"v"
    assert made == [FIRST]
    assert asyncio.run(Captioner(tmp_path).film(FIRST)).read_bytes() == b"v"


def test_what_serve_pulls_has_the_fonts_of_every_template() -> None:
    pulled = set(models.names())
    for template in templates().values():
        for look in template.looks:
            assert models.fonts()[canonical(look.family)].name in pulled, template.name


def test_languages_and_transcripts_are_checked(tmp_path: Path) -> None:
    room = Captioner(tmp_path)
    room.check_language("en")
    room.check_transcript("Hello there.")
    with pytest.raises(InputError) as refused:
        room.check_language("tlh")
    assert refused.value.code is ErrorCode.LANGUAGE_UNKNOWN
    with pytest.raises(InputError) as refused:
        room.check_transcript("  ")
    assert refused.value.code is ErrorCode.TRANSCRIPT_INVALID
