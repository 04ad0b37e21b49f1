"""One portrait for every test of the renderer: the one that the project ships."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.portrait.analysis import analyse
from morgana.portrait.image import load_image
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.renderer import MeshRenderer

DEMO = Path(str(files("morgana") / "assets" / "demo"))


@pytest.fixture(scope="session")
def astronaut() -> NDArray[np.uint8]:
    """The shipped portrait, (512, 512, 3)."""
    return load_image(DEMO / "portrait.png").rgb


@pytest.fixture(scope="session")
def portrait() -> Portrait:
    return analyse(load_image(DEMO / "portrait.png"))


@pytest.fixture(scope="session")
def renderer(portrait: Portrait) -> MeshRenderer:
    return MeshRenderer(portrait)
