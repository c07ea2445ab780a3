"""Weights from principal components: indicators that move together share the weight of what they have in common.

Belongs here: components of the correlation matrix, varimax, and the two ways from loadings to weights that are in use.
Does not belong here: PCA as a check of coherence (``evaluation.composite`` audits). Components say what varies
together, not what matters: the handbook itself warns that these weights correct for overlap and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from evaluation.weighting.given import (
    NOISE,
    FloatArray,
    WeightingError,
    as_weights,
    correlation,
    in_fixed_order,
    indicator_matrix,
    to_unit,
    varies,
)

Variant = Literal["handbook", "first"]
"""``handbook``: several components, rotated, each indicator weighed where it loads highest; ``first``: squares of the
first eigenvector."""

_SWEEPS = 5000
"""Rotation of 40 columns of pure noise, the slowest there is, took 106 to 486 sweeps to turn by less than NOISE."""


@dataclass(frozen=True)
class Components:
    """Principal components, greatest first: ``variances`` (k,) are eigenvalues, ``vectors`` (k, k) unit columns."""

    variances: FloatArray
    vectors: FloatArray


def principal_components(values: ArrayLike) -> Components:
    """Components of the correlations of ``values`` (n, k); of each vector the entry greatest in size is positive.

    Raises WeightingError when a column is constant: it has no correlation.
    """
    matrix = in_fixed_order(indicator_matrix(values))
    still = np.flatnonzero(~varies(matrix))
    if len(still):
        raise WeightingError(f"column {still[0]} is constant; it has no correlation: leave it out")
    variances, vectors = np.linalg.eigh(correlation(to_unit(matrix, np.ones(matrix.shape[1]))))
    variances, vectors = np.maximum(variances[::-1], 0), vectors[:, ::-1]
    leading = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[np.newaxis], axis=0)
    return Components(variances, vectors * np.sign(leading))


def pca_weights(values: ArrayLike, *, variant: Variant = "handbook", components: int | None = None) -> FloatArray:
    """Weights (k,) of the columns of ``values`` (n, k); directions do not matter, loadings enter squared.

    ``handbook``: OECD/JRC (2008), Handbook on Constructing Composite Indicators, §6.1 (after Nicoletti et al. 2000):
    the first ``components`` (left out: those with a variance above one, Kaiser's rule) rotated by varimax; an indicator
    gets the square of its highest loading as a share of that component's, times that component's share of the variance.
    ``first``: squares of the first eigenvector, which sum to one (COINr offers the eigenvector itself, signs and all).

    A constant column weighs nothing. Without any component above one nothing is shared: equal weights of what varies.
    When two variances are equal the components, and so the weights, are not defined by the data but by the arithmetic.
    """
    if variant not in get_args(Variant):
        raise WeightingError(f"there is no PCA variant {variant!r}; one of {', '.join(get_args(Variant))}")
    matrix = indicator_matrix(values)
    known = varies(matrix)
    varying = int(known.sum())
    if components is not None and not 1 <= components <= max(varying, 1):
        raise WeightingError(f"{components} components of {varying} indicators that vary; ask for 1 … {varying}")
    weights = np.zeros(len(known))
    if not varying:
        return as_weights(weights)
    found = principal_components(matrix[:, known])
    shared = int((found.variances > 1 + NOISE * varying).sum())
    if not shared and components is None:
        weights[known] = 1.0
    elif variant == "first":
        weights[known] = found.vectors[:, 0] ** 2
    else:
        # a component without variance has no loadings to share
        kept = min(components or shared, int((found.variances > NOISE * varying).sum()))
        weights[known] = _by_highest_loading(varimax(found.vectors[:, :kept] * np.sqrt(found.variances[:kept])))
    return as_weights(weights)


def varimax(loadings: FloatArray) -> FloatArray:
    """``loadings`` (k, m) rotated so that the squares in each column differ most: Kaiser (1958), Psychometrika 23, 187.

    Rows count by their communality (Kaiser's normalisation), the default everywhere in use. Planes are turned in fixed
    order, each by Kaiser's closed-form angle, until none turns any more. Raises WeightingError if they never settle.
    """
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    length = np.where(length > 0, length, 1)
    rotated = loadings / length
    planes = list(combinations(range(loadings.shape[1]), 2))
    for _ in range(_SWEEPS):
        if max((_turn(rotated, p, q) for p, q in planes), default=0.0) <= NOISE:
            return rotated * length
    raise WeightingError(f"the rotation of {loadings.shape[1]} components does not settle; keep fewer components")


def _turn(rotated: FloatArray, p: int, q: int) -> float:
    """Columns p and q of ``rotated`` turned in place to the best angle of their plane; by how much (radians)."""
    x, y = rotated[:, p].copy(), rotated[:, q].copy()
    u, v = x**2 - y**2, 2 * x * y
    k, a, b = len(x), u.sum(), v.sum()
    up, along = 2 * ((u * v).sum() - a * b / k), (u**2 - v**2).sum() - (a**2 - b**2) / k
    if np.hypot(up, along) <= NOISE * k:  # every angle is as good: what is left is rounding
        return 0.0
    angle = float(np.arctan2(up, along)) / 4
    rotated[:, p], rotated[:, q] = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return abs(angle)


def _by_highest_loading(rotated: FloatArray) -> FloatArray:
    """Importance (k,) from ``rotated`` (k, m), whose columns carry their components' variances.

    An indicator belongs to the component of which its square is the greatest share, as in the handbook's example:
    exports load −0.65 on the first component but make up more of the second (0.23 against 0.16).
    """
    square = rotated**2
    belongs = (square / square.sum(axis=0)).argmax(axis=1)
    # share of the component × the component's share of the variance: the component's sum cancels
    return np.take_along_axis(square, belongs[:, np.newaxis], axis=1)[:, 0]
