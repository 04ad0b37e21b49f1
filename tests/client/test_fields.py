"""What the client answers with has every field that the served API has, each with a type."""

from typing import Any, Final, cast

import pytest
from pydantic import AliasChoices

from morgana.api import create_app
from morgana.client import objects, usage, webhooks
from morgana.client.objects import Object

TYPES: Final[dict[str, type[Object]]] = {
    "MAVideo": objects.Video,
    "MetaTextOverlay": objects.TextOverlay,
    "MetaTextOverlayResult": objects.TextOverlayResult,
    "Actor": objects.Actor,
    "MACaptionTemplate": objects.CaptionTemplate,
    "Font": objects.Font,
    "Voice": objects.Voice,
    "Transcript": objects.Transcript,
    "TranscriptWord": objects.Word,
    "TimestampedSpeech": objects.TimedSpeech,
    "TimedWord": objects.SpokenWord,
    "TimedPhoneme": objects.Phoneme,
    "UsageReport": usage.UsageReport,
    "UsageEntry": usage.Usage,
    "WebhookWithSecret": webhooks.Webhook,
    "WebhookAttempt": webhooks.Attempt,
    "WebhookEvent": webhooks.Event,
    "DeliveryWithEvent": webhooks.Delivery,
}
UNTYPED: Final = {"object"}  # the name of the type itself


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    rooms = cast("Any", None)  # nothing is served
    found: dict[str, Any] = create_app(rooms, rooms, rooms, rooms).openapi()["components"]["schemas"]
    return found


def names(kind: type[Object]) -> set[str]:
    """As the API has them."""
    known = set(kind.model_fields)
    for field in kind.model_fields.values():
        aliases = field.validation_alias
        choices = aliases.choices if isinstance(aliases, AliasChoices) else [aliases]
        known |= {alias for alias in choices if isinstance(alias, str)}
    return known


@pytest.mark.parametrize("name", TYPES)
def test_every_field_that_is_served_is_typed(schemas: dict[str, Any], name: str) -> None:
    assert set(schemas[name]["properties"]) - names(TYPES[name]) - UNTYPED == set()
