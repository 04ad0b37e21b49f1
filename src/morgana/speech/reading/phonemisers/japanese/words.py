"""From morphemes to words as they are spoken: endings belong to their verb, particles stand alone."""

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise

from morgana.speech.reading.phonemisers.japanese.morphemes import Morpheme, analyse

_PREDICATES = {"動詞", "形容詞", "助動詞"}
_VERB_PARTICLES = {"て", "で", "ば", "ちゃ", "じゃ", "たり", "だり"}
_CONTRACTED = ("て", "で", "ちゃ", "じゃ", "と", "ど")  # 食べ|てる, 置い|とく, 行っ|ちゃう
_MAGNITUDES = ("百", "千", "万", "億", "兆")
# After which kana イ is said ー: キレイ is キレー, アタラシイ is アタラシー.
_LENGTHENED = dict.fromkeys(("名詞", "副詞"), frozenset("エケゲセゼテデネヘベペメレ")) | {
    "形容詞": frozenset("イキギシジチニヒビピミリ")
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word at text[start:end], and how it is pronounced in katakana."""

    start: int
    end: int
    kana: str


@dataclass(frozen=True, slots=True)
class _Context:
    """How a word is read where `before` and `after` fit: its reading starts with kana[1], not kana[0]."""

    kana: tuple[str, str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None

    def fits(self, kana: str, before: str, after: str) -> bool:
        return (
            kana.startswith(self.kana[0])
            and (self.before is None or self.before.search(before) is not None)
            and (self.after is None or self.after.match(after) is not None)
        )


def words(text: str) -> tuple[Word, ...]:
    """The spoken words of one sentence, in order; what is silent is left out."""
    morphemes = [_as_pronounced(morpheme) for morpheme in _read_in_context(text, analyse(text))]
    found: list[Word] = []
    previous: Morpheme | None = None
    for morpheme in morphemes:
        if not morpheme.kana:
            previous = None
            continue
        word = Word(morpheme.start, morpheme.end, morpheme.kana)
        if previous is not None and previous.end >= morpheme.start and _joined(previous, morpheme):
            word = _merge(found.pop(), word)
        while found and found[-1].end > word.start:  # parts of one character; "1/4" is said from its end
            word = _merge(found.pop(), word)
        found.append(word)
        previous = morpheme
    return tuple(found)


def _merge(first: Word, second: Word) -> Word:
    return Word(min(first.start, second.start), max(first.end, second.end), first.kana + second.kana)


def _joined(first: Morpheme, second: Morpheme) -> bool:
    """Whether two neighbours are one word."""
    if first.kana.endswith("ッ") or second.kana[0] in "ッーァィゥェォャュョン":
        return True  # parts of one syllable
    if first.part == "接頭詞":
        return True
    if second.part == "助動詞":
        return first.part in _PREDICATES or second.base == "ます"
    if second.part == "助詞":
        return first.part in _PREDICATES and second.text in _VERB_PARTICLES
    if second.part == "動詞":
        return second.subpart == "接尾" or (
            second.subpart == "非自立" and first.part == "動詞" and second.text.startswith(_CONTRACTED)
        )
    if second.subpart == "数":
        return first.subpart == "数" and not first.text.endswith(_MAGNITUDES)
    return second.part == "名詞" and second.subpart == "接尾"


def _as_pronounced(morpheme: Morpheme) -> Morpheme:
    """The pronunciation in kana alone, with long vowels marked as the dictionary of the training data did."""
    kana = "".join(character for character in morpheme.kana if "ァ" <= character <= "ヺ" or character == "ー")
    if morpheme.kana == "ユウ":  # 言う
        kana = "ユー"
    if morpheme.part in _LENGTHENED:
        kana = _lengthen(kana, _LENGTHENED[morpheme.part])
    return replace(morpheme, kana=kana)


def _lengthen(kana: str, row: frozenset[str]) -> str:
    return kana[:1] + "".join(
        "ー" if character == "イ" and before in row else character for before, character in pairwise(kana)
    )


def _read_in_context(text: str, morphemes: tuple[Morpheme, ...]) -> list[Morpheme]:
    read: list[Morpheme] = []
    for morpheme in morphemes:
        before, after = text[: morpheme.start], text[morpheme.end :]
        for row in _contexts().get(morpheme.text) or _contexts().get(morpheme.base, ()):
            if row.fits(morpheme.kana, before, after):
                old, new = row.kana
                morpheme = replace(morpheme, kana=new + morpheme.kana[len(old) :] if old else new)
                break
        read.append(morpheme)
    return read


@cache
def _contexts() -> dict[str, tuple[_Context, ...]]:
    table = tomllib.loads(resources.files(__package__).joinpath("readings.toml").read_text(encoding="utf-8"))
    contexts: dict[str, tuple[_Context, ...]] = {}
    for row in table["context"]:
        before, after = (re.compile(row[key]) if key in row else None for key in ("before", "after"))
        old, new = row.get("stem") or ("", row["kana"])
        word = row.get("word") or row["base"]
        contexts[word] = (*contexts.get(word, ()), _Context((old, new), before, after))
    return contexts
