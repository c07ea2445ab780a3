"""Entropy weights: an indicator that tells places apart weighs more than one on which all are alike.

p_ij = z_ij / Σ_i z_ij, e_j = −(1/ln n) Σ_i p_ij ln p_ij with 0 ln 0 := 0, w_j = (1 − e_j) / Σ (1 − e_j). Shannon
(1948); as weights: Zeleny (1982), Multiple Criteria Decision Making; Zou, Yun & Sun (2006), J. Environ. Sci. 18(5),
1020–1023. Papers differ in z and rarely say which they used, and z changes weights (a cost column can change places
with any other): hence the variants by name.

Belongs here: the variants. Does not belong here: the checks that all methods share (``given``).
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from evaluation.weighting.given import (
    FloatArray,
    WeightingError,
    as_weights,
    indicator_matrix,
    signs,
    to_unit,
    varies,
)

Variant = Literal["min_max", "shifted", "rescaled", "raw", "reciprocal"]
"""What is divided into shares: ``min_max`` the columns on 0 … 1 by direction; ``shifted`` the same + 1e-4; ``rescaled``
the same on 0.002 … 0.998; ``raw`` the values as they are, whatever their direction; ``reciprocal`` as raw, 1/x where
less is better."""

SHIFT = 1e-4
"""The customary shift that keeps ln p defined; with 0 ln 0 := 0 it is not needed, and it changes the weights."""
RESCALED = (0.002, 0.998)
"""The customary open interval with the same purpose (R package mathmodels)."""


def entropy(values: ArrayLike, directions: ArrayLike | None = None, *, variant: Variant = "min_max") -> FloatArray:
    """Entropy e_j (k,) of the columns of ``values`` (n, k), 0 (all in one row) … 1 (all rows alike).

    A constant column – also a single row, and a column of zeros – has e = 1 by definition. Raises WeightingError for a
    negative value (``raw``) or one that is not positive (``reciprocal``): there are no shares of them.
    """
    return 1 - _divergence(values, directions, variant)


def entropy_weights(
    values: ArrayLike, directions: ArrayLike | None = None, *, variant: Variant = "min_max"
) -> FloatArray:
    """Weights (k,) ∝ 1 − e_j of :func:`entropy`; a constant column weighs nothing, all constant: equal weights."""
    return as_weights(_divergence(values, directions, variant))


def _divergence(values: ArrayLike, directions: ArrayLike | None, variant: Variant) -> FloatArray:
    """1 − e_j (k,), as the divergence of the shares from equal ones: Σ [(1 + δ) ln(1 + δ) − δ] / (n ln n).

    δ = z / mean z − 1. The same number as the textbook's, since Σ δ = 0, but no difference of two ones:
    columns that differ by a millionth (raw values of a large level) keep ten digits of their weight, not four.
    """
    matrix = indicator_matrix(values)
    n = len(matrix)
    z = _measures(matrix, signs(directions, matrix.shape[1]), variant)
    known = varies(matrix)
    z = np.sort(z, axis=0)  # each column by itself: the order of rows then changes no digit
    mean = np.where(known, z.mean(axis=0), 1)
    delta = np.where(z > 0, (z - mean) / mean, 0)
    terms = np.where(z > 0, (1 + delta) * np.log1p(delta) - delta, 1)  # 0 ln 0 := 0 leaves −δ = 1
    return np.where(known, np.clip(terms.sum(axis=0) / (n * np.log(max(n, 2))), 0, 1), 0.0)


def _measures(matrix: FloatArray, direction: FloatArray, variant: Variant) -> FloatArray:
    """The z (n, k), zero or above, of which :func:`entropy` takes shares."""
    if variant == "min_max":
        return to_unit(matrix, direction)
    if variant == "shifted":
        return to_unit(matrix, direction) + SHIFT
    if variant == "rescaled":
        low, high = RESCALED
        return low + (high - low) * to_unit(matrix, direction)
    if variant not in get_args(Variant):
        raise WeightingError(f"there is no entropy variant {variant!r}; one of {', '.join(get_args(Variant))}")
    costs = direction < 0 if variant == "reciprocal" else np.zeros(len(direction), dtype=bool)
    bad = np.flatnonzero(np.where(costs, matrix.min(axis=0) <= 0, matrix.min(axis=0) < 0))
    if len(bad):
        raise WeightingError(
            f"column {bad[0]} holds {matrix[:, bad[0]].min():g}; variant {variant!r} takes shares of "
            f"{'1/x, x above zero' if costs[bad[0]] else 'x, zero or above'}: use variant 'min_max'"
        )
    return np.where(costs, 1 / np.where(costs, matrix, 1), matrix)
