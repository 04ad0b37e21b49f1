"""What is done while a client waits: speech, in fair turns, and previews of templates and fonts."""

from morgana.live.captioner import Captioner
from morgana.live.overlayer import Overlayer
from morgana.live.speaker import Speaker

__all__ = ["Captioner", "Overlayer", "Speaker"]
