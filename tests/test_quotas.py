"""What `MORGANA_RATE_LIMITS` may say."""

import pytest

from morgana.quotas import HOSTED, Bucket, Quota, parse
from morgana.settings import Settings


def test_nothing_is_limited_unless_it_is_said() -> None:
    assert parse(Settings().rate_limits) == parse("off") == {}


def test_the_hosted_services_documented_limits_have_a_name() -> None:
    assert parse("hosted") == HOSTED
    assert HOSTED[Bucket.GENERATION] == Quota(2, 60)
    assert HOSTED[Bucket.CAPTIONS] == Quota(100, 60)


def test_each_bucket_may_have_a_limit_of_its_own() -> None:
    text = "generation=2/minute, status = 10/second,captions=100/hour,overlays=5/day,speech=1000000/second"
    assert parse(text) == {
        Bucket.GENERATION: Quota(2, 60),
        Bucket.STATUS: Quota(10, 1),
        Bucket.CAPTIONS: Quota(100, 3600),
        Bucket.OVERLAYS: Quota(5, 86_400),
        Bucket.SPEECH: Quota(1_000_000, 1),
    }


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "'' is not off, hosted, or a list"),
        ("on", "'on' is not off, hosted, or a list"),
        ("generation=2", "'generation=2' is not"),
        ("generation=2/minute,", "'' is not"),
        ("generation=-2/minute", "is not"),
        ("generation=0/minute", "0 requests are not 1 to 1000000"),
        ("generation=1000001/minute", "1000001 requests"),
        ("videos=2/minute", "'videos' is none of generation, status, captions, overlays, speech"),
        ("generation=2/fortnight", "'fortnight' is none of second, minute, hour, day"),
        ("generation=2/minute,generation=3/minute", "generation is there twice"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_settings_are_read(
    monkeypatch: pytest.MonkeyPatch, text: str, what: str
) -> None:
    monkeypatch.setenv("MORGANA_RATE_LIMITS", text)
    with pytest.raises(ValueError, match="rate_limits") as refused:
        Settings()
    assert what in str(refused.value)
