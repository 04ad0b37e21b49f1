"""Brazilian Portuguese by rule, with a lexicon for the open and closed vowels that spelling hides.

The notation is the one Kokoro's Portuguese voices were trained on: stress before the vowel; æ, y and ʊ for
the unstressed last a, e and o; nasal vowels followed by ŋ before a consonant; ʧ and ʤ before i; x for the
strong r; ɾə for r before a consonant; A I O W Y for diphthongs.
"""

import re
from dataclasses import dataclass
from functools import cache

from morgana.speech.reading.phonemisers.protocol import Pronounced
from morgana.speech.reading.phonemisers.spelling import (
    SECONDARY,
    STRESS,
    compounds,
    lexicon,
    pairs,
    words,
    written,
)

ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyzáàâãéêíóôõúüç")
VOWELS = "aeiouáàâãéêíóôõúü"
ACCENTED = "áâéêíóôú"
PLAIN = str.maketrans("áàâéêíóôúü", "aaaeeioouu")
FRONT = "eiéêí"
NASAL = "\u0303"

_LEXICON = lexicon("portuguese")
CLITICS = words(_LEXICON["clitics"])
WEAK = words(_LEXICON["weak"])
RESPELLED = pairs(_LEXICON["respelled"])
LETTER_NAMES = pairs(_LEXICON["letter_names"])
CLITIC_SOUNDS = pairs(_LEXICON["clitic_sounds"])
X_AS_S = re.compile("|".join(sorted(words(_LEXICON["x_as_s"]))))
X_AS_KS = re.compile("|".join(sorted(words(_LEXICON["x_as_ks"]))))
SOUNDED_U = re.compile("|".join(sorted(words(_LEXICON["sounded_u"]))))
ACCENTS = {accented.translate(PLAIN): accented for accented in _LEXICON["accents"].split()}


def phonemise(text: str) -> tuple[Pronounced, ...]:
    """The words of one Portuguese sentence; see `Phonemiser`."""
    said: list[Pronounced] = []
    for word in written(text, ALPHABET):
        letters = word.letters.replace("'", "")
        sounds = _spoken(letters)
        if said and not word.pause:
            last = said[-1]
            said[-1] = Pronounced(last.start, last.end, _linked(last.phonemes, sounds))
        said.append(Pronounced(word.start, word.end, sounds))
    return compounds(text, said)


def _linked(sounds: str, following: str) -> str:
    """A word before another: its s may be voiced, its last y and ʊ glide into a vowel."""
    first = following.lstrip(STRESS + SECONDARY)[:1]
    vowel = first in "aeiouæɐɛɔɪʊyAIOWY"
    if sounds[-1] == "s" and (vowel or first in "bdɡvzʒʤmnlɾ"):
        return sounds[:-1] + "z"
    if vowel and sounds[-1] == "r":
        return sounds[:-1] + "ɾ"
    if (
        vowel
        and len(sounds) > 2
        and sounds[-1] in "yʊ"
        and sounds[-2].isalpha()
        and sounds[-2] not in "aeiouæɐɛɔ"
    ):
        return sounds[:-1] + ("j" if sounds[-1] == "y" else "w")
    return sounds


def _spoken(letters: str) -> str:
    """The sounds of a word, or of the names of its letters where it has no vowel."""
    letters = RESPELLED.get(letters, letters)
    if not any(letter in VOWELS or letter == "y" for letter in letters):
        names = [LETTER_NAMES[letter] for letter in letters]
        return "".join(_say(name, SECONDARY) for name in names[:-1]) + _say(names[-1], STRESS)
    if letters in CLITIC_SOUNDS:
        return CLITIC_SOUNDS[letters]
    if letters in CLITICS:
        return _join(_sounds(letters, -1), -1, "")
    return _say(letters, SECONDARY if letters in WEAK else STRESS)


def _say(letters: str, mark: str) -> str:
    accented, place = _accented(letters)
    sounds = _sounds(accented, place)
    stressed = next((index for index, sound in enumerate(sounds) if sound.stressed), -1)
    return _join(sounds, stressed, mark)


