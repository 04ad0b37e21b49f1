"""French by rule, with a lexicon of words that are said unlike their spelling.

The notation is the one Kokoro's French voice was trained on: stress before the last vowel of a word, none
on small words; yi and wa for ui and oi; a liaison is heard at the end of the word that brings it.
"""

import re
import unicodedata
from functools import cache

from morgana.speech.reading.phonemisers.protocol import Pronounced
from morgana.speech.reading.phonemisers.spelling import (
    SECONDARY,
    STRESS,
    Written,
    compounds,
    lexicon,
    pairs,
    words,
    written,
)

ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüÿœ")
VOWELS = "aeiouyàâäéèêëîïôöùûüÿœ"
NASAL = "\u0303"
SPOKEN_VOWELS = "aeiouyøœəɛɔɑ"

_LEXICON = {name: unicodedata.normalize("NFC", text) for name, text in lexicon("french").items()}
CLITICS = words(_LEXICON["clitics"])
WEAK = words(_LEXICON["weak"])
SAID = {word: unicodedata.normalize("NFD", sounds) for word, sounds in pairs(_LEXICON["said"]).items()}
SILENT_MENT = words(_LEXICON["silent_ment"])
SOUNDED_ENT = words(_LEXICON["sounded_ent"])
ASPIRATED = words(_LEXICON["aspirated"])
LIAISONS = pairs(_LEXICON["liaisons"])
LETTER_NAMES = pairs(_LEXICON["letter_names"])


def phonemise(text: str) -> tuple[Pronounced, ...]:
    """The words of one French sentence; see `Phonemiser`."""
    said = list(written(text, ALPHABET))
    # The t of a-t-il is a liaison without a word.
    linking = {
        index
        for index, word in enumerate(said)
        if word.letters == "t" and word.hyphen and index + 1 < len(said)
    }
    pronounced = []
    for index, word in enumerate(said):
        if index in linking:
            continue
        after = said[index + 1] if index + 1 < len(said) else None
        sounds = _word(word.letters) + "t" if index + 1 in linking else _in_sentence(word.letters, after)
        pronounced.append(Pronounced(word.start, word.end, sounds))
    return compounds(text, pronounced)


def _in_sentence(letters: str, after: Written | None) -> str:
    if after is None or after.pause:
        return _word(letters)
    if not _opens_with_vowel(after.letters):
        if letters in ("six", "dix"):
            return _marked(letters, SAID[letters][:-1])
        return _word(letters) + ("t" if letters == "vingt" and after.hyphen else "")
    if after.hyphen and after.letters in ("y", "en") and letters[-1] in "sz":
        return _word(letters) + "z"
    if after.hyphen and after.letters in ("il", "ils", "elle", "elles", "on", "être") and letters[-1] in "td":
        return _word(letters) + "t"
    return _linked(_word(letters), LIAISONS[letters]) if letters in LIAISONS else _word(letters)


def _opens_with_vowel(letters: str) -> bool:
    first = letters.strip("'")
    if first in ASPIRATED or first.removesuffix("s") in ASPIRATED:
        return False
    return (
        first[0] in "aàâeéèêëiîoôuûœ"
        or (first[0] == "h" and len(first) > 1)
        or first in ("y", "yeux", "yves")
    )


def _linked(sounds: str, liaison: str) -> str:
    """A word before a vowel: N opens the nasal vowel, R sounds the last r, Z and V voice the last sound."""
    if liaison == "N":
        opened = sounds.removesuffix(NASAL)
        return opened + "n"
    if liaison == "R":
        return sounds.removesuffix("e") + "ɛʁ"
    if liaison in "ZV":
        return sounds[:-1] + liaison.lower()
    return sounds + liaison


def _word(letters: str) -> str:
    """The sounds of a word; what stands before an apostrophe leans on the word after it."""
    letters = letters.strip("'")
    if letters in SAID:
        return _marked(letters, SAID[letters])
    *elided, last = letters.split("'")
    if not any(letter in VOWELS for letter in last):
        names = [_sounds(LETTER_NAMES[letter]) for letter in last]
        spelled = [_marked("", name, SECONDARY) for name in names[:-1]] + [_marked("", names[-1])]
        return "".join(_elided(part) for part in elided) + "".join(spelled)
    return "".join(_elided(part) for part in elided) + _marked(last, _sounds(last))


