"""Optimised weights: those under which each indicator correlates with the index as much as it was meant to.

Nominal weights are not importance: Paruolo, Saisana & Saltelli (2013), J. R. Stat. Soc. A 176(3), 609–634; choosing
weights so that importance meets a target: Becker, Saisana, Paruolo & Vandecasteele (2017), Ecological Indicators 80,
12–22. They search by simplex, which may stop early and go below zero (COINr's weights do, ``index/README.md``). For an
arithmetic index the search is not needed: with R the correlations and u_j = w_j σ_j, the correlations with the index
are proportional to R u, so the profile nearest in direction to the target among all u ≥ 0 is the projection of the
target onto a convex cone – non-negative least squares, one solution, no start, no seed.

Belongs here: this method. Does not belong here: the audit of a given set of weights (``evaluation.composite``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from evaluation.weighting.given import (
    NOISE,
    FloatArray,
    WeightingError,
    as_weights,
    correlation,
    in_fixed_order,
    indicator_matrix,
    varies,
)


@dataclass(frozen=True)
class Balanced:
    """``weights`` (k,) with the ``correlations`` (k,) of the indicators with the index that they give."""

    weights: FloatArray
    correlations: FloatArray


def balanced_weights(scores: ArrayLike, targets: ArrayLike | None = None) -> Balanced:
    """Weights under which correlation with the arithmetic index is proportional to ``targets``, as near as w ≥ 0 lets.

    ``scores`` (n, k) are what the index adds up: normalised, more is better. ``targets`` (k,) are shares of importance,
    left out: equal; for a target on explained variance (r²) give its square root. ``correlations`` say how near it is.
    Where indicators are collinear several weights do equally well, and the sum of such a group is what counts.

    Raises WeightingError when an indicator is constant, no target is above zero, or the indicators cancel each other.
    """
    matrix = in_fixed_order(indicator_matrix(scores))
    k = matrix.shape[1]
    wanted = np.ones(k) if targets is None else np.asarray(targets, dtype=np.float64)
    if wanted.shape != (k,) or not (wanted >= 0).all() or not 0 < wanted.sum() < np.inf:
        raise WeightingError(f"{k} indicators need {k} targets, zero or above and not all zero, not {wanted.tolist()}")
    still = np.flatnonzero(~varies(matrix))
    if len(still):
        raise WeightingError(f"column {still[0]} is constant and cannot correlate with the index: leave it out")
    r = correlation(matrix)
    u, _ = nnls(r, wanted / wanted.max())
    spread = float(np.einsum("i,ij,j->", u, r, u))  # variance of the index that u makes
    if spread <= NOISE:
        raise WeightingError("the indicators cancel each other: their index is constant; look at their directions")
    return Balanced(as_weights(u / matrix.std(axis=0)), np.einsum("ij,j->i", r, u) / np.sqrt(spread))
