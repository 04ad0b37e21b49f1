"""How a written word sounds: numbers spelled out, and letters to ARPAbet for words in no dictionary."""

import re

from morgana.speech.letters import Rules, rules

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SIZES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
SYMBOLS = {"&": "and", "%": "percent", "$": "dollars", "€": "euros", "£": "pounds", "+": "plus", "@": "at"}
MONEY = "$€£"
LETTER_NAMES = {
    "a": "EY",
    "b": "B IY",
    "c": "S IY",
    "d": "D IY",
    "e": "IY",
    "f": "EH F",
    "g": "JH IY",
    "h": "EY CH",
    "i": "AY",
    "j": "JH EY",
    "k": "K EY",
    "l": "EH L",
    "m": "EH M",
    "n": "EH N",
    "o": "OW",
    "p": "P IY",
    "q": "K Y UW",
    "r": "AA R",
    "s": "EH S",
    "t": "T IY",
    "u": "Y UW",
    "v": "V IY",
    "x": "EH K S",
    "w": "D AH B AH L Y UW",
    "y": "W AY",
    "z": "Z IY",
}


def number_words(value: int) -> list[str]:
    """English words of a whole number under a million million; years are read in pairs."""
    if 1100 <= value < 2000 or 2010 <= value < 2100:
        return [*number_words(value // 100), *_second_pair(value % 100)]
    for size, name in SIZES:
        if value >= size:
            rest = number_words(value % size) if value % size else []
            return [*number_words(value // size), name, *rest]
    if value < 20:
        return [(ONES + TEENS)[value]]
    return [TENS[value // 10], *([ONES[value % 10]] if value % 10 else [])]


def _second_pair(value: int) -> list[str]:
    if value == 0:
        return ["hundred"]
    return number_words(value) if value > 9 else ["oh", ONES[value]]


def tokens(text: str) -> list[str]:
    """The spoken parts of one written word, without punctuation; numbers and symbols are read in English."""
    text = text.replace("\u2019", "'")
    text = re.sub(r"(?<=\d),(?=\d)", "", text)
    spoken: list[str] = []
    money: list[str] = []
    for part in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*'?|\d+|[&%$€£+@]", text):
        if part.isdigit():
            spoken += number_words(int(part)) if len(part) < 12 else [ONES[int(digit)] for digit in part]
        elif part in MONEY:
            money = [SYMBOLS[part]]
        else:
            spoken.append(SYMBOLS.get(part, part))
    return spoken + money


def guess(word: str, language: str) -> list[str]:
    """ARPAbet phones of a word by the spelling rules of its language; empty for letters without a rule."""
    bare = word.replace("'", "")
    if language == "en" and bare.isupper() and 1 < len(bare) <= 5:
        return " ".join(LETTER_NAMES.get(letter, "") for letter in bare.lower()).split()
    return spell(rules(language), bare)


def spell(table: Rules, word: str) -> list[str]:
    """Phones by `table`: longest match first, left to right; `^` and `$` stand for the ends of the word."""
    text = f"^{word.lower()}$"
    phones: list[str] = []
    position = 1
    while position < len(text) - 1:
        # A rule for the start of a word begins at the `^`.
        start, letters = (0, _match(table, text, 0)) if position == 1 else (position, "")
        if not letters:
            start, letters = position, _match(table, text, position)
        phones += table.get(letters, "").split()
        position = max(start + len(letters.rstrip("$")), position + (not letters))
    return phones


def _match(table: Rules, text: str, start: int) -> str:
    """The longest entry of `table` that `text` has at `start`, "" for none."""
    longest = max(map(len, table))
    return next(
        (text[start:end] for end in range(start + longest, start, -1) if text[start:end] in table), ""
    )
