"""What each leaf adds to a score, exactly, and what would raise it most.

A node's value is a homogeneous mean of its children (every aggregation here is): by Euler's theorem
F(x) = Σ xᵢ ∂F/∂xᵢ, and that is also its Aumann–Shapley attribution along the ray from zero (Aumann & Shapley 1974;
Sprumont & Wang 1998), so the parts sum to the score for any aggregation and are plain shares for arithmetic ones. For
the change between two points the derivative gives way to the mean of the derivative on a path between them:
``multipliers`` is both.

Does not belong here: changes of the definition (``change``).
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.composite.aggregate import ARITHMETIC, GEOMETRIC, HARMONIC, MINIMUM, PENALISED, aggregate
from evaluation.composite.scoring import Scores
from evaluation.composite.tree import Tree


def contributions(scores: Scores) -> NDArray[np.float64]:
    """Points of the index from each leaf [rows × leaves]; 0 for a missing leaf. Each row sums to the index's value."""
    return np.nan_to_num(scores.leaves) * leaf_multipliers(scores.values, scores.values, scores.tree)


def leaf_multipliers(before: NDArray[np.float64], after: NDArray[np.float64], tree: Tree) -> NDArray[np.float64]:
    """``m`` [rows × leaves] with Σ m·(after − before) over the leaves = the change of the root, exactly.

    ``before``, ``after`` [rows × nodes]: all nodes' values, with the same leaves missing in both. Where they are equal,
    ``m`` is the gradient.
    """
    old, new = np.nan_to_num(before), np.nan_to_num(after)
    reach = np.zeros_like(before)
    reach[:, -1] = 1.0
    for inner in reversed(range(len(tree.method))):
        node = tree.n_leaves + inner
        below = tree.child[tree.first[inner] : tree.first[inner + 1]]
        weight = np.where(np.isnan(before[:, below]), 0.0, tree.weight[below])
        total = weight.sum(axis=1, keepdims=True)
        share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
        ends = _Ends(old[:, below], new[:, below], old[:, [node]], new[:, [node]], share)
        own = _multipliers(ends, tree.method[inner], tree.parameter[inner])
        reach[:, below] = reach[:, [node]] * own
    return reach[:, : tree.n_leaves]


def gains(scores: Scores, row: int) -> pl.DataFrame:
    """What would raise the index of one row: per leaf, by recomputing the tree.

    ``per_point``: rise of the index if the leaf's normalised value rose by one point; ``to_best``: if it rose to the
    best of the row's period; ``gap``: points to that best. Sorted by ``to_best``, largest first, then by code. A
    missing leaf is not listed: what it would do depends on the value it has.
    """
    leaves, tree = scores.leaves, scores.tree
    period = scores.inputs.rows_of(scores.inputs.periods[row])
    with np.errstate(all="ignore"):
        best = np.nanmax(np.where(np.isnan(leaves[period]), -np.inf, leaves[period]), axis=0)
    listed = np.flatnonzero(~np.isnan(leaves[row]))
    raised = np.repeat(leaves[[row]], 2 * len(listed), axis=0)
    each = np.arange(len(listed))
    raised[each, listed] += 1.0
    raised[len(listed) + each, listed] = best[listed]
    gain = aggregate(raised, tree)[:, -1] - scores.values[row, -1]
    return pl.DataFrame(
        {
            "leaf": [scores.codes[leaf] for leaf in listed],
            "normalised": leaves[row, listed],
            "per_point": gain[: len(listed)],
            "gap": best[listed] - leaves[row, listed],
            "to_best": gain[len(listed) :],
        }
    ).sort("to_best", "leaf", descending=[True, False])


class _Ends(NamedTuple):
    """One node's children at both ends [rows × children], its means there [rows × 1], and the children's ``share``.

    Shares sum to 1 over the children that are there; a missing child has 0.
    """

    old: NDArray[np.float64]
    new: NDArray[np.float64]
    old_mean: NDArray[np.float64]
    new_mean: NDArray[np.float64]
    share: NDArray[np.float64]


