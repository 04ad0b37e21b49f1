import asyncio
import io
import threading
import wave
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from morgana.errors import ErrorCode, InputError
from morgana.live import Speaker
from morgana.live.speaker import Piece
from morgana.settings import settings
from morgana.video.provenance import SourceType
from morgana.video.sound_encoder import SoundFormat, wav_header
from tests.live.scripted import DEADLINE, MANY, RATE, Scripted

TEXT = "One. Two. Three."


@pytest.fixture(autouse=True)
def _no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path / "models"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def engine() -> Scripted:
    return Scripted()


@pytest.fixture
def speaker(tmp_path: Path, engine: Scripted) -> Speaker:
    return Speaker(1000, tmp_path, engine.speak)


async def pieces(speaker: Speaker, text: str = TEXT, sound_format: SoundFormat = "pcm") -> list[Piece]:
    stream = speaker.stream("A", text, "heart", speed=1.0, seed=0, sound_format=sound_format)
    async with asyncio.timeout(DEADLINE):
        return [piece async for piece in stream]


def test_sentences_come_one_after_the_other(speaker: Speaker, engine: Scripted) -> None:
    made = asyncio.run(pieces(speaker))
    assert engine.said == ["One.", "Two.", "Three."]
    assert sum(piece.seconds for piece in made) == 1.5
    assert len(b"".join(piece.data for piece in made)) == 2 * 1.5 * RATE
    words = [word for piece in made for word in piece.words]
    assert [(word.text, word.start) for word in words] == [("One.", 0.0), ("Two.", 0.5), ("Three.", 1.0)]


def test_a_long_sentence_is_sent_in_seconds(speaker: Speaker, engine: Scripted) -> None:
    engine.seconds = 3.5
    made = asyncio.run(pieces(speaker, "One."))
    assert [piece.seconds for piece in made] == [1.0, 1.0, 1.0, 0.5, 0.0]
    assert [len(piece.words) for piece in made] == [1, 0, 0, 0, 0]


def test_nothing_is_made_before_it_is_wanted(speaker: Speaker, engine: Scripted) -> None:
    async def take(count: int) -> list[str]:
        stream = speaker.stream("A", TEXT, "heart", speed=1.0, seed=0, sound_format="pcm")
        async with aclosing(stream):
            for _ in range(count):
                await anext(stream)
            return list(engine.said)

    assert asyncio.run(take(1)) == ["One."]
    engine.said.clear()
    assert asyncio.run(take(2)) == ["One.", "Two."]


def test_who_leaves_is_not_spoken_to(speaker: Speaker, engine: Scripted) -> None:
    async def leave() -> None:
        engine.gate = threading.Semaphore(0)
        speaking = asyncio.create_task(pieces(speaker))
        while not engine.said:
            await asyncio.sleep(0.005)
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
        engine.gate.release(MANY)
        engine.said.clear()
        await pieces(speaker, "Another.")

    asyncio.run(leave())
    assert engine.said == ["Another."]


def test_the_last_sentence_is_known(speaker: Speaker, engine: Scripted) -> None:
    """To ask whether there is another one would take a turn, and thus a sentence of everyone else."""
    asyncio.run(pieces(speaker, "One. Two. "))
    assert (engine.said, engine.exhausted) == (["One.", "Two."], 0)


def test_a_text_that_ends_in_nothing_to_say_ends(speaker: Speaker, engine: Scripted) -> None:
    asyncio.run(pieces(speaker, "One. Two. * * *"))
    assert (engine.said, engine.exhausted) == (["One.", "Two."], 1)


def test_an_engine_that_breaks_is_heard_of_and_the_next_text_is_spoken(
    speaker: Speaker, engine: Scripted
) -> None:
    with pytest.raises(RuntimeError, match="the engine broke"):
        asyncio.run(pieces(speaker, "One. This breaks. Three."))
    asyncio.run(pieces(speaker, "Four."))
    assert engine.said == ["One.", "This breaks.", "Four."]


def test_a_wav_of_one_sentence_tells_its_length_and_a_longer_one_is_sent_before_it_is_known(
    speaker: Speaker,
) -> None:
    def frames(text: str) -> int:
        made = asyncio.run(pieces(speaker, text, "wav"))
        with wave.open(io.BytesIO(b"".join(piece.data for piece in made))) as file:
            return int(file.getnframes())

    assert frames("One.") == 0.5 * RATE
    assert frames("One. Two.") > 1e9


def test_a_recorded_wav_tells_its_length(speaker: Speaker) -> None:
    file = io.BytesIO()
    recording = asyncio.run(speaker.record("A", TEXT, "heart", file, speed=2.0, seed=0, sound_format="wav"))
    assert (recording.rate, recording.seconds) == (RATE, 0.75)
    assert [word.text for word in recording.words] == ["One.", "Two.", "Three."]
    header = wav_header(RATE, round(0.75 * RATE), SourceType.GENERATED)
    assert file.getvalue().startswith(header)
    file.seek(0)
    with wave.open(file) as opened:
        assert opened.getnframes() == 0.75 * RATE
        assert len(opened.readframes(RATE)) == 2 * 0.75 * RATE


def test_speech_is_not_marked_where_that_is_not_wanted(tmp_path: Path, engine: Scripted) -> None:
    file = io.BytesIO()
    speaker = Speaker(1000, tmp_path, engine.speak, mark_generated=False)
    asyncio.run(speaker.record("A", TEXT, "heart", file, speed=2.0, seed=0, sound_format="wav"))
    assert file.getvalue().startswith(wav_header(RATE, round(0.75 * RATE)))


@pytest.mark.parametrize(
    ("text", "voice", "code"),
    [
        ("Hello.", "nobody", ErrorCode.VOICE_NOT_FOUND),
        ("x" * 1001, "heart", ErrorCode.TEXT_TOO_LONG),
        ("", "heart", ErrorCode.TEXT_UNPRONOUNCEABLE),
        (" \n ", "heart", ErrorCode.TEXT_UNPRONOUNCEABLE),
        ("Hello.", "af_bella", ErrorCode.MODEL_MISSING),
    ],
)
def test_what_cannot_be_spoken_is_refused(speaker: Speaker, text: str, voice: str, code: ErrorCode) -> None:
    with pytest.raises(InputError) as refused:
        speaker.check(text, voice)
    assert refused.value.code is code


def test_the_longest_text_can_be_spoken(speaker: Speaker) -> None:
    speaker.check("word " * 200, "heart")


def test_voices_without_weights_are_not_available(speaker: Speaker) -> None:
    available = {voice.id: voice.available for voice in speaker.voices()}
    assert next(iter(available)) == "heart"
    assert [name for name, there in available.items() if there] == ["heart"]
    assert not speaker.voice("bm_george").available
    assert speaker.voice("bm_george").language == "en-GB"
