"""Japanese text as morphemes with their pronunciation (haqumei: Open JTalk's analysis)."""

import os
import re
import tempfile
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_VOICING = "\u3099\u309a\uff9e\uff9f"
_RARE_KANA = dict(
    zip("ㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ", "クシストヌハヒフヘホムラリルレロ", strict=True)
) | {
    "ヷ": "ヴァ",
    "ヸ": "ヴィ",
    "ヹ": "ヴェ",
    "ヺ": "ヴォ",
}
# Everything else is a pause to the analysis: it would be dropped silently, and the offsets with it.
_READABLE = re.compile(
    r"[0-9A-Za-z、。！？「」『』（）・…,.!?'\-ぁ-ゖゝゞ゠-ヿ々〆〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Morpheme:
    """A morpheme at text[start:end].

    kana: how it is pronounced, in katakana with ー for long vowels; other signs in it are silent. part,
    subpart: of speech, in IPADIC's terms. base: the dictionary form.
    """

    text: str
    start: int
    end: int
    kana: str
    part: str
    subpart: str
    base: str


def analyse(text: str) -> tuple[Morpheme, ...]:
    """The morphemes of one sentence in order; spans are places in `text`."""
    plain, places = _normalise(text)
    morphemes: list[Morpheme] = []
    for word in _analyser().g2p_mapping_detailed(plain):
        first, last = (min(place, len(plain)) for place in word.char_span)
        if first >= last:
            continue
        start, end = places[first][0], places[last - 1][1]
        kana = "" if word.pos == "記号" and word.is_unknown else word.pron
        part = (word.pos, word.pos_group1)
        morphemes.append(Morpheme(plain[first:last], start, end, kana, *part, word.orig))
    return tuple(morphemes)


def _normalise(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Text in full-width kana and, for each of its characters, the place it comes from."""
    plain: list[str] = []
    places: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and text[end] in _VOICING:
            end += 1
        for character in unicodedata.normalize("NFKC", text[start:end]):
            for kana in _RARE_KANA.get(character, character):
                plain.append(kana if _READABLE.match(kana) else "\u3000")
                places.append((start, end))
        start = end
    return "".join(plain), places


def _analyser() -> Any:  # haqumei.Haqumei, imported when first needed
    with _loading:
        return _load()


@lru_cache(maxsize=1)
def _load() -> Any:
    import haqumei

    with _writable_cache():
        return haqumei.Haqumei(normalize_iu=haqumei.IuPronunciation.YuuBase)


@contextmanager
def _writable_cache() -> Iterator[None]:
    """Where haqumei may unpack its dictionary (100 MB): the user's cache, or a temporary folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            pass
    except OSError:
        pass
    else:
        yield
        return
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(Path(tempfile.gettempdir()) / "morgana-cache")
    try:
        yield
    finally:
        os.environ.pop("XDG_CACHE_HOME")
        if before is not None:
            os.environ["XDG_CACHE_HOME"] = before
