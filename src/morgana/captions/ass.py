"""Transcripts as Advanced SubStation Alpha (ASS, script type v4.00+), in which words light up as in karaoke.

There is no standard; it is written as libass, which most players use, and Aegisub read it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from morgana.captions.pages import Page, Word
from morgana.captions.transcripts import cue_lines, cue_pages, joined

USUAL_SIZE: Final = (1920, 1080)
_STYLE: Final = "Default"
_FONT: Final = "Arial"  # which every system has, or something like it
_HIGH, _WIDE = 0.06, 0.05  # of the picture's height and width, whichever is less: an em
_MARGIN_X, _MARGIN_Y = 0.06, 0.08  # of its width and height
_OUTLINE: Final = 0.06  # of an em
# Colours are written as alpha (0: opaque), blue, green, red.
_SAID, _UNSAID, _EDGE, _SHADE = "&H00FFFFFF", "&H00A8A8A8", "&H00101010", "&H80000000"
_STYLE_FIELDS: Final = (
    *("Name", "Fontname", "Fontsize", "PrimaryColour", "SecondaryColour", "OutlineColour", "BackColour"),
    *("Bold", "Italic", "Underline", "StrikeOut", "ScaleX", "ScaleY", "Spacing", "Angle", "BorderStyle"),
    *("Outline", "Shadow", "Alignment", "MarginL", "MarginR", "MarginV", "Encoding"),
)
_EVENT_FIELDS: Final = (
    *("Layer", "Start", "End", "Style", "Name", "MarginL", "MarginR", "MarginV", "Effect", "Text"),
)
_BOTTOM_CENTRE, _UNICODE = 2, 1
_WORD_JOINER: Final = "\u2060"  # is not seen


def to_ass(words: Sequence[Word], language: str | None, size: tuple[int, int] = USUAL_SIZE) -> str:
    """Pages of at most two lines of 42 characters, in which each word is lit from when it is said.

    language: ISO 639-1, None where it is not known. size: (width, height) of the picture, which the letters
    are in proportion to.
    """
    width, height = size
    head = [
        "[Script Info]",
        "ScriptType: v4.00+",
        "WrapStyle: 0",
        "ScaledBorderAndShadow: yes",
        f"PlayResX: {width}",
        f"PlayResY: {height}",
        *([f"Language: {language}"] if language else []),
        "",
        "[V4+ Styles]",
        f"Format: {', '.join(_STYLE_FIELDS)}",
        f"Style: {_style(width, height)}",
        "",
        "[Events]",
        f"Format: {', '.join(_EVENT_FIELDS)}",
    ]
    return "\n".join([*head, *map(_dialogue, cue_pages(words))]) + "\n"


def _style(width: int, height: int) -> str:
    em = round(min(_HIGH * height, _WIDE * width))
    sides = round(_MARGIN_X * width)
    values = (
        *(_STYLE, _FONT, em, _SAID, _UNSAID, _EDGE, _SHADE),
        *(-1, 0, 0, 0, 100, 100, 0, 0, 1),
        *(f"{_OUTLINE * em:.1f}", 0, _BOTTOM_CENTRE, sides, sides, round(_MARGIN_Y * height), _UNICODE),
    )
    return ",".join(map(str, values))


def _dialogue(page: Page) -> str:
    return f"Dialogue: 0,{_clock(page.start)},{_clock(page.end)},{_STYLE},,0,0,0,,{_karaoke(page)}"


def _karaoke(page: Page) -> str:
    """Each word after the hundredths of a second until the next one begins; the last, until its end."""
    edges = [_hundredths(word.start) for word in page.words] + [_hundredths(page.words[-1].end)]
    lasting = (after - before for before, after in pairwise(edges))
    return "".join(f"{{\\k{time}}}{text}" for time, text in zip(lasting, _texts(page), strict=True))


def _texts(page: Page) -> Iterator[str]:
    """Each word with what separates it from the next one."""
    lines = cue_lines([word.text for word in page.words])
    for number, line in enumerate(lines, 1):
        for word, following in pairwise(line):
            close = joined([word, following]) == word + following
            yield escaped(word) + ("" if close else " ")
        yield escaped(line[-1]) + ("\\N" if number < len(lines) else "")


def escaped(text: str) -> str:
    r"""The text, in which nothing is taken for a command.

    The format has no escapes but libass's `\{`; the empty block after it keeps others from hiding the text up
    to the next `}`. A word joiner keeps a backslash from the letter that would make a command of it.
    """
    return text.replace("\\", "\\" + _WORD_JOINER).replace("{", "\\{{}")


def _hundredths(seconds: float) -> int:
    return round(seconds * 100)


def _clock(seconds: float) -> str:
    total = _hundredths(seconds)
    minutes, rest = divmod(total, 6000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest // 100:02}.{rest % 100:02}"