def _multipliers(ends: _Ends, method: int, parameter: float) -> NDArray[np.float64]:
    """Multipliers [rows × children] of one node."""
    if method == ARITHMETIC:
        return ends.share
    if method == MINIMUM:
        return _of_minimum(ends)
    if method == PENALISED:
        return _of_penalised(ends, parameter)
    exponent = {GEOMETRIC: 0.0, HARMONIC: -1.0}.get(method, parameter)
    # F = φ⁻¹(Σ w φ(x)): ΔF = Σ w·[Δφ(x)/Δx]/[Δφ(F)/ΔF]·Δx, the path on which every φ(x) moves evenly; for the
    # geometric mean that is LMDI's logarithmic mean (Ang 2005).
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = _slope(ends.old, ends.new, exponent) / _slope(ends.old_mean, ends.new_mean, exponent)
        out = np.where(ends.share > 0, ends.share * slopes, 0.0)
    return _at_zero(out, ends) if exponent <= 0 else np.nan_to_num(out, posinf=0.0)


def _slope(old: NDArray[np.float64], new: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Mean slope of φ = ln x (exponent 0) or x^exponent between ``old`` and ``new``, its derivative where they meet."""
    step = new - old
    apart = np.where(old > 0, np.log1p(step / old), np.nan)
    if exponent == 0:
        return np.where(step == 0, 1.0 / old, apart / step)
    # expm1 and log1p keep the digits where old and new are close.
    rise = np.where(old > 0, np.abs(old) ** exponent * np.expm1(exponent * apart), np.abs(new) ** exponent)
    return np.where(step == 0, exponent * np.abs(old) ** (exponent - 1.0), rise / step)


def _at_zero(out: NDArray[np.float64], ends: _Ends) -> NDArray[np.float64]:
    """``out`` with the limits for a mean that a zero child makes zero.

    Zero at one end: the children that are zero there carry the whole change, by weight (LMDI's zero rule, Ang & Liu
    2007). Zero at both: nothing changed and nobody carries anything.
    """
    old, new, old_mean, new_mean, share = ends
    for zero_end, end_mean, other_mean in ((old, old_mean, new_mean), (new, new_mean, old_mean)):
        rises = (end_mean == 0) & (other_mean > 0)
        at_zero = np.where((zero_end == 0) & rises, share, 0.0)
        total = at_zero.sum(axis=1, keepdims=True)
        carried = np.divide(at_zero, total, out=np.zeros_like(share), where=total > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            limit = np.nan_to_num(carried * (new_mean - old_mean) / (new - old))
        out = np.where(rises, limit, out)
    return np.where((old_mean == 0) & (new_mean == 0), 0.0, out)


def _of_minimum(ends: _Ends) -> NDArray[np.float64]:
    """Length of the way from old to new on which a child is the lowest; children that tie share it evenly."""
    old, new = ends.old, ends.new
    counts = ends.share > 0
    cuts = [np.zeros(len(old)), np.ones(len(old))]
    with np.errstate(divide="ignore", invalid="ignore"):
        for one, other in combinations(range(old.shape[1]), 2):
            apart = old[:, one] - old[:, other]
            cuts.append(np.clip(np.nan_to_num(apart / (apart - (new[:, one] - new[:, other]))), 0.0, 1.0))
    times = np.sort(np.column_stack(cuts), axis=1)
    out = np.zeros_like(old)
    for start, stop in pairwise(times.T):
        middle = ((start + stop) / 2)[:, None]
        there = np.where(counts, (1 - middle) * old + middle * new, np.inf)
        lowest = there == there.min(axis=1, keepdims=True)
        out += (stop - start)[:, None] * lowest / lowest.sum(axis=1, keepdims=True)
    return np.where(counts, out, 0.0)


def _of_penalised(ends: _Ends, strength: float) -> NDArray[np.float64]:
    """From F = (1 − s)·Σ wᵢxᵢ + s·Σᵢⱼ wᵢwⱼ min(xᵢ, xⱼ).

    Of a pair each carries the length of the way from old to new on which it is the lower one.
    """
    start = ends.old[:, :, None] - ends.old[:, None, :]
    end = ends.new[:, :, None] - ends.new[:, None, :]
    size = np.abs(start) + np.abs(end)
    below = np.maximum(-start, 0) + np.maximum(-end, 0)
    lower = np.divide(below, size, out=np.full_like(size, 0.5), where=size > 0)
    paired = 2.0 * ends.share * np.einsum("rij,rj->ri", lower, ends.share)
    out: NDArray[np.float64] = (1.0 - strength) * ends.share + strength * paired
    return out
