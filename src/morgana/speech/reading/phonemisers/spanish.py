"""Castilian Spanish by rule: the spelling tells the sounds and the stress of nearly every word.

The notation is the one Kokoro's Spanish voices were trained on: stress before the vowel, β ð ɣ for the
softened b d g (also between words), A I W for the diphthongs ei ai au.
"""

from dataclasses import dataclass

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

ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyzáéíóúüñ")
ACCENTED = dict(zip("áéíóú", "aeiou", strict=True))
VOWELS = "aeiouáéíóúü"
FRONT = "eiéí"

_LEXICON = lexicon("spanish")
CLITICS = words(_LEXICON["clitics"])
WEAK = words(_LEXICON["weak"])
NO_ADVERBS = words(_LEXICON["no_adverbs"])
RESPELLED = pairs(_LEXICON["respelled"])
LETTER_NAMES = pairs(_LEXICON["letter_names"])


def phonemise(text: str) -> tuple[Pronounced, ...]:
    """The words of one Spanish sentence; see `Phonemiser`."""
    said: list[Pronounced] = []
    before = ""
    for word in written(text, ALPHABET):
        letters = word.letters.replace("'", "")
        sounds = _spoken(letters)
        if before and not word.pause:
            said[-1] = _assimilated(said[-1], sounds)
        sounds = _softened(sounds, "" if word.pause else before)
        before = sounds[-1]
        said.append(Pronounced(word.start, word.end, sounds))
    return compounds(text, said)


def _spoken(letters: str) -> str:
    """The sounds of a word, or of the names of its letters where it has no vowel."""
    respelled = RESPELLED.get(letters, letters)
    if any(letter in VOWELS for letter in respelled) or respelled[-1] == "y":
        return _say(respelled)
    names = [_sounds(LETTER_NAMES[letter]) for letter in letters]
    marks = [SECONDARY] * (len(names) - 1) + [STRESS]
    return "".join(_join(name, _stressed("a", name), mark) for name, mark in zip(names, marks, strict=True))


def _say(letters: str) -> str:
    base = letters.removesuffix("mente")
    if base != letters and base not in NO_ADVERBS and sum(letter in VOWELS for letter in base) > 1:
        return _join(_sounds(base), _stressed(base, _sounds(base)), STRESS) + "mˈente"
    sounds = _sounds(letters)
    if letters in CLITICS:
        return _join(sounds, -1, "")
    return _join(sounds, _stressed(letters, sounds), SECONDARY if letters in WEAK else STRESS)


@dataclass(frozen=True, slots=True)
class _Sound:
    """symbols: of one sound or one diphthong; vowel: whether it is the core of a syllable."""

    symbols: str
    vowel: bool = False
    accented: bool = False


def _sounds(letters: str) -> list[_Sound]:
    sounds: list[_Sound] = []
    at = 0
    while at < len(letters):
        if letters[at] in VOWELS or _is_vowel_y(letters, at):
            end = at
            while end < len(letters) and (letters[end] in VOWELS or _is_vowel_y(letters, end)):
                end += 1
            sounds += _vowels(letters[at:end], letters[max(at - 2, 0) : at])
            at = end
        else:
            symbols, used = _consonant(letters, at)
            if symbols:
                sounds.append(_Sound(symbols))
            at += used
    return sounds


def _is_vowel_y(letters: str, at: int) -> bool:
    return letters[at] == "y" and (at + 1 == len(letters) or letters[at + 1] not in VOWELS)


FALLING = {"ai": "I", "au": "W", "ei": "A", "oi": "oɪ", "eu": "eʊ", "ou": "ow"}


def _vowels(run: str, after: str) -> list[_Sound]:
    """Vowels that stand together, as syllables: i and u glide beside any other vowel unless accented.

    after: the consonant letters before them; l and r keep the glide nearly a vowel.
    """
    if run == "uy":
        return [_Sound("u", vowel=True), _Sound("j")]
    sounds: list[_Sound] = []
    run = run.replace("y", "i").replace("ü", "u")
    at = 0
    while at < len(run):
        vowel, following = run[at], run[at + 1 : at + 2]
        if vowel in "iu" and following and following != vowel:
            sounds.append(_Sound(_glide(vowel, after if at == 0 else "")))
            at += 1
            continue
        plain = ACCENTED.get(vowel, vowel)
        core = plain
        if plain not in "iu" and following and following in "iu" and not _glides_on(run, at + 1):
            core = (
                plain + following if vowel in ACCENTED else FALLING.get(plain + following, plain + following)
            )
            at += 1
        sounds.append(_Sound(core, vowel=True, accented=vowel in ACCENTED))
        at += 1
    return sounds


def _glide(vowel: str, after: str) -> str:
    liquid = after[-1:] in ("l", "r")
    if vowel == "u":
        return "u" if liquid else "w"
    return "i" if liquid and after[:1] not in VOWELS and len(after) == 2 and after != "ll" else "j"


