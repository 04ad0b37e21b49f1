"""Pinyin syllables in the alphabet that Kokoro's Mandarin voices were trained on.

The alphabet is broad IPA as misaki (version 0.9, the variant for Kokoro 1.0) writes it: aspiration is ʰ, zh
is ꭧ, the buzzed i of zhi and zi is ɨ, glides are j, w and ɥ; a tone is an arrow after the vowels and before
n or ŋ: → high, ↗ rising, ↓ low, ↘ falling, none for a neutral one. The ending 儿 is a syllable.
"""

import re

TONES = {1: "→", 2: "↗", 3: "↓", 4: "↘", 5: ""}

_INITIALS = {
    "zh": "ꭧ",
    "ch": "ꭧʰ",
    "sh": "ʂ",
    "b": "p",
    "p": "pʰ",
    "d": "t",
    "t": "tʰ",
    "g": "k",
    "k": "kʰ",
    "j": "ʨ",
    "q": "ʨʰ",
    "x": "ɕ",
    "z": "ʦ",
    "c": "ʦʰ",
    "h": "x",
    "r": "ɻ",
} | {letter: letter for letter in "mfnls"}
# Finals as vowels and coda; the tone stands between the two.
_FINALS = {
    "a": ("a", ""),
    "ai": ("ai", ""),
    "an": ("a", "n"),
    "ang": ("a", "ŋ"),
    "ao": ("au", ""),
    "e": ("ɤ", ""),
    "ei": ("ei", ""),
    "en": ("ə", "n"),
    "eng": ("ə", "ŋ"),
    "i": ("i", ""),
    "ia": ("ja", ""),
    "ian": ("jɛ", "n"),
    "iang": ("ja", "ŋ"),
    "iao": ("jau", ""),
    "ie": ("je", ""),
    "in": ("i", "n"),
    "ing": ("i", "ŋ"),
    "iong": ("jʊ", "ŋ"),
    "iu": ("jou", ""),
    "o": ("wo", ""),
    "ong": ("ʊ", "ŋ"),
    "ou": ("ou", ""),
    "u": ("u", ""),
    "ua": ("wa", ""),
    "uai": ("wai", ""),
    "uan": ("wa", "n"),
    "uang": ("wa", "ŋ"),
    "ui": ("wei", ""),
    "un": ("wə", "n"),
    "uo": ("wo", ""),
    "v": ("y", ""),
    "van": ("ɥɛ", "n"),
    "ve": ("ɥe", ""),
    "vn": ("y", "n"),
}
# Syllables without an initial are spelled their own way.
_WHOLE = {
    "yi": "i",
    "ya": "ia",
    "yan": "ian",
    "yang": "iang",
    "yao": "iao",
    "ye": "ie",
    "yin": "in",
    "ying": "ing",
    "yong": "iong",
    "you": "iu",
    "yu": "v",
    "yuan": "van",
    "yue": "ve",
    "yun": "vn",
    "wu": "u",
    "wa": "ua",
    "wai": "uai",
    "wan": "uan",
    "wang": "uang",
    "wei": "ui",
    "wen": "un",
    "wo": "uo",
}
_RARE = {
    "er": ("ɚ", ""),
    "o": ("ɔ", ""),
    "yo": ("jɔ", ""),
    "yai": ("jai", ""),
    "weng": ("wə", "ŋ"),
    "ê": ("ɛ", ""),
    "m": ("m", ""),
    "n": ("n", ""),
    "ng": ("ŋ", ""),
    "hm": ("hm", ""),
    "hng": ("hŋ", ""),
}
_SYLLABLE = re.compile(r"([a-zê]+)([1-5])")


def pronounce(syllable: str) -> str:
    """The phonemes of a pinyin syllable such as "zhuang1" or "lv4" (5: neutral tone). Empty if it is none."""
    match = _SYLLABLE.fullmatch(syllable)
    if match is None:
        return ""
    letters, tone = match[1], TONES[int(match[2])]
    parts = _parts(letters)
    if parts is None:
        return ""
    initial, vowels, coda = parts
    return f"{initial}{vowels}{tone}{coda}"


def _parts(letters: str) -> tuple[str, str, str] | None:
    if letters in _RARE:
        return "", *_RARE[letters]
    if letters in _WHOLE:
        return "", *_FINALS[_WHOLE[letters]]
    initial = next((start for start in _INITIALS if letters.startswith(start)), "")
    final = letters[len(initial) :]
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    if final == "ue":
        final = "ve"
    if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        return _INITIALS[initial], "ɨ", ""
    if final not in _FINALS:
        return None
    return _INITIALS.get(initial, ""), *_FINALS[final]
