"""Tones as they are spoken in a run of syllables: those of 一 and 不 hang on what follows.

Low tones in a row stay low tones: the voices learned from such labels to let all but the last one rise
(measured: the pitch of ni↓xau↓ is that of ni↗xau↓, within words and across them).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

_DIGITS = frozenset("零〇一二三四五六七八九十")
_COUNTED_BY_NUMBER = frozenset("月号日楼班")  # 一月 is January, 一楼 the first floor


@dataclass(frozen=True, slots=True)
class Syllable:
    """A character, its pinyin with the tone as a digit, and whether it begins a word."""

    character: str
    pinyin: str
    begins: bool

    @property
    def tone(self) -> int:
        return int(self.pinyin[-1]) if self.pinyin else 0

    def toned(self, tone: int) -> "Syllable":
        return replace(self, pinyin=f"{self.pinyin[:-1]}{tone}")


def speak(run: Sequence[Syllable]) -> list[Syllable]:
    """The syllables that are said without a pause, with the tones they get from their neighbours."""
    syllables = list(run)
    for place, syllable in enumerate(syllables):
        if syllable.pinyin == "yi1" and syllable.character == "一":
            syllables[place] = syllable.toned(_one(syllables, place))
        elif syllable.pinyin == "bu4" and syllable.character == "不":
            syllables[place] = syllable.toned(_not(syllables, place))
    return syllables


def _between_twins(syllables: list[Syllable], place: int) -> bool:
    """看一看, 要不要."""
    return 0 < place < len(syllables) - 1 and (
        syllables[place - 1].character == syllables[place + 1].character
    )


def _one(syllables: list[Syllable], place: int) -> int:
    before = syllables[place - 1].character if place else ""
    if place + 1 == len(syllables) or before == "第" or before in _DIGITS:
        return 1
    following = syllables[place + 1]
    if following.character in _DIGITS or following.character in _COUNTED_BY_NUMBER:
        return 1
    if following.begins and not syllables[place].begins:
        return 1  # the end of a word: 统一, 星期一
    if _between_twins(syllables, place):
        return 5
    return 2 if following.tone == 4 else 4


def _not(syllables: list[Syllable], place: int) -> int:
    if place + 1 == len(syllables):
        return 4
    if _between_twins(syllables, place):
        return 5
    following = syllables[place + 1]
    return 2 if following.tone == 4 else 4
