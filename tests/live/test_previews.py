import asyncio
import os
import threading
from dataclasses import replace
from pathlib import Path

import av
import pytest

from morgana.live import Speaker
from morgana.live.previews import TEXTS, Previews
from morgana.speech.reading.reading import is_pronounceable
from morgana.speech.voices import voice, voices
from tests.live.scripted import DEADLINE, MANY, Scripted


@pytest.fixture
def engine() -> Scripted:
    return Scripted()


def speaker(folder: Path, engine: Scripted) -> Speaker:
    return Speaker(1000, folder, engine.speak)


def test_a_preview_is_spoken_once_and_kept(tmp_path: Path, engine: Scripted) -> None:
    async def ask() -> list[Path]:
        room = speaker(tmp_path, engine)
        return list(await asyncio.gather(*(room.preview("heart") for _ in range(5))))

    paths = asyncio.run(ask())
    spoken = list(engine.said)
    assert " ".join(spoken) == TEXTS["en-US"]
    assert len(set(paths)) == 1
    assert list(tmp_path.iterdir()) == [paths[0]]
    with av.open(paths[0]) as file:
        assert file.streams.audio[0].codec_context.name.startswith("mp3")
        assert sum(frame.samples for frame in file.decode(audio=0)) >= len(spoken) * 12_000
    assert asyncio.run(speaker(tmp_path, engine).preview("heart")) == paths[0]
    assert engine.said == spoken


def test_a_preview_that_breaks_leaves_nothing_and_can_be_asked_for_again(
    tmp_path: Path, engine: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask() -> Path:
        room = speaker(tmp_path, engine)
        with monkeypatch.context() as patch:
            patch.setitem(TEXTS, "en-US", "This breaks.")
            with pytest.raises(RuntimeError, match="the engine broke"):
                await room.preview("heart")
        assert list(tmp_path.iterdir()) == []
        return await room.preview("heart")

    assert asyncio.run(ask()).stat().st_size > 1000


def test_who_waits_for_a_preview_gets_it_even_if_who_asked_first_leaves(
    tmp_path: Path, engine: Scripted
) -> None:
    async def ask() -> Path:
        room = speaker(tmp_path, engine)
        engine.gate = threading.Semaphore(0)
        first = asyncio.create_task(room.preview("heart"))
        second = asyncio.create_task(room.preview("heart"))
        while not engine.said:
            await asyncio.sleep(0.005)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        engine.gate.release(MANY)
        async with asyncio.timeout(DEADLINE):
            return await second

    path = asyncio.run(ask())
    assert path.exists()
    assert engine.said.count(engine.said[0]) == 1


def test_a_voice_that_changes_gets_another_preview(tmp_path: Path) -> None:
    async def record(_voice: object, target: object) -> None:
        os.write(target.fileno(), b"sound")  # type: ignore[attr-defined]

    async def ask() -> set[Path]:
        previews = Previews(tmp_path, record)
        heart = voice("heart")
        return {await previews.path(heart), await previews.path(replace(heart, gain=heart.gain + 1))}

    assert len(asyncio.run(ask())) == 2


def test_every_voice_has_a_sentence_in_its_language() -> None:
    languages = {known.language for known in voices().values()}
    assert languages == set(TEXTS)
    for language, text in TEXTS.items():
        assert 20 < len(text) < 120
        if language.startswith("en"):
            assert is_pronounceable(text, language)
