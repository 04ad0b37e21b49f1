"""A weight file that was damaged after it was installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from morgana import store
from morgana.settings import settings
from morgana.store import Status
from tests.acceptance.server import eventually, portrait
from tests.chaos.weights import Weights
from tests.jobs.bench import OWNER, Bench, ScriptedActor

pytestmark = pytest.mark.chaos

_REAL = (
    "from morgana.jobs.pipelines import PIPELINES as real; from tests.jobs import scripted; "
    "scripted.PIPELINES.update(real); "
)


@pytest.fixture
def installed() -> Path:
    """The folder of weights where they are installed."""
    return settings().models_folder


@pytest.fixture
def weights(installed: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Weights]:
    """A folder of weights of the test's own."""
    own = Weights.linked(bench.data.parent / "models", installed)
    for name, value in own.environment().items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield own
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
    weights: Weights, bench: Bench
) -> None:
    with weights.damaged():
        worker = bench.worker(_REAL)
        record = _analysed(bench)
    assert (record.status, record.error_code) == (Status.FAILED, "internal_error")
    assert _analysed(bench).status == Status.COMPLETE
    assert worker.poll() is None
