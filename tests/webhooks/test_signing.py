import base64
import time

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from morgana.webhooks.signing import new_secret, signed_headers

BODY = '{"type": "video.completed", "data": {"name": "Zoé 🎉"}}'.encode()


def test_a_secret_is_random_and_long_enough() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    for secret in secrets:
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_the_signature_is_that_of_the_published_scheme() -> None:
    """Worked out with OpenSSL: printf %s ... | openssl dgst -sha256 -hmac "a key for tests" -binary."""
    secret = "whsec_" + base64.b64encode(b"a key for tests").decode()
    headers = signed_headers("event_1", 1_700_000_000, b'{"a": 1}', [secret])
    assert headers == {
        "webhook-id": "event_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": "v1,gQGm3n2AkxAQerbSJFYtMe6Zsmv77WBXoXMoRizFdik=",
    }


def test_each_of_the_secrets_verifies_and_no_other() -> None:
    old, new, other = new_secret(), new_secret(), new_secret()
    headers = signed_headers("event_1", int(time.time()), BODY, [new, old])
    for secret in (old, new):
        assert Webhook(secret).verify(BODY, headers)["type"] == "video.completed"
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(BODY, headers)
