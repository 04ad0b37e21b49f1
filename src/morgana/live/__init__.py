"""What is done while a client waits: speech, from shared engines in fair turns, and previews of templates."""

from morgana.live.captioner import Captioner
from morgana.live.speaker import Speaker

__all__ = ["Captioner", "Speaker"]