@cache
def _accented(letters: str) -> tuple[str, int]:
    """A word whose stressed e or o shows whether it is open, and the place of its stressed vowel."""
    for match in SOUNDED_U.finditer(letters.translate(PLAIN)):
        sounded = re.sub("(?<=[qg])u", "ü", letters[match.start() : match.end()])
        letters = letters[: match.start()] + sounded + letters[match.end() :]
    singular = letters.removesuffix("s")
    letters = ACCENTS.get(letters) or (ACCENTS[singular] + "s" if singular in ACCENTS else letters)
    marked = [index for index, letter in enumerate(letters) if letter in ACCENTED]
    if marked:
        return letters, marked[-1]
    place = _stressed(letters)
    if place < 0 or letters[place] not in "eo":
        return letters, place
    open_, closed = ("é", "ê") if letters[place] == "e" else ("ó", "ô")
    vowel = open_ if _is_open(letters, place) else closed
    return letters[:place] + vowel + letters[place + 1 :], place


def _stressed(letters: str) -> int:
    """The place of the stressed vowel of a word without accents, -1 without vowels."""
    cores = _cores(letters)
    if len(cores) < 2:
        return cores[0] if cores else -1
    if "ã" in letters[-3:] or "õ" in letters[-3:]:
        return cores[-1]
    return (
        cores[-2]
        if re.search(r"(?:[aeo]|[aeo]s|[ae]m|ens)$", letters) and cores[-1] >= len(letters) - 3
        else cores[-1]
    )


def _cores(letters: str) -> list[int]:
    """The places of the vowels that are the core of a syllable."""
    return [
        index for index in range(len(letters)) if _is_vowel(letters, index) and not _glides(letters, index)
    ]


def _is_vowel(letters: str, index: int) -> bool:
    return letters[index] in VOWELS or (
        letters[index] == "y" and letters[index + 1 : index + 2] not in tuple(VOWELS)
    )


def _glides(letters: str, index: int) -> bool:
    """Whether a vowel letter is the u of qu and gu or the second half of a diphthong."""
    letter, before, after = (
        letters[index],
        letters[index - 1 : index] if index else "",
        letters[index + 1 : index + 2],
    )
    if letter in "uü" and before in ("q", "g") and after and after in VOWELS:
        return True
    if before in ("ã", "õ") and letter in "eo":
        return True
    if letter not in "iuy" or not before or before not in "aeiouáâéêóôú" or before == letter:
        return False
    if before == "u" and (letters[index - 2 : index - 1] in ("q", "g") or letter == "u"):
        return False
    if before == "i" and letter != "u":
        return False
    if letter == "i" and after == "u" and index + 2 == len(letters):
        return False
    hiatus = re.match(r"(?:nh|[nmlrz]$|[nmlz][^aeiouáéíóúêâôhãõ]|r[^aeiouáéíóúêâôãõr])", letters[index + 1 :])
    return not hiatus and not (index > 1 and _glides(letters, index - 1) and letters[index - 2] not in "qg")


# The consonants (and the ending) after a stressed e or o that make it open.
OPEN_E = re.compile(
    r"l(?:[aeo]s?)?$|rr|st[aeo]|c(?:[ea]m?|[ao]s?|em)$|ss?[ae]s?$|t[oa]s?$|r[ntvs]|v[aei]s?$|g[aeoru]|qu|d[eia]|[bf]r|b[ei]|ss[oe]"
)
CLOSED_E = re.compile(r"[mn]|z|d[oa]s?$|nh|lh|j|x|s[ao]s?$|sses?$|ses$|ç|rd[eao]s?$|i|r$|rem$")
OPEN_O = re.compile(
    r"[v]as?$|ras?$|rt|rm|st[ae]s?$|c[ae]m?s?$|l[ae]m?s?$|d[ae]m?s?$|g[iao]|ss?[ae]|t[aeo]s?$|lt|r[aei]m?s?$|p|br|fr|gn|ls|rn|rd[aeo]|"
    r"lv|ch[ae]|rç|rc|rg|rq|qu|b|j[ae]|sos$|sas?$|d[eo]s?$"
)
CLOSED_O = re.compile(r"[mn]|r(?:es)?$|so$|v[oe]s?$|go|lh?o|rr[eoa]|r[oe]s?$|ç|u|i|co|[dts]oras?$|lh")


def _is_open(letters: str, place: int) -> bool:
    opening, closing = (OPEN_E, CLOSED_E) if letters[place] == "e" else (OPEN_O, CLOSED_O)
    agent = letters[place] == "o" and re.search(r"[dts]oras?$", letters) and len(_cores(letters)) > 2
    if agent or closing.match(letters, place + 1):
        return False
    return opening.match(letters, place + 1) is not None or sum(core > place for core in _cores(letters)) > 1


