import itertools
import time
import tracemalloc
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morgana.speech.reading import reading
from morgana.speech.reading.alphabet import LETTERS, MARKS
from morgana.speech.reading.breaths import LONGEST
from morgana.speech.reading.phonemisers.protocol import Pronounced
from morgana.speech.reading.phonemisers.registry import LANGUAGES, phonemiser
from morgana.speech.reading.reading import is_pronounceable, read
from morgana.speech.utterance import SpokenWord

WRITTEN = st.one_of(
    st.text(max_size=80),
    st.text(st.sampled_from("aZé1,.-–—:;/°%$€ \n\t'’“(@#&*_[]IVX😀❤\ufe0f\u200d東ひカДअि한ع"), max_size=80),
    st.lists(
        st.sampled_from(
            [
                "$5.20",
                "3/4",
                "1.2.3",
                "Dr.",
                "e.g.",
                "St.",
                "#a_b",
                "a@b.co",
                "x.com/y?z",
                "10–20",
                "-5°C",
                "½",
                "XIV",
            ]
        ),
        max_size=12,
    ).map(" ".join),
)


def words(text: str, language: str = "en-US") -> list[SpokenWord]:
    return [word for sentence in read(text, language) for word in sentence.words]


def written(text: str, language: str = "en-US") -> list[str]:
    return [word.text for word in words(text, language)]


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=WRITTEN)
@settings(max_examples=60, derandomize=True)
def test_reads_anything_in_its_place_and_in_the_alphabet(text: str, language: str) -> None:
    reached = 0
    for sentence in read(text, language):
        assert sentence.words
        assert sentence.pause >= 0
        assert len(" ".join(word.phonemes for word in sentence.words)) <= LONGEST
        for word in sentence.words:
            assert reached <= word.start < word.end <= len(text)
            assert word.text == text[word.start : word.end]
            assert word.text.strip() == word.text
            assert word.phonemes.strip(MARKS + " ")
            assert set(word.phonemes) <= LETTERS | set(MARKS + " ")
            reached = word.end


@given(text=st.lists(st.from_regex(r"\A[A-Za-z]{1,9}[.,;:!?]{0,2}\Z"), min_size=1).map(" ".join))
@settings(max_examples=60, derandomize=True)
def test_covers_all_that_is_said(text: str) -> None:
    covered = set(itertools.chain.from_iterable(range(word.start, word.end) for word in words(text)))
    assert covered == {place for place, character in enumerate(text) if not character.isspace()}


def test_words_keep_what_was_written() -> None:
    assert written('He paid "$5.20," (really) — why?') == ["He", "paid", '"$5.20,"', "(really) —", "why?"]


def test_what_is_said_in_another_order_is_one_word() -> None:
    assert written("It costs $1.2 billion now") == ["It", "costs", "$1.2 billion", "now"]


def test_words_at_dashes_are_two() -> None:
    assert written("one—two and/or three-four") == ["one—", "two", "and/or", "three-four"]


def test_decorative_emoji_are_not_said() -> None:
    assert written("Well 🎉 done 👍🏽") == ["Well", "done"]


def test_punctuation_stands_behind_the_phonemes() -> None:
    endings = [word.phonemes[-1] for word in words("Yes, no; why? Oh! So… and— a: b (c) d.")]
    assert "".join(endings[:2] + endings[2:7]) == ",;?!…—:"


def test_a_sentence_falls_in_the_end_though_no_stop_is_written() -> None:
    assert [word.phonemes[-1] for word in words("A heading\n\nA line,\nAnother")][1::2] == [".", "."]


def test_emoji_are_named_where_there_is_nothing_else() -> None:
    assert written("🎉 👍") == ["🎉", "👍"]
    assert is_pronounceable("🎉", "en-US")


@pytest.mark.parametrize("language", LANGUAGES)
def test_emoji_have_names_in_every_language(language: str) -> None:
    assert is_pronounceable("😂", language)
    assert is_pronounceable("🦩", language)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "...", "?!", "—", "«»", "\u200b", "()", "*", "。"])
@pytest.mark.parametrize("language", ["en-US", "ja-JP", "hi-IN"])
def test_nothing_to_say(text: str, language: str) -> None:
    assert not is_pronounceable(text, language)
    assert list(read(text, language)) == []


