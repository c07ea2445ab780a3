"""TOPSIS: how near each place is to the best seen in every indicator, against the worst.

v_ij = w_j x_ij / √Σ_i x_ij², D⁺ and D⁻ the Euclidean distances to the best and the worst v of each column, closeness
D⁻ / (D⁺ + D⁻): Hwang & Yoon (1981), Multiple Attribute Decision Making.

Belongs here: this ranking. Does not belong here: the weights it is given (the other modules). It is relative to the
panel: a place can change rank when another one joins (rank reversal), so the panel is stated wherever a closeness is
shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from evaluation.weighting.given import (
    FloatArray,
    WeightingError,
    require_complete,
    require_weights,
    signs,
    to_unit,
)

Normalisation = Literal["vector", "min_max"]
"""``vector``: by the root of the sum of squares, a cost's best being its least; ``min_max``: 0 … 1 by direction."""


@dataclass(frozen=True)
class Closeness:
    """(…, n) each: ``closeness`` 0 (worst in all) … 1 (best in all), and the two distances that make it."""

    closeness: FloatArray
    to_best: FloatArray
    to_worst: FloatArray


def topsis(
    values: ArrayLike,
    weights: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    normalisation: Normalisation = "vector",
) -> Closeness:
    """Closeness of the n places of ``values`` (…, n, k) – leading axes are panels apart – with ``weights`` (k,).

    A column that is constant or zero adds to neither distance. Where all places are alike both distances are 0, and the
    closeness is 0.5: the one value that keeps places equal and closeness monotone.
    Raises WeightingError for a missing value, bad weights or directions, and for a negative value under ``vector``: its
    norm needs a ratio scale, and closeness would fall where an indicator improves.
    """
    if normalisation not in get_args(Normalisation):
        raise WeightingError(
            f"there is no TOPSIS normalisation {normalisation!r}; one of {', '.join(get_args(Normalisation))}"
        )
    x = np.asarray(values, dtype=np.float64)
    if x.ndim < 2 or 0 in x.shape:
        raise WeightingError(f"TOPSIS needs rows (places) × columns (indicators), not an array of shape {x.shape}")
    require_complete(x)
    k = x.shape[-1]
    direction, w = signs(directions, k), require_weights(weights, k)
    if normalisation == "min_max":
        v = to_unit(x, direction)
    else:
        if (x < 0).any():
            raise WeightingError(
                f"column {np.argwhere(x < 0)[0][-1]} holds a negative value; vector normalisation needs values "
                "that are zero or above: use normalisation 'min_max'"
            )
        v = _unit_length(x) * direction
    v = v * w
    to_best = np.sqrt(((v.max(axis=-2, keepdims=True) - v) ** 2).sum(axis=-1))
    to_worst = np.sqrt(((v - v.min(axis=-2, keepdims=True)) ** 2).sum(axis=-1))
    span = to_best + to_worst
    return Closeness(np.where(span > 0, to_worst / np.where(span > 0, span, 1), 0.5), to_best, to_worst)


def _unit_length(x: FloatArray) -> FloatArray:
    """Columns of ``x`` (…, n, k) over their Euclidean length; zeros stay zeros."""
    size = x.max(axis=-2, keepdims=True)
    x = x / np.where(size > 0, size, 1)  # by the greatest first: squares of finite values may not be finite
    length = np.sqrt(np.sort(x**2, axis=-2).sum(axis=-2, keepdims=True))  # sorted: row order changes no digit
    return x / np.where(length > 0, length, 1)
