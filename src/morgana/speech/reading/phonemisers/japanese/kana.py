"""Katakana as it is pronounced, in the alphabet that Kokoro's Japanese voices were trained on.

The alphabet is broad IPA as misaki (version 0.9, the variant for Kokoro 1.0) writes it: palatals are marked
(kʲi, ɲi, çi), u is ɯ but ɨ after s, z, ts and in yu-syllables, w is β, r is ɾ; za, ze and zo begin with ʣ;
a long vowel has ː, the sokuon is ʔ and the moraic n takes the place of the next consonant. There are neither
pitch accents nor devoiced vowels in it.
"""

_ROWS = (
    ("アイウエオ", "a i ɯ e o"),
    ("カキクケコ", "ka kʲi kɯ ke ko"),
    ("ガギグゲゴ", "ɡa ɡʲi ɡɯ ɡe ɡo"),
    ("サシスセソ", "sa ɕi sɨ se so"),
    ("ザジズゼゾ", "ʣa ʥi zɨ ʣe ʣo"),
    ("タチツテト", "ta ʨi ʦɨ te to"),
    ("ダヂヅデド", "da ʥi zɨ de do"),
    ("ナニヌネノ", "na ɲi nɯ ne no"),
    ("ハヒフヘホ", "ha çi ɸɯ he ho"),
    ("バビブベボ", "ba bʲi bɯ be bo"),
    ("パピプペポ", "pa pʲi pɯ pe po"),
    ("マミムメモ", "ma mʲi mɯ me mo"),
    ("ヤユヨ", "ja jɯ jo"),
    ("ラリルレロ", "ɾa ɾʲi ɾɯ ɾe ɾo"),
    ("ワヰヱヲヴ", "βa i e o vɯ"),
    ("ァィゥェォ", "a i ɯ e o"),
    ("ャュョ", "ja jɯ jo"),
    ("ヮヵヶ", "βa ka ke"),
)
_SYLLABLES = {
    kana: syllable for row, syllables in _ROWS for kana, syllable in zip(row, syllables.split(), strict=True)
}
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "ɯ", "ェ": "e", "ォ": "o", "ャ": "a", "ュ": "ɨ", "ョ": "o", "ヮ": "a"}
_YA_ROW = "ャュョ"
# What a syllable begins with when a small vowel replaces its own.
_BEFORE_SMALL = {"イ": "j", "ウ": "β", "ク": "kᵝ", "グ": "ɡᵝ"}
_MORAIC_N = (("mpb", "m"), ("kɡ", "ŋ"), ("ɲʨʥ", "ɲ"), ("ntdɾz", "n"))


def pronounce(kana: str) -> str:
    """The phonemes of one word in katakana with ー for long vowels; other characters are silent."""
    syllables = _split(kana)
    phonemes = ""
    for syllable, following in zip(syllables, [*syllables[1:], ""], strict=True):
        if syllable == "ー":
            phonemes += "ː" if phonemes and phonemes[-1] not in "ːʔ" else ""
        elif syllable == "ッ":
            phonemes += "ʔ" if not phonemes.endswith("ʔ") else ""
        elif syllable == "ン":
            phonemes += _moraic_n(_syllable(following))
        else:
            phonemes += _syllable(syllable)
    return phonemes if phonemes.strip("ʔ") else ""


def _split(kana: str) -> list[str]:
    syllables: list[str] = []
    for character in kana:
        if character in _SMALL and syllables and syllables[-1] in _SYLLABLES and syllables[-1] not in _SMALL:
            syllables[-1] += character
        elif character in _SYLLABLES or character in "ーッン":
            syllables.append(character)
    return syllables


def _syllable(kana: str) -> str:
    if len(kana) < 2:
        return _SYLLABLES.get(kana, "")
    return _onset(kana[0], kana[1]) + _SMALL[kana[1]]


def _onset(base: str, small: str) -> str:
    if base in _BEFORE_SMALL and small not in _YA_ROW:
        return _BEFORE_SMALL[base]
    if base == "ヴ" and small in _YA_ROW:
        return "bʲ"
    onset = _SYLLABLES[base][:-1]
    palatal = small in _YA_ROW or (small == "ィ" and base in "テデツフヴ")
    if palatal and onset and onset[-1] not in "ʲɕʥʨɲçj":
        onset += "ʲ"
    return onset


def _moraic_n(following: str) -> str:
    for onsets, nasal in _MORAIC_N:
        if following and following[0] in onsets:
            return nasal
    return "ɴ"
