"""Analytic hierarchy process: weights from comparisons of two at a time, and how far the comparisons contradict.

Saaty (1977), J. Math. Psychology 15, 234–281 (eigenvector); Crawford & Williams (1985), same journal 29, 387–405
(geometric mean of rows); Saaty (1980), The Analytic Hierarchy Process (random index, bound 0.10).

Belongs here: one matrix of judgements. Does not belong here: the hierarchy (a definition's tree) and who judged
(``decided`` holds the decision).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from evaluation.weighting.given import FloatArray, WeightingError

Method = Literal["eigenvector", "geometric_mean", "column_mean"]

RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Mean consistency index of random reciprocal matrices of order 1 … 15: Saaty (1980), as printed (order 12 is a
dip)."""
ACCEPTABLE = 0.10
"""Saaty's bound of the consistency ratio: above it the judgements should be made again, not averaged away."""
_RECIPROCAL = 0.02
"""How far a_ij · a_ji may be from 1: 0.33 · 3 = 0.99, as people write a third; anything further is a slip."""


@dataclass(frozen=True)
class Priorities:
    """``weights`` (n,) with the greatest eigenvalue, the consistency index and the ratio to Saaty's random index."""

    weights: FloatArray
    lambda_max: float
    consistency_index: float
    consistency_ratio: float

    @property
    def consistent(self) -> bool:
        """Whether the ratio is within Saaty's bound (:data:`ACCEPTABLE`)."""
        return self.consistency_ratio <= ACCEPTABLE


def ahp(judgements: ArrayLike, *, method: Method = "eigenvector") -> Priorities:
    """Priorities from ``judgements`` (n, n): entry (i, j) says how many times as important i is as j (1/9 … 9).

    λ is the principal eigenvalue (``eigenvector``) or the mean of (Aw)_i / w_i (the other two methods). One or two
    criteria cannot contradict: ratio 0. Contradiction is a finding, not an error: look at ``consistent``.
    Raises WeightingError unless the matrix is square, positive, reciprocal (to 2 %) and of order 1 … 15.
    """
    if method not in get_args(Method):
        raise WeightingError(f"there is no AHP method {method!r}; one of {', '.join(get_args(Method))}")
    a = _checked(judgements)
    n = len(a)
    if method == "eigenvector":
        values, vectors = np.linalg.eig(a)
        first = int(np.argmax(values.real))  # Perron: the greatest eigenvalue of a positive matrix is real and simple
        weights = np.abs(vectors[:, first].real)
        weights /= weights.sum()
        lambda_max = float(values[first].real)
    else:
        weights = np.exp(np.log(a).mean(axis=1)) if method == "geometric_mean" else (a / a.sum(axis=0)).mean(axis=1)
        weights /= weights.sum()
        lambda_max = float(((a * weights).sum(axis=1) / weights).mean())
    if n <= 2:
        return Priorities(weights, lambda_max, 0.0, 0.0)
    # below zero only by rounding, or by judgements that are reciprocal only nearly
    index = max((lambda_max - n) / (n - 1), 0.0)
    return Priorities(weights, lambda_max, index, index / RANDOM_INDEX[n - 1])


def _checked(judgements: ArrayLike) -> FloatArray:
    a = np.asarray(judgements, dtype=np.float64)
    if a.ndim != 2 or a.shape[0] != a.shape[1] or not 1 <= len(a) <= len(RANDOM_INDEX):
        raise WeightingError(
            f"judgements come as a square matrix of order 1 … {len(RANDOM_INDEX)}, not {a.shape}; more criteria than "
            "that cannot be compared in pairs: group them under nodes"
        )
    bad = np.argwhere(~((a > 0) & np.isfinite(a)))
    if len(bad):
        i, j = bad[0]
        raise WeightingError(f"judgement ({i}, {j}) is {a[i, j]:g}; a ratio of importance is above zero")
    off = np.argwhere(np.abs(a * a.T - 1) > _RECIPROCAL)
    if len(off):
        i, j = off[0]
        raise WeightingError(
            f"judgements ({i}, {j}) = {a[i, j]:g} and ({j}, {i}) = {a[j, i]:g} do not agree; "
            f"the second is 1 / the first, {1 / a[i, j]:.4g}"
        )
    return a