@dataclass(frozen=True, slots=True)
class _Sound:
    """symbols: of one sound or diphthong; vowel: whether it is the core of a syllable; stressed: which is."""

    symbols: str
    vowel: bool = False
    stressed: bool = False


def _sounds(letters: str, stressed: int) -> list[_Sound]:
    sounds: list[_Sound] = []
    at = 0
    while at < len(letters):
        if _is_vowel(letters, at):
            symbols, used, core = _vowel(letters, at, stressed)
            sounds.append(_Sound(symbols, vowel=core, stressed=at == stressed))
        else:
            symbols, used = _consonant(letters, at)
            sounds += [_Sound(symbols)] * bool(symbols)
        at += used
    return sounds


QUALITY = {
    "é": "ɛ",
    "ó": "ɔ",
    "ê": "e",
    "ô": "o",
    "á": "a",
    "à": "a",
    "â": "ɐ" + NASAL,
    "í": "i",
    "ú": "u",
    "ü": "u",
    "y": "i",
}
FALLING = {
    "ai": "I",
    "au": "W",
    "ei": "A",
    "oi": "oɪ",
    "ou": "ow",
    "eu": "eʊ",
    "iu": "iʊ",
    "ui": "uɪ",
    "ɔi": "Y",
    "ɛi": "ɛɪ",
}
NASALISED = {"a": "ɐ" + NASAL, "e": "A", "i": "i", "o": "o", "u": "u" + NASAL}
FINAL = {"a": "æ", "e": "y", "o": "ʊ"}


def _vowel(letters: str, at: int, stressed: int) -> tuple[str, int, bool]:
    """The sounds that begin at a vowel, their number of letters, and whether they are a syllable's core."""
    letter, rest = letters[at], letters[at + 1 :]
    if letter in "ãõ":
        return _nasal_diphthong(letter, rest)
    nasal = re.match(r"(m$|ns?$|[mn](?=[^aeiouáàâãéêíóôõúhmn]))", rest)
    if nasal:
        return _nasal(letter, rest, at == stressed)
    if at != stressed and letter in "iuü" and rest and rest[0] in VOWELS and _leads(letters, at):
        return ("w" if letter in "uü" else "j"), 1, False
    if at != stressed and letter == "e" and re.fullmatch("os?|as?", rest) and at and stressed < at - 1:
        return "j", 1, False
    if rest and _glides(letters, at + 1) and rest[0] in "iuy":
        core = QUALITY.get(letter, letter)
        return (
            FALLING.get(core + rest[0].replace("y", "i"), core + {"i": "ɪ", "u": "ʊ", "y": "ɪ"}[rest[0]]),
            2,
            True,
        )
    if rest[:1] == "l" and (len(rest) == 1 or rest[1] not in VOWELS + "hl"):
        return _before_l(letter), 2, True
    return _plain(letter, rest, at == stressed), 1, True


def _leads(letters: str, at: int) -> bool:
    """Whether an unstressed i or u glides into the next vowel: after q and g, and before the last vowel."""
    if letters[at] in "uü" and at and letters[at - 1] in "qg":
        return True
    return at > 0 and re.fullmatch(r"(?:[aeo]s?|am)", letters[at + 1 :]) is not None


def _nasal_diphthong(letter: str, rest: str) -> tuple[str, int, bool]:
    core = ("ɐ" if letter == "ã" else "o") + NASAL
    if rest[:1] == "o":
        return core + "ʊ" + NASAL, 2, True
    if rest[:1] in ("e", "i"):
        return core + ("y" if letter == "ã" else "j"), 2, True
    return core, 1, True


def _nasal(letter: str, rest: str, stressed: bool) -> tuple[str, int, bool]:  # noqa: FBT001
    core = letter.translate(PLAIN)
    if core == "a" and rest == "m" and not stressed:
        return "ɐ" + NASAL + "ʊ" + NASAL, 2, True
    closing = "m" if rest[1:2] in ("b", "p") else "ŋ"
    return NASALISED.get(core, core) + closing, 2, True


def _before_l(letter: str) -> str:
    core = QUALITY.get(letter, letter)
    if core in ("a", "o"):
        return {"a": "W", "o": "ow"}[core]
    if core == "ɔ" or letter == "ú":
        return core + "l"
    return core + ("w" if core == "u" else "ʊ")


