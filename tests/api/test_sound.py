import pytest
from starlette.datastructures import Headers

from morgana.api.errors import ApiError
from morgana.api.sound import accepted, content_type


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "wav"),
        ("", "wav"),
        ("*/*", "wav"),
        ("application/json, text/plain, */*", "wav"),
        ("audio/*", "wav"),
        ("audio/mpeg", "mp3"),
        ("AUDIO/MPEG", "mp3"),
        ("audio/ogg; codecs=opus", "opus"),
        ("audio/opus", "opus"),
        ("audio/flac, */*;q=0.1", "flac"),
        ("audio/wav;q=0.5, audio/mpeg", "mp3"),
        ("audio/wav;q=0, audio/*;q=0.5", "mp3"),
        ("audio/pcm;rate=24000", "pcm"),
        ("text/html, audio/x-flac; q=0.3", "flac"),
    ],
)
def test_the_format_is_what_the_client_likes_best(accept: str | None, expected: str) -> None:
    assert accepted(Headers({} if accept is None else {"accept": accept})) == expected


@pytest.mark.parametrize(
    "accept", ["text/html", "audio/midi", "video/*", "*/*;q=0", "audio/mpeg;q=0", ";", ","]
)
def test_what_cannot_be_made_is_not_acceptable(accept: str) -> None:
    with pytest.raises(ApiError) as refused:
        accepted(Headers({"accept": accept}))
    assert refused.value.status == 406
    assert "audio/mpeg" in refused.value.message


def test_pcm_says_what_its_bytes_mean() -> None:
    assert content_type("pcm", 24_000) == "audio/pcm;rate=24000;channels=1"
