"""Speech made while a client waits: shared engines, fair turns, encoded as it is spoken."""

from morgana.live.speaker import Speaker

__all__ = ["Speaker"]