def _elided(letters: str) -> str:
    if letters in ("c", "qu", "g"):
        return {"c": "s", "qu": "k", "g": "ʒ"}[letters]
    if len(letters) == 1 and letters not in VOWELS:
        return SINGLE[letters]
    return _sounds(letters + "e") if letters else ""


def _marked(letters: str, sounds: str, mark: str = STRESS) -> str:
    """The sounds with the stress before the last vowel that is no schwa."""
    if letters in CLITICS:
        return sounds
    places = [index for index, symbol in enumerate(sounds) if symbol in SPOKEN_VOWELS and symbol != "ə"]
    if not places:
        return sounds
    mark = SECONDARY if letters in WEAK else mark
    return sounds[: places[-1]] + mark + sounds[places[-1] :]


@cache
def _sounds(letters: str) -> str:
    """The sounds of a word, without stress."""
    for known in (letters, letters.removesuffix("s"), letters.removesuffix("x")):
        if known in SAID and (known == letters or known + "s" not in SAID):
            return SAID[known]
    rest = _without_silent_end(letters)
    sounds = ""
    at = 0
    while at < len(rest):
        symbols, used = _read(rest, at, sounds)
        sounds += symbols
        at += used
    return sounds or "ə"


# A mute e at the end is written as a full stop while the word is read: it keeps consonants before it.
MUTE = "."


# The first that is found is put into its place.
SILENT_ENDS = [
    (re.compile(pattern), end)
    for pattern, end in (
        (r"^([cdlmst])es$", r"\1é"),
        (r"(?<=[^aeiouéè])es?$|(?<=[gq]u)es?$", MUTE),
        (r"(?<=[aeiouéèîïûœ])es?$", ""),
        (r"(?<=..)ers?$", "é"),
        (r"ez$", "é"),
        (r"i(?:en|ens|ent)$", "iin"),
        (r"(?<=[^v]r)ai$", "é"),
    )
]


def _without_silent_end(letters: str) -> str:
    """A word without the letters at its end that are never heard."""
    if len(letters) <= 2 and letters[-1] == "e":
        return letters
    if letters.removesuffix("s") in SOUNDED_ENT:
        return re.sub("ient?s?$", "ian", letters) if "ient" in letters else letters.removesuffix("s")[:-1]
    if letters.endswith("ent") and _is_verb(letters):
        return letters[:-3] + MUTE
    for pattern, end in SILENT_ENDS:
        if pattern.search(letters):
            return pattern.sub(end, letters)
    return _without_last_consonants(letters)


def _is_verb(letters: str) -> bool:
    """Whether the -ent of a word is the silent ending of a verb."""
    if not any(letter in VOWELS for letter in letters[:-3]):
        return False
    if letters.endswith("ment"):
        return letters in SILENT_MENT
    return letters.endswith("aient") or not (letters in SOUNDED_ENT or letters.endswith(("vient", "tient")))


def _without_last_consonants(letters: str) -> str:
    trimmed = letters
    while (
        len(trimmed) > 1 and trimmed[-1] in "sxtdpz" and not re.search("(?:ct|st|pt|[ae]x|[iy]nx)$", trimmed)
    ):
        trimmed = trimmed[:-1]
    trimmed = re.sub("(?<=[nr])g$", "", trimmed) if trimmed == letters or len(trimmed) > 3 else trimmed
    if trimmed != letters and trimmed[-1] == "e":
        return trimmed[:-1] + "è"
    return trimmed if any(letter in VOWELS for letter in trimmed) else letters


