"""Transcripts as people send and fetch them: words with times as JSON, SRT, WebVTT, plain text.

SRT has no standard; it is read as players do. WebVTT: W3C Candidate Recommendation, 4 April 2019.
"""

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from morgana.captions.pages import Page, Word, paginate
from morgana.errors import ErrorCode, InputError
from morgana.text.unicode import is_unspaced, line_pieces

LARGEST: Final = 200_000  # bytes
MOST_WORDS: Final = 20_000
LINE: Final = 42  # characters; Netflix Timed Text Style Guide, and as many as fit a television
LINES: Final = 2
_LONGEST_WORD: Final = 200  # characters: what is longer is no word
_LATEST: Final = 24 * 3600.0  # seconds

Kind = Literal["words", "cues", "text"]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words, as they are written, that are said between `start` and `end` (seconds)."""

    words: tuple[str, ...]
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What somebody says is said in a film.

    kind: words: every cue is one word with its exact times; cues: as subtitles have them; text: one cue,
    whose times say nothing. language: ISO 639-1, None where the transcript does not tell.
    """

    kind: Kind
    cues: tuple[Cue, ...]
    language: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for cue in self.cues for word in cue.words)


def read_transcript(text: str) -> Transcript:
    """What `text` says, in whichever of the forms it is written.

    Raises InputError TRANSCRIPT_INVALID for what is empty, damaged, too large, or runs backwards in time.
    """
    if len(text.encode(errors="replace")) > LARGEST:
        raise _invalid(f"is larger than {LARGEST // 1000} kB. Send it in parts, with parts of the video")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    transcript = _read(text)
    count = len(transcript.words)
    if not count:
        raise _invalid("has no words in it. Send one with words, or none to have the speech recognised")
    if count > MOST_WORDS:
        raise _invalid(f"has {count} words; at most {MOST_WORDS} are taken. Send it in parts")
    return transcript


def _read(text: str) -> Transcript:
    if text.lstrip()[:1] in ("{", "["):
        found = _json(text)
        if found is not None:
            return found
    if re.match(r"WEBVTT(?![^ \t\n])", text):
        return Transcript("cues", tuple(_cues(text.split("\n"), "WebVTT")))
    if _FIRST_CUE.match(text):
        return Transcript("cues", tuple(_cues(text.split("\n"), "SRT")))
    return Transcript("text", (Cue(tuple(written(text)), 0.0, 0.0),))


def _invalid(what: str) -> InputError:
    return InputError(ErrorCode.TRANSCRIPT_INVALID, f"The transcript {what}.")


def written(text: str) -> list[str]:
    """The words of a text; where a script writes no spaces, the pieces between which a line may break."""
    return [
        piece.strip()
        for word in text.split()
        for piece in (line_pieces(word) if any(map(is_unspaced, word)) else [word])
    ]


def joined(words: Sequence[str]) -> str:
    """The words as running text: without spaces where their script has none."""
    text = ""
    for word in words:
        close = text and is_unspaced(text[-1:]) and is_unspaced(word[:1])
        text += word if close or not text else f" {word}"
    return text


