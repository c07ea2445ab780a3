"""Outliers, one column at a time: bounds to which values are held, or a logarithm, fitted on the panel.

The procedure is the one of the JRC's audits (winsorise a few points, else transform). It depends on the data: where a
column stands just at the limits, a small change of one value can switch it on or off, and then a score may fall though
its indicator rose. Goalposts need no treatment and have no such step. Does not belong here: normalising.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.compiled import compiled
from evaluation.composite.definition import Treatment
from evaluation.composite.moments import skewness_and_kurtosis

TREATMENTS = ("none", "winsorise", "winsorise_then_log", "log")
"""Methods by the number the kernels know them by."""
NO_LIMIT = np.iinfo(np.int64).max
LOG_OFFSET = 0.01  # share of the range that keeps the smallest value off log(0): COINr's log_CT


@dataclass(frozen=True)
class Treated:
    """``values`` [rows × columns] after treatment, and what happened to each column.

    ``n_high``, ``n_low``: how many points were set at either end; ``logged``: whether the logarithm was taken;
    ``skewness``, ``kurtosis``: before.
    """

    values: NDArray[np.float64]
    n_high: NDArray[np.int64]
    n_low: NDArray[np.int64]
    logged: NDArray[np.bool_]
    skewness: NDArray[np.float64]
    kurtosis: NDArray[np.float64]


def treat(values: NDArray[np.float64], treatment: Treatment) -> Treated:
    """Treat every column of ``values`` [rows × columns] by itself, all rows being the panel. NaN stays NaN."""
    out = np.array(values, dtype=np.float64)
    n = out.shape[1]
    high, low, logged = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.bool_)
    skew, kurt = np.empty(n), np.empty(n)
    panel = np.ones(len(out), np.bool_)
    method = TREATMENTS.index(treatment.method)
    limits = np.array([treatment.skewness, treatment.kurtosis])
    for column in range(n):
        own = np.ascontiguousarray(out[:, column])
        known = own[~np.isnan(own)]
        skew[column], kurt[column] = skewness_and_kurtosis(known)
        most = NO_LIMIT if treatment.max_points is None else treatment.max_points
        bottom, top, takes_log = treat_column(own, panel, method, most, limits)
        logged[column] = takes_log
        if not takes_log:
            high[column], low[column] = (known > top).sum(), (known < bottom).sum()
        out[:, column] = own
    return Treated(out, high, low, logged, skew, kurt)


@compiled
def treat_column(
    column: NDArray[np.float64], panel: NDArray[np.bool_], method: int, most: int, limits: NDArray[np.float64]
) -> tuple[float, float, bool]:
    """Treat ``column`` [rows] in place with what its ``panel`` rows say; the bounds it is held to, and whether logged.

    ``limits``: of skewness and kurtosis. Rows outside the panel are held to the same bounds, before a logarithm to the
    panel's smallest value.
    """
    if method == 0:
        return -np.inf, np.inf, False
    known = np.empty(len(column))
    n = 0
    for row in range(len(column)):
        if panel[row] and not np.isnan(column[row]):
            known[n] = column[row]
            n += 1
    known = np.sort(known[:n])
    if method == 3:
        return _logarithm(column, known)
    low, high, passes = _bounds(known.copy(), most, limits[0], limits[1])
    if not passes and method == 2:
        return _logarithm(column, known)
    for row in range(len(column)):
        if column[row] > high:
            column[row] = high
        elif column[row] < low:
            column[row] = low
    return low, high, False


@compiled
def _bounds(known: NDArray[np.float64], most: int, skew_limit: float, kurt_limit: float) -> tuple[float, float, bool]:
    """Where winsorising stops: lowest and highest value left, and whether the column passes then. ``known``: sorted."""
    low, high = -np.inf, np.inf
    first, last = 0, len(known) - 1
    while True:
        skew, kurt = skewness_and_kurtosis(known)
        # NaN: too few values or a constant; nothing stands out there.
        if not (abs(skew) >= skew_limit and kurt >= kurt_limit):
            return low, high, True
        if first + len(known) - 1 - last >= most:
            return low, high, False
        if skew >= 0:
            while known[last] == known[-1]:
                last -= 1
            high = known[last]
            known[last + 1 :] = high
        else:
            while known[first] == known[0]:
                first += 1
            low = known[first]
            known[:first] = low


@compiled
def _logarithm(column: NDArray[np.float64], known: NDArray[np.float64]) -> tuple[float, float, bool]:
    """log(x − min + 0.01·(max − min)) in place; a constant column stays as it is."""
    if len(known) == 0 or known[0] == known[-1]:
        return -np.inf, np.inf, False
    low = known[0]
    offset = LOG_OFFSET * (known[-1] - low)
    for row in range(len(column)):
        if not np.isnan(column[row]):
            column[row] = np.log(max(column[row] - low, 0.0) + offset)
    return -np.inf, np.inf, True
