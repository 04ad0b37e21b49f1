"""Mandarin text as words with a reading for each character."""

import re
import threading
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

HAN = r"〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SURROGATE = re.compile("[\ud800-\udfff]")
_RUN = re.compile(f"[0-9{HAN}]+")
_NUMERALS = str.maketrans("0123456789", "零一二三四五六七八九")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_DESCRIBING = frozenset({"a", "ad", "an", "b", "d", "i", "l", "z", "v", "zg"})
# Words of the segmenter that are two words as a rule.
_SPLIT = {"一行": 1, "地说": 1, "地看": 1, "地问": 1, "地走": 1, "地把": 1, "得很": 1}
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Word:
    """A word at text[start:end], simplified, with the pinyin (tone as a digit) of each of its characters.

    An empty reading is a character that cannot be read.
    """

    text: str
    start: int
    end: int
    pinyin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Context:
    character: str
    reading: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None

    def fits(self, before: str, after: str) -> bool:
        return (self.before is None or self.before.search(before) is not None) and (
            self.after is None or self.after.match(after) is not None
        )


@dataclass(frozen=True, slots=True)
class _Readings:
    characters: dict[str, str]
    words: dict[str, tuple[str, ...]]
    neutral: frozenset[str]
    contexts: dict[str, tuple[_Context, ...]]


@dataclass(frozen=True, slots=True)
class _Tools:
    segmenter: Any  # rjieba.Jieba
    converter: Any  # opencc.OpenCC
    readings: _Readings


def runs(text: str) -> list[list[Word]]:
    """The words of one sentence, a list for each stretch without punctuation or other scripts."""
    tools = _tools()
    simplified = _simplify(_SURROGATE.sub(" ", text.translate(_FULL_WIDTH)), tools.converter)
    return [_read(match[0].translate(_NUMERALS), match.start(), tools) for match in _RUN.finditer(simplified)]


def _simplify(text: str, converter: Any) -> str:
    """In simplified characters, as many as before."""
    simplified = str(converter.convert(text))
    if len(simplified) == len(text):
        return simplified
    each = (str(converter.convert(character)) for character in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, each, strict=True))


def _read(run: str, offset: int, tools: _Tools) -> list[Word]:
    words: list[Word] = []
    start = 0
    tagged = _segments(run, tools.segmenter)
    for number, (text, _) in enumerate(tagged):
        end = start + len(text)
        before, after = run[:start], run[end:]
        if (
            text == "地"
            and number
            and tagged[number - 1][1] in _DESCRIBING
            and len(tagged[number - 1][0]) > 1
        ):
            pinyin: tuple[str, ...] = ("de5",) if after else ("di4",)
        else:
            pinyin = _pinyin(text, before, after, tools.readings)
        if text == "儿" and words:  # the ending of the word before
            last = words.pop()
            words.append(Word(last.text + text, last.start, offset + end, (*last.pinyin, "er2")))
        else:
            words.append(Word(text, offset + start, offset + end, pinyin))
        start = end
    return words


def _segments(run: str, segmenter: Any) -> list[tuple[str, str]]:
    segments: list[tuple[str, str]] = []
    for text, tag in segmenter.tag(run, hmm=False):
        cut = _SPLIT.get(text, 0)
        segments += [(text[:cut], "u"), (text[cut:], tag)] if cut else [(text, tag)]
    return segments


def _pinyin(word: str, before: str, after: str, readings: _Readings) -> tuple[str, ...]:
    if word in readings.words:
        return readings.words[word]
    if len(word) == 1:
        for context in readings.contexts.get(word, ()):
            if context.fits(before, after):
                return (context.reading,)
        if word in readings.characters:
            return (readings.characters[word],)
    syllables = _dictionary(word)
    if word in readings.neutral or (
        len(word) > 2 and word[:2] in readings.neutral and len(set(word)) < len(word)
    ):
        return (syllables[0], _neutral(syllables[1]), *syllables[2:])
    return syllables


def _neutral(syllable: str) -> str:
    return f"{syllable[:-1]}5" if syllable else ""


def _dictionary(word: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin

    unread: Any = _unread  # may return a list, whatever its annotation says
    syllables = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors=unread)
    if len(syllables) != len(word):
        return ("",) * len(word)
    # The dictionary's tones of these two are those of some neighbour.
    usual = {"一": "yi1", "不": "bu4"}
    if len(word) == 3 and word[0] != "不":  # 看得见; but 不得不
        usual["得"] = "de5"
    return tuple(usual.get(*pair) for pair in zip(word, syllables, strict=True))


def _unread(characters: str) -> list[str]:
    return [""] * len(characters)


def _tools() -> _Tools:
    with _loading:
        return _load()


@cache
def _load() -> _Tools:
    import opencc
    import rjieba

    return _Tools(rjieba.Jieba(), opencc.OpenCC("t2s"), _load_readings())


def _load_readings() -> _Readings:
    table = tomllib.loads(resources.files(__package__).joinpath("readings.toml").read_text(encoding="utf-8"))
    contexts: dict[str, tuple[_Context, ...]] = {}
    for row in table["context"]:
        before, after = (re.compile(row[key]) if key in row else None for key in ("before", "after"))
        context = _Context(row["character"], row["reading"], before, after)
        contexts[context.character] = (*contexts.get(context.character, ()), context)
    return _Readings(
        characters=table["characters"],
        words={word: tuple(pinyin.split()) for word, pinyin in table["words"].items()},
        neutral=frozenset(table["neutral"]["words"].split()),
        contexts=contexts,
    )
