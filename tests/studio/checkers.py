"""What comes from the npm registry to check the page with: installed once, as its lock file says."""

from pathlib import Path

from tests.node import install

HERE = Path(__file__).parent


def installed(name: str) -> Path:
    """The folder of a package of `package.json`."""
    install(HERE)
    return HERE / "node_modules" / name
