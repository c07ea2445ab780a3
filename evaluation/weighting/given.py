"""What every weighting method is given: a complete matrix of indicators, and what is done when it says nothing.

Belongs here: the checks of matrix, directions and weights with errors that teach, the fixed order of rows, the meaning
of "constant", scaling to 0 … 1, correlation. Does not belong here: a weighting method, filling of missing values
(``evaluation.composite`` imputes by the declared policy, before).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

NOISE = 1e-12
"""Below this, relative to the size of the figures, a difference is rounding and not information.

Doubles carry 2e-16; a column computed along two ways (0.1 + 0.2 against 0.3) differs by a few of those, and min-max
would blow that up to the full scale. No statistic that anyone reports carries twelve digits.
"""


class WeightingError(ValueError):
    """Input from which no weights can follow: what is wrong, where, what was expected, how to mend it."""


def indicator_matrix(values: ArrayLike) -> FloatArray:
    """``values`` (n, k): n places or place-years, k indicators, as a checked array of floats.

    Raises WeightingError when it is not a matrix, is empty or has a value missing or infinite.
    """
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise WeightingError(
            f"indicators come as a matrix of rows (places or place-years) × columns, not as {matrix.shape}; "
            "lay the periods of a panel one under the other"
        )
    require_complete(matrix)
    return matrix


def require_complete(matrix: FloatArray) -> None:
    """Raises WeightingError naming the first cell of ``matrix`` (…, n, k) that is missing or infinite."""
    holes = np.argwhere(~np.isfinite(matrix))
    if len(holes):
        *_, row, column = holes[0]
        raise WeightingError(
            f"{len(holes)} of {matrix.size} values are missing or infinite, first row {row}, column {column} (from 0); "
            "weights need a complete matrix: impute by the index's declared policy or leave the row out"
        )


def signs(directions: ArrayLike | None, k: int) -> FloatArray:
    """``directions`` (k,): +1 where more is better, −1 where less is better; ``None`` stands for +1 throughout.

    Raises WeightingError for another number of them or another value.
    """
    if directions is None:
        return np.ones(k)
    given = np.asarray(directions, dtype=np.float64)
    if given.shape != (k,):
        raise WeightingError(f"{k} indicators need {k} directions (+1 or -1), not an array of shape {given.shape}")
    odd = np.flatnonzero(np.abs(given) != 1)
    if len(odd):
        raise WeightingError(
            f"direction of column {odd[0]} is {given[odd[0]]:g}; write +1 where more is better, -1 where less is better"
        )
    return given


def require_weights(weights: ArrayLike, k: int) -> FloatArray:
    """``weights`` (k,) as an array. Raises WeightingError unless there are k, none negative, with sum one (to 1e-9)."""
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (k,):
        raise WeightingError(f"{k} indicators need {k} weights, not an array of shape {given.shape}")
    low = np.flatnonzero(~(given >= 0))
    if len(low):
        raise WeightingError(f"weight of column {low[0]} is {given[low[0]]:g}; a weight is zero or above")
    if abs(given.sum() - 1) > 1e-9:
        raise WeightingError(f"weights sum to {given.sum():.12g}, not 1; divide them by their sum")
    return given


def in_fixed_order(matrix: FloatArray) -> FloatArray:
    """The rows of ``matrix`` (n, k) in lexical order: sums then do not depend on the order in which rows came."""
    return matrix[np.lexsort(matrix.T[::-1])]


def varies(matrix: FloatArray) -> NDArray[np.bool_]:
    """Which columns of ``matrix`` (…, n, k) differ by more than :data:`NOISE` of their size: (…, k)."""
    spread = matrix.max(axis=-2) - matrix.min(axis=-2)
    return np.asarray(spread > NOISE * np.abs(matrix).max(axis=-2))


def to_unit(matrix: FloatArray, direction: FloatArray) -> FloatArray:
    """Columns of ``matrix`` (…, n, k) by min-max onto 0 … 1, 1 best by ``direction`` (k,); a constant column is 0."""
    oriented = matrix * direction
    low, high = oriented.min(axis=-2, keepdims=True), oriented.max(axis=-2, keepdims=True)
    known = varies(matrix)[..., np.newaxis, :]
    return np.where(known, (oriented - low) / np.where(known, high - low, 1), 0.0)


def correlation(matrix: FloatArray) -> FloatArray:
    """Pearson correlation (k, k) of the columns of ``matrix`` (n, k), none of them constant, rows in a fixed order.

    Within :data:`NOISE` of ±1 it is ±1: proportional columns are one column, not two with a trace of their own.
    """
    # not np.corrcoef: its product runs in BLAS, whose sums depend on its thread count
    centred = matrix - matrix.mean(axis=0)
    standard = centred / np.sqrt((centred**2).sum(axis=0))
    r = np.einsum("ij,ik->jk", standard, standard)
    return np.asarray(np.where(np.abs(r) > 1 - NOISE, np.sign(r), r), dtype=np.float64)


def as_weights(importance: FloatArray) -> FloatArray:
    """``importance`` (k,), zero or above, over its sum; all zero – nothing tells them apart – gives equal weights."""
    total = importance.sum()
    return np.full(len(importance), 1 / len(importance)) if total == 0 else importance / total
