"""What a speech that a client waits for consumes, for the ledger."""

from dataclasses import dataclass

import anyio
import structlog
from starlette.concurrency import run_in_threadpool

from morgana import store
from morgana.api.speaking import Piece

log = structlog.get_logger()


@dataclass(slots=True)
class Meter:
    """characters: of the text, up to the last word that was spoken; seconds: of sound."""

    owner: store.Owner
    characters: int = 0
    seconds: float = 0.0

    def count(self, piece: Piece) -> None:
        self.seconds += piece.seconds
        if piece.words:
            last = piece.words[-1]
            self.characters = max(self.characters, last.offset + last.length)

    async def charge(self) -> None:
        """Note what was spoken, even if the client has left. A speech that was sent is not broken off if
        that cannot be done."""
        if not self.seconds:
            return
        with anyio.CancelScope(shield=True):
            try:
                await run_in_threadpool(store.usage.charge_speech, self.owner, self.characters, self.seconds)
            except Exception:
                log.exception("speech not charged", characters=self.characters, seconds=self.seconds)