class _Timed(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    text: Annotated[str, Field(min_length=1, max_length=_LONGEST_WORD)]
    start: Annotated[float, Field(ge=0, le=_LATEST, allow_inf_nan=False)]
    end: Annotated[float, Field(ge=0, le=_LATEST, allow_inf_nan=False)]


class _Words(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    words: list[_Timed]
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] | None = None


_WORDS = TypeAdapter(list[_Timed])
_FORM = '{"words": [{"text": "Hello", "start": 0.5, "end": 0.9}]}'


def _json(text: str) -> Transcript | None:
    """Words with times, None for a text that only begins like JSON."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        if not re.match(r'\s*(\{\s*"|\[\s*\{)', text):
            return None
        line = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _invalid(f"begins as JSON and is damaged{line}. Write it as {_FORM}") from None
    try:
        found = _Words(words=_WORDS.validate_python(data)) if isinstance(data, list) else None
        found = found or _Words.model_validate(data)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise _invalid(f"is JSON in another form: {place}: {fault['msg']}. Write it as {_FORM}") from None
    cues = [Cue((word.text,), word.start, word.end) for word in found.words]
    for number, cue in enumerate(cues):
        if cue.end < cue.start or (number and cue.start < cues[number - 1].start):
            raise _invalid(
                f"runs backwards at word {number + 1}, at {cue.start:g} s. "
                "Write the words in the order they are said, each with an end after its start"
            )
    return Transcript("words", tuple(cues), found.language)


_TIME = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*+{_TIME}\s*+-->\s*+{_TIME}(?:\s.*)?$")
# Possessive, so that a flood of spaces is read once.
_FIRST_CUE = re.compile(rf"\s*+(?:\d++[ \t]*+\n++)?[ \t]*+{_TIME}[ \t]*+-->")
_LIKE_A_CUE = re.compile(r"\s*+(?:\d++[ \t]*+\n++)?[ \t]*+\d++:\d++.*-\s?>")  # perhaps damaged
_COMMENT = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")  # of WebVTT
_INNER_TIME = re.compile(rf"<{_TIME}>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}")


def _cues(lines: Sequence[str], form: str) -> Iterator[Cue]:
    """The cues of SRT or WebVTT; everything that is no cue is left out."""
    before = 0.0
    for number, block in _blocks(lines, form):
        if form == "WebVTT" and _COMMENT.match(block[0]):
            continue
        timing = next((row for row, line in enumerate(block[:2]) if "-->" in line), None)
        if timing is None:
            if form == "SRT":
                raise _bad_line(form, number)
            continue
        found = _TIMES.match(block[timing])
        if not found:
            raise _bad_line(form, number + timing)
        start, end = _seconds(*found.groups()[:4]), _seconds(*found.groups()[4:])
        if end < start or start < before:
            raise _invalid(
                f"runs backwards at line {number + timing}. Put the cues in the order they are said, each "
                "with an end after its start"
            )
        before = start
        yield from _parts("\n".join(block[timing + 1 :]), start, end)


def _bad_line(form: str, number: int) -> InputError:
    return _invalid(
        f"is {form}, and line {number} cannot be read. "
        "A cue begins with a line such as 00:00:01,000 --> 00:00:02,500"
    )


def _blocks(lines: Sequence[str], form: str) -> Iterator[tuple[int, list[str]]]:
    """Lines between empty ones, each block with the number of its first line.

    In SRT an empty line may belong to the text of a cue: a block begins only where a cue does.
    """
    block: list[str] = []
    first = 1
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            if not block:
                first = number
            block.append(line)
            continue
        following = "\n".join(lines[number : number + 3])
        if block and (form == "WebVTT" or not following.strip() or _LIKE_A_CUE.match(following)):
            yield first, block
            block = []


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")


def _parts(text: str, start: float, end: float) -> Iterator[Cue]:
    """The words of a cue; times inside it cut it into several."""
    pieces = _INNER_TIME.split(text)
    times = [_seconds(*pieces[at : at + 4]) for at in range(1, len(pieces), 5)]
    edges = [start]
    for time in times:
        edges.append(min(max(time, edges[-1]), end))
    edges.append(end)
    for index, piece in enumerate(pieces[::5]):
        words = tuple(written(html.unescape(_TAG.sub("", piece))))
        if words:
            yield Cue(words, edges[index], edges[index + 1])


def to_json(words: Sequence[Word], language: str | None, duration: float) -> str:
    """`{"language", "duration", "words": [{"text", "start", "end"}]}`, times in seconds."""
    kept = [{"text": word.text, "start": round(word.start, 3), "end": round(word.end, 3)} for word in words]
    return json.dumps(
        {"language": language, "duration": round(duration, 3), "words": kept}, ensure_ascii=False
    )


def to_srt(words: Sequence[Word]) -> str:
    """Cues of at most two lines of 42 characters."""
    cues = [
        f"{number}\n{_clock(page.start, ',')} --> {_clock(page.end, ',')}\n{_lines(page)}\n"
        for number, page in enumerate(cue_pages(words), 1)
    ]
    return "\n".join(cues)


def to_vtt(words: Sequence[Word]) -> str:
    """Cues of at most two lines of 42 characters."""
    cues = [
        f"{_clock(page.start, '.')} --> {_clock(page.end, '.')}\n{html.escape(_lines(page), quote=False)}\n"
        for page in cue_pages(words)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def cue_pages(words: Sequence[Word]) -> list[Page]:
    """The words as subtitles show them: pages of at most two lines of 42 characters, no blank in a word."""
    plain = [replace(word, text=" ".join(word.text.split())) for word in words]
    return paginate(plain, LINES * LINE, lambda texts: len(_filled(texts, LINE)) <= LINES)


def cue_lines(words: Sequence[str]) -> list[list[str]]:
    """The words of a page in as few lines as hold them, of which the longest is as short as can be."""
    fewest = _filled(words, LINE)
    for width in range(max(len(joined(words)) // len(fewest), 1), LINE):
        lines = _filled(words, width)
        if len(lines) == len(fewest) and max(len(joined(line)) for line in lines) <= width:
            return lines
    return fewest


def _lines(page: Page) -> str:
    return "\n".join(joined(line) for line in cue_lines([word.text for word in page.words]))


def _filled(words: Sequence[str], width: int) -> list[list[str]]:
    lines: list[list[str]] = []
    for word in words:
        if lines and len(joined([*lines[-1], word])) <= width:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _clock(seconds: float, mark: str) -> str:
    total = round(seconds * 1000)
    minutes, rest = divmod(total, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{mark}{rest % 1000:03}"
