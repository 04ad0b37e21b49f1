"""Which phonemiser reads which language. They are loaded when first needed."""

from functools import cache
from importlib import import_module
from threading import Lock
from typing import Final, cast

from morgana.speech.reading.phonemisers.protocol import Phonemiser

PHONEMISERS: Final = {
    "en-US": "english:american",
    "en-GB": "english:british",
    "es-ES": "spanish:phonemise",
    "fr-FR": "french:phonemise",
    "hi-IN": "hindi:phonemise",
    "it-IT": "italian:phonemise",
    "ja-JP": "japanese:phonemise",
    "pt-BR": "portuguese:phonemise",
    "zh-CN": "chinese:phonemise",
}
LANGUAGES: Final = tuple(PHONEMISERS)
_loading: Final = Lock()


def phonemiser(language: str) -> Phonemiser:
    """The phonemiser of one of `LANGUAGES`."""
    with _loading:
        return _load(PHONEMISERS[language])


@cache
def _load(place: str) -> Phonemiser:
    module, function = place.split(":")
    return cast("Phonemiser", getattr(import_module(f"{__package__}.{module}"), function))
