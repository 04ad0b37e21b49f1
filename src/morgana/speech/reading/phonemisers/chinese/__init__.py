"""Mandarin: words, readings and tones as they are spoken, in Kokoro's alphabet."""

from morgana.speech.reading.phonemisers.chinese.sandhi import Syllable, speak
from morgana.speech.reading.phonemisers.chinese.syllables import pronounce
from morgana.speech.reading.phonemisers.chinese.words import Word, runs
from morgana.speech.reading.phonemisers.protocol import Pronounced


def phonemise(text: str) -> tuple[Pronounced, ...]:
    """The words of one sentence in simplified or traditional characters; thread-safe.

    Digits are read one by one, other scripts are left out. The first call loads the dictionaries (0.5 s,
    120 MB).
    """
    return tuple(pronounced for words in runs(text) for pronounced in _pronounce(words))


def _pronounce(words: list[Word]) -> list[Pronounced]:
    spoken = speak(
        [
            Syllable(character, pinyin, begins=place == 0)
            for word in words
            for place, (character, pinyin) in enumerate(zip(word.text, word.pinyin, strict=True))
        ]
    )
    pronounced: list[Pronounced] = []
    start = 0
    for word in words:
        end = start + len(word.text)
        phonemes = "".join(pronounce(syllable.pinyin) for syllable in spoken[start:end])
        start = end
        if phonemes:
            pronounced.append(Pronounced(word.start, word.end, phonemes))
    return pronounced


__all__ = ["phonemise"]
