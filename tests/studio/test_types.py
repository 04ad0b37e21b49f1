"""The page's program fits together, as the TypeScript compiler sees it."""

from tests.node import node
from tests.studio.checkers import HERE, installed


def test_every_module_is_typed_and_fits_the_others() -> None:
    node(installed("typescript") / "bin" / "tsc", "--project", HERE, folder=HERE)
