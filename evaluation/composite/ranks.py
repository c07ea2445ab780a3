"""Ranks of scores: before any rounding, 1 = best, equal scores share the best place among them.

Does not belong here: whether two ranks may be told apart (``audit.certainty``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.compiled import compiled


def ranks(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Competition ranks [rows] of ``scores`` [rows]; 0 for a missing score, which takes nobody's place."""
    of_one: NDArray[np.int64] = all_ranks(np.ascontiguousarray(scores, dtype=np.float64)[None, :])[0]
    return of_one


@compiled
def all_ranks(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """``ranks`` of every line of ``scores`` [runs × rows]."""
    out = np.zeros(scores.shape, dtype=np.int64)
    for run in range(len(scores)):
        ordered = np.sort(-scores[run][~np.isnan(scores[run])])
        for row in range(scores.shape[1]):
            if not np.isnan(scores[run, row]):
                out[run, row] = np.searchsorted(ordered, -scores[run, row]) + 1
    return out
