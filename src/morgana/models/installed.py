"""Which weights are on this machine, and where."""

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from morgana.errors import ErrorCode, InputError
from morgana.models.catalogue import Group, Weight, catalogue
from morgana.settings import settings


def weight(name: str) -> Weight:
    """The weight called `name`; `InputError` (model_missing) where there is none."""
    try:
        return catalogue()[name]
    except KeyError:
        known, groups = ", ".join(catalogue()), ", ".join(get_args(Group))
        raise InputError(
            ErrorCode.MODEL_MISSING,
            f"There are no weights called '{name}'. Known names: {known}. Groups of them: {groups}.",
        ) from None


def folder(name: str) -> Path:
    """Where the files of `name` are kept."""
    return weight(name).home(settings().models_folder)


def is_installed(name: str) -> bool:
    """Whether every file of `name` is there in its full size. Hashes are checked when a file is pulled."""
    return has_sizes(weight(name), folder(name))


def has_sizes(entry: Weight, home: Path) -> bool:
    """Whether every file of `entry` is in the folder `home` in its full size."""
    return all(_has_size(home / file.name, file.size) for file in entry.files)


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


def select(wanted: Iterable[str]) -> list[str]:
    """The names of weights among `wanted`, names and groups; `InputError` for what is neither."""
    chosen: dict[str, None] = {}
    for name in wanted:
        members = [entry.name for entry in catalogue().values() if name in entry.groups]
        chosen |= dict.fromkeys(members or [weight(name).name])
    return list(chosen)


def present() -> list[str]:
    """The names of the weights of which anything is here."""
    return [
        name
        for name, entry in catalogue().items()
        if any((folder(name) / file.name).exists() for file in entry.files)
    ]


def missing(group: Group = "default") -> list[str]:
    """The names of the weights in `group` that have not been pulled."""
    return [name for name in names(group) if not is_installed(name)]


def _has_size(file: Path, size: int) -> bool:
    try:
        return file.stat().st_size == size
    except FileNotFoundError:
        return False
