"""The mouth interior and the light in it."""

import numpy as np

from morgana.portrait.mesh.mouth import lip_shade


def test_the_shade_of_the_lips_does_not_know_where_the_picture_of_the_opening_ends() -> None:
    rows, columns = np.mgrid[:160, :240]
    opening = (((columns - 120) / 70) ** 2 + ((rows - 80) / 30) ** 2 < 1).astype(np.float32)
    part = slice(48, 112), slice(48, 192)
    assert np.allclose(lip_shade(opening[part], 200.0), lip_shade(opening, 200.0)[part], atol=1e-4)


def test_an_upper_lip_shades_most() -> None:
    rows, columns = np.mgrid[:160, :240]
    opening = (((columns - 120) / 70) ** 2 + ((rows - 80) / 30) ** 2 < 1).astype(np.float32)
    shade = lip_shade(opening, 200.0)[..., 0]
    assert shade[51, 120] < shade[109, 120] < shade[80, 120] == 1
