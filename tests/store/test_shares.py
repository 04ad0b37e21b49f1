import pytest
from sqlalchemy import text

from morgana.settings import settings
from morgana.store import Owner, Status, Video, database, shares, videos, work
from tests.store.conftest import ADA, created, draft

pytestmark = pytest.mark.usefixtures("db")


def finished(owner: Owner = ADA) -> Video:
    video = created(owner)
    assert work.complete(video.id, {"video": "videos/x/video.mp4"})
    return video


def shared(video: Video, owner: Owner = ADA) -> str:
    opened = shares.open_to_public(owner, video.id)
    assert opened is not None
    assert opened.share_token is not None
    return opened.share_token


def test_whoever_has_the_token_sees_the_video() -> None:
    video, other = finished(), finished()
    token = shared(video)
    seen = shares.shared(token)
    assert seen is not None
    assert (seen.id, seen.status, seen.share_token) == (video.id, Status.COMPLETE, token)
    assert shared(other) != token
    assert shares.shared(token[:-1]) is None
    assert shares.shared("") is None


def test_a_token_is_long_and_told_again_and_again() -> None:
    video = finished()
    token = shared(video)
    assert len(token) == 43  # of 64 letters: 256 bits
    assert shared(video) == token
    again = videos.get(ADA, video.id)
    assert again is not None
    assert again.share_token == videos.page(ADA)[0].share_token == token


def test_a_video_can_be_created_to_be_shared_and_is_seen_once_it_is_there() -> None:
    wanted = draft()
    video = videos.create(ADA, type(wanted)(wanted.id, wanted.kind, {}, {}, share=True))
    assert video.share_token is not None
    assert shares.shared(video.share_token) is None
    work.complete(video.id, {"video": "x"})
    assert shares.shared(video.share_token) is not None
    assert created().share_token is None


def test_a_closed_page_stays_closed() -> None:
    video = finished()
    token = shared(video)
    assert shares.close(ADA, video.id)
    assert shares.shared(token) is None
    assert shares.close(ADA, video.id)
    assert shared(video) != token
    assert shares.shared(token) is None


def test_it_is_gone_with_the_video() -> None:
    video = finished()
    token = shared(video)
    assert videos.remove(ADA, video.id)
    assert shares.shared(token) is None


def test_only_its_owner_shares_a_video() -> None:
    video = finished()
    looms = Owner("ada", "looms")
    assert shares.open_to_public(looms, video.id) is None
    token = shared(video)
    assert not shares.close(looms, video.id)
    assert shares.shared(token) is not None


def test_the_database_does_not_hold_what_opens_a_page() -> None:
    token = shared(finished())
    with database.reading() as session:
        kept = session.execute(text("SELECT * FROM videos")).mappings().one()
    assert kept["share_digest"]
    assert token not in str(dict(kept))


def test_under_another_secret_a_page_stays_open_and_a_new_link_can_be_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    video = finished()
    old = shared(video)
    monkeypatch.setenv("MORGANA_SECRET", "x" * 32)
    settings.cache_clear()
    seen = shares.shared(old)
    assert seen is not None
    assert seen.share_token is None
    new = shared(video)
    assert new != old
    assert shares.shared(new) is not None
    assert shares.shared(old) is None
