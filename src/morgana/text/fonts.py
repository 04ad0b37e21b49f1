"""Which font writes a letter: the one that is asked for, else one that has it, never a box."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.text.faces import Face, opened
from morgana.text.substitutes import preferred

_COMMON = "Inter"


def families() -> list[str]:
    """The names of all fonts that text may be written in, sorted; not those of emoji and symbols."""
    return sorted(name for name, font in models.fonts().items() if font.style not in ("emoji", "symbols"))


def weights(family: str) -> list[int]:
    """The weights that there are of a font, 100 to 900; `InputError` as `canonical`."""
    return sorted(face.weight for face in models.fonts()[canonical(family)].faces)


def canonical(name: str) -> str:
    """The family called `name`, however its letters are cased.

    Raises `InputError` (font_not_found) that lists the nearest names.
    """
    known = {family.casefold(): family for family in families()}
    wanted = " ".join(name.split()).casefold()
    if wanted in known:
        return known[wanted]
    near = nearest(name)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(families())}."
    raise InputError(ErrorCode.FONT_NOT_FOUND, f"There is no font of that name. {hint}")


def nearest(name: str, count: int = 3) -> list[str]:
    """The families whose names are most like `name`, the likest first; none if none is like it."""
    known = {family.casefold(): family for family in families()}
    wanted = " ".join(name.split()).casefold()
    begun = [key for key in known if wanted and (key.startswith(wanted) or wanted.startswith(key))]
    near = get_close_matches(wanted, known, n=count, cutoff=0.5)
    return [known[key] for key in dict.fromkeys([*begun, *near])][:count]


def require(family: str) -> None:
    """Raise `InputError` (model_missing) unless the letters of the family called `family` are here now."""
    font = models.fonts()[family]
    if not models.is_installed(font.name):
        raise InputError(
            ErrorCode.MODEL_MISSING,
            f"The font '{family}' is not installed. Run `morgana models pull {font.name}` and try again.",
        )


@lru_cache(maxsize=512)
def face(family: str, weight: int) -> Face:
    """The face of `family` that is nearest to `weight`, the bolder of two.

    Raises `InputError`: font_not_found as `canonical`, model_missing where it is not installed.
    """
    return _nearest_weight(canonical(family), weight)


def face_for(letter: str, family: str, weight: int, language: str = "") -> Face | None:
    """The face that shows a grapheme: of `family` if that has it, else of the nearest font that does.

    language: BCP 47; tells how Chinese characters are written. None where no installed font has it.
    """
    return _face_for(letter, canonical(family), weight, language.split("-")[0].casefold())


@lru_cache(maxsize=8192)
def _face_for(letter: str, family: str, weight: int, language: str) -> Face | None:
    looks = models.fonts()[family].looks or weight
    candidates = _candidates(letter, family, language)
    faces = (_nearest_weight(name, weight if name == family else looks) for name in candidates)
    return next((face for face in faces if face.covers(letter)), None)


def _candidates(letter: str, family: str, language: str) -> Iterator[str]:
    """Installed families in the order in which they are asked for a letter, each once."""
    order = (*preferred(letter, family, language), *models.fonts())
    yield from (name for name in dict.fromkeys(order) if models.is_installed(models.fonts()[name].name))


def lenders(letters: Iterable[str], language: str = "") -> list[str]:
    """Which entries of the catalogue, not installed yet, may have what no installed font has."""
    offered = (name for letter in letters for name in preferred(letter, _COMMON, language))
    entries = dict.fromkeys(models.fonts()[name].name for name in offered)
    return [name for name in entries if not models.is_installed(name)]


@lru_cache(maxsize=512)
def _nearest_weight(family: str, weight: int) -> Face:
    require(family)
    font = models.fonts()[family]
    chosen = min(font.faces, key=lambda face: (abs(face.weight - weight), -face.weight))
    return opened(family, chosen.weight, models.folder(font.name) / chosen.file)
