"""Italian by rule, with a lexicon for the stress and the vowels that its spelling does not show.

The notation is the one Kokoro's Italian voices were trained on: stress before the vowel, ː after a doubled
stop, S for ss, rɾ for rr, ɪ and ʊ for unstressed i at the end of a word and u anywhere.
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

ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyzàèéìíòóùú")
VOWELS = "aeiouàèéìíòóùú"
PLAIN = str.maketrans("àèéìíòóùú", "aeeiioouu")
FRONT = "eièéìí"
OPEN = {"è": "ɛ", "ò": "ɔ"}
VOICED = "bdglmnrv"

_LEXICON = lexicon("italian")
CLITICS = words(_LEXICON["clitics"])
WEAK = words(_LEXICON["weak"])
RESPELLED = pairs(_LEXICON["respelled"])
LETTER_NAMES = pairs(_LEXICON["letter_names"])


def _stem(word: str) -> str:
    """A word without its last vowel, and without the h or i that only keeps a c or g hard or soft."""
    stem = word[:-1] if word[-1] in VOWELS else word
    return stem[:-1] if stem[-2:] in ("ch", "gh", "ci", "gi") and len(stem) > 3 else stem


ACCENTS = {accented.translate(PLAIN): accented for accented in _LEXICON["accents"].split()}
STEMS = {_stem(plain): accented for plain, accented in ACCENTS.items() if len(plain) > 3}


def _any_ending(listed: str) -> str:
    return "|".join(ending.replace("*", "h?[aeio]") for ending in sorted(words(listed)))


THIRD_LAST = re.compile(rf"(?:{_any_ending(_LEXICON['third_last'])}|[^i]ere)$")
ON_I = re.compile(rf"(?:{_any_ending(_LEXICON['on_i'])})$")
ADJECTIVE = re.compile(r"(?:i|et|um|rb|om|il|lc)an[oaie]$")
INFINITIVE = re.compile(r"(.{2,}[aei]r)(?:lo|la|li|le|mi|ti|si|ci|vi|ne)")

# A stressed e is open and a stressed o, too, but before these.
CLOSED_E = re.compile(
    r"s[eiao]$|(?<=me)nt[eoi]$|ntr|gn|sc[ei]|gli|ggi|zz|v[aoi]$|van|sc[oah]|mmo|mo$|rm|rc|t[oai]$|tt[oaei]$|ng|"
    r"ci[ao]|st[ie]$|d[oei]$|na$|ss[ei]$"
)
CLOSED_O = re.compile(
    r"n[eiao]$|nd|nt|rn|rs|r[eiao]$|s[oaie]$|m[eaio]$|gn|mm|rm|tt[oi]$|i[oa]$|c[ei]|mp|mb|l[eo]$|r$|st[oi]$|ns"
)
CLOSED_THIRD = re.compile(r"vol|vano|bbero|ssero|ttere|ngono|gliere")


def phonemise(text: str) -> tuple[Pronounced, ...]:
    """The words of one Italian sentence; see `Phonemiser`."""
    said: list[Pronounced] = []
    for word in written(text, ALPHABET):
        *elided, last = [part for part in word.letters.split("'") if part]
        sounds = "".join(_elided(part) for part in elided) + _spoken(last, cut=word.letters.endswith("'"))
        said.append(Pronounced(word.start, word.end, sounds))
    return compounds(text, said)


def _elided(letters: str) -> str:
    """What stands before an apostrophe leans on the word after it."""
    if not any(letter in VOWELS for letter in letters):
        soft = letters == "c"
        return "ʧ" if soft else _join(_sounds(letters), -1, "")
    return _join(_sounds(letters), -1, "")


def _spoken(letters: str, *, cut: bool) -> str:
    """The sounds of a word, or of the names of its letters where it has no vowel. cut: as in po'."""
    letters = RESPELLED.get(letters, letters)
    if not any(letter in VOWELS or letter == "y" for letter in letters):
        names = [LETTER_NAMES[letter] for letter in letters]
        return "".join(_say(name, SECONDARY) for name in names[:-1]) + _say(names[-1], STRESS)
    if letters in CLITICS and not cut:
        return CLITIC_SOUNDS.get(letters) or _join(_sounds(letters), -1, "")
    return _say(letters, SECONDARY if letters in WEAK else STRESS)


