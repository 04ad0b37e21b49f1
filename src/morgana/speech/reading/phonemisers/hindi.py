"""Hindi by rule: Devanagari tells the sounds, but for the inherent vowels that are no longer spoken.

The notation is the one Kokoro's Hindi voices were trained on: stress before the vowel; ʌ for a stressed or
first inherent vowel and ə for another; c and ɟ for च and ज; ː after a vowel or a
doubled stop; ɾ for र, r for ड़.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from morgana.speech.reading.phonemisers.protocol import Pronounced
from morgana.speech.reading.phonemisers.spelling import SECONDARY, STRESS, lexicon, pairs, words

NASAL = "\u0303"
VIRAMA, NUKTA, ANUSVARA, CANDRABINDU, VISARGA = "्", "़", "ं", "ँ", "ः"
INHERENT = "ə"

_LEXICON = lexicon("hindi")
CLITICS = words(_LEXICON["clitics"])
WEAK = words(_LEXICON["weak"])

_WORD = re.compile(r"[\u0901-\u0903\u0905-\u0939\u093c-\u0950\u0958-\u0961\u0972\u200c\u200d]+")

CONSONANTS = pairs(_LEXICON["consonants"])
WITH_NUKTA = pairs(_LEXICON["with_nukta"])
VOWELS = pairs(_LEXICON["vowels"])
SIGNS = pairs(_LEXICON["signs"])
CONJUNCTS = {"ज्ञ": "ɡj", "क्ष": "kʃ"}


@dataclass(frozen=True, slots=True)
class _Sound:
    """symbols: of one sound; vowel: whether it is the core of a syllable; inherent: an unwritten vowel."""

    symbols: str
    vowel: bool = False
    inherent: bool = False
    nasal: bool = False
    spoken: bool = True


def phonemise(text: str) -> tuple[Pronounced, ...]:
    """The words of one Hindi sentence; see `Phonemiser`."""
    said = ((match, _word(match[0])) for match in _WORD.finditer(text))
    return tuple(Pronounced(match.start(), match.end(), sounds) for match, sounds in said if sounds)


def _word(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.replace("\u200c", "").replace("\u200d", ""))
    sounds = _without_schwas(_nasalised(list(_sounds(letters))))
    if not any(symbol.isalpha() and symbol not in "ːʰ" for sound in sounds for symbol in sound.symbols):
        return ""
    composed = unicodedata.normalize("NFC", word)
    mark = "" if composed in CLITICS else SECONDARY if composed in WEAK else STRESS
    return _join(sounds, mark)


def _sounds(letters: str) -> Iterator[_Sound]:
    """Every letter's sound and the vowels that consonants bring with them."""
    at = 0
    while at < len(letters):
        letter, after = letters[at], letters[at + 1 : at + 2]
        if letters[at : at + 3] in CONJUNCTS:
            yield from map(_Sound, CONJUNCTS[letters[at : at + 3]])
            at += 3
        elif letter in CONSONANTS:
            yield _Sound(WITH_NUKTA.get(letter, CONSONANTS[letter]) if after == NUKTA else CONSONANTS[letter])
            at += 2 if after == NUKTA else 1
        else:
            yield from _other(letter)
            at += 1
            continue
        after = letters[at : at + 1]
        if after not in SIGNS and after != VIRAMA:
            yield _Sound(INHERENT, vowel=True, inherent=True)


def _other(letter: str) -> Iterator[_Sound]:
    if letter in SIGNS or letter in VOWELS:
        symbols = SIGNS.get(letter) or VOWELS[letter]
        if symbols.startswith("ɾ"):
            yield _Sound("ɾ")
        yield _Sound(symbols.removeprefix("ɾ"), vowel=True)
    elif letter in (ANUSVARA, CANDRABINDU):
        yield _Sound(letter)
    elif letter == VISARGA:
        yield _Sound("h")
    elif letter == "ॐ":
        yield from (_Sound("oː", vowel=True), _Sound("m"))


PLACES = (("m", "pbmf"), ("ŋ", "kɡqxɣ"), ("ɳ", "ʈɖɳ"), ("ɲ", "cɟj"), ("n", "tdnszʃʂɾlʋhʒ"))


def _nasalised(sounds: list[_Sound]) -> list[_Sound]:
    """Anusvara is the nasal of the next consonant after an inherent vowel, and colours any other."""
    nasalised: list[_Sound] = []
    for index, sound in enumerate(sounds):
        if sound.symbols not in (ANUSVARA, CANDRABINDU):
            nasalised.append(sound)
            continue
        if not nasalised:
            continue
        previous = nasalised[-1]
        following = sounds[index + 1].symbols if index + 1 < len(sounds) else ""
        consonant = next((nasal for nasal, place in PLACES if following[:1] in tuple(place)), "")
        if previous.symbols == INHERENT and (consonant or sound.symbols == ANUSVARA):
            nasalised[-1] = replace(previous, inherent=False)
            nasalised.append(_Sound(consonant or "n"))
        elif previous.vowel:
            nasalised[-1] = replace(previous, nasal=True, inherent=False)
    return nasalised


