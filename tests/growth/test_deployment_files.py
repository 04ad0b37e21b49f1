"""The files in deploy/ are well-formed, and say what is so: of settings, commands, figures and paths."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from morgana import cli, queues
from morgana.api import create_app
from morgana.settings import Settings
from morgana.store.records import QUEUES, Kind
from tests.api.conftest import Room

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OBJECTS: list[dict[str, Any]] = [
    made
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for made in yaml.safe_load_all(path.read_text())
]
DEPLOYMENTS = {made["metadata"]["name"]: made["spec"] for made in OBJECTS if made["kind"] == "Deployment"}
OURS = {
    name: service for name, service in COMPOSE["services"].items() if service["image"].startswith("morgana:")
}


# Kinds that Kubernetes itself knows nothing of, and has no schema for.
FOREIGN = {"ScaledObject", "Kustomization"}


def linted(linter: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """What a linter of the development environment says."""
    program = Path(sys.executable).with_name(linter)
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def lint_dockerfile(path: Path) -> "subprocess.CompletedProcess[str]":
    return linted("hadolint", path)


def lint_composition(path: Path) -> "subprocess.CompletedProcess[str]":
    """By the schema of the Compose specification."""
    return linted("check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)


def lint_manifest(path: Path) -> "subprocess.CompletedProcess[str]":
    """By the schemas of Kubernetes; what they do not name is a fault."""
    return linted("kubernetes-validate", "--strict", path)


def settings_map() -> dict[str, str]:
    """What the pods' environment says."""
    (made,) = (made for made in OBJECTS if made["kind"] == "ConfigMap")
    return dict(made["data"])


def queues_of(command: list[str]) -> frozenset[queues.Queue]:
    assert command[:2] == ["worker", "--queues"]
    return queues.parse(command[2])


