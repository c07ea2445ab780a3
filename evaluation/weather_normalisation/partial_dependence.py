"""The prediction of a tree ensemble averaged over a pool of weather: exact, no sampling.

For row r the average over the pool is ``PD(r) = 1/|pool| Σ_j f(kept variables of r, other variables of pool row j)``:
the interventional partial dependence of Friedman (2001), Annals of Statistics 29, 1189, section 8.2. rmweather, normet
and deweather sample it (11_effort_methods.md §5); over trees it is a finite sum. A leaf is a box, and a box is the
product of a box of the kept variables and a box of the others. So a leaf adds ``value × share of the pool in its
weather box`` to the rows in its kept box, and one walk down each tree finds both: a split on a kept variable divides
the rows and hands the whole pool to both children; a split on another variable divides the pool and hands all rows to
both.

Cost: every row of the pool is moved once for each kept box it is handed to, never rows × pool; memory is one index per
row, one per pool row. Not scikit-learn's ``method='recursion'``, which weighs leaves by training counts.

Belongs here: the averages, over the whole pool or the window of a season. Does not belong here: which variables are
kept (``predictors``), which rows are a pool (``pool``), training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.compiled import compiled
from evaluation.weather_normalisation.trees import LEAF, MISSING_ZERO, Ensemble, Nodes, goes_left

YEAR = 365
"""Days of the circular year of a window; 29 February counts as the 28th (EGRET pools days 59 and 60 likewise)."""


@dataclass(frozen=True)
class Window:
    """Only pool rows of the same hour, at most ``days`` away in the year (whatever the year), are averaged for a row.

    After Vu et al. (2019), Atmos. Chem. Phys. 19, 11303–11314, as 11_effort_methods.md §3.4 reports them (± 2 weeks).
    ``hour`` counts from 0; ``day`` 0 … 364 in a year that closes on itself.
    """

    row_hour: NDArray[np.int64]
    row_day: NDArray[np.int64]
    pool_hour: NDArray[np.int64]
    pool_day: NDArray[np.int64]
    days: int = 14


def partial_dependence(
    model: Ensemble, rows: ArrayLike, pool: ArrayLike, kept: Sequence[int], window: Window | None = None
) -> NDArray[np.float64]:
    """The average prediction (rows,) with columns ``kept`` from ``rows`` and all others from ``pool``.

    ``rows`` (rows, features) and ``pool`` (pool, features) have the model's columns; of ``rows`` only the kept ones are
    read, of ``pool`` only the others. NaN goes where the model sends it. Rows may stand in any order. With a window a
    row without any pool row in its window becomes NaN. Raises ValueError when the pool is empty or a shape is wrong.
    """
    x, w = model.inputs(rows), model.inputs(pool)
    if not len(w):
        raise ValueError("the pool is empty: there is no weather to average over")
    keeps = np.zeros(model.n_features, dtype=np.bool_)
    keeps[list(kept)] = True
    # one column of splits at a time is read: features first
    by_feature, pool_by_feature = np.ascontiguousarray(x.T), np.ascontiguousarray(w.T)
    if window is not None:
        cells = _cells(window, len(x), len(w))
        return model.scale * _sum_in_window(model.nodes, keeps, by_feature, pool_by_feature, cells)
    only = np.flatnonzero(keeps)
    if len(only) == 1 and _ordered(model.nodes, int(only[0]), by_feature[only[0]]):
        values, back = np.unique(by_feature[only[0]], return_inverse=True)
        return model.scale * np.cumsum(_steps_along(model.nodes, int(only[0]), values, pool_by_feature))[back]
    return model.scale * _sum_over_pool(model.nodes, keeps, by_feature, pool_by_feature)


def _ordered(nodes: Nodes, feature: int, values: NDArray[np.float64]) -> bool:
    """Whether every split on ``feature`` cuts the sorted ``values`` once: no missing value leaves the order."""
    zero_leaves = np.any(nodes.missing[nodes.feature == feature] == MISSING_ZERO)
    return not np.isnan(values).any() and not zero_leaves


class _Cells(NamedTuple):
    """Where rows and pool rows stand: one slot for each day of each hour.

    An hour has its year, ``days`` slots before and behind it that repeat the other end, and an empty slot in front. So
    the window of a row is one run of ``2 days + 1`` slots, whatever the day.
    """

    before: NDArray[np.int64]
    """(rows,) the slot in front of the row's window."""
    slot: NDArray[np.int64]
    """(pool,) the slot of the pool row."""
    repeated: NDArray[np.int64]
    """(pool,) the slot at the other end that repeats it; where none does, the waste slot behind all hours."""
    hours: int
    days: int


def _cells(window: Window, rows: int, pool: int) -> _Cells:
    given = [len(part) for part in (window.row_hour, window.row_day, window.pool_hour, window.pool_day)]
    if given != [rows, rows, pool, pool]:
        raise ValueError("a window needs hour and day of every row and of every pool row")
    days = window.days
    if not 0 <= 2 * days < YEAR:
        raise ValueError(f"a window of ± {days} days does not fit into a year: use a pool without a window")
    for hour, day in ((window.row_hour, window.row_day), (window.pool_hour, window.pool_day)):
        if (hour < 0).any() or (day < 0).any() or (day >= YEAR).any():
            raise ValueError("hours count from 0, days from 0 to 364: see predictors.hour_and_day")
    hours = int(max(window.row_hour.max(initial=0), window.pool_hour.max())) + 1
    length = YEAR + 2 * days + 1
    slot = window.pool_hour * length + window.pool_day + days + 1
    repeated = np.select(
        [window.pool_day < days, window.pool_day >= YEAR - days], [slot + YEAR, slot - YEAR], hours * length
    )
    return _Cells(window.row_hour * length + window.row_day, slot, repeated, hours, days)


