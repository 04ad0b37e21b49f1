import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from morgana.client import Client, ConflictError, ConnectionError, NotFoundError  # noqa: A004
from morgana.client.downloading import _taken
from tests.api.conftest import MP4, PNG, WAV, finish
from tests.client import faulty as faults
from tests.client.conftest import Connect
from tests.client.faulty import Asked, Faulty, Reply, answer, broken, hang_up, problem

TAG = '"film-1"'


@pytest.fixture
def storage() -> Iterator[Faulty]:
    """Where links lead: another server than the API's."""
    with faults.running() as running:
        yield running


def rest(content: bytes, tag: str = TAG) -> Reply:
    """What a good server answers to a Range."""

    def reply(asked: Asked) -> bytes | None:
        wanted = asked.header("range")
        if wanted is None or asked.header("if-range") != tag:
            return answer(content, ETag=tag)(asked)
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        if start >= len(content):
            return problem("range_not_satisfiable", 416)(asked)
        extent = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return answer(content[start:], 206, ETag=tag, Content_Range=extent)(asked)

    return reply


def half(content: bytes, tag: str = TAG) -> Reply:
    return broken(content[: len(content) // 2], len(content), ETag=tag)


def test_a_video_of_a_real_server(client: Client, tmp_path: Path) -> None:
    video = client.videos.create(image=PNG, audio=WAV)
    finish(video.id, {"video.mp4": MP4})
    shares: list[float] = []
    target = tmp_path / "a film.mp4"
    assert client.videos.download(video, target, on_progress=shares.append) == target
    assert target.read_bytes() == MP4
    assert shares[-1] == 1
    assert [*tmp_path.glob(".*.part")] == []


def test_a_broken_connection_is_gone_on_with(
    troubled: Client, faulty: Faulty, waits: list[float], tmp_path: Path
) -> None:
    faulty.replying(half(MP4), rest(MP4))
    troubled.videos.download("video_1", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == MP4
    assert [asked.header("range") for asked in faulty.asked] == [None, f"bytes={len(MP4) // 2}-"]
    assert faulty.asked[0].header("accept-encoding") == "identity"
    assert len(waits) == 1


def test_as_long_as_something_comes_attempts_are_not_used_up(
    connect: Connect, faulty: Faulty, waits: list[float], tmp_path: Path
) -> None:
    def drop(asked: Asked) -> bytes | None:
        start = int((asked.header("range") or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        if start + 1000 >= len(MP4):
            return rest(MP4)(asked)
        extent = f"bytes {start}-{len(MP4) - 1}/{len(MP4)}"
        left, status = len(MP4) - start, 206 if start else 200
        return broken(MP4[start : start + 1000], left, status, ETag=TAG, Content_Range=extent)(asked)

    faulty.replying(drop)
    connect(faulty.url, "key", max_retries=1).videos.download("video_1", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == MP4
    assert len(faulty.asked) == 11
    assert set(waits) == {0.5}


def test_the_next_call_goes_on_where_the_last_one_gave_up(
    connect: Connect, faulty: Faulty, tmp_path: Path
) -> None:
    client = connect(faulty.url, "key", max_retries=0)
    target = tmp_path / "film.mp4"
    faulty.replying(half(MP4))
    with pytest.raises(ConnectionError):
        client.videos.download("video_1", target)
    assert not target.exists()
    faulty.replying(rest(MP4))
    client.videos.download("video_1", target)
    assert target.read_bytes() == MP4
    assert faulty.asked[-1].header("range") == f"bytes={len(MP4) // 2}-"
    assert [one.name for one in tmp_path.iterdir()] == ["film.mp4"]


def test_a_file_that_is_another_one_by_then_is_begun_anew(
    troubled: Client, faulty: Faulty, waits: list[float], tmp_path: Path
) -> None:
    other = MP4[::-1]
    faulty.replying(half(MP4), rest(other, '"film-2"'))
    troubled.videos.download("video_1", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == other
    assert [one.name for one in tmp_path.iterdir()] == ["film.mp4"]
    assert len(waits) == 1


@pytest.mark.parametrize("tag", [None, 'W/"weak"'])
def test_nothing_is_pieced_together_that_the_server_does_not_vouch_for(
    troubled: Client, faulty: Faulty, waits: list[float], tmp_path: Path, tag: str | None
) -> None:
    faulty.replying(broken(b"old" * 99, len(MP4), ETag=tag), answer(MP4, ETag=tag))
    troubled.videos.download("video_1", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == MP4
    assert faulty.asked[1].header("range") is None
    assert len(waits) == 1


def test_a_server_that_knows_no_ranges_is_asked_for_all(
    troubled: Client, faulty: Faulty, waits: list[float], tmp_path: Path
) -> None:
    faulty.replying(half(MP4), answer(MP4, ETag=TAG))
    troubled.videos.download("video_1", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == MP4
    assert len(waits) == 1


def test_a_part_that_is_longer_than_the_file_is_thrown_away(
    connect: Connect, faulty: Faulty, waits: list[float], tmp_path: Path
) -> None:
    with ExitStack() as opened:
        part = _taken(opened, tmp_path / "film.mp4", TAG)
        part.file.write(MP4 + b"more")
    faulty.replying(rest(MP4))
    connect(faulty.url, "key").videos.download("video_1", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == MP4
    assert waits == [0]


def test_a_server_that_sends_another_part_than_asked_for_is_not_believed(
    troubled: Client, faulty: Faulty, waits: list[float], tmp_path: Path
) -> None:
    missing = len(MP4) - len(MP4) // 2  # as many bytes as wanted, from another place
    extent = f"bytes 7-{missing + 6}/{len(MP4)}"
    wrong = answer(MP4[7 : missing + 7], 206, ETag=TAG, Content_Range=extent)
    faulty.replying(half(MP4), wrong, answer(MP4, ETag=TAG))
    troubled.videos.download("video_1", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == MP4
    assert len(waits) == 2


def test_a_link_to_another_server_is_followed_without_the_key(
    troubled: Client, faulty: Faulty, storage: Faulty, tmp_path: Path
) -> None:
    faulty.replying(answer(status=302, Location=f"{storage.url}/film?signature=a%2Fb"))
    storage.replying(answer(MP4))
    troubled.videos.download("video_1", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == MP4
    assert faulty.asked[0].header("x-api-key") == "key"
    assert storage.lines() == ["GET /film?signature=a%2Fb"]
    assert storage.asked[0].header("x-api-key") is None


def test_a_link_on_the_same_server_may_be_relative_and_has_the_key(
    troubled: Client, faulty: Faulty, tmp_path: Path
) -> None:
    faulty.replying(answer(status=307, Location="/films/1"), answer(MP4))
    troubled.videos.download("video_1", tmp_path / "film.mp4")
    assert faulty.lines() == ["GET /v1/videos/video_1/content", "GET /films/1"]
    assert faulty.asked[1].header("x-api-key") == "key"


def test_a_link_that_expires_on_the_way_is_asked_for_again(
    troubled: Client, faulty: Faulty, storage: Faulty, waits: list[float], tmp_path: Path
) -> None:
    faulty.replying(answer(status=302, Location=f"{storage.url}/film"))
    storage.replying(half(MP4), problem("link_expired", 403), rest(MP4))
    troubled.videos.download("video_1", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == MP4
    assert len(faulty.asked) == 3
    assert waits == [0.5, 0]


def test_links_that_lead_in_a_circle_end(connect: Connect, faulty: Faulty, tmp_path: Path) -> None:
    faulty.replying(answer(status=302, Location="/here"))
    with pytest.raises(ConnectionError, match="without an end"):
        connect(faulty.url, "key", max_retries=0).videos.download("video_1", tmp_path / "film.mp4")
    assert len(faulty.asked) < 10


def test_an_older_file_stays_until_the_new_one_is_whole(
    connect: Connect, faulty: Faulty, tmp_path: Path
) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"older")
    faulty.replying(half(MP4), hang_up)
    with pytest.raises(ConnectionError):
        connect(faulty.url, "key", max_retries=0).videos.download("video_1", target)
    assert target.read_bytes() == b"older"


@pytest.mark.parametrize(("error", "status"), [(NotFoundError, 404), (ConflictError, 409)])
def test_a_refusal_leaves_nothing(
    troubled: Client,
    faulty: Faulty,
    waits: list[float],
    tmp_path: Path,
    error: type[Exception],
    status: int,
) -> None:
    faulty.replying(half(MP4), problem("gone", status))
    with pytest.raises(error):
        troubled.videos.download("video_1", tmp_path / "film.mp4")
    assert [*tmp_path.iterdir()] == []
    assert len(waits) == 1


def test_an_interrupt_leaves_nothing(troubled: Client, faulty: Faulty, tmp_path: Path) -> None:
    def interrupt(_share: float) -> None:
        raise KeyboardInterrupt

    faulty.replying(answer(MP4, ETag=TAG))
    with pytest.raises(KeyboardInterrupt):
        troubled.videos.download("video_1", tmp_path / "film.mp4", on_progress=interrupt)
    assert [*tmp_path.iterdir()] == []


def test_two_downloads_into_one_file_do_not_mix(troubled: Client, faulty: Faulty, tmp_path: Path) -> None:
    faulty.replying(answer(MP4, ETag=TAG))
    with ExitStack() as opened:
        _taken(opened, tmp_path / "film.mp4", TAG)
        with pytest.raises(BlockingIOError, match="already"):
            troubled.videos.download("video_1", tmp_path / "film.mp4")
    troubled.videos.download("video_1", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == MP4


def test_where_it_cannot_be_written_nothing_is_asked_for(
    troubled: Client, faulty: Faulty, tmp_path: Path
) -> None:
    with pytest.raises(IsADirectoryError):
        troubled.videos.download("video_1", tmp_path)
    with pytest.raises(FileNotFoundError, match="no folder"):
        troubled.videos.download("video_1", os.fspath(tmp_path / "none" / "film.mp4"))
    assert faulty.asked == []