def test_the_image_and_the_composition_are_well_formed() -> None:
    for said in (lint_dockerfile(DEPLOY / "Dockerfile"), lint_composition(DEPLOY / "compose.yaml")):
        assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("path", sorted((DEPLOY / "kubernetes").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_manifests_are_well_formed(path: Path) -> None:
    said = lint_manifest(path)
    assert said.returncode == 0, said.stdout + said.stderr
    for made in yaml.safe_load_all(path.read_text()):
        known = "passed for resource" in said.stdout + said.stderr
        assert known is (made["kind"] not in FOREIGN)


@pytest.mark.parametrize(
    ("lint", "path", "right", "wrong"),
    [
        (lint_dockerfile, "Dockerfile", "USER 10001:10001\n", "USER root\n"),
        (lint_composition, "compose.yaml", "stop_grace_period:", "grace_period:"),
        (lint_manifest, "kubernetes/api.yaml", "maxUnavailable: 0", "maxUnavailable: [0]"),
        (lint_manifest, "kubernetes/api.yaml", "minAvailable:", "leastAvailable:"),
    ],
)
def test_what_is_malformed_is_noticed(
    tmp_path: Path,
    lint: Callable[[Path], "subprocess.CompletedProcess[str]"],
    path: str,
    right: str,
    wrong: str,
) -> None:
    text = (DEPLOY / path).read_text()
    assert right in text
    copy = tmp_path / Path(path).name
    copy.write_text(text.replace(right, wrong))
    assert lint(copy).returncode != 0


@pytest.mark.parametrize(
    "path", sorted(path for path in DEPLOY.rglob("*") if path.is_file()), ids=lambda p: p.name
)
def test_every_setting_that_is_named_is_one(path: Path) -> None:
    named = set(re.findall(r"\bMORGANA_[A-Z_]+", path.read_text())) - {"MORGANA_VERSION"}
    assert named <= {f"MORGANA_{name.upper()}" for name in Settings.model_fields}


def test_the_values_of_settings_are_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for values in (settings_map(), OURS["text-worker"]["environment"]):
        for name, value in values.items():
            if name.startswith("MORGANA_"):
                monkeypatch.setenv(name, re.sub(r"\$\{\w+:?-?([^}]*)\}", r"\1", value).replace("?", "x" * 40))
        assert Settings().drain_seconds >= 60


def test_every_variable_of_the_compose_file_has_an_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    given = set(re.findall(r"^(\w+)=", (DEPLOY / "example.env").read_text(), re.MULTILINE))
    optional = {"MORGANA_VERSION", "MORGANA_KEEP_DAYS", "MORGANA_RATE_LIMITS"}
    assert given <= asked
    assert asked - given <= optional


def test_every_command_is_one() -> None:
    commands = [service["command"] for service in OURS.values()]
    for spec in DEPLOYMENTS.values():
        pod = spec["template"]["spec"]
        commands += [container["args"] for container in pod["initContainers"] + pod["containers"]]
    for command in commands:
        found = get_command(cli.app)
        arguments = list(command)
        while arguments and not arguments[0].startswith("-"):
            found = found.commands[arguments.pop(0)]  # type: ignore[attr-defined]
        found.make_context("morgana", arguments)  # which refuses what it does not know


def test_the_image_is_for_nobody_in_particular_and_of_named_versions() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    setup = (ROOT / "scripts" / "setup").read_text()
    assert re.search(r"^USER (\d+):\d+$", text, re.MULTILINE)[1] != "0"  # type: ignore[index]
    assert f"uv=={re.search('uv_version=(.*)', setup)[1]}" in text  # type: ignore[index]
    libraries = re.findall(r"have_library \S+ \|\| echo (\S+)", setup)
    assert len(libraries) >= 4
    assert all(library in text for library in libraries)
    images = re.findall(r"^ARG PYTHON=(.*)$", text, re.MULTILINE)
    images += [service["image"] for name, service in COMPOSE["services"].items() if name not in OURS]
    for image in images:
        assert re.search(r":\d+\.\d+[\w.-]*$|@sha256:[0-9a-f]{64}$", image), image


def test_two_servers_and_four_workers_for_every_queue_are_composed() -> None:
    servers = [service for service in OURS.values() if service["command"][0] == "serve"]
    workers = [service for service in OURS.values() if service["command"][0] == "worker"]
    assert len(servers) == 2
    assert sum(service["deploy"]["replicas"] for service in workers) == 4
    assert frozenset.union(*(queues_of(service["command"]) for service in workers)) == set(queues.Queue)
    for service in workers:
        assert int(service["stop_grace_period"].rstrip("s")) > int(
            service["environment"]["MORGANA_DRAIN_SECONDS"]
        )


def test_pods_may_do_no_more_than_they_have_to() -> None:
    for spec in DEPLOYMENTS.values():
        pod = spec["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        for container in pod["initContainers"] + pod["containers"]:
            confined = container["securityContext"]
            assert confined["readOnlyRootFilesystem"]
            assert not confined["allowPrivilegeEscalation"]
            assert confined["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]


def test_pods_are_given_the_time_to_finish() -> None:
    drain = int(settings_map()["MORGANA_DRAIN_SECONDS"])
    for name, spec in DEPLOYMENTS.items():
        grace = spec["template"]["spec"]["terminationGracePeriodSeconds"]
        assert grace > (drain if name.endswith("-worker") else 10), name


def test_probes_ask_for_what_is_there() -> None:
    app = create_app(Room(), *3 * (None,))  # type: ignore[arg-type]
    served = set(app.openapi()["paths"])
    (container,) = DEPLOYMENTS["api"]["template"]["spec"]["containers"]
    asked = {probe: container[probe]["httpGet"]["path"] for probe in container if probe.endswith("Probe")}
    assert set(asked) == {"startupProbe", "livenessProbe", "readinessProbe"}
    assert {path.partition("?")[0] for path in asked.values()} <= served
    # A readiness that needs workers would take all servers away with the last worker.
    assert asked["readinessProbe"] == "/ready?workers=apart"
    (ingress,) = (made for made in OBJECTS if made["kind"] == "Ingress")
    paths = [path["path"] for path in ingress["spec"]["rules"][0]["http"]["paths"]]
    assert all(
        any(known.startswith(path) for known in served) for path in paths if path not in ("/", "/studio")
    )
    assert not any(path.startswith(("/metrics", "/ready")) for path in paths)


def test_workers_are_scaled_by_the_jobs_of_their_queues() -> None:
    scaled = {made["metadata"]["name"]: made["spec"] for made in OBJECTS if made["kind"] == "ScaledObject"}
    assert set(scaled) == {name for name in DEPLOYMENTS if name.endswith("-worker")}
    taken: set[queues.Queue] = set()
    for name, spec in scaled.items():
        (container,) = DEPLOYMENTS[name]["template"]["spec"]["containers"]
        (trigger,) = spec["triggers"]
        query = trigger["metadata"]["query"]
        assert set(re.findall(r"morgana_\w+", query)) == {"morgana_queue_waiting", "morgana_queue_running"}
        kinds = {Kind(kind) for found in re.findall(r'kind=~"([^"]+)"', query) for kind in found.split("|")}
        mine = queues_of(container["args"])
        assert kinds == {kind for kind, queue in QUEUES.items() if queue in mine}
        assert spec["scaleTargetRef"]["name"] == name
        taken |= mine
    assert taken == set(queues.Queue)