# Spellings of vowels, the longest first where they share a beginning. N: not before a vowel, n or m.
_N = rf"(?![{VOWELS}nmh{MUTE}])"
VOWEL_SPELLINGS = [
    (re.compile(pattern), symbols)
    for pattern, symbols in (
        (r"(?:ueil|euil|œil|oeil)l?", "œj"),
        (r"ouil(?:l|$)", "uj"),
        (r"(?:aî|ai|a)il(?:l|$)", "aj"),
        (r"eil(?:l|$)", "ɛj"),
        (r"eau", "o"),
        (r"(?:ain|aim|ein|eim|în)" + _N, "ɛ̃"),
        (r"oin" + _N, "wɛ̃"),
        (r"oyen" + _N, "wajɛ̃"),
        (r"oy(?=[aeiouéèê])", "waj"),
        (r"ay(?=[aeiouéèê.])", "ɛj"),
        (r"uy(?=[aeiouéèê])", "yij"),
        (r"ey$", "ɛ"),
        (r"ey(?=[aeiouéèê])", "ɛj"),
        (r"(?:œu|oeu|eu|eû)", "EU"),
        (r"œ", "e"),
        (r"(?:oi|oî|oe(?=l))", "wa"),
        (r"(?:ou|où|oû)(?=[aeiéèê](?!n))", "w"),
        (r"(?:ou|où|oû)", "u"),
        (r"(?:au)", "o"),
        (r"(?:aî|ai|ei|eî|ay)", "ɛ"),
        (r"a[iï]", "ai"),
        (r"éen" + _N, "eɛ̃"),
        (r"ien(?=[cs]|t[^ôo])", "jɑ̃"),
        (r"ien(?=d|n?$)", "jɛ̃"),
        (r"iin$", "jɛ̃"),
        (r"yen" + _N, "jɛ̃"),
        (r"(?:in|im|yn|ym)" + _N, "ɛ̃"),
        (r"(?:an|am|ân|en|em)" + _N, "ɑ̃"),
        (r"(?:on|om|ôn)" + _N, "ɔ̃"),
        (r"um$", "ɔm"),
        (r"(?:un|um)" + _N, "œ̃"),
        (r"emm(?=en(?:t|$))", "am"),
        (r"e(?=mm|nn)", "ɛ"),
        (r"(?<![a-zéèêî])ill|ill(?=i)", "il"),
        (r"[iï]ll(?=[aeiouéèê.])", "ij"),
        (r"il$", "il"),
        (r"[é]", "e"),
        (r"[èêë]", "ɛ"),
        (r"[aàâä]", "a"),
        (r"[ôö]", "o"),
        (r"o(?=s[aeiouyé.]|$)", "o"),
        (r"o(?=[^aeiouyéèê.](?:[^aeiouyéèêhrl.]|[.]|$))", "ɔ"),
        (r"o(?=[^aeiouyéèê.][rlh]?[.]|[^aeiouyéèê.]$)", "ɔ"),
        (r"o(?=[bcdfgpt][rl]|ll|rr|nh)", "ɔ"),
        (r"o", "o"),
        (r"[ùûuü]", "y"),
        (r"[iîïyÿ]", "i"),
    )
]
VOWEL_SPELLINGS = [(pattern, unicodedata.normalize("NFD", symbols)) for pattern, symbols in VOWEL_SPELLINGS]


def _read(letters: str, at: int, before: str) -> tuple[str, int]:
    """The sounds that begin at a letter and how many letters make them."""
    letter = letters[at]
    if letter == MUTE:
        return _mute(before), 1
    if letter not in VOWELS or (letter == "y" and letters[at + 1 : at + 2] and letters[at + 1] in VOWELS):
        return _consonant(letters, at)
    if letter in "iïy" and _leads(letters, at):
        return ("i" if re.search("[bcdfgptv][rl]$", letters[:at]) else "j"), 1
    for pattern, symbols in VOWEL_SPELLINGS:
        match = pattern.match(letters, at)
        if match:
            return (_eu(letters, match.end()) if symbols == "EU" else symbols), len(match[0])
    return _e(letters, at, before), 1


def _mute(before: str) -> str:
    """A mute e is heard only in a word that has no other vowel."""
    return "" if any(symbol in SPOKEN_VOWELS for symbol in before) else "ə"


def _leads(letters: str, at: int) -> bool:
    """Whether an i glides into the vowel after it."""
    rest = letters[at + 1 :]
    return at > 0 and rest[:1] != "" and rest[0] in "aeoéèêâôu" and not re.match("en(?:[cdts]|n?$)|in$", rest)


def _eu(letters: str, end: int) -> str:
    """Open before a heard r, l, f or y of the same syllable."""
    return "œ" if re.match(r"(?:r|l|f|il|v|n(?=[.]))(?:r?[.]|$|[^aeiouyéèêl.])", letters[end:]) else "ø"


