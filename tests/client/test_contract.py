"""The client on a server that answers exactly what the published contract says, and knows nothing more."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jsonschema import Draft202012Validator

from morgana.client import Client, NotFoundError
from tests.api.conftest import MP4, PNG, WAV
from tests.client.conftest import Connect
from tests.client.faulty import Asked, Faulty, Reply, answer, form_of

CONTRACT = Path(__file__).parents[1] / "api" / "contract.json"
CLIP = b"\x00\x00\x00\x18ftypisom" + MP4
TEMPLATES = [{"id": f"ctpl_{number}", "name": f"Style {number}", "created_at": 1} for number in range(5)]


@dataclass
class StandIn:
    """Takes only the operations, parameters and fields of the contract; answers with its required fields."""

    contract: dict[str, Any]
    videos: list[dict[str, Any]] = field(default_factory=list)
    looks: int = 0

    def reply(self, asked: Asked) -> bytes | None:
        method, _, target = asked.line.partition(" ")
        url = urlsplit(target)
        for template, operations in self.contract["paths"].items():
            pattern = re.sub(r"\\{\w+\\}", "([^/]+)", re.escape(template))
            if (found := re.fullmatch(pattern, url.path)) and method.lower() in operations:
                operation = operations[method.lower()]
                self._check(operation, asked, parse_qs(url.query))
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                return self._answer(operation["operationId"], found.groups(), query, asked)
        if url.path == "/film":
            return answer(MP4)(asked)
        return answer({"detail": "Not Found"}, 404)(asked)

    def _check(self, operation: dict[str, Any], asked: Asked, query: dict[str, list[str]]) -> None:
        assert set(query) <= {one.get("name") for one in operation["parameters"]}
        assert asked.header("x-api-key") == "key"
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            assert (asked.header("content-type") or "").startswith(kind)
            name = body["schema"]["$ref"].rpartition("/")[2]
            schema = self.contract["components"]["schemas"][name]
            sent = json.loads(asked.body) if "json" in kind else [part[0] for part in asked.form]
            assert set(schema.get("required", ())) <= set(sent) <= set(schema["properties"])

    def _answer(
        self, operation: str, ids: tuple[str, ...], query: dict[str, str], asked: Asked
    ) -> bytes | None:
        if operation in ("createVideo", "addCaptions"):
            self.videos.append(self._video(f"video_{len(self.videos)}", "PROCESSING"))
            return self._told("MAVideo", self.videos[-1])(asked)
        if operation == "getVideo":
            self.looks += 1
            return self._told("MAVideo", self._video(ids[0], "COMPLETE" if self.looks > 1 else "PROCESSING"))(
                asked
            )
        if operation == "listVideos":
            found = _after(self.videos[::-1], query)
            return answer(found)(asked)
        if operation == "getVideoContent":
            return answer(status=302, Location="/film")(asked)
        if operation == "listCaptionTemplates":
            found = _after(TEMPLATES, query)
            more = bool(found) and found[-1] != TEMPLATES[-1]
            return self._told("MACaptionTemplateList", {"data": found, "has_more": more})(asked)
        if operation == "getCaptionTemplate":
            return self._told("MACaptionTemplate", TEMPLATES[int(ids[0][-1])])(asked)
        if operation == "generateSpeech":
            return answer(WAV, Content_Type="audio/wav")(asked)
        done = operation == "getMetaTextOverlay"
        result = {
            "index": 0,
            "text": "Sale",
            "status": "COMPLETE",
            "video_url": f"http://{asked.header('host')}/film",
        }
        overlay = {"id": "1", "status": "COMPLETE" if done else "QUEUED", "created_at": 1}
        return self._told("MetaTextOverlay", overlay | ({"results": [result]} if done else {}))(asked)

    def _video(self, video_id: str, status: str) -> dict[str, Any]:
        return {"id": video_id, "status": status, "created_at": 1, "video_id": video_id}

    def _told(self, name: str, value: dict[str, Any]) -> Reply:
        schema = {"components": self.contract["components"], "$ref": f"#/components/schemas/{name}"}
        Draft202012Validator(schema).validate(value)
        return answer(value)


def _after(items: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
    ids = [item["id"] for item in items]
    start = ids.index(query["after"]) + 1 if "after" in query else 0
    return items[start : start + int(query.get("limit", 20))]


@pytest.fixture
def stand_in(faulty: Faulty) -> StandIn:
    stand_in = StandIn(json.loads(CONTRACT.read_text()))
    faulty.replying(stand_in.reply)
    return stand_in


@pytest.fixture
def client(connect: Connect, faulty: Faulty, stand_in: StandIn) -> Client:
    assert stand_in
    return connect(faulty.url, "key")


def test_a_video_from_create_to_file(client: Client, tmp_path: Path) -> None:
    made = client.videos.create(image=PNG, audio=WAV, model="mirage-video-1-latest")
    seen: list[int | None] = []
    done = client.videos.wait(made, on_progress=lambda video: seen.append(video.progress), poll=0.01)
    assert done.status == "COMPLETE"
    assert len(seen) == 2
    assert client.videos.download(done, tmp_path / "film.mp4").read_bytes() == MP4


def test_lists(client: Client) -> None:
    made = [client.videos.create(image=PNG, audio=WAV).id for _ in range(3)]
    assert [video.id for video in client.videos.list(limit=2)] == made[::-1]
    assert [one.name for one in client.captions.templates.list(limit=2)] == [one["name"] for one in TEMPLATES]
    assert client.captions.templates.retrieve("ctpl_3").name == "Style 3"


def test_captions(client: Client, faulty: Faulty) -> None:
    made = client.captions.create(CLIP, template="style 2")
    assert form_of(faulty.asked[-1]) == {"caption_template_id": "ctpl_2"}
    client.captions.create(made, template="ctpl_4")
    assert form_of(faulty.asked[-1]) == {"caption_template_id": "ctpl_4", "video_id": made.id}
    assert client.captions.retrieve(made).id == made.id


def test_overlays(client: Client, tmp_path: Path) -> None:
    made = client.overlays.create(CLIP, texts=["Sale"], fonts=[None], sizes=[None], colors=["#ffffff"])
    assert made.status == "QUEUED"
    done = client.overlays.wait(made)
    assert done.results[0].status == "COMPLETE"
    assert client.overlays.download(done, tmp_path / "sale.mp4").read_bytes() == MP4


def test_speech(client: Client) -> None:
    assert client.speech.create("Hello.", voice="theirs") == WAV
    assert b"".join(client.speech.stream("Hello.", voice="theirs")) == WAV


def test_what_goes_beyond_it_is_not_there(client: Client) -> None:
    with pytest.raises(NotFoundError):
        [*client.voices.list()]
    with pytest.raises(NotFoundError):
        client.videos.transcript("video_0")