CLITIC_SOUNDS = {
    "i": "i",
    "è": "e",
    "ai": "aj",
    "mai": "maj",
    "hai": "aj",
    "dai": "daj",
    "più": "pjʊ",
    "fu": "fʊ",
}


def _say(letters: str, mark: str) -> str:
    accented = _accented(letters)
    sounds = _sounds(accented)
    stressed = next((index for index, sound in enumerate(sounds) if sound.accented), -1)
    return _join(sounds, stressed, mark)


@cache
def _accented(letters: str) -> str:
    """A word with an accent on its stressed vowel, which tells open from closed e and o."""
    if any(letter in "àèéìíòóùú" for letter in letters):
        return letters
    if letters in ACCENTS:
        return ACCENTS[letters]
    for base in _bases(letters):
        found = STEMS.get(_stem(base), "")
        place = next((index for index, letter in enumerate(found) if letter in "àèéìíòóùú"), len(base))
        if place < len(_stem(base)):
            return letters[:place] + found[place] + letters[place + 1 :]
    place = _stressed(letters)
    return letters[:place] + _quality(letters, place) + letters[place + 1 :] if place >= 0 else letters


def _bases(letters: str) -> list[str]:
    """The word itself, and what verbs are without their endings."""
    bases = [letters]
    if letters[-3:] in ("ano", "ono") and not ADJECTIVE.search(letters):
        bases.append(letters[:-2])
    clitic = INFINITIVE.fullmatch(letters)
    if clitic:
        bases.append(clitic[1] + "e")
    return bases


def _stressed(letters: str) -> int:
    """The place of the stressed vowel by rule, -1 without vowels."""
    cores = _cores(letters)
    if len(cores) < 2:
        return cores[0] if cores else -1
    if ON_I.search(letters):
        return len(letters) - 2
    clitic = INFINITIVE.fullmatch(letters)
    if clitic and len(cores) > 2:
        return _stressed(clitic[1] + "e")
    if letters[-1] not in VOWELS or (letters[-1] == "i" and cores[-1] == len(letters) - 2):
        return cores[-1]
    if len(cores) > 2 and THIRD_LAST.search(letters) and not ADJECTIVE.search(letters):
        return cores[-3]
    return cores[-2]


def _cores(letters: str) -> list[int]:
    """The places of the vowels that are the core of a syllable: not those that glide, soften or lengthen."""
    cores: list[int] = []
    for index, letter in enumerate(letters):
        after = letters[index + 1 : index + 2]
        if letter not in VOWELS and not (letter == "y" and (not after or after not in VOWELS)):
            continue
        if not _rises(letters, index, first=not cores) and not _falls(letters, index, cores):
            cores.append(index)
    return cores


def _rises(letters: str, index: int, *, first: bool) -> bool:
    """Whether an i or u leads into the next vowel."""
    letter, rest = letters[index], letters[index + 1 :]
    if letter == "u" and index and letters[index - 1] == "q":
        return True
    if letter not in "iu" or not rest or rest[0] not in VOWELS:
        return False
    return (_inside(letters, index) or not first) and not (letter == "u" and re.match("i[aeo]", rest))


def _falls(letters: str, index: int, cores: list[int]) -> bool:
    """Whether an i or u ends the syllable of the vowel before it."""
    before = letters[index - 1] if index and cores and cores[-1] == index - 1 else ""
    return before != "" and (
        (letters[index] == "i" and before in "aeou") or (letters[index] == "u" and before in "ae")
    )


def _inside(letters: str, index: int) -> bool:
    """Whether an i or u before a vowel cannot be the core of the first syllable, as in ciao, uomo, piano."""
    final = index + 2 == len(letters)
    return not final or letters[max(index - 2, 0) : index] in ("c", "g", "gl", "sc") or letters[:index] == "q"


