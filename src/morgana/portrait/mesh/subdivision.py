"""Loop subdivision of a triangle mesh with boundary, as a sparse matrix.

Scheme: C. Loop, "Smooth Subdivision Surfaces Based on Triangles" (1987), with the interior vertex weight
of J. Warren (3/16 for valence 3, 3/(8n) above) and the cubic B-spline rule on boundaries. Chosen corner
vertices are interpolated, so that the corners of the eyes and mouth stay sharp.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Triangles = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Subdivided:
    """triangles: (M, 3) over the fine vertices; matrix: (fine, coarse) sparse weights whose rows sum to 1."""

    triangles: Triangles
    matrix: sparse.csr_matrix


def _edges(triangles: Triangles) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Unique edges (E, 2), the edge index of each triangle side (M, 3), and triangles per edge (E,)."""
    sides = np.stack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]], axis=1)
    sides = np.sort(sides.reshape(-1, 2), axis=1)
    edges, index, counts = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
    return edges.astype(np.int64), index.reshape(-1, 3).astype(np.int64), counts.astype(np.int64)


def _vertex_rows(
    vertices: int,
    edges: NDArray[np.int64],
    boundary: NDArray[np.bool_],
    corners: NDArray[np.bool_],
) -> sparse.csr_matrix:
    """New positions of the old vertices."""
    inner_edges, rim_edges = edges[~boundary], edges[boundary]
    on_rim = np.zeros(vertices, bool)
    on_rim[rim_edges] = True

    def adjacency(pairs: NDArray[np.int64]) -> sparse.csr_matrix:
        both = np.concatenate([pairs, pairs[:, ::-1]])
        return sparse.csr_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), (vertices, vertices))

    around = adjacency(np.concatenate([inner_edges, rim_edges]))
    valence = np.asarray(around.sum(axis=1)).ravel()
    beta = np.where(valence <= 3, 3 / 16, 3 / (8 * np.maximum(valence, 1)))
    rim_valence = np.asarray(adjacency(rim_edges).sum(axis=1)).ravel()
    fixed = corners | (valence == 0) | (on_rim & (rim_valence != 2))
    weight = np.where(fixed, 0.0, np.where(on_rim, 1 / 8, beta))
    keep = 1 - weight * np.where(on_rim, 2, valence)
    neighbours = sparse.diags(np.where(on_rim, 0.0, weight)) @ around
    rim_neighbours = sparse.diags(np.where(on_rim, weight, 0.0)) @ adjacency(rim_edges)
    return (sparse.diags(keep) + neighbours + rim_neighbours).tocsr()


def _edge_rows(
    vertices: int,
    triangles: Triangles,
    edges: NDArray[np.int64],
    side_edge: NDArray[np.int64],
    boundary: NDArray[np.bool_],
) -> sparse.csr_matrix:
    """Positions of the new vertices, one on each edge."""
    rows = np.arange(len(edges))
    ends = np.where(boundary, 1 / 2, 3 / 8)
    parts = [sparse.csr_matrix((ends, (rows, edges[:, k])), (len(edges), vertices)) for k in (0, 1)]
    for side, opposite in ((0, 2), (1, 0), (2, 1)):
        edge = side_edge[:, side]
        inner = ~boundary[edge]
        weights = np.full(int(inner.sum()), 1 / 8)
        parts.append(
            sparse.csr_matrix((weights, (edge[inner], triangles[inner, opposite])), (len(edges), vertices))
        )
    return sum(parts[1:], parts[0]).tocsr()


def _once(vertices: int, triangles: Triangles, corners: NDArray[np.bool_]) -> Subdivided:
    edges, side_edge, counts = _edges(triangles)
    boundary = counts == 1
    matrix = sparse.vstack(
        [
            _vertex_rows(vertices, edges, boundary, corners),
            _edge_rows(vertices, triangles, edges, side_edge, boundary),
        ]
    ).tocsr()
    a, b, c = triangles.T
    ab, bc, ca = (side_edge + vertices).T
    fine = np.concatenate(
        [np.stack(t, axis=1) for t in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
    )
    return Subdivided(fine.astype(np.int32), matrix)


def subdivide(vertices: int, triangles: Triangles, corners: NDArray[np.int64], levels: int) -> Subdivided:
    """Subdivide `levels` times; each level makes four triangles of one.

    vertices: how many coarse vertices there are; corners: indices of those that must not move.
    """
    sharp = np.zeros(vertices, bool)
    sharp[corners] = True
    result = Subdivided(triangles, sparse.identity(vertices, format="csr"))
    for _ in range(levels):
        step = _once(result.matrix.shape[0], result.triangles, sharp)
        result = Subdivided(step.triangles, (step.matrix @ result.matrix).tocsr())
        sharp = np.concatenate([sharp, np.zeros(step.matrix.shape[0] - len(sharp), bool)])
    return result
