"""What the files of a job take of the disk."""

from pathlib import Path

from morgana.jobs.occupancy import is_over

_MIB = 2**20


def test_what_lies_anywhere_below_is_counted_together(tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b" / "c"):
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(b"x" * _MIB)
    assert is_over(tmp_path, 2 * _MIB - 1)
    assert not is_over(tmp_path, 3 * _MIB)


def test_empty_files_count_and_holes_and_links_do_not(tmp_path: Path) -> None:
    with (tmp_path / "hole").open("wb") as hole:
        hole.truncate(100 * _MIB)
    (tmp_path / "link").symlink_to("/usr")
    assert not is_over(tmp_path, _MIB)
    for number in range(300):
        (tmp_path / f"{number}").touch()
    assert is_over(tmp_path, _MIB)


def test_what_cannot_be_looked_at_is_too_much_and_what_is_gone_is_nothing(tmp_path: Path) -> None:
    assert not is_over(tmp_path / "gone", 0)
    (tmp_path / "file").touch()
    assert is_over(tmp_path / "file", _MIB)
