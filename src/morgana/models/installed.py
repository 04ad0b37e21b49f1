"""Which weights are on this machine, and where."""

from pathlib import Path

from morgana.errors import ErrorCode, InputError
from morgana.models.catalogue import Group, Weight, catalogue
from morgana.settings import settings


def weight(name: str) -> Weight:
    """The weight called `name`; `InputError` (model_missing) where there is none."""
    try:
        return catalogue()[name]
    except KeyError:
        known = ", ".join(catalogue())
        raise InputError(
            ErrorCode.MODEL_MISSING, f"There are no weights called '{name}'. Known names: {known}."
        ) from None


def folder(name: str) -> Path:
    """Where the files of `name` are kept."""
    return settings().models_folder / name


def is_installed(name: str) -> bool:
    """Whether every file of `name` is there in its full size. Hashes are checked when a file is pulled."""
    return all(_has_size(folder(name) / file.name, file.size) for file in weight(name).files)


def path(name: str) -> Path:
    """The file of the weight `name`, or its folder where it has several files (Whisper).

    Raises `InputError` (model_missing) if it has not been pulled: nothing is downloaded here.
    """
    files = weight(name).files
    if not is_installed(name):
        raise InputError(
            ErrorCode.MODEL_MISSING,
            f"The weights '{name}' are not installed. Run `morgana models pull {name}` and try again.",
        )
    return folder(name) if len(files) > 1 else folder(name) / files[0].name


def names(group: Group = "default") -> list[str]:
    """The names of the weights in `group`."""
    return [name for name, entry in catalogue().items() if group in entry.groups]


def missing(group: Group = "default") -> list[str]:
    """The names of the weights in `group` that have not been pulled."""
    return [name for name in names(group) if not is_installed(name)]


def _has_size(file: Path, size: int) -> bool:
    try:
        return file.stat().st_size == size
    except FileNotFoundError:
        return False