# The walks. A stack holds (node, run of the pool, run of the rows): the pool rows and the rows that come to the node
# are index[start:end] and order[first:last]; dividing a run moves rows within it, so runs of waiting nodes stay whole.


@compiled
def _divide(nodes: Nodes, node: int, x: NDArray[np.float64], index: NDArray[np.uint32], run: tuple[int, int]) -> int:
    """Bring the rows of the run of ``index`` that go left at ``node`` to the front; returns where the others start."""
    threshold, missing, default_left = nodes.threshold[node], nodes.missing[node], nodes.default_left[node]
    cut = run[0]
    for place in range(run[0], run[1]):
        # every row is swapped and only counted where it goes left: no branch to mispredict
        row = index[place]
        index[place] = index[cut]
        index[cut] = row
        cut += goes_left(x[row], threshold, missing, default_left)
    return cut


@compiled
def _steps_along(
    nodes: Nodes, kept: int, values: NDArray[np.float64], pool: NDArray[np.float64]
) -> NDArray[np.float64]:
    """One kept variable at its sorted ``values``: how the sum of the leaves changes from each value to the next.

    A leaf covers a run of the values: it adds its share where the run begins and takes it back where it ends.
    """
    n, steps = pool.shape[1], np.zeros(len(values) + 1)
    index = np.arange(n).astype(np.uint32)
    for root in nodes.roots:
        stack = [(root, 0, n, 0, len(values))]
        while stack:
            node, start, end, first, last = stack.pop()
            if start == end or first == last:
                continue
            split, left, right = nodes.feature[node], nodes.left[node], nodes.right[node]
            if split == LEAF:
                add = nodes.value[node] * (end - start) / n
                steps[first] += add
                steps[last] -= add
            elif split == kept:
                cut = first + np.searchsorted(values[first:last], nodes.threshold[node], side="right")
                stack.append((right, start, end, cut, last))
                stack.append((left, start, end, first, cut))
            else:
                cut = _divide(nodes, node, pool[split], index, (start, end))
                stack.append((right, cut, end, first, last))
                stack.append((left, start, cut, first, last))
    return steps


@compiled
def _sum_over_pool(
    nodes: Nodes, kept: NDArray[np.bool_], rows: NDArray[np.float64], pool: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Any kept variables: splits on them divide the rows, others the pool; a leaf adds its share to its rows."""
    n, m = pool.shape[1], rows.shape[1]
    index, order, total = np.arange(n).astype(np.uint32), np.arange(m).astype(np.uint32), np.zeros(m)
    for root in nodes.roots:
        stack = [(root, 0, n, 0, m)]
        while stack:
            node, start, end, first, last = stack.pop()
            if start == end or first == last:
                continue
            split, left, right = nodes.feature[node], nodes.left[node], nodes.right[node]
            if split == LEAF:
                add = nodes.value[node] * (end - start) / n
                for row in order[first:last]:
                    total[row] += add
            elif kept[split]:
                cut = _divide(nodes, node, rows[split], order, (first, last))
                stack.append((right, start, end, cut, last))
                stack.append((left, start, end, first, cut))
            else:
                cut = _divide(nodes, node, pool[split], index, (start, end))
                stack.append((right, cut, end, first, last))
                stack.append((left, start, cut, first, last))
    return total


@compiled
def _sum_in_window(
    nodes: Nodes, kept: NDArray[np.bool_], rows: NDArray[np.float64], pool: NDArray[np.float64], cells: _Cells
) -> NDArray[np.float64]:
    """As ``_sum_over_pool``, but of the pool a row sees its window only; NaN where that is empty."""
    n, m = pool.shape[1], rows.shape[1]
    index, order, total = np.arange(n).astype(np.uint32), np.arange(m).astype(np.uint32), np.zeros(m)
    width = 2 * cells.days + 1
    up_to = np.zeros(cells.hours * (YEAR + width) + 1, dtype=np.int32)
    for root in nodes.roots:
        stack = [(root, 0, n, 0, m)]
        while stack:
            node, start, end, first, last = stack.pop()
            if start == end or first == last:
                continue
            split, left, right = nodes.feature[node], nodes.left[node], nodes.right[node]
            if split == LEAF:
                _count_up(index[start:end], cells, up_to)
                for row in order[first:last]:
                    total[row] += nodes.value[node] * (up_to[cells.before[row] + width] - up_to[cells.before[row]])
            elif kept[split]:
                cut = _divide(nodes, node, rows[split], order, (first, last))
                stack.append((right, start, end, cut, last))
                stack.append((left, start, end, first, cut))
            else:
                cut = _divide(nodes, node, pool[split], index, (start, end))
                stack.append((right, cut, end, first, last))
                stack.append((left, start, cut, first, last))
    _count_up(np.arange(n).astype(np.uint32), cells, up_to)
    for row in range(m):
        seen = up_to[cells.before[row] + width] - up_to[cells.before[row]]
        total[row] = total[row] / seen if seen else np.nan
    return total


@compiled
def _count_up(places: NDArray[np.uint32], cells: _Cells, up_to: NDArray[np.int32]) -> None:
    """``up_to`` (slots,) becomes the number of pool rows in ``places`` from the first slot of an hour up to each."""
    up_to[:] = 0
    for place in places:
        up_to[cells.slot[place]] += 1
        up_to[cells.repeated[place]] += 1
    length = YEAR + 2 * cells.days + 1
    for hour in range(cells.hours):
        so_far = 0
        for slot in range(hour * length, (hour + 1) * length):
            so_far += up_to[slot]
            up_to[slot] = so_far