def _quality(letters: str, place: int) -> str:
    vowel = letters[place]
    if vowel not in "eo":
        return {"a": "à", "i": "ì", "u": "ù"}.get(vowel, vowel)
    before = letters[place - 1 : place] if place else ""
    if (vowel == "e" and before == "i") or (vowel == "o" and before == "u"):
        return "è" if vowel == "e" else "ò"
    third = sum(core > place for core in _cores(letters)) > 1
    closed = CLOSED_E if vowel == "e" else CLOSED_O
    if third and not CLOSED_THIRD.match(letters, place + 1):
        return "è" if vowel == "e" else "ò"
    if not third and not closed.match(letters, place + 1):
        return "è" if vowel == "e" else "ò"
    return "é" if vowel == "e" else "ó"


@dataclass(frozen=True, slots=True)
class _Sound:
    """symbols: of one sound; vowel: whether it is the core of a syllable; accented: stressed."""

    symbols: str
    vowel: bool = False
    accented: bool = False


def _sounds(letters: str) -> list[_Sound]:
    sounds: list[_Sound] = []
    cores = set(_cores(letters.translate(PLAIN))) | {
        i for i, letter in enumerate(letters) if letter in "àèéìíòóùú"
    }
    at = 0
    while at < len(letters):
        letter = letters[at]
        if letter in VOWELS or (letter == "y" and at in cores):
            plain = "i" if letter == "y" else letter.translate(PLAIN)
            if at in cores:
                sounds.append(_Sound(OPEN.get(letter, plain), vowel=True, accented=letter not in "aeiouy"))
            else:
                sounds.append(_Sound(_glide(letters, at)))
            at += 1
        else:
            symbols, used = _consonant(letters, at)
            if symbols:
                sounds.append(_Sound(symbols))
            at += used
    return sounds


def _glide(letters: str, at: int) -> str:
    before, after = letters[at - 1 : at] if at else "", letters[at + 1 : at + 2]
    if letters[at] == "u":
        return "w" if before in ("", "q", "g") and after else "ʊ"
    if not after or after not in VOWELS:
        return "i"
    weak = after in "aeiou" and at + 2 == len(letters)
    long = (
        before in ("z", "s") and re.fullmatch("[óò]n[ei]", letters[at + 1 :]) and letters[at - 2 : at] != "ss"
    )
    return "i" if before in ("l", "r") or long or (weak and before not in VOWELS) else "j"


SINGLE = dict(zip("bcdfghjklmnpqrstvwxyz", "bkdf\0\0jklmnpkrstvw\0j\0", strict=True)) | {
    "g": "ɡ",
    "h": "",
    "x": "ks",
}
LENGTHENED = {
    "b": "bː",
    "c": "kː",
    "d": "dː",
    "g": "ɡː",
    "k": "kː",
    "p": "pː",
    "q": "kː",
    "t": "tː",
    "r": "rɾ",
    "s": "S",
}


def _consonant(letters: str, at: int) -> tuple[str, int]:
    """The sound that begins at a consonant and how many letters make it."""
    letter, rest = letters[at], letters[at + 1 :]
    twice = rest[:1] == letter
    following = rest[twice : twice + 1]
    if letter in "cg" and following and following in FRONT:
        return _soft(letters, at, twice=twice)
    if letter == "g" and (rest[:1] == "n" or (rest[:2] == "li" and _melts(letters, at))):
        return _palatal(letters, at)
    if letter == "s":
        return _s(letters, at)
    if letter == "z":
        return _z(letters, at), 2 if twice else 1
    if letter + rest[:1] == "cq":
        return "kː", 2
    if twice and letter != "h":
        return LENGTHENED.get(letter, SINGLE[letter] * 2), 2
    return _single(letters, at)


