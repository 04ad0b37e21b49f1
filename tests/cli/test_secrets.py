"""What a running server keeps to itself: no key in its log, and no key that outlives its revocation."""

import os
import subprocess
import sys
from pathlib import Path

import httpx2

from morgana import store

_MORGANA = str(Path(sys.executable).parent / "morgana")
_DEADLINE = 300.0
_SPEECH = "/v1/audio/text-to-speech/heart"


def _send(client: httpx2.Client, key: str, wrong: str) -> None:
    """Right and wrong keys, where they belong and everywhere else that people put them."""
    for sent in (key, wrong):
        header = {"x-api-key": sent}
        client.get("/v1/videos", headers=header)
        client.get("/v1/videos/video_x", headers=header)
        client.get("/v1/videos", headers={"authorization": f"Bearer {sent}"})
        client.get("/v1/videos", params={"x-api-key": sent})
        client.get("/v1/videos", params={"after": sent, "limit": "x"}, headers=header)
        client.get(f"/v1/videos/{sent}", headers=header)
        client.get(f"/files/{sent}", params={"expires": "1", "signature": sent})
        client.get(f"/nothing/{sent}", headers={"cookie": f"key={sent}"})
        client.post("/v1/videos", headers=header, data={"x-api-key": sent, "model": sent})
        client.post("/v1/videos", headers={"idempotency-key": sent, **header}, files={sent: (sent, b"")})
        client.post("/v1/videos", headers={**header, "content-type": f"multipart/form-data; boundary={sent}"})
        client.post(_SPEECH, headers=header, json={"text": "[" + sent, "model": sent, sent: sent})
        client.post(_SPEECH, headers=header, content=sent)
        client.post(f"/v1/audio/text-to-speech/{sent}", headers=header, json={"text": sent})


def test_no_key_is_logged_and_a_revoked_one_is_refused_at_once(data: Path) -> None:
    record, key = store.keys.create("test", "ada")
    wrong = key[:-10] + "A" * 10
    command = [_MORGANA, "serve", "--port", "0", "--no-worker"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "MORGANA_LOG_LEVEL": "DEBUG"}
    logged = data.parent / "log"
    with (
        logged.open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        try:
            assert server.stdout
            url = server.stdout.readline().split()[4]
            with httpx2.Client(base_url=url, timeout=_DEADLINE) as client:
                ours = {"x-api-key": key}
                assert client.get("/v1/videos", headers=ours).status_code == 200
                _send(client, key, wrong)
                assert client.get("/v1/videos", headers=ours).status_code == 200
                assert store.keys.revoke(record.id)  # by another process than the server's
                assert client.get("/v1/videos", headers=ours).status_code == 401
        finally:
            server.terminate()
            rest = server.communicate(timeout=_DEADLINE)[0]
    text = logged.read_text() + rest
    assert text.count("/v1/videos/video_x") == 2  # these requests are in the log
    for secret in (key, wrong):
        assert secret not in text
        assert secret.rpartition("_")[2] not in text