def _plain(letter: str, rest: str, stressed: bool) -> str:  # noqa: FBT001
    core = QUALITY.get(letter, letter)
    if core == "a" and rest[:2] == "nh":
        return "ɐ" + NASAL
    if core == "a" and rest[:1] in ("m", "n"):
        return "ɐ" + NASAL if stressed else "æ"
    if core == "u" and (rest[:2] == "nh" or (letter == "ú" and rest[:1] == "m")):
        return "u" + NASAL
    if not stressed and rest in ("", "s") and letter in FINAL:
        return FINAL[letter]
    return core


SINGLE = dict(zip("bcçdfgjklmnpqrstvwxz", "bksdf\0ʒklmnpkɾstvwʃz", strict=True)) | {
    "g": "ɡ",
    "h": "",
    "y": "j",
}
DOUBLE = {"ch": "ʃ", "nh": "ɲ", "lh": "lj", "rr": "x", "ss": "s", "sh": "ʃ", "ph": "f", "th": "t", "ck": "k"}


def _consonant(letters: str, at: int) -> tuple[str, int]:
    """The sound that begins at a consonant and how many letters make it."""
    letter, rest = letters[at], letters[at + 1 :]
    following = rest[:1]
    if at == 0 and letter + following == "lh":
        return "ʎ", 2
    if letter + following in DOUBLE:
        return DOUBLE[letter + following], 2
    if letter + following in ("qu", "gu") and rest[1:2] and rest[1] in FRONT:
        return SINGLE[letter], 2
    if letter in "sc" and letter + following == "sc" and rest[1:2] and rest[1] in FRONT:
        return "s", 2
    if following == letter:
        return _consonant(letters, at + 1)[0], 2
    return _by_place(letters, at), 1


def _by_place(letters: str, at: int) -> str:
    letter, rest = letters[at], letters[at + 1 :]
    if letter in "cg" and rest and rest[0] in FRONT:
        return "s" if letter == "c" else "ʒ"
    if (
        letter in "td"
        and rest
        and (rest[0] in "iíy" or (rest in ("e", "es", "eo", "ea", "eos", "eas") and _cores(letters)[0] < at))
    ):
        return "ʧ" if letter == "t" else "ʤ"
    rules = {"r": _r, "s": _s, "z": _z, "x": _x}
    return rules[letter](letters, at) if letter in rules else SINGLE[letter]


def _r(letters: str, at: int) -> str:
    before, after = letters[at - 1 : at] if at else "", letters[at + 1 : at + 2]
    if not before or before in "nls":
        return "x"
    if before not in VOWELS or not after:
        return "r"
    return "ɾ" if after in VOWELS else "ɾə"


def _s(letters: str, at: int) -> str:
    before, after = letters[at - 1 : at] if at else "", letters[at + 1 : at + 2]
    between = before and before in VOWELS and after and after in VOWELS
    return "z" if between or (after and after in "bdgvmnlr") else "s"


def _z(letters: str, at: int) -> str:
    return "z" if at + 1 < len(letters) else "s"


def _x(letters: str, at: int) -> str:
    before, after = letters[at - 1 : at] if at else "", letters[at + 1 : at + 2]
    if after == "c" and letters[at + 2 : at + 3] and letters[at + 2] in FRONT:
        return ""
    if before in ("e", "ê", "é") and at == 1:
        return "z" if after and after in VOWELS else "s"
    if not after:
        return "ks"
    plain = letters.translate(PLAIN)
    for pattern, sound in ((X_AS_S, "s"), (X_AS_KS, "ks")):
        if any(match.start() <= at < match.end() for match in pattern.finditer(plain)):
            return sound
    return "ʃ" if after in VOWELS else "s"


def _join(sounds: list[_Sound], stressed: int, mark: str) -> str:
    """The sounds with their marks: every other syllable before the stress is half stressed."""
    vowels = [index for index, sound in enumerate(sounds) if sound.vowel]
    place = vowels.index(stressed) if stressed in vowels else 0
    half = {vowels[index] for index in range(0, place - 1, 2)}
    if place == 1 and len(vowels) > 2:
        half.add(vowels[0])
    joined = ""
    for index, sound in enumerate(sounds):
        joined += mark if index == stressed else SECONDARY if index in half and mark else ""
        joined += sound.symbols
    return joined