def _soft(letters: str, at: int, *, twice: bool) -> tuple[str, int]:
    sound = ("ʧ" if letters[at] == "c" else "ʤ") + ("ː" if twice else "")
    used = 2 if twice else 1
    return sound, used + _mute_i(letters, at + used)


def _mute_i(letters: str, at: int) -> int:
    """1 for an i that only softens the consonant before another vowel, else 0."""
    return int(letters[at : at + 1] == "i" and letters[at + 1 : at + 2] != "" and letters[at + 1] in VOWELS)


def _melts(letters: str, at: int) -> bool:
    """gli is one sound but for glicine, anglicano, negligenza and the like."""
    return not re.match(
        r"(?:glic|glif|anglic|negli[gc]|gangli|geroglif)", letters[max(at - 2, 0) :].lstrip("aeiou")
    )


def _palatal(letters: str, at: int) -> tuple[str, int]:
    if letters[at + 1] == "n":
        doubled = at > 0 and letters[at - 1] in "àèéìíòóùú"
        return ("ɲɲ" if doubled else "ɲ"), 2 + (letters[at + 2 : at + 4] in ("ia", "io") and at > 0)
    return "ʎ", 2 + _mute_i(letters, at + 2)


def _s(letters: str, at: int) -> tuple[str, int]:
    before, rest = letters[at - 1 : at] if at else "", letters[at + 1 :]
    if rest[:1] == "s":
        return "S", 2
    if rest[:1] == "c" and rest[1:2] and rest[1] in FRONT:
        return "ʃ", 2 + _mute_i(letters, at + 2)
    if rest[:1] == "h":
        return "ʃ", 2
    between = before and before in VOWELS and rest and rest[0] in VOWELS
    return ("z" if between or (rest and rest[0] in VOICED) else "s"), 1


VOICED_Z = re.compile(
    r"azzurr|mezz[aeiou]|gazzett|bizzarr|razzo$|rozz[aeio]|brezz|dozzin|orizzont|ozzi|(?<!p)(?<!d)(?<!dir)(?<!v)izz[aoieò]|benzin|pranz|romanz|bronz|manz|"
    r"garz|aziend|ozon|azot|zanz|^z|^orz|ginz|donzell"
)


def _z(letters: str, at: int) -> str:
    twice = letters[at + 1 : at + 2] == "z"
    plain = letters.translate(PLAIN)
    voiced = any(match.start() <= at < match.end() for match in VOICED_Z.finditer(plain))
    return ("ʣ" if voiced else "ʦ") + ("ː" if twice else "")


def _single(letters: str, at: int) -> tuple[str, int]:
    letter, following = letters[at], letters[at + 1 : at + 2]
    if letter + following in ("ph", "sh", "ck"):
        return {"ph": "f", "sh": "ʃ", "ck": "k"}[letter + following], 2
    if letter == "n" and (following == "g" and letters[at + 2 : at + 3] not in ("e", "i", "è", "é", "ì")):
        return "ŋ", 1
    if letter == "r" and _tapped(letters, at):
        return "ɾ", 1
    return SINGLE[letter], 1


def _tapped(letters: str, at: int) -> bool:
    """Whether an r is a light tap: before the stressed last vowel of a future, and from a to a or o."""
    before, after = letters[at - 1 : at] if at else "", letters[at + 1 : at + 2]
    if not before or not after or before not in "aeiou" or after not in "aàò":
        return False
    return before == "a" or (after in "àò" and (at + 2 == len(letters) or letters[at + 2 : at + 4] == "nn"))


def _join(sounds: list[_Sound], stressed: int, mark: str) -> str:
    joined = ""
    for index, sound in enumerate(sounds):
        symbols = sound.symbols
        final = index + 1 == len(sounds)
        if index == stressed:
            joined += mark
            if symbols == "u" and mark == SECONDARY:
                symbols = "ʊ"
        elif symbols == "u" or (symbols == "i" and final and sound.vowel and len(sounds) > 1):
            symbols = {"u": "ʊ", "i": "ɪ"}[symbols]
        joined += symbols
    return joined
