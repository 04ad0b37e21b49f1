"""How each voice sounds: a sentence in its language, spoken once and kept."""

import hashlib
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import IO, Final, TypeAlias

from morgana import __version__, models
from morgana.live.once import Once
from morgana.speech.voices import Voice

TEXTS: Final = {
    "en-US": "Hello! This is how I sound. Give me a story, and I will tell it for you.",
    "en-GB": "Good morning! This is how I sound. Give me a story, and I shall tell it for you.",
    "es-ES": "¡Hola! Así suena mi voz. Dame una historia y la contaré por ti.",
    "fr-FR": "Bonjour ! Voici ma voix. Donnez-moi une histoire et je la raconterai pour vous.",
    "hi-IN": "नमस्ते! मेरी आवाज़ ऐसी है। मुझे एक कहानी दीजिए और उसे मेरी आवाज़ में सुनिए।",
    "it-IT": "Ciao! Questa è la mia voce. Dammi una storia e la racconterò per te.",
    "ja-JP": "こんにちは。これが私の声です。物語をくだされば、代わりにお話しします。",
    "pt-BR": "Olá! É assim que eu falo. Me dê uma história e eu a conto para você.",
    "zh-CN": "你好！这就是我的声音。给我一个故事，我来讲给你听。",
}

Record: TypeAlias = Callable[[Voice, IO[bytes]], Awaitable[None]]


class Previews:
    """The recordings in a folder. Several processes may share it."""

    def __init__(self, folder: Path, record: Record) -> None:
        self._folder = folder
        self._record = record
        self._once = Once()

    async def path(self, voice: Voice) -> Path:
        """The recording of a voice, made first if it is not there. Raises what making it raises."""
        path = self._folder / f"{voice.id}-{_version(voice)}.mp3"
        if not path.exists():
            await self._once.do(path, lambda: self._make(voice, path))
        return path

    async def _make(self, voice: Voice, path: Path) -> None:
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
            unfinished = Path(file.name)
            try:
                await self._record(voice, file)
                file.close()
                unfinished.replace(path)
            except BaseException:
                with suppress(FileNotFoundError):
                    unfinished.unlink()
                raise


def _version(voice: Voice) -> str:
    """Another one for everything that might sound different."""
    weights = models.catalogue()[voice.weights] if voice.weights else metadata.version("hibari-tts")
    said = repr((voice, TEXTS[voice.language], weights, __version__))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
