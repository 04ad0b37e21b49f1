import asyncio
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from morgana import models
from morgana.captions.preview import SECONDS, SIZE
from morgana.captions.template import templates
from morgana.errors import ErrorCode, InputError
from morgana.live import Captioner
from morgana.live.captioner import make_apart
from morgana.settings import settings
from morgana.text.fonts import canonical
from morgana.video.decode import read_frames

FIRST = next(iter(templates()))
ALHENA = next(template.id for template in templates().values() if template.name == "Alhena")
DEADLINE = 60.0


def test_a_preview_is_a_film_with_words_and_a_picture_of_it(tmp_path: Path) -> None:
    room = Captioner(tmp_path)
    preview = asyncio.run(room.preview(ALHENA))
    assert sorted(tmp_path.iterdir()) == sorted([preview.video, preview.poster])
    with av.open(preview.video) as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height) == SIZE
        assert film.duration == SECONDS * 1_000_000
    frames = [picture for _, picture in read_frames(preview.video)]
    poster = np.asarray(Image.open(preview.poster).convert("RGB")).astype(np.int16)
    assert poster.shape == (SIZE[1], SIZE[0], 3)
    # Letters are white, which the background is nowhere.
    assert (poster.min(axis=2) > 225).sum() > 1000
    assert (frames[0].min(axis=2) > 225).sum() == 0
    assert all((frames[index].min(axis=2) > 225).sum() > 1000 for index in (20, 45, 75))
    assert np.abs(frames[20][:300].astype(np.int16) - frames[70][:300]).mean() > 1  # the background moves


def test_a_process_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    async def broken(_id: str, video: Path, _poster: Path) -> None:
        video.write_bytes(b"half")
        raise RuntimeError("broke")

    with pytest.raises(RuntimeError, match="broke"):
        asyncio.run(Captioner(tmp_path, broken).preview(FIRST))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError, match="KeyError"):
        asyncio.run(make_apart("ctpl_none", tmp_path / "a.mp4", tmp_path / "a.jpg"))


def test_without_fonts_the_process_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path / "none"))
    settings.cache_clear()
    with pytest.raises(InputError) as refused:
        asyncio.run(make_apart(FIRST, tmp_path / "a.mp4", tmp_path / "a.jpg"))
    settings.cache_clear()
    assert refused.value.code is ErrorCode.MODEL_MISSING
    assert "morgana models pull" in refused.value.message


def test_who_waits_gets_the_preview_even_if_who_asked_first_leaves(tmp_path: Path) -> None:
    made: list[str] = []

    async def ask() -> Path:
        gate = asyncio.Event()

        async def make(template_id: str, video: Path, poster: Path) -> None:
            made.append(template_id)
            await gate.wait()
            video.write_bytes(b"v")
            poster.write_bytes(b"p")

        room = Captioner(tmp_path, make)
        first = asyncio.create_task(room.preview(FIRST))
        second = asyncio.create_task(room.preview(FIRST))
        while not made:
            await asyncio.sleep(0.005)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        gate.set()
        async with asyncio.timeout(DEADLINE):
            return (await second).video

    assert asyncio.run(ask()).read_bytes() == b"v"
    assert made == [FIRST]
    assert asyncio.run(Captioner(tmp_path, make_apart).preview(FIRST)).video.read_bytes() == b"v"


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
