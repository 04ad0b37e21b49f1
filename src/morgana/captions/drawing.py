"""From words and a template to what is drawn on every frame."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from morgana.captions.animation import Scene
from morgana.captions.keywords import mark_keywords
from morgana.captions.layout import Frame, fits, unspaced
from morgana.captions.pages import Word, paginate
from morgana.captions.template import Template
from morgana.text.compose import compose
from morgana.text.unicode import graphemes, is_emoji
from morgana.video.patch import Draw, Patch

SHORT: Final = 2


def drawing(template: Template, frame: Frame, words: Sequence[Word]) -> Draw:
    """What `template` draws of `words`, in order of time, on a frame at a time in seconds.

    Where none of the words is marked as a keyword, and the template has a look for them, one a page is.
    """
    shown = list(_shown(template, words))
    longest = template.layout.words
    if longest > 1 and unspaced([word.text for word in shown]):
        longest *= SHORT  # what the recogniser calls a word there is a character or two
    pages = paginate(shown, longest, partial(fits, template, frame))
    if template.keyword and not any(word.keyword for word in words):
        pages = [mark_keywords(page) for page in pages]
    starts = [page.start for page in pages]
    scenes = [
        Scene(template, frame, page, number, followed=page.end in starts[number + 1 : number + 2])
        for number, page in enumerate(pages)
    ]

    def draw(time: float) -> Sequence[Patch]:
        index = bisect_right(starts, time) - 1
        if index < 0:
            return ()
        patch = compose(frame.width, frame.height, scenes[index].at(time))
        return (patch,) if patch else ()

    return draw


def _shown(template: Template, words: Sequence[Word]) -> Iterator[Word]:
    for word in words:
        text = word.text
        if template.emoji == "drop":
            text = "".join(letter for letter in graphemes(text) if not is_emoji(letter))
        if text:
            yield replace(word, text=text)
