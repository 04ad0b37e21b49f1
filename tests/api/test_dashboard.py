"""The dashboard in deploy/ asks for figures that there are, by labels and values that they have."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from morgana.jobs.figures import Figures, Stopwatch
from morgana.stages import Stage
from morgana.store import Kind

_DASHBOARD = Path(__file__).parents[2] / "deploy/grafana-dashboard.json"

_NAME = re.compile(r"(?<![\w$])([a-zA-Z_:][\w:]*)\s*(?!\w)(\(|\{)?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_GROUPING = re.compile(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)")
_WORDS = {"by", "on", "without", "ignoring", "or", "and", "unless", "bool", "offset"}
_GIVEN = {"job", "instance"}  # by Prometheus, to every figure


@dataclass(frozen=True)
class Known:
    """The figures that there are."""

    labels: dict[str, set[str]]  # of each name
    values: dict[str, set[str]]  # of each label


@pytest.fixture
def known(app: FastAPI, client: TestClient) -> Known:
    """What a server and a worker answer, each figure with labels having been used."""
    app.state.metrics.speech.begin("engine", "wav", 1).first_byte.observe(0.1)
    client.get("/health")
    worker = Figures()
    for stage in Stage:
        Stopwatch(worker, Kind.ACTOR).note(stage.value, 1.0)
    text = client.get("/metrics").text + generate_latest(worker.registry).decode()
    labels: dict[str, set[str]] = {}
    values: dict[str, set[str]] = defaultdict(set)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
            for label, value in sample.labels.items():
                values[label].add(value)
    return Known(labels, values)


def _faults(query: str, known: Known) -> list[str]:
    """What of a PromQL query is not there."""
    groupings = [label.strip() for group in _GROUPING.findall(query) for label in group.split(",")]
    bare = re.sub(r"\[[^]]*\]", "", _GROUPING.sub("", query))
    names = [
        name
        for name, opening in _NAME.findall(re.sub(r"\{[^}]*\}", "{}", bare))
        if opening != "(" and name not in _WORDS and not re.fullmatch(r"\d.*|e", name)
    ]
    faults = [f"there is no figure {name}" for name in names if name not in known.labels]
    there = set().union(_GIVEN, *(known.labels.get(name, set()) for name in names))
    matchers = _MATCHER.findall(bare)
    asked = [*groupings, *(label for label, _, _ in matchers)]
    faults += [f"no figure has the label {label}" for label in asked if label not in there]
    for label, sign, value in matchers:
        if sign in ("=", "!=") and value not in known.values[label]:
            faults.append(f"no {label} is {value}")
    return faults if names else ["it names no figure"]


def _targets(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "expr" in node:
            yield node
        for value in node.values():
            yield from _targets(value)
    elif isinstance(node, list):
        for value in node:
            yield from _targets(value)


def _dashboard() -> dict[str, Any]:
    dashboard: dict[str, Any] = json.loads(_DASHBOARD.read_text())
    return dashboard


def test_every_query_asks_for_what_there_is(known: Known) -> None:
    targets = list(_targets(_dashboard()))
    assert len(targets) >= 25
    assert {target["expr"]: faults for target in targets if (faults := _faults(target["expr"], known))} == {}
    variables = _dashboard()["templating"]["list"]
    asked = [re.fullmatch(r"label_values\((\w+), (\w+)\)", one["query"]["query"]) for one in variables[1:]]
    for match in asked:
        assert match
        assert match[2] in known.labels[match[1]]


def test_every_legend_names_a_label_that_its_query_leaves(known: Known) -> None:
    for target in _targets(_dashboard()):
        groupings = {
            label.strip() for group in _GROUPING.findall(target["expr"]) for label in group.split(",")
        }
        shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        assert shown <= (groupings or _GIVEN), target
    assert known


def test_every_figure_of_ours_is_shown(known: Known) -> None:
    queries = " ".join(target["expr"] for target in _targets(_dashboard()))
    shown = set(re.findall(r"morgana_\w+", queries))
    families = {
        re.sub(r"_(bucket|sum|count|total|created)$", "", name)
        for name in known.labels
        if name.startswith("morgana_")
    }
    assert families == {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in shown}


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("sum(rate(morgana_http_request_total[5m]))", "there is no figure morgana_http_request_total"),
        ("max(morgana_job_stage_seconds)", "there is no figure morgana_job_stage_seconds"),
        ("sum by (stage) (morgana_queue_waiting)", "no figure has the label stage"),
        ('morgana_queue_waiting{queue="actor"}', "no figure has the label queue"),
        ('morgana_queue_waiting{kind="film"}', "no kind is film"),
        ("vector(1)", "it names no figure"),
    ],
)
def test_a_query_that_asks_for_what_there_is_not_is_noticed(known: Known, query: str, fault: str) -> None:
    assert fault in _faults(query, known)


def test_panels_do_not_lie_on_each_other() -> None:
    places = [panel["gridPos"] for panel in _dashboard()["panels"]]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23
    ids = [panel["id"] for panel in _dashboard()["panels"]]
    assert len(ids) == len(set(ids))
