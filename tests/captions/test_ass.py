"""Subtitles in ASS, as another program reads them."""

import re
from itertools import pairwise

import pysubs2
import pytest

from morgana.captions.ass import escaped, to_ass
from morgana.captions.pages import Word
from morgana.captions.transcripts import LINE
from tests.captions.test_transcripts import SPEECH


def read(
    words: list[Word], language: str | None = "en", size: tuple[int, int] = (1080, 1920)
) -> pysubs2.SSAFile:
    return pysubs2.SSAFile.from_string(to_ass(words, language, size), format_="ass")


def lit(event: pysubs2.SSAEvent) -> list[tuple[float, str]]:
    """When each word of a line is lit (seconds), and the word."""
    pieces = re.findall(r"\{\\k(\d+)\}([^{]*)", event.text)
    times = [event.start / 1000]
    for hundredths, _ in pieces:
        times.append(times[-1] + int(hundredths) / 100)
    return [(time, text.replace("\\N", " ").strip()) for time, (_, text) in zip(times, pieces, strict=False)]


def test_every_word_is_lit_when_it_is_said() -> None:
    found = [one for event in read(SPEECH) for one in lit(event)]
    assert [text for _, text in found] == [word.text for word in SPEECH]
    for (time, _), word in zip(found, SPEECH, strict=True):
        assert time == pytest.approx(word.start, abs=0.0051)


def test_rounding_does_not_add_up() -> None:
    words = [Word(f"w{i}", 0.1 + i * 0.1234, 0.1 + (i + 1) * 0.1234) for i in range(400)]
    found = [one for event in read(words) for one in lit(event)]
    for (time, _), word in zip(found, words, strict=True):
        assert time == pytest.approx(word.start, abs=0.0051)


def test_lines_are_readable_and_follow_each_other() -> None:
    events = read(SPEECH).events
    assert len(events) > 1
    for event, following in pairwise(events):
        assert event.start < event.end <= following.start
    for event in events:
        lines = event.plaintext.split("\n")
        assert len(lines) <= 2
        assert max(map(len, lines)) <= LINE
    whole = " ".join(event.plaintext.replace("\n", " ") for event in events)
    assert whole == " ".join(word.text for word in SPEECH)


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (512, 512)])
def test_letters_are_in_proportion_to_the_picture(size: tuple[int, int]) -> None:
    file = read(SPEECH, size=size)
    assert (file.info["PlayResX"], file.info["PlayResY"]) == tuple(map(str, size))
    style = file.styles["Default"]
    assert {event.style for event in file} == {"Default"}
    assert 0.02 * size[1] < style.fontsize < 0.07 * min(size)
    assert style.primarycolor != style.secondarycolor
    assert style.alignment is pysubs2.Alignment.BOTTOM_CENTER
    assert style.marginl == style.marginr < 0.1 * size[0]


def test_the_language_is_told_where_it_is_known() -> None:
    assert read(SPEECH, "fr").info["Language"] == "fr"
    assert "Language" not in read(SPEECH, None).info


def test_nothing_that_is_said_is_taken_for_a_command() -> None:
    texts = ["{\\b1}bold", "a\\Nb", "back\\", "{", "}", "C:\\new", "x,y", "one\n\ntwo"]
    words = [Word(text, i * 0.3, i * 0.3 + 0.25) for i, text in enumerate(texts)]
    (event,) = read(words).events
    blocks = re.findall(r"\{([^}]*)\}", event.text)
    assert [block for block in blocks if block not in ("", "{")] == [
        block for block in blocks if re.fullmatch(r"\\k\d+", block)
    ]
    assert len(re.findall(r"\\[Nnh]", event.text)) <= 1  # between the lines
    for seen in ("bold", "}", "x,y", "one two", "new"):
        assert seen in event.plaintext


def test_a_brace_is_escaped_as_players_take_it() -> None:
    assert escaped("{x}") == "\\{{}x}"
    assert escaped("\\N") == "\\\u2060N"


def test_scripts_without_spaces_have_none() -> None:
    words = [
        Word(text, i * 0.3, i * 0.3 + 0.3) for i, text in enumerate(["今日は", "天気が", "OK", "です。"])
    ]
    assert read(words, "ja").events[0].plaintext == "今日は天気が OK です。"


def test_where_nothing_is_said_there_are_no_lines() -> None:
    assert read([], None).events == []


def test_times_over_an_hour() -> None:
    (event,) = read([Word("late", 3600.5, 3601)]).events
    assert event.start == 3_600_500
