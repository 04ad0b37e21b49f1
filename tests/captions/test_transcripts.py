"""Transcripts in every form in which they are sent and fetched."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morgana.captions.pages import Word
from morgana.captions.transcripts import (
    LARGEST,
    LINE,
    Cue,
    Transcript,
    read_transcript,
    to_json,
    to_srt,
    to_vtt,
)
from morgana.errors import ErrorCode, InputError

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Hello</i> there,
{\\an8}my friend.

2
00:00:03,000 --> 00:01:04,250 X1:40 X2:600
- Fine &amp; dandy
"""
VTT = """\ufeffWEBVTT - a talk

STYLE
::cue { color: lime }

NOTE
nobody --> reads this

intro
00:01.000 --> 00:02.500 align:start position:10%
<v Ada>Hello <b>there</b>, <c.loud>my</c> friend.</v>

01:00:03.000 --> 01:00:06.000
One <01:00:04.000>two <01:00:05.000><c>three</c> &lt;four&gt;
"""


def refused(text: str) -> str:
    with pytest.raises(InputError) as error:
        read_transcript(text)
    assert error.value.code is ErrorCode.TRANSCRIPT_INVALID
    return error.value.message


def test_subrip() -> None:
    assert read_transcript(SRT) == Transcript(
        "cues",
        (Cue(("Hello", "there,", "my", "friend."), 1.0, 2.5), Cue(("-", "Fine", "&", "dandy"), 3.0, 64.25)),
    )


def test_webvtt() -> None:
    found = read_transcript(VTT)
    assert found.kind == "cues"
    assert found.cues[0] == Cue(("Hello", "there,", "my", "friend."), 1.0, 2.5)
    assert found.cues[1:] == (
        Cue(("One",), 3603.0, 3604.0),
        Cue(("two",), 3604.0, 3605.0),
        Cue(("three", "<four>"), 3605.0, 3606.0),
    )


@pytest.mark.parametrize("text", [SRT, VTT])
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_every_system(text: str, end: str) -> None:
    assert read_transcript(text.replace("\n", end)) == read_transcript(text)


def test_subrip_with_empty_lines_in_and_between_its_cues() -> None:
    found = read_transcript(
        "\n1\n00:00:01,0 --> 00:00:02,0\none\n\ntwo\n\n\n\n7\n00:00:02.5 --> 00:00:03.0\n\n"
        "00:00:04,000 --> 00:00:05,000\nthree"
    )
    assert [(cue.words, cue.start) for cue in found.cues] == [(("one", "two"), 1.0), (("three",), 4.0)]


def test_words_with_times() -> None:
    words = [
        {"text": "Hi", "start": 0, "end": 0.4, "probability": 1},
        {"text": " you ", "start": 0.5, "end": 0.9},
    ]
    cues = (Cue(("Hi",), 0.0, 0.4), Cue(("you",), 0.5, 0.9))
    assert read_transcript(json.dumps(words)) == Transcript("words", cues)
    assert read_transcript(json.dumps({"words": words, "language": "en"})) == Transcript("words", cues, "en")


def test_plain_text() -> None:
    found = read_transcript(' "Well,"  she said.\n\n[laughs]\n2 --> 3 ')
    assert found.kind == "text"
    assert found.words == ('"Well,"', "she", "said.", "[laughs]", "2", "-->", "3")
    assert read_transcript("[laughs] Well.").words == ("[laughs]", "Well.")


def test_words_of_scripts_without_spaces() -> None:
    words = read_transcript("今日は天気がいいですね。 OK です").words
    assert "".join(words) == "今日は天気がいいですね。OKです"
    assert 4 <= len(words) <= 14
    assert "OK" in words
    assert len(read_transcript("วันนี้อากาศดีมาก").words) >= 3


