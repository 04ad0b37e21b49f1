from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from morgana.speech.alignment import align
from morgana.speech.phones import DIPHTHONGS, VOWELS
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Phone, Span, Transcript, Word
from morgana.video.sound import read_sound

DEMO = Path(__file__).parents[2] / "src/morgana/assets/demo/speech.wav"
# Times as roughly as a recogniser gives them.
ROUGH = (
    "Hi:0.1:0.6 I'm:1.1:1.4 only:1.4:1.7 a:1.7:1.8 photograph,:1.8:2.5 but:2.7:2.9 give:2.9:3.1 me:3.1:3.2 "
    "a:3.2:3.3 voice:3.3:3.7 and:3.7:3.9 I:3.9:4.0 will:4.0:4.1 speak:4.1:4.4 every:4.4:4.7 word:4.7:5.0"
)
WHOLE = (Span(0.2, 7.0),)


def transcript(text: str, language: str = "en") -> Transcript:
    parts = [part.rsplit(":", 2) for part in text.split()]
    return Transcript(language, tuple(Word(word, float(a), float(b), 0.9) for word, a, b in parts))


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return read_sound(DEMO, RATE).samples


def in_order(phones: tuple[Phone, ...]) -> bool:
    return all(later.start >= sooner.end for sooner, later in pairwise(phones))


def test_words_and_phones_get_exact_times(sound: np.ndarray) -> None:
    words, phones = align(sound, transcript(ROUGH), WHOLE)
    assert [word.text for word in words][:3] == ["Hi", "I'm", "only"]
    assert in_order(phones)
    photograph = next(word for word in words if word.text == "photograph,")
    inside = [phone.name for phone in phones if photograph.start <= phone.start < photograph.end]
    assert inside == ["F", "OW", "T", "AH", "G", "R", "AE", "F"]
    # The /f/ of "photograph" is a hiss: quiet below 1 kHz, unlike the vowel after it.
    fricative, vowel = phones[[p.start for p in phones].index(photograph.start) :][:2]
    assert energy(sound, fricative) < 0.2 * energy(sound, vowel)
    assert all(phone.end - phone.start < 0.4 for phone in phones)


def energy(sound: np.ndarray, phone: Phone) -> float:
    return float(np.square(sound[int(phone.start * RATE) : int(phone.end * RATE)]).mean())


def test_recognised_times_off_by_a_fifth_of_a_second_are_mended(sound: np.ndarray) -> None:
    exact, _ = align(sound, transcript(ROUGH), WHOLE)
    late = Transcript("en", tuple(Word(w.text, w.start + 0.2, w.end + 0.2, 0.9) for w in exact))
    mended, _ = align(sound, late, WHOLE)
    errors = [abs(one.start - other.start) for one, other in zip(exact, mended, strict=True)]
    assert np.median(errors) < 0.03


def test_a_word_in_no_dictionary_is_spelled_out(sound: np.ndarray) -> None:
    words, phones = align(sound, transcript(ROUGH.replace("photograph,", "Fodograff")), WHOLE)
    strange = next(word for word in words if word.text == "Fodograff")
    inside = [phone.name for phone in phones if strange.start <= phone.start < strange.end]
    assert inside == ["F", "AA", "D", "AA", "G", "R", "AE", "F"]


def test_another_language_is_aligned_by_its_spelling(sound: np.ndarray) -> None:
    words, phones = align(sound, transcript("Fotograf:1.7:2.5 bat:2.7:2.9", "de"), WHOLE)
    inside = [phone.name for phone in phones if phone.start < words[0].end]
    assert inside == ["F", "AO", "T", "AO", "G", "R", "AA", "F"]
    assert 1.6 < phones[0].start < 1.9


def test_what_does_not_align_is_spread_over_the_recognised_time() -> None:
    # More phones than the aligner can fit, at three frames each, into the 1.25 s around the words.
    hurried = "internationalisation:4.0:4.25 institutionalised:4.25:4.5 unconstitutional:4.5:4.75"
    noise = (0.1 * np.random.default_rng(0).standard_normal(int(4.75 * RATE))).astype(np.float32)
    words, phones = align(noise, transcript(hurried), (Span(4.02, 4.74),))
    assert [(word.start, word.end) for word in words] == [(4.02, 4.25), (4.25, 4.5), (4.5, 4.74)]
    assert len(phones) > 40
    assert in_order(phones)
    second = [phone for phone in phones if 4.25 <= phone.start < 4.5]
    plain = [phone for phone in second if phone.name not in DIPHTHONGS]
    lengths = {phone.name in VOWELS: phone.end - phone.start for phone in plain}
    assert lengths[True] == pytest.approx(0.12 / 0.07 * lengths[False], rel=0.05)


def test_words_without_letters_we_know_keep_their_time(sound: np.ndarray) -> None:
    words, phones = align(sound, transcript("日本:1.0:1.5 語:1.5:2.0", "ja"), WHOLE)
    assert [(word.start, word.end) for word in words] == [(1.0, 1.5), (1.5, 2.0)]
    assert phones == ()


def test_nothing_recognised_is_nothing_aligned(sound: np.ndarray) -> None:
    assert align(sound, Transcript(None, ()), WHOLE) == ((), ())
