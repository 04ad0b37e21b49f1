"""Answers and documentation, held against the published contract.

`contract.json` is that contract without its descriptions; where the contract itself lies beside the checkout,
the two are compared.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from morgana import store
from tests.api.conftest import completed, created, finish, unsigned
from tests.api.superset import losses

CONTRACT = Path(__file__).with_name("contract.json")
PUBLISHED = Path(__file__).parents[3] / "shared/spec/mirage-openapi.yml"

# "Redirects to video file", says the contract of its answer 200; the status of a redirection is 302.
REDIRECTION = "GET /v1/videos/{video_id}/content: answer 200"

# Fields that our answers have and the contract's do not.
BEYOND = {
    "MAVideo": {"actor_id", "voice_id", "stage", "expires_at", "video_url", "thumbnail_url", "renderer"},
    "MACaptionTemplate": {"poster_url"},
    "MetaTextOverlay": {"progress", "stage", "expires_at"},
    "MetaTextOverlayResult": {"thumbnail_url"},
}

CAPTIONS = "/v1/videos/captions"
TEMPLATES = "/v1/videos/captions/templates"
OVERLAYS = "/v1/meta/text_overlays"
SPEECH = "/v1/audio/text-to-speech/{voice_id}"


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the terms of JSON Schema; nothing else that is used here differs."""
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {name: _as_json_schema(value) for name, value in node.items() if name != "nullable"}
    return {"anyOf": [schema, {"type": "null"}]} if node.get("nullable") is True else schema


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(CONTRACT.read_text())
    return loaded


def _undescribed(node: Any) -> Any:
    """Without descriptions, which are prose; a field of that name would be a schema."""
    if isinstance(node, list):
        return [_undescribed(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _undescribed(value)
        for name, value in node.items()
        if name != "description" or not isinstance(value, str)
    }


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the contract is not beside the checkout")
def test_what_is_compared_with_is_the_published_contract(contract: dict[str, Any]) -> None:
    assert contract == _undescribed(yaml.safe_load(PUBLISHED.read_text()))


def test_the_served_document_is_a_superset_of_the_contract(
    client: TestClient, contract: dict[str, Any]
) -> None:
    assert len(contract["paths"]) == 9
    assert losses(contract, client.get("/openapi.json").json()) == [REDIRECTION]


def _answer(document: dict[str, Any], path: str, method: str = "get") -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method]["responses"]["200"]
    return found


def _body(document: dict[str, Any], path: str) -> dict[str, Any]:
    content = document["paths"][path]["post"]["requestBody"]["content"]
    schema: dict[str, Any] = next(iter(content.values()))["schema"]
    return schema


def _limit(document: dict[str, Any]) -> dict[str, Any]:
    parameters = document["paths"]["/v1/videos"]["get"]["parameters"]
    schema: dict[str, Any] = next(one for one in parameters if one["name"] == "limit")["schema"]
    return schema