def _e(letters: str, at: int, before: str) -> str:
    """An e without an accent: a schwa in an open syllable, heard where consonants would pile up."""
    rest = letters[at + 1 :]
    if not rest:
        return "ə" if len(letters) <= 2 else ""
    if at == 0 and re.match("(?:ff|ss|sc[eiè])", rest):
        return "e"
    if re.match("r?ess[aeo]", letters) and at == 1:
        return "ə"
    closed = re.match(rf"(?:[^{VOWELS}{MUTE}]{{2}}|x|[^{VOWELS}{MUTE}]+(?:[{MUTE}]|$))", rest)
    cluster = re.match("(?:[bcdfgptv][rl]|ch|ph|th|gn|qu)[^.]", rest)
    if closed and not cluster:
        return "e" if re.match("(?:sc[eiè]|ff)", rest) else "ɛ"
    if re.match(f"[{VOWELS}]", rest):
        return ""
    spoken = [symbol for symbol in before if symbol != NASAL]
    if not any(symbol in SPOKEN_VOWELS for symbol in spoken):
        return "ə"
    piled = len(spoken) > 1 and spoken[-1] not in SPOKEN_VOWELS and spoken[-2] not in SPOKEN_VOWELS + "jw"
    return "ə" if piled or cluster else ""


CONSONANT_SPELLINGS = [
    (re.compile(pattern), symbols)
    for pattern, symbols in (
        (r"ch(?=[rlnm])", "k"),
        (r"sch|ch|sh", "ʃ"),
        (r"ph", "f"),
        (r"gn", "GN"),
        (r"cqu|qu|q|ck", "k"),
        (r"gu(?=[eiéèêy.])", "ɡ"),
        (r"ge(?=[aoâô])", "ʒ"),
        (r"g(?=[eiéèêyî.]|$)(?=[^.]|[.])", "G"),
        (r"sc(?=[eiéèêy])", "s"),
        (r"cc(?=[eiéèêy])", "ks"),
        (r"c(?=[eiéèêëyî.])", "C"),
        (r"ç", "s"),
        (r"xc(?=[eiéèê])", "ks"),
        (r"x", "X"),
        (r"ss", "s"),
        (r"s", "S"),
        (r"th", "t"),
        (r"tt", "t"),
        (r"t(?=i(?:on|el|al|at|eu|aux|an$|en[c.]|ell))|(?<=cra)t(?=ie?$)|(?<=loma)t(?=ie?$)", "T"),
        (r"(?P<twice>[bdfklmnprvz])(?P=twice)|gg|cc", "TWICE"),
    )
]
SINGLE = dict(zip("bcdfghjklmnpqrstvwxyzç", "bkdf\0\0ʒklmnpkʁstvw\0jzs", strict=True)) | {
    "g": "ɡ",
    "h": "",
    "x": "ks",
}


def _consonant(letters: str, at: int) -> tuple[str, int]:
    for pattern, symbols in CONSONANT_SPELLINGS:
        match = pattern.match(letters, at)
        if match:
            return _by_place(symbols, letters, at, match.end()), len(match[0])
    return SINGLE[letters[at]], 1


def _by_place(symbols: str, letters: str, at: int, end: int) -> str:
    before, after = letters[at - 1 : at] if at else "", letters[end : end + 1]
    heard = before != "" and before in VOWELS
    if symbols == "GN":
        return "ɲ" if after in ("", MUTE, "i", "o") else "nj"
    if symbols == "G":
        return (
            "ɡ"
            if after == ""
            else "ʒ"
            if letters[at + 1] != MUTE or letters[at : at + 2] == "g" + MUTE
            else "ɡ"
        )
    if symbols == "C":
        return "s"
    if symbols == "X":
        return _x(letters, at, after)
    if symbols == "S":
        return "z" if heard and after and after in VOWELS + MUTE else "s"
    if symbols == "T":
        return "t" if before in ("s", "x") or at == 0 else "s"
    return SINGLE[letters[at]] if symbols == "TWICE" else symbols


def _x(letters: str, at: int, after: str) -> str:
    opened = after != "" and after in VOWELS + "h"
    if at == 0:
        return "ɡz" if opened else "ks"
    return "ɡz" if opened and re.search("(?:^|in|co)[eé]$", letters[:at]) else "ks"