def _without_schwas(sounds: list[_Sound]) -> list[_Sound]:
    """Marks the inherent vowels that are not spoken: the last one, and from the right those in VC_CV.

    The rule is that of M. Ohala, Aspects of Hindi Phonology (1983).
    """
    kept = list(sounds)
    vowels = [index for index, sound in enumerate(kept) if sound.vowel]
    if len(vowels) > 1 and kept[-1].inherent and not _holds(kept):
        kept[-1] = replace(kept[-1], spoken=False)
    for index in range(len(kept) - 2, 1, -1):
        if kept[index].inherent and _between(kept, index):
            kept[index] = replace(kept[index], spoken=False)
    return kept


def _holds(sounds: list[_Sound]) -> bool:
    """Whether consonants before the last inherent vowel cannot end a word: any with य, र or न, lm, tm."""
    if len(sounds) < 3 or any(sound.vowel for sound in sounds[-3:-1]):
        return False
    before = [sound.symbols for sound in sounds[-3:-1]]
    return before[1] in ("j", "ɾ", "n", "ɳ") or before in (["l", "m"], ["t", "m"])


def _between(sounds: list[_Sound], index: int) -> bool:
    """V C _ C V: one consonant on both sides, and spoken vowels beyond them."""
    if index < 2 or index + 2 >= len(sounds) or sounds[index - 1].symbols == "h":
        return False
    around = sounds[index - 2 : index + 3]
    shape = "".join("v" if sound.vowel else "c" for sound in around)
    return shape == "vcvcv" and around[0].spoken and around[4].spoken


def _heavy(sounds: list[_Sound], index: int) -> int:
    """The weight of the syllable of a vowel: one for a long vowel, one for each consonant that closes it."""
    sound = sounds[index]
    long = sound.symbols in ("ɛː", "ɔː", "eː", "oː", "aː", "iː", "uː") or sound.nasal
    rest = sounds[index + 1 :]
    closing = next((place for place, other in enumerate(rest) if other.vowel), len(rest))
    last = closing == len(rest)
    silent = not last and closing == len(rest) - 1 and not rest[closing].spoken
    return int(long) + (closing if last or silent else max(closing - 1, 0))


def _stressed(sounds: list[_Sound]) -> tuple[int, set[int]]:
    """The vowels with the main stress and with half of it.

    The last syllable where it is overlong, else the last but one where it is heavy, else the one before.
    """
    vowels = [index for index, sound in enumerate(sounds) if sound.vowel]
    if not sounds[vowels[-1]].spoken:
        vowels = vowels[:-1]
    weights = [_heavy(sounds, index) for index in vowels]
    count = len(vowels)
    if count == 1:
        return vowels[0], set()
    if weights[-1] > 1:
        place = count - 1
    elif count == 2 or weights[-2] > 0:
        place = count - 2
    else:
        place = count - 3 if count == 3 or weights[-3] > 0 else count - 4
    half = {vowels[index] for index in range(place - 2, -1, -2)}
    if place == count - 3:
        half.add(vowels[-1])
    return vowels[place], {index for index in half if sounds[index].spoken}


def _join(sounds: list[_Sound], mark: str) -> str:
    if not any(sound.vowel for sound in sounds):
        return "".join(sound.symbols for sound in sounds)
    stressed, half = _stressed(sounds)
    spoken = [index for index, sound in enumerate(sounds) if sound.spoken]
    joined = ""
    for place, index in enumerate(spoken):
        sound = sounds[index]
        last = place + 1 == len(spoken)
        if sound.vowel:
            sign = mark if index == stressed else SECONDARY if index in half and mark else ""
            joined += sign + _vowel(
                sound, stressed=bool(mark) and sign == STRESS, first=place == 0, last=last
            )
        else:
            before = sounds[index - 1].symbols if index and sounds[index - 1].spoken else ""
            joined = _with_consonant(joined, sound.symbols, before, sounds[index + 1 : index + 2])
    return joined


def _vowel(sound: _Sound, *, stressed: bool, first: bool, last: bool) -> str:
    symbols = sound.symbols
    if symbols == INHERENT:
        symbols = "ʌ" if (stressed and not last) or first else INHERENT
    if (symbols == "iː" and (last or not stressed)) or (symbols == "uː" and first):
        symbols = symbols[0]
    if sound.nasal:
        plain = {"ɪ": "i", "ʊ": "u"}.get(symbols, symbols.removesuffix("ː"))
        return plain + NASAL + ("ː" if symbols == "eː" else "")
    return symbols


def _with_consonant(joined: str, symbols: str, before: str, after: list[_Sound]) -> str:
    """A doubled stop is lengthened, and k, t, p before य; र before a nasal, glide or fricative is trilled."""
    following = after[0].symbols if after else ""
    if symbols == before and symbols not in ("l", "n", "m", "s", "ʈ"):
        return joined + "ː"
    if symbols == before + "ʰ":
        return joined[:-1] + ("cʰcʰ" if before == "c" else "ʈʰʈʰ" if before == "ʈ" else symbols + "ː")
    if symbols in ("k", "t", "p") and following == "j":
        return joined + symbols + "ː"
    if symbols == "ɾ" and following[:1] in ("m", "j", "ʋ", "ʂ", "ʃ", "f", "n", "l", "ɳ"):
        return joined + "r"
    if symbols == "j" and not (after and after[0].spoken) and joined.endswith(INHERENT):
        return joined[:-1] + "ɛj"
    return joined + symbols