def _video(document: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = document["components"]["schemas"]["MAVideo"]["properties"]
    return fields


Loss = Callable[[dict[str, Any]], object]
LOSSES: dict[str, Loss] = {
    "a path": lambda document: document["paths"].pop(TEMPLATES),
    "a method": lambda document: document["paths"]["/v1/videos"].pop("post"),
    "the name of an operation": lambda document: document["paths"]["/v1/videos"]["get"].pop("operationId"),
    "a tag": lambda document: document["paths"]["/v1/videos"]["get"]["tags"].clear(),
    "how keys are sent": lambda document: document["components"]["securitySchemes"]["ApiKeyAuth"].update(
        {"name": "key"}
    ),
    "keys of an operation": lambda document: document["paths"]["/v1/videos"]["get"].update({"security": []}),
    "a parameter": lambda document: document["paths"]["/v1/videos"]["get"]["parameters"].pop(0),
    "the type of a parameter": lambda document: _limit(document).update({"type": "string"}),
    "the default of a parameter": lambda document: _limit(document).update({"default": 10}),
    "large values of a parameter": lambda document: _limit(document).update({"maximum": 50}),
    "small values of a parameter": lambda document: _limit(document).update({"minimum": 2}),
    "requests without a parameter": lambda document: document["paths"]["/v1/videos"]["get"][
        "parameters"
    ].append({"name": "new", "in": "query", "required": True, "schema": {"type": "string"}}),
    "the body of a request": lambda document: document["paths"][OVERLAYS]["post"].pop("requestBody"),
    "a kind of body": lambda document: document["paths"][OVERLAYS]["post"]["requestBody"].update(
        {"content": {"application/json": {"schema": _body(document, OVERLAYS)}}}
    ),
    "a field of a request": lambda document: _body(document, OVERLAYS)["properties"].pop("sizes"),
    "the type of a field of a request": lambda document: _body(document, OVERLAYS)["properties"][
        "texts"
    ].update({"type": "string"}),
    "the type of what a field holds": lambda document: _body(document, OVERLAYS)["properties"][
        "sizes"
    ].update({"items": {"type": "integer"}}),
    "the format of a field": lambda document: _body(document, OVERLAYS)["properties"]["video"].pop("format"),
    "requests without a field": lambda document: _body(document, OVERLAYS).update({"required": ["position"]}),
    "values of a request": lambda document: _body(document, SPEECH)["properties"]["model"].update(
        {"const": "mirage-audio-2"}
    ),
    "values of what was free": lambda document: _body(document, SPEECH)["properties"]["text"].update(
        {"enum": ["Hello"]}
    ),
    "an answer": lambda document: document["paths"]["/v1/videos"]["get"]["responses"].pop("422"),
    "a kind of answer": lambda document: _answer(document, "/v1/videos").update({"content": {}}),
    "a list of answers": lambda document: _answer(document, "/v1/videos")["content"][
        "application/json"
    ].update({"schema": {"$ref": "#/components/schemas/MAVideo"}}),
    "a field of an answer": lambda document: _video(document).pop("share_link_url"),
    "the type of a field of an answer": lambda document: _video(document)["created_at"].update(
        {"type": "string"}
    ),
    "that a field is never null": lambda document: _video(document).update(
        {"id": {"anyOf": [{"type": "string"}, {"type": "null"}]}}
    ),
    "that a field is always there": lambda document: document["components"]["schemas"]["MAVideo"][
        "required"
    ].remove("id"),
    "a value of an answer": lambda document: _video(document)["status"]["enum"].remove("CANCELLED"),
    "that there is no other value": lambda document: _video(document)["status"]["enum"].append("WAITING"),
    "a field of a field": lambda document: document["components"]["schemas"]["MAVideoError"][
        "properties"
    ].pop("code"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_every_kind_of_loss_is_noticed(client: TestClient, contract: dict[str, Any], loss: str) -> None:
    served = copy.deepcopy(client.get("/openapi.json").json())
    LOSSES[loss](served)
    assert len(losses(contract, served)) > 1


def test_the_loss_of_any_field_anywhere_is_noticed(client: TestClient, contract: dict[str, Any]) -> None:
    served = client.get("/openapi.json").json()

    def fields(node: Any) -> list[dict[str, Any]]:
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
        found = [one for child in inner for one in fields(child)]
        own = node.get("properties") if isinstance(node, dict) else None
        return [*found, own] if own else found

    wanted = {name for schema in contract["components"]["schemas"].values() for name in schema["properties"]}
    noticed = set()
    for properties in fields(served):
        for name in wanted & set(properties):
            lost = properties.pop(name)
            noticed |= {name} if len(losses(contract, served)) > 1 else set()
            properties[name] = lost
    assert noticed == wanted
    assert losses(contract, served) == [REDIRECTION]


def _check(contract: dict[str, Any], name: str, value: object) -> None:
    """`value` is as the schema says, and holds all of its fields and no others but our own."""
    schema = {"components": _as_json_schema(contract["components"]), "$ref": f"#/components/schemas/{name}"}
    Draft202012Validator(schema).validate(value)
    assert isinstance(value, dict)
    theirs = set(contract["components"]["schemas"][name]["properties"])
    assert set(value) == theirs | BEYOND.get(name, set())


def test_videos_in_every_status(client: TestClient, contract: dict[str, Any]) -> None:
    finished = completed(client)["id"]
    answers = [created(client) for _ in range(4)]
    waiting, begun, failed, cancelled = (answer["id"] for answer in answers)
    store.work.set_progress(begun, 42)
    store.work.fail(failed, "no_face_detected", "Send another picture.")
    answers.append(client.delete(f"/v1/videos/{cancelled}").json())
    videos = client.get("/v1/videos").json()
    assert isinstance(videos, list)
    assert {video["id"]: (video["status"], video["progress"]) for video in videos} == {
        finished: ("COMPLETE", 100),
        waiting: ("PROCESSING", 0),
        begun: ("PROCESSING", 42),
        failed: ("FAILED", 0),
        cancelled: ("CANCELLED", 0),
    }
    for video in answers + videos:
        _check(contract, "MAVideo", video)
        assert video["id"] == video["video_id"]
        assert bool(video["error"]) == (video["status"] == "FAILED")
    for video in videos:
        assert unsigned(client.get(f"/v1/videos/{video['id']}").json()) == unsigned(video)


def test_validation_errors(client: TestClient, contract: dict[str, Any]) -> None:
    answers = [
        client.post("/v1/videos", json={}),
        client.post("/v1/videos", data={"x": "y"}, files={"image_reference": ("a", b"")}),
        client.get("/v1/videos?limit=0&order=up"),
        client.get("/v1/videos?after=x"),
    ]
    for answer in answers:
        assert answer.status_code == 422
        _check(contract, "HTTPValidationError", answer.json())
        for entry in answer.json()["detail"]:
            _check(contract, "ValidationError", entry)


def test_the_documentation_names_the_same_operations_parameters_and_fields(
    client: TestClient, contract: dict[str, Any]
) -> None:
    ours = client.get("/openapi.json").json()
    videos = ("/v1/videos", "/v1/videos/{video_id}", "/v1/videos/{video_id}/content")
    templates = (TEMPLATES, f"{TEMPLATES}/{{template_id}}")
    overlays = (OVERLAYS, f"{OVERLAYS}/{{text_overlay_id}}")
    for path in (*videos, SPEECH, CAPTIONS, *templates, *overlays):
        for method, theirs in contract["paths"][path].items():
            operation = ours["paths"][path][method]
            assert operation["operationId"] == theirs["operationId"]
            assert operation["summary"] == theirs["summary"]
            assert operation["tags"] == theirs["tags"]
            assert "422" in operation["responses"]
            wanted = {p["name"] for p in theirs["parameters"] if "name" in p}
            assert wanted <= {p["name"] for p in operation.get("parameters", [])}
    schemas = contract["components"]["schemas"]
    common = ("MAVideo", "MAVideoError", "HTTPValidationError", "ValidationError")
    caption_templates = ("MACaptionTemplate", "MACaptionTemplateList")
    text_overlays = ("MetaTextOverlay", "MetaTextOverlayResult")
    for name in (*common, *caption_templates, *text_overlays):
        fields = set(ours["components"]["schemas"][name]["properties"])
        assert fields == set(schemas[name]["properties"]) | BEYOND.get(name, set())


def test_a_create_of_the_contract_is_one_of_ours_and_what_it_requires_may_only_be_replaced(
    client: TestClient, contract: dict[str, Any]
) -> None:
    theirs = contract["components"]["schemas"]["CreateVideoRequest"]
    operation = client.get("/openapi.json").json()["paths"]["/v1/videos"]["post"]
    ours = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(theirs["properties"]) <= set(ours["properties"])
    whole = {"image_reference": "x", "audio_reference": "y", "model": "mirage-video-1-latest"}
    valid = Draft202012Validator(ours).is_valid
    assert valid(whole)
    assert valid({name: whole[name] for name in theirs["required"]})
    for name, instead in (("image_reference", "actor_id"), ("audio_reference", "script")):
        rest = {other: value for other, value in whole.items() if other != name}
        assert not valid(rest)
        assert valid(rest | {instead: "z"})
        assert not valid(whole | {instead: "z"})


def test_captions_and_templates(client: TestClient, contract: dict[str, Any]) -> None:
    page = client.get(TEMPLATES, params={"limit": 3}).json()
    _check(contract, "MACaptionTemplateList", page)
    assert len(page["data"]) == 3
    for template in page["data"]:
        _check(contract, "MACaptionTemplate", template)
        assert client.get(f"{TEMPLATES}/{template['id']}").json() == template
    form = {"caption_template_id": page["data"][0]["id"], "video_id": completed(client)["id"]}
    answer = client.post(CAPTIONS, files={name: (None, value) for name, value in form.items()})
    _check(contract, "MAVideo", answer.json())
    assert answer.json().items() >= {"source_video_id": form["video_id"], "model": None}.items()


def test_captions_of_the_contract_are_some_of_ours(client: TestClient, contract: dict[str, Any]) -> None:
    theirs = contract["components"]["schemas"]["AddCaptionsRequest"]
    operation = client.get("/openapi.json").json()["paths"][CAPTIONS]["post"]
    ours = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert operation["tags"] == contract["paths"][CAPTIONS]["post"]["tags"]
    assert set(theirs["properties"]) <= set(ours["properties"])
    valid = Draft202012Validator(ours).is_valid
    assert valid({"caption_template_id": "x", "video": "y"})
    assert valid({"caption_template_id": "x", "video_id": "y", "vocabulary": ["a", "b"]})
    assert not valid({"caption_template_id": "x"})
    assert not valid({"caption_template_id": "x", "video": "y", "video_id": "z"})
    assert not valid({"video_id": "y"})


def test_text_overlays_in_every_status(client: TestClient, contract: dict[str, Any]) -> None:
    def ordered() -> dict[str, Any]:
        film = b"\x00\x00\x00\x20ftypisom" + b"f" * 99
        answer = client.post(OVERLAYS, files={"video": ("a.mp4", film)}, data={"texts": ["One", "Two"]})
        made: dict[str, Any] = answer.json()
        return made

    answers = [ordered() for _ in range(5)]
    _, begun, done, failed, cancelled = (answer["id"] for answer in answers)
    store.work.begin(begun)
    finish(done, {"video0.mp4": b"film"}, {1: store.Failure("text_too_long", "Send a shorter text.")})
    store.work.fail(failed, "video_undecodable", "Export it again.")
    answers.append(client.delete(f"{OVERLAYS}/{cancelled}").json())
    overlays = client.get(OVERLAYS, params={"order": "asc"}).json()["data"]
    statuses = ["QUEUED", "PROCESSING", "COMPLETE", "FAILED", "CANCELLED"]
    assert [made["status"] for made in overlays] == statuses
    for made in answers + overlays:
        _check(contract, "MetaTextOverlay", made)
        assert bool(made["error"]) == (made["status"] == "FAILED")
        for result in made["results"]:
            _check(contract, "MetaTextOverlayResult", result)
            assert bool(result["error"]) != bool(result["video_url"])
    example = contract["paths"][OVERLAYS]["post"]["responses"]["200"]["content"]["application/json"][
        "example"
    ]
    assert {name: overlays[0][name] for name in ("object", "status", "results")}.items() <= example.items()
    assert len(overlays[0]["id"]) == len(example["id"])


def test_text_overlays_of_the_contract_are_some_of_ours(client: TestClient, contract: dict[str, Any]) -> None:
    theirs = contract["components"]["schemas"]["CreateMetaTextOverlayRequest"]
    operation = client.get("/openapi.json").json()["paths"][OVERLAYS]["post"]
    ours = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert ours["title"] == "CreateMetaTextOverlayRequest"
    assert set(ours.get("required", [])) <= set(theirs["required"])
    for name, field in theirs["properties"].items():
        assert ours["properties"][name]["type"] == field["type"]
        assert ours["properties"][name].get("items") == field.get("items")
    assert "$ref" not in str(ours)
    valid = Draft202012Validator(ours).is_valid
    assert valid({"video": "y", "texts": ["a", "b"], "fonts": ["", "Anton"], "sizes": ["64"], "colors": [""]})
    assert valid({"video": "y", "items": '[{"text": "a"}]', "position": "0.5", "stroke": True})
    assert not valid({"video": "y"})
    assert valid({"video_id": "video_y", "texts": ["a"]})
    assert not valid({"texts": ["a"]})
    assert not valid({"video": "y", "video_id": "video_y", "texts": ["a"]})
    assert not valid({"video": "y", "texts": ["a"], "items": "[]"})
    assert not valid({"video": "y", "texts": list("abcde")})


def test_a_text_of_the_contract_is_one_of_ours(client: TestClient, contract: dict[str, Any]) -> None:
    operation = client.get("/openapi.json").json()["paths"][SPEECH]["post"]
    assert operation["tags"] == contract["paths"][SPEECH]["post"]["tags"]
    assert "audio/wav" in operation["responses"]["200"]["content"]
    theirs = contract["components"]["schemas"]["TTSRequest"]
    ours = operation["requestBody"]["content"]["application/json"]["schema"]
    assert ours["required"] == theirs["required"]
    whole = {name: field["example"] for name, field in theirs["properties"].items()}
    valid = Draft202012Validator(ours).is_valid
    assert valid(whole)
    assert not valid(whole | {"model": "mirage-audio-0"})
    assert client.post(SPEECH.format(voice_id="heart"), json=whole).status_code == 200
