"""Growing a random forest by the rules of ranger, fast enough for every series of a province.

Breiman (2001), Machine Learning 45, 5–32, with the conventions of ranger (Wright & Ziegler 2017, J. Stat. Softw.
77(1)): each tree sees n draws with replacement; at each node ``candidates`` predictors are drawn without replacement
and the best cut of their values – every cut, halfway between two neighbours – lessens the variance most; a node of
``min_node_size`` *draws* or fewer, or of equal values, is a leaf and holds the mean of its draws. (scikit-learn counts
distinct rows instead of draws and keeps looking for predictors until one can be cut: not the same forest, and three
times the cost on London NO2.)

A missing value counts as larger than any number; where a node saw none, it goes with the larger child.

Belongs here: growing. Does not belong here: settings and their meaning (``forest``), averages.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evaluation.compiled import compiled
from evaluation.weather_normalisation.trees import LEAF, MISSING_NAN, Ensemble, Nodes, joined

BETTER = 1 + 1e-9
"""A cut replaces the best one so far only if it is better by more than rounding: of equal cuts the first found stays.
Two rows are parted equally well by every predictor, so this decides most of the last splits."""


class _Columns(NamedTuple):
    """Predictors column by column, (predictors, rows)."""

    values: NDArray[np.float64]
    ranks: NDArray[np.int32]
    """Dense rank of each value in its column, NaN last: comparing ranks is comparing values."""
    sorted_rows: NDArray[np.uint32]
    """The rows in the order of each column; sorted once, every node only divides it."""


def grow(
    x: NDArray[np.float64], y: NDArray[np.float64], *, trees: int, candidates: int, min_node_size: int, seed: int
) -> Ensemble:
    """A forest of ``trees`` on ``x`` (rows, predictors; NaN allowed) and ``y`` (rows,), in the unit of ``y``.

    Draws come from ``numpy.random.default_rng([seed, tree])``: tree 7 is the same in a forest of 10 and of 300.
    Raises ValueError when there are no rows, or more candidates than predictors.
    """
    n, p = x.shape
    if not n or not 1 <= candidates <= p:
        raise ValueError(f"a forest needs rows and 1 to {p} candidates at a split: {n} rows, {candidates} candidates")
    ranks = np.stack([np.unique(column, return_inverse=True)[1] for column in x.T])
    by_rank = np.argsort(ranks, axis=1, kind="stable")
    columns = _Columns(np.ascontiguousarray(x.T), ranks.astype(np.int32), by_rank.astype(np.uint32))
    grown = []
    for tree in range(trees):
        random = np.random.default_rng([seed, tree])
        draws = np.bincount(random.integers(n, size=n), minlength=n)
        grown.append(_grow(columns, y, draws, random.random((n, candidates)), min_node_size))
    return joined([Nodes(*tree) for tree in grown], n_features=p, averaged=True, single_precision=False)


@compiled
def _grow(
    columns: _Columns,
    y: NDArray[np.float64],
    draws: NDArray[np.int64],
    lots: NDArray[np.float64],
    min_node_size: int,
) -> Nodes:
    """One tree; ``draws`` (rows,) says how often a row was drawn, ``lots`` (splits, candidates) picks predictors."""
    order = _drawn(columns.sorted_rows, draws)
    p, m = order.shape
    feature, threshold = np.full(2 * m, LEAF, dtype=np.int32), np.zeros(2 * m)
    left, right = np.zeros(2 * m, dtype=np.int32), np.zeros(2 * m, dtype=np.int32)
    value, default_left = np.zeros(2 * m), np.zeros(2 * m, dtype=np.bool_)
    goes_left, waiting = np.zeros(len(y), dtype=np.uint8), np.empty(m, dtype=np.uint32)
    predictors = np.arange(p)
    used, splits = 1, 0
    stack = [(0, 0, m)]
    while stack:
        node, start, end = stack.pop()
        size, total, lowest, highest = 0, 0.0, np.inf, -np.inf
        for row in order[0, start:end]:
            size += draws[row]
            total += draws[row] * y[row]
            lowest, highest = min(lowest, y[row]), max(highest, y[row])
        value[node] = total / size
        if size <= min_node_size or lowest == highest:
            continue
        # a cut lessens the sum of squares by size · gain / weight; fractions are compared crosswise
        gain, weight, best, cut, light = -1.0, 1.0, -1, 0, 0.0
        for candidate in range(lots.shape[1]):
            other = candidate + int(lots[splits, candidate] * (p - candidate))
            predictors[candidate], predictors[other] = predictors[other], predictors[candidate]
            ranks, rows = columns.ranks[predictors[candidate]], order[predictors[candidate]]
            heavy, deviation, rank = 0.0, 0.0, ranks[rows[start]]
            for place in range(start, end):
                row = rows[place]
                if ranks[row] != rank:
                    rank = ranks[row]
                    here = heavy * (size - heavy)
                    if deviation * deviation * weight > gain * here * BETTER:
                        gain, weight, best = deviation * deviation, here, predictors[candidate]
                        cut, light = place, heavy
                heavy += draws[row]
                deviation += draws[row] * (y[row] - value[node])
        splits += 1
        if best < 0:
            continue
        goes_left[order[best, start:cut]] = 1
        goes_left[order[best, cut:end]] = 0
        # two leaves need no order but the one their mean is taken in
        leaves = light <= min_node_size and size - light <= min_node_size
        for column in range(1 if leaves else p):
            if column != best:
                _divide(order[column], start, end, goes_left, waiting)
        below, above = columns.values[best, order[best, cut - 1]], columns.values[best, order[best, cut]]
        feature[node], threshold[node], left[node], right[node] = best, _between(below, above), used, used + 1
        # NaN ranks last: where the node saw one it went right
        gap = np.isnan(columns.values[best, order[best, end - 1]])
        default_left[node] = not gap and 2 * (cut - start) >= end - start
        stack.append((used + 1, cut, end))
        stack.append((used, start, cut))
        used += 2
    missing = np.where(feature[:used] == LEAF, 0, MISSING_NAN).astype(np.uint8)
    return Nodes(
        # copies: what was set aside for the largest tree possible is given back
        feature[:used].copy(), threshold[:used].copy(), left[:used].copy(), right[:used].copy(), value[:used].copy(),
        missing, default_left[:used].copy(), np.zeros(1, dtype=np.int32),
    )  # fmt: skip


@compiled
def _drawn(sorted_rows: NDArray[np.uint32], draws: NDArray[np.int64]) -> NDArray[np.uint32]:
    """``sorted_rows`` without the rows that were not drawn."""
    kept = np.empty(len(sorted_rows) * np.count_nonzero(draws) + 1, dtype=np.uint32)
    place = 0
    for row in sorted_rows.flat:
        # written always, counted when drawn: no branch to mispredict
        kept[place] = row
        place += draws[row] > 0
    return kept[:place].reshape(len(sorted_rows), -1)


@compiled
def _divide(
    rows: NDArray[np.uint32], start: int, end: int, goes_left: NDArray[np.uint8], waiting: NDArray[np.uint32]
) -> None:
    """Bring the rows that go left to the front of ``rows[start:end]``; on either side they keep their order."""
    lefts, rights = start, 0
    for place in range(start, end):
        # written to both sides, counted on one: no branch to mispredict
        row = rows[place]
        rows[lefts] = row
        waiting[rights] = row
        lefts += goes_left[row]
        rights += 1 - goes_left[row]
    rows[lefts:end] = waiting[:rights]


@compiled
def _between(below: float, above: float) -> float:
    """Halfway between two neighbours; the lower one where rounding leaves no number between, ∞ below a gap."""
    if np.isnan(above):
        return np.inf
    middle = (below + above) / 2
    return middle if middle < above else below
