"""How far each control point's motion carries: smooth interpolation of displacements over the mesh.

The free vertices take the displacement that minimises the squared Laplacian of the displacement field
(the bi-Laplacian deformation of Botsch and Kobbelt, "An Intuitive Framework for Real-Time Freeform
Modeling", 2004). The mouth is a hole in the mesh, so the two lips move apart freely.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu


def laplacian(vertices: NDArray[np.float64], triangles: NDArray[np.int32]) -> sparse.csr_matrix:
    """Row-normalised graph Laplacian with inverse edge lengths as weights, (V, V)."""
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = np.unique(np.sort(sides, axis=1), axis=0)
    length = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    weight = 1 / np.maximum(length, 0.1 * np.median(length))
    count = len(vertices)
    half = sparse.csr_matrix((weight, (edges[:, 0], edges[:, 1])), (count, count))
    full = half + half.T
    degree = np.asarray(full.sum(axis=1)).ravel()
    return sparse.identity(count) - sparse.diags(1 / np.maximum(degree, 1e-9)) @ full


def influence(
    vertices: NDArray[np.float64], triangles: NDArray[np.int32], controls: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Weights (V, C): the displacement of every vertex is this times that of the C controls."""
    operator = laplacian(vertices, triangles)
    energy = (operator.T @ operator).tocsc()
    free = np.setdiff1d(np.arange(len(vertices)), controls)
    system = energy[free][:, free] + 1e-9 * sparse.identity(len(free))
    solved = splu(system.tocsc()).solve(-energy[free][:, controls].toarray())
    weights = np.zeros((len(vertices), len(controls)))
    weights[controls, np.arange(len(controls))] = 1
    weights[free] = solved
    return weights
