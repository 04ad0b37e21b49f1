"""Measures speech: how fast it is made, whether it is understood, and how well its times are recognised.

    .venv/bin/python benchmarks/speech.py [--voices heart af_heart bm_george] [--languages]

Prints Markdown. It uses two cores. Every text is read, spoken, and recognised by the project's own recogniser
(Whisper base); both what was to be said and what was heard go through the project's own reading, so that
"$5" and "five dollars" are the same. Errors are counted twice: with words that sound the same being equal
("Karen", "Caren"), and as they are spelled.
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from speech_figures import errors, sound_the_same, sounds, spoken_words, start_errors

from morgana.speech.listening import listen
from morgana.speech.reading.locale import locale
from morgana.speech.speaking import speak
from morgana.speech.utterance import Utterance
from morgana.speech.voices import voice as find

FOLDER = Path(__file__).parent
SENTENCES = FOLDER / "speech_sentences.tsv"
LANGUAGES = FOLDER / "speech_languages.tsv"
CORES = 2
REPEATS = 3  # the fastest counts: whatever else the machine does only adds
SPEED_SENTENCES = 6
# One sentence of nearly 400 phonemes, the longest that is said in one breath.
LONG_SENTENCE = (
    "When the rain finally stopped and the last of the guests had gone home, we sat down at the long wooden "
    "table by the window and counted what was left of the cakes and of the lemonade and of the small paper "
    "lanterns that my sister had spent most of the week folding and gluing together, while outside the "
    "neighbours carried their chairs back across the wet grass to their own gardens and wished each other "
    "good night."
)


@dataclass
class Understood:
    """Counts of words, as they are spelled and as they sound; seconds for the times of words."""

    words: int = 0
    wrong: int = 0
    sounds: int = 0
    wrong_sounds: int = 0
    starts: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--voices", nargs="+", default=["heart", "af_heart", "bm_george"])
    parser.add_argument("--languages", action="store_true", help="also a voice of each other language")
    parser.add_argument("--only-speed", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="print what was misheard")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    report_speed(arguments.voices)
    if arguments.only_speed:
        return
    report_understanding(arguments.voices, verbose=arguments.verbose)
    if arguments.languages:
        report_languages(verbose=arguments.verbose)


def report_speed(voices: Iterable[str]) -> None:
    print(f"| voice | engine | seconds of speech per second | per CPU second | first sound |\n|{'---|' * 5}")
    text = " ".join(text for text, _ in rows(SENTENCES)[:SPEED_SENTENCES])
    for voice in voices:
        spoken("Hello.", voice)  # loads the engine
        best = min((timed(text, voice) for _ in range(REPEATS)), key=lambda run: run[1])
        first = min(first_sound(voice) for _ in range(REPEATS))
        seconds, wall, cpu = best
        print(
            f"| `{voice}` | {find(voice).engine} | {seconds / wall:.1f} | {seconds / cpu:.1f} "
            f"| {first * 1000:.0f} ms |",
            flush=True,
        )


def report_understanding(voices: Iterable[str], *, verbose: bool) -> None:
    print("\n| voice | WER | as spelled | word starts off by: median | mean | 95 % within |")
    print(f"|{'---|' * 6}")
    for voice in voices:
        found = understood(voice, "en-US", rows(SENTENCES), verbose=verbose)
        off = np.abs(found.starts) * 1000
        print(
            f"| `{voice}` | {share(found.wrong_sounds, found.sounds)} | {share(found.wrong, found.words)} "
            f"| {np.median(off):.0f} ms | {off.mean():.0f} ms | {np.percentile(off, 95):.0f} ms |",
            flush=True,
        )


def report_languages(*, verbose: bool) -> None:
    print("\n| language | voice | phonemes misheard |\n|---|---|---|")
    texts: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for voice, text in rows(LANGUAGES):
        texts[voice].append((text, text))
    for voice, sentences in texts.items():
        language = find(voice).language
        found = understood(voice, language, sentences, verbose=verbose)
        print(
            f"| {language} | `{voice}` | {share(found.wrong_sounds, found.sounds)} |",
            flush=True,
        )


def rows(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text("utf-8").splitlines()
    return [(cells[0], cells[1]) for line in lines if line[:1] != "#" and (cells := line.split("\t"))]


def share(part: int, whole: int) -> str:
    return f"{part / whole:.1%} ({part} of {whole})"


def spoken(text: str, voice: str) -> tuple[NDArray[np.float32], list[Utterance]]:
    utterances = list(speak(text, voice))
    return np.concatenate([utterance.samples for utterance in utterances]), utterances


def timed(text: str, voice: str) -> tuple[float, float, float]:
    """Seconds of speech, of the clock, of the processor; reading included."""
    wall, cpu = time.perf_counter(), time.process_time()
    _, utterances = spoken(text, voice)
    return utterances[-1].end, time.perf_counter() - wall, time.process_time() - cpu


def first_sound(voice: str) -> float:
    """Seconds until the first sentence of a long text is there, engine loaded."""
    start = time.perf_counter()
    next(speak(LONG_SENTENCE, voice))
    return time.perf_counter() - start


def understood(
    voice: str, language: str, sentences: Iterable[tuple[str, str]], *, verbose: bool
) -> Understood:
    """What the recogniser makes of each text, against how it should be read."""
    found = Understood()
    for text, expected in sentences:
        samples, utterances = spoken(text, voice)
        heard = listen(samples, utterances[0].rate)
        gap = "" if locale(language).dense else " "
        transcript = gap.join(word.text for word in heard.words)
        wrong, words = misspelled(expected, transcript, language)
        wrong_sounds, units = misheard(expected, transcript, language)
        found.words, found.wrong = found.words + words, found.wrong + wrong
        found.sounds, found.wrong_sounds = found.sounds + units, found.wrong_sounds + wrong_sounds
        said = [word for utterance in utterances for word in utterance.words]
        found.starts += start_errors(said, heard.words)
        if verbose and wrong:
            print(f"<!-- {voice}: {text} -> {transcript} ({wrong}, {wrong_sounds}) -->", flush=True)
    return found


def misspelled(said: str, heard: str, language: str) -> tuple[int, int]:
    """How many words are wrong, of how many."""
    expected = spoken_words(said, language)
    return errors(expected, spoken_words(heard, language)), len(expected)


def misheard(said: str, heard: str, language: str) -> tuple[int, int]:
    """The same by ear: of words in English, of phonemes elsewhere, as not all languages write words."""
    if language == "en-US":
        expected = spoken_words(said, language)
        return errors(expected, spoken_words(heard, language), sound_the_same), len(expected)
    phonemes = "".join(sounds(said, language))
    return errors(phonemes, "".join(sounds(heard, language))), len(phonemes)


if __name__ == "__main__":
    main()
