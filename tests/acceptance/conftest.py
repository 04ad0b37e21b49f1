from collections.abc import Iterator

import pytest

from tests.acceptance.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One installation for all modules but those that need to find it empty: it takes long to start."""
    begun = Server.begin(tmp_path_factory.mktemp("acceptance"))
    yield begun
    begun.end()