@pytest.mark.parametrize("text", ["a", "5", "$", "&", "A.", "ñ", "你", "Д", "عرب", "한"])
def test_something_to_say(text: str) -> None:
    assert is_pronounceable(text, "en-US")


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("We love 東京 now", "en-US", ["We", "love", "東京", "now"]),
        ("Das ist Москва", "en-US", ["Das", "ist", "Москва"]),
        ("Google で検索", "ja-JP", ["Google"]),
        ("मैं Google पर", "hi-IN", ["मैं", "Google", "पर"]),
        ("我用 Google", "zh-CN", ["Google"]),
    ],
)
def test_every_script_is_read(text: str, language: str, said: list[str]) -> None:
    assert [word for word in written(text, language) if word in said] == said


def test_a_foreign_word_is_read_by_its_own_language() -> None:
    chinese, hindi = words("中国", "zh-CN"), words("नमस्ते", "hi-IN")
    assert [word.phonemes for word in words("hola 中国", "es-ES")[1:]] == [word.phonemes for word in chinese]
    assert words("hola नमस्ते", "es-ES")[1].phonemes == hindi[0].phonemes


def test_english_voices_say_foreign_words_in_english_sounds() -> None:
    english = set(words("hello", "en-US")[0].phonemes) | set("ʤʧŋɹuOɑɡwnkɔʊʃiəɛˈˌ. ")
    assert set(words("hello 中国")[1].phonemes) <= english


@pytest.mark.parametrize(
    "text", ["word " * 500, "9" * 900, "a" * 900, "one, two, " * 200, "x" * 30 + "." * 300, "東京" * 300]
)
@pytest.mark.parametrize("language", ["en-US", "ja-JP"])
def test_long_sentences_are_cut(text: str, language: str) -> None:
    for sentence in read(text, language):
        assert len(" ".join(word.phonemes for word in sentence.words)) <= LONGEST


def test_cuts_after_a_clause() -> None:
    text = "when the sun had gone down behind the hills, the people came out of their houses, " * 6
    ends = [sentence.words[-1].text for sentence in read(text, "en-US")]
    assert len(ends) > 1
    assert all(end.endswith(",") for end in ends)


def test_a_sentence_that_fits_is_not_cut() -> None:
    assert len(list(read("Hello, my friend; how are you, and how is she?", "en-US"))) == 1


def test_a_long_first_sentence_begins_with_a_short_part() -> None:
    clause = "when the sun had gone down behind the hills, "
    text = clause * 7 + "they came. " + clause * 7 + "they went."
    lengths = [sum(len(word.phonemes) for word in sentence.words) for sentence in read(text, "en-US")]
    assert lengths[0] <= 200
    assert max(lengths[1:]) > 200


@pytest.mark.parametrize(
    "text", ["." * 10_000, "'s" * 1000, "<a" * 1000, "1:1:" * 1000, "*" * 10_000, "a-1" * 1000]
)
def test_no_text_takes_forever(text: str) -> None:
    start = time.perf_counter()
    list(read(text, "en-US"))
    assert time.perf_counter() - start < 120  # some took hours


def test_pauses_grow_from_sentence_to_paragraph() -> None:
    pauses = [sentence.pause for sentence in read("One. Two.\nThree.\n\nFour.", "en-US")]
    assert pauses[0] < pauses[1] < pauses[2]


def test_the_first_sentence_does_not_wait_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    american = phonemiser("en-US")

    def listening(text: str) -> Sequence[Pronounced]:
        said.append(text)
        return american(text)

    monkeypatch.setattr(reading, "phonemiser", lambda _: listening)
    sentences = read("The quick brown fox jumps over 12 lazy dogs on May 5, 2024. " * 166, "en-US")
    next(sentences)
    assert len(said) == 1
    next(sentences)
    assert len(said) == 2


def test_memory_does_not_grow_with_the_text() -> None:
    sentence = "The quick brown fox jumps over 12 lazy dogs on May 5, 2024. "
    list(read(sentence * 3, "en-US"))
    peaks = [_peak(sentence * count) for count in (10, 160)]
    assert peaks[1] < peaks[0] + 500_000


def _peak(text: str) -> int:
    tracemalloc.start()
    for _ in read(text, "en-US"):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_odd_characters_read_like_plain_ones() -> None:
    def phonemes(text: str) -> list[str]:
        return [word.phonemes for word in words(text)]

    assert phonemes("ｆｕｌｌ width") == phonemes("full width")
    assert phonemes("𝐇𝐞𝐥𝐥𝐨 there") == phonemes("Hello there")
    assert phonemes("it’s so") == phonemes("it's so")
    assert phonemes(unicodedata.normalize("NFD", "café now")) == phonemes("café now")
    assert phonemes("soft\u00adware") == phonemes("software")
    assert phonemes("at\u00a0home \u0007now") == phonemes("at home now")