@pytest.mark.parametrize("text", ["", " \n\t", "WEBVTT\n\nNOTE nothing\n", "[]", '{"words": []}'])
def test_nothing_in_it_is_told(text: str) -> None:
    assert "no words" in refused(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:03,000 -> 00:00:04,000\nb", "line 5"),
        ("1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:03,000 --> 4\nb", "line 6"),
        ("WEBVTT\n\n00:01.000 --> later\na", "line 3"),
        ("1\n00:00:01,000 --> 00:99:02,000\na", "line 2"),
        ('{"words": [{"text": "a", "start": 0, "end": 1},\n oops]}', "line 2"),
        ('{"words": [{"text": "a", "start": "soon", "end": 1}]}', "words.0.start"),
        ('[{"text": "a", "start": 0}]', "0.end"),
        ('[{"text": "a", "start": NaN, "end": 1}]', "0.start"),
        ('{"text": "hello"}', "words"),
    ],
)
def test_damage_is_told_with_its_place(text: str, place: str) -> None:
    assert place in refused(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1\n00:00:02,000 --> 00:00:01,000\na", "line 2"),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:02.000 --> 00:03.000\nb", "line 6"),
        ('[{"text":"a","start":1,"end":2},{"text":"b","start":0.5,"end":2}]', "word 2"),
        ('[{"text":"a","start":1,"end":0.5}]', "word 1"),
    ],
)
def test_times_that_run_backwards_are_told(text: str, place: str) -> None:
    message = refused(text)
    assert "runs backwards" in message
    assert place in message


def test_too_much_is_told() -> None:
    assert "larger than 200 kB" in refused("é" * (LARGEST // 2 + 1))
    assert "20001 words" in refused("a " * 20_001)


@pytest.mark.parametrize(
    "flood",
    [
        " " * 190_000 + "-->",
        "1\n" * 90_000,
        "1\n" + "\n" * 190_000,
        "[{" * 50_000,
        "00:" * 60_000,
        "0" * 190_000,
    ],
    ids=["spaces", "numbers", "lines", "brackets", "colons", "digits"],
)
def test_a_flood_is_read_or_refused_at_once(flood: str) -> None:
    began = time.process_time()
    with suppress(InputError):
        read_transcript(flood)
    assert time.process_time() - began < 5


def test_what_a_transcript_says_is_not_repeated_in_errors() -> None:
    for text in ("1\n00:00:02,000 --> 00:00:01,000\nsecret", '[{"text":"secret","start":1,"end":0}]'):
        assert "secret" not in refused(text)


@given(st.text(max_size=300) | st.text(alphabet='WEBVT\n0123:.,-> <>&;{}[]"a', max_size=200))
def test_anything_is_read_or_refused(text: str) -> None:
    for written in (text, f"WEBVTT\n\n{text}", f"1\n00:00:01,000 --> 00:00:02,000\n{text}"):
        try:
            found = read_transcript(written)
        except InputError:
            continue
        assert found.words
        starts = [cue.start for cue in found.cues]
        assert all(cue.end >= cue.start for cue in found.cues)
        assert starts == sorted(starts)


def said(text: str, pace: float = 0.25) -> list[Word]:
    return [Word(word, 1 + i * pace, 1 + (i + 1) * pace) for i, word in enumerate(text.split())]


SPEECH = said(
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of "
    "foolishness. "
    "Tom & Jerry <3 it."
)


def test_subtitles_are_readable() -> None:
    srt = to_srt(SPEECH)
    blocks = [block.splitlines() for block in srt.strip().split("\n\n")]
    assert [block[0] for block in blocks] == [str(number + 1) for number in range(len(blocks))]
    for block in blocks:
        assert len(block[2:]) <= 2
        assert all(len(line) <= LINE for line in block[2:])
    assert " ".join(" ".join(block[2:]) for block in blocks) == " ".join(word.text for word in SPEECH)
    assert blocks[0][1].startswith("00:00:01,000 --> 00:00:0")
    assert blocks[-1][2:] == ["Tom & Jerry <3 it."]


def test_what_is_written_is_read_again() -> None:
    texts = tuple(word.text for word in SPEECH)
    for text in (to_srt(SPEECH), to_vtt(SPEECH)):
        found = read_transcript(text)
        assert found.kind == "cues"
        assert found.words == texts
        assert found.cues[0].start == 1.0
    assert to_vtt(SPEECH).startswith("WEBVTT\n\n00:00:01.000 --> ")
    found = read_transcript(to_json(SPEECH, "en", 9.5))
    assert (found.kind, found.language, found.words) == ("words", "en", texts)
    assert json.loads(to_json(SPEECH, None, 9.5))["duration"] == 9.5


def test_subtitles_put_no_spaces_where_a_script_has_none() -> None:
    words = [
        Word(text, i * 0.3, i * 0.3 + 0.3) for i, text in enumerate(["今日は", "天気が", "OK", "です。"])
    ]
    assert "今日は天気が OK です。" in to_srt(words)


def test_times_over_an_hour() -> None:
    assert "01:00:00,500 --> " in to_srt([Word("late", 3600.5, 3601)])
