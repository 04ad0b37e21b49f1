"""How much one owner may ask of the service in a time, by what is asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_MOST_REQUESTS = 1_000_000


class Bucket(StrEnum):
    """What is counted together. The names of the hosted service's buckets are given where they differ."""

    GENERATION = "generation"
    STATUS = "status"  # and metaTextOverlayPoll
    CAPTIONS = "captions"  # videoCaptionsSubmit
    OVERLAYS = "overlays"  # metaTextOverlaySubmit
    SPEECH = "speech"


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests at once, and as many again evenly spread over so many seconds."""

    requests: int
    seconds: int


# The figures that the hosted service documents; for its other buckets it gives none.
HOSTED: Mapping[Bucket, Quota] = MappingProxyType(
    {Bucket.GENERATION: Quota(2, 60), Bucket.CAPTIONS: Quota(100, 60)}
)


@cache
def parse(text: str) -> Mapping[Bucket, Quota]:
    """The quotas that a setting names; a bucket that it does not name has none. Raises ValueError.

    text: `off`, `hosted`, or such as `generation=2/minute,status=10/second`.
    """
    if text in ("off", "hosted"):
        return HOSTED if text == "hosted" else {}
    quotas: dict[Bucket, Quota] = {}
    for entry in text.split(","):
        bucket, quota = _entry(entry.strip())
        if bucket in quotas:
            raise ValueError(f"{bucket} is there twice")
        quotas[bucket] = quota
    return MappingProxyType(quotas)


def _entry(text: str) -> tuple[Bucket, Quota]:
    found = re.fullmatch(r"(\w+)\s*=\s*([0-9]{1,7})\s*/\s*(\w+)", text)
    if found is None:
        raise ValueError(f"'{text}' is not off, hosted, or a list of entries such as generation=2/minute")
    name, requests, unit = found.groups()
    if name not in list(Bucket):
        raise ValueError(f"'{name}' is none of {', '.join(Bucket)}")
    if unit not in _UNITS:
        raise ValueError(f"'{unit}' is none of {', '.join(_UNITS)}")
    if not 1 <= int(requests) <= _MOST_REQUESTS:
        raise ValueError(f"{requests} requests are not 1 to {_MOST_REQUESTS}")
    return Bucket(name), Quota(int(requests), _UNITS[unit])
