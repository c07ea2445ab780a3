"""CRITIC weights: contrast within an indicator times its conflict with the others.

C_j = σ_j Σ_k (1 − r_jk) on columns scaled to 0 … 1 by direction, w_j = C_j / Σ C: Diakoulaki, Mavrotas & Papayannakis
(1995), Computers & Operations Research 22(7), 763–770, eq. 4–6 (rank correlation is their own alternative). The
denominator of σ (n or n − 1) cancels.

Belongs here: this method. Does not belong here: the checks that all methods share (``given``).
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from evaluation.weighting.given import (
    FloatArray,
    WeightingError,
    as_weights,
    correlation,
    in_fixed_order,
    indicator_matrix,
    signs,
    to_unit,
    varies,
)

Correlation = Literal["pearson", "spearman"]


def critic_weights(
    values: ArrayLike, directions: ArrayLike | None = None, *, by: Correlation = "pearson"
) -> FloatArray:
    """Weights (k,) of the columns of ``values`` (n, k).

    Direction matters: a cost turned round conflicts with what it agreed with before. Peers that ignore direction
    (pymcdm) give what ``directions=None`` gives. A constant column weighs nothing and conflicts with nobody: the
    others' weights are those without it. No contrast or no conflict anywhere (all constant, or all proportional): equal
    weights.
    """
    if by not in get_args(Correlation):
        raise WeightingError(f"there is no correlation {by!r} here; one of {', '.join(get_args(Correlation))}")
    matrix = in_fixed_order(indicator_matrix(values))
    known = varies(matrix)
    direction = signs(directions, matrix.shape[1])
    scaled = to_unit(matrix, direction)[:, known]
    # ranks of the values, not of the scaled: scaling can round two neighbours together
    compared = scaled if by == "pearson" else rankdata((matrix * direction)[:, known], axis=0)
    conflict = (1 - correlation(compared)).sum(axis=0)
    information = np.zeros(len(known))
    information[known] = scaled.std(axis=0) * conflict
    return as_weights(information)
