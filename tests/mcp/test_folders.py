"""Assistants read and write in the named folders, and nowhere else."""

from pathlib import Path

import pytest

from morgana.mcp.folders import Folders
from morgana.mcp.job import Refused


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    for name in ("first", "second", "secret"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "film.mp4").write_bytes(b"film")
    return Folders([tmp_path / "first", tmp_path / "second"])


def test_paths_in_the_folders_are_found(folders: Folders, tmp_path: Path) -> None:
    assert folders.readable("film.mp4") == tmp_path / "first/film.mp4"
    assert folders.readable(str(tmp_path / "second/film.mp4")) == tmp_path / "second/film.mp4"
    assert folders.readable("../second/film.mp4") == tmp_path / "second/film.mp4"
    assert folders.writable("new.MP4", ".mp4") == tmp_path / "first/new.MP4"


def test_paths_outside_of_them_are_not(folders: Folders, tmp_path: Path) -> None:
    (tmp_path / "first/link").symlink_to(tmp_path / "secret")
    (tmp_path / "first/film-link.mp4").symlink_to(tmp_path / "secret/film.mp4")
    (tmp_path / "first/loop").symlink_to(tmp_path / "first/loop")
    outside = ["../secret/film.mp4", str(tmp_path / "secret/film.mp4"), "link/film.mp4", "film-link.mp4"]
    for path in [*outside, "/etc/passwd", "~/film.mp4", "/first/film.mp4", "film\0.mp4"]:
        with pytest.raises(Refused, match=r"outside|not a path"):
            folders.readable(path)
    for path in ("../secret/new.mp4", "link/new.mp4", "/new.mp4"):
        with pytest.raises(Refused, match="outside"):
            folders.writable(path, ".mp4")
    with pytest.raises(Refused, match=r"There is no file|not a path"):
        folders.readable("loop")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("film.mp4", "not overwritten"),
        ("new.mov", "end in .mp4"),
        ("nowhere/new.mp4", "There is no folder"),
    ],
)
def test_nothing_is_overwritten_or_put_where_it_does_not_belong(
    folders: Folders, path: str, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        folders.writable(path, ".mp4")
