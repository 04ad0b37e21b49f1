"""What the API asks of whoever knows fonts and what may be asked of a text over a film."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Protocol

from fastapi import Depends, Request

from morgana.errors import InputError


class Font(Protocol):
    """A name that `font` may have: a font family, or a look, which is a way to set text in one.

    weights: 100 to 900. scripts: None where the font is not installed.
    """

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> Literal["font", "look"]: ...
    @property
    def summary(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def weights(self) -> Sequence[int]: ...
    @property
    def scripts(self) -> Sequence[str] | None: ...
    @property
    def licence(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def available(self) -> bool: ...


class Overlayer(Protocol):
    """The live room, as seen from here."""

    def refusals(self, item: Mapping[str, object]) -> Mapping[str, InputError]:
        """What is wrong with an item that could be written over no film, by field."""

    def fonts(self) -> Sequence[Font]:
        """Every look and font, in the order in which they are listed."""

    def font(self, name: str) -> Font:
        """The one of this name. Raises InputError (font_not_found) with the nearest names."""

    async def preview(self, name: str) -> Path:
        """A picture (PNG) of one, kept from when it is first asked for; another version has another name.

        Raises InputError (font_not_found, model_missing).
        """


def _overlayer(request: Request) -> Overlayer:
    overlayer: Overlayer = request.app.state.overlayer
    return overlayer


OverlayingRoom = Annotated[Overlayer, Depends(_overlayer)]