def _glides_on(run: str, at: int) -> bool:
    return at + 1 < len(run)


DOUBLE = {"ch": "ʧ", "ll": "ʎ", "rr": "r", "sh": "ʃ", "ph": "f", "th": "t", "tx": "ʧ", "ck": "k"}
SINGLE = {
    "b": "b",
    "c": "k",
    "d": "d",
    "f": "f",
    "g": "ɡ",
    "h": "",
    "j": "x",
    "k": "k",
    "l": "l",
    "m": "m",
    "n": "n",
    "ñ": "ɲ",
    "p": "p",
    "q": "k",
    "r": "ɾ",
    "s": "s",
    "t": "t",
    "v": "b",
    "w": "w",
    "x": "ks",
    "y": "ʝ",
    "z": "θ",
}


def _consonant(letters: str, at: int) -> tuple[str, int]:
    """The sound that begins at a consonant and how many letters make it."""
    letter, following = letters[at], letters[at + 1 : at + 2]
    pair = letter + following
    if pair in DOUBLE:
        return DOUBLE[pair], 2
    if letter == following and letter not in "nc":
        return SINGLE[letter], 2
    if letter in "cg" and following and following in FRONT:
        return ("θ" if letter == "c" else "x"), 1
    if pair in ("gu", "qu") and letters[at + 2 : at + 3] and letters[at + 2] in FRONT:
        return SINGLE[letter], 2
    return _by_place(letters, at), 1


def _by_place(letters: str, at: int) -> str:
    letter, following, preceding = letters[at], letters[at + 1 : at + 2], letters[at - 1 : at] if at else ""
    if at == 0 and (letter == "x" or letter + following in ("ps", "pt", "gn", "mn")):
        return "s" if letter == "x" else ""
    if letter == "r" and (at == 0 or preceding in ("n", "l", "s")):
        return "r"
    if letter == "n" and following:
        return _nasal(letters[at + 1 :])
    if letter == "p" and following == "t":
        return "pː"
    return SINGLE[letter]


def _nasal(following: str) -> str:
    if following[0] in "pbv" or following[:2] in ("fl", "fr"):
        return "m"
    return "ŋ" if following[0] in "gj" else "n"


def _stressed(letters: str, sounds: list[_Sound]) -> int:
    """The index of the stressed vowel among the sounds, -1 without vowels."""
    vowels = [index for index, sound in enumerate(sounds) if sound.vowel]
    accented = [index for index in vowels if sounds[index].accented]
    if accented:
        return accented[0]
    if len(vowels) < 2:
        return vowels[0] if vowels else -1
    return vowels[-2] if letters[-1] in "aeiouns" else vowels[-1]


def _join(sounds: list[_Sound], stressed: int, mark: str) -> str:
    """The sounds with their marks: every other syllable before the stress is half stressed."""
    vowels = [index for index, sound in enumerate(sounds) if sound.vowel]
    place = vowels.index(stressed) if stressed in vowels else 0
    half = {vowels[index] for index in range(0, place - 1, 2)}
    joined = ""
    for index, sound in enumerate(sounds):
        symbols = "ɛ" if _is_open(sounds, index, stressed) else sound.symbols
        joined += mark if index == stressed else SECONDARY if index in half else ""
        joined += symbols
    return _softened(joined, "")


def _is_open(sounds: list[_Sound], index: int, stressed: int) -> bool:
    """A stressed e before n and another consonant, in the last syllable but one."""
    if (
        index != stressed
        or sounds[index].symbols != "e"
        or sounds[index].accented
        or index + 2 >= len(sounds)
    ):
        return False
    nasal, following = sounds[index + 1 : index + 3]
    last = sum(sound.vowel for sound in sounds[index + 1 :]) == 1
    return last and nasal.symbols in ("n", "ŋ") and not following.vowel and following.symbols not in "jw"


SOFT = {"b": "β", "d": "ð", "ɡ": "ɣ"}


def _softened(sounds: str, before: str) -> str:
    """b, d and g after anything but a pause or a nasal, and before a vowel, a glide, l or r, become soft."""
    softened = ""
    last = before
    for index, symbol in enumerate(sounds):
        following = sounds[index + 1 : index + 2]
        ends = not following or following in ("b", "d", "ɡ", "k", "m", "n", "p", "t", "x")
        firm = not last or last in "mnŋɲ" or (ends and symbol + following != "bx")
        softened += symbol if firm else SOFT.get(symbol, symbol)
        if symbol not in (STRESS, SECONDARY):
            last = symbol
    return softened


def _assimilated(word: Pronounced, following: str) -> Pronounced:
    """A word's last n before the lips or the back of the mouth close for the next word."""
    first = following.lstrip(STRESS + SECONDARY)[:1]
    if word.phonemes[-1] != "n" or first not in ("p", "b", "ɡ", "x"):
        return word
    nasal = "m" if first in ("p", "b") else "ŋ"
    return Pronounced(word.start, word.end, word.phonemes[:-1] + nasal)
