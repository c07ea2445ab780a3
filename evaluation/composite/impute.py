"""Missing values, one column at a time, after a declared policy; what no policy can fill stays missing (NaN).

Does not belong here: coverage (``scoring``), which counts what was observed, not what was filled.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.compiled import compiled
from evaluation.composite.inputs import Layout

IMPUTATIONS = ("leave_out", "mean", "median", "group_mean", "group_median", "carry_forward")
"""Policies by the number the kernels know them by."""


@compiled
def impute_column(column: NDArray[np.float64], policy: int, layout: Layout) -> None:
    """Fill ``column`` [rows] in place.

    Means and medians are taken over the rows of the same period, for the group policies over those of the same group
    (a region in no group is not filled). ``carry_forward`` takes the same region's value one period of the table
    earlier, itself filled before.
    """
    if policy == 0:
        return
    if policy == 5:
        for row in range(len(column)):
            if np.isnan(column[row]) and layout.previous[row] >= 0:
                column[row] = column[layout.previous[row]]
        return
    for period in range(len(layout.period_start) - 1):
        start, stop = layout.period_start[period], layout.period_start[period + 1]
        group = layout.group[start:stop]
        given = column[start:stop].copy()
        for row in range(start, stop):
            if np.isnan(column[row]):
                column[row] = _middle(given, group, group[row - start], policy)


@compiled
def _middle(given: NDArray[np.float64], group: NDArray[np.int64], own: int, policy: int) -> float:
    """Mean or median of what is known in a period, or in ``own`` group of it; NaN if nothing is."""
    by_group = policy >= 3
    if by_group and own < 0:
        return np.nan
    known = np.empty(len(given))
    n = 0
    for row in range(len(given)):
        if not np.isnan(given[row]) and (not by_group or group[row] == own):
            known[n] = given[row]
            n += 1
    if n == 0:
        return np.nan
    if policy in (2, 4):
        return float(np.median(known[:n]))
    return float(known[:n].sum() / n)
