"""A weight file that was damaged after it was installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from morgana import store
from morgana.models import path
from morgana.settings import settings
from morgana.store import Status
from tests.acceptance.server import eventually, portrait
from tests.jobs.bench import OWNER, Bench, ScriptedActor

pytestmark = pytest.mark.chaos

_REAL = (
    "from morgana.jobs.pipelines import PIPELINES as real; from tests.jobs import scripted; "
    "scripted.PIPELINES.update(real); "
)


@pytest.fixture
def installed() -> Path:
    """The file of the face finder where it is installed."""
    return path("yunet")


@pytest.fixture
def weight(installed: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same in a folder of weights of the test's own."""
    own = bench.data.parent / "models"
    for file in installed.parent.parent.rglob("*"):
        link = own / file.relative_to(installed.parent.parent)
        if file.is_file():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(file)
    monkeypatch.setenv("MORGANA_MODELS", str(own))
    settings.cache_clear()
    yield own / "yunet" / installed.name
    settings.cache_clear()


def _analysed(bench: Bench) -> store.Actor:
    actor_id = store.actors.new_id()
    picture = bench.data.parent / f"{actor_id}.png"
    picture.write_bytes(portrait())
    key = f"actors/{actor_id}/image.png"
    store.blobs.put(key, picture)
    store.actors.create(OWNER, store.ActorDraft(actor_id, "Zoé", {"image": key}))
    actor = ScriptedActor(actor_id, bench.data.parent)
    eventually(lambda: actor.record.status != Status.PROCESSING, "the portrait is analysed")
    return actor.record


def test_a_damaged_weight_fails_jobs_with_a_reason_until_it_is_whole_again(
    installed: Path, weight: Path, bench: Bench
) -> None:
    weight.unlink()
    weight.write_bytes(bytes(installed.stat().st_size))  # as large as it was: only reading it tells
    worker = bench.worker(_REAL)
    record = _analysed(bench)
    assert (record.status, record.error_code) == (Status.FAILED, "internal_error")
    weight.unlink()
    weight.symlink_to(installed)
    assert _analysed(bench).status == Status.COMPLETE
    assert worker.poll() is None
