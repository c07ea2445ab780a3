"""Children into their parent, up the tree; and the one method that compares regions in pairs, Copeland's.

Belongs here: the means and the kernel that walks a row's tree. Missing children are left out and the rest reweighted; a
node all of whose children are missing is missing. A mean that does not exist (a negative child in a geometric,
harmonic or power mean) is NaN: ``scoring`` turns that into an error that says where. A zero child makes a geometric or
harmonic mean zero, its limit. Does not belong here: shares of a score (``contributions``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.compiled import compiled
from evaluation.composite.tree import Tree

ARITHMETIC, GEOMETRIC, HARMONIC, POWER, MINIMUM, PENALISED = range(6)


def aggregate(normalised: NDArray[np.float64], tree: Tree) -> NDArray[np.float64]:
    """All nodes' values [rows × nodes] from the leaves' [rows × leaves]: leaves as they are, the root last."""
    out = np.full((len(normalised), len(tree.weight)), np.nan)
    out[:, : tree.n_leaves] = normalised
    _climb(out, tree)
    return out


def copeland(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pairwise victories less defeats [rows] over ``values`` [rows × columns], higher better: no compensation at all.

    A row beats another if the weight of the columns where it is ahead is the larger one (Munda & Nardo 2009; Copeland
    1951); columns in which they tie or one is missing count for neither.
    """
    ahead = np.zeros((len(values), len(values)))
    for column, weight in zip(values.T, weights, strict=True):
        ahead += weight * (column[:, None] > column[None, :])
    lead = ahead - ahead.T
    # What differs only by the rounding of the weights' sum is a draw.
    lead[np.abs(lead) < 1e-12 * np.sum(weights)] = 0.0
    balance: NDArray[np.float64] = np.sign(lead).sum(axis=1)
    return balance


@compiled
def _climb(out: NDArray[np.float64], tree: Tree) -> None:
    for row in range(len(out)):
        climb_row(out[row], tree)


@compiled
def climb_row(row: NDArray[np.float64], tree: Tree) -> None:
    """Fill the inner nodes of one ``row`` [nodes], whose leaves are given."""
    n_leaves = len(tree.weight) - len(tree.method)
    for inner in range(len(tree.method)):
        below = tree.child[tree.first[inner] : tree.first[inner + 1]]
        method, parameter = tree.method[inner], tree.parameter[inner]
        if method == PENALISED:
            row[n_leaves + inner] = _penalised(row, tree.weight, below, parameter)
        else:
            row[n_leaves + inner] = _mean(row, tree.weight, below, method, parameter)


@compiled
def _mean(
    row: NDArray[np.float64], weight: NDArray[np.float64], below: NDArray[np.int64], method: int, parameter: float
) -> float:
    """φ⁻¹(Σ w·φ(x)/Σ w) over the children that are not missing and weigh something; their lowest for MINIMUM."""
    total, summed, least = 0.0, 0.0, np.inf
    needs_sign = method in (GEOMETRIC, HARMONIC, POWER)
    zero_decides = method in (GEOMETRIC, HARMONIC) or (method == POWER and parameter < 0.0)
    for node in below:
        value, share = row[node], weight[node]
        if np.isnan(value) or share == 0.0:
            continue
        if needs_sign and value < 0.0:
            return np.nan
        total += share
        least = min(least, value)
        if least > 0.0 or not zero_decides:
            summed += share * _transformed(value, method, parameter)
    if total == 0.0:
        return np.nan
    if method == MINIMUM:
        return least
    return 0.0 if zero_decides and least == 0.0 else _back(summed / total, method, parameter)


@compiled
def _transformed(value: float, method: int, parameter: float) -> float:
    """φ of the mean; MINIMUM has none and does not use it."""
    if method == GEOMETRIC:
        return float(np.log(value))
    if method == HARMONIC:
        return 1.0 / value
    return float(value**parameter) if method == POWER else value


@compiled
def _back(mean: float, method: int, parameter: float) -> float:
    """φ⁻¹."""
    if method == GEOMETRIC:
        return float(np.exp(mean))
    if method == HARMONIC:
        return 1.0 / mean
    return float(mean ** (1.0 / parameter)) if method == POWER else mean


@compiled
def _penalised(
    row: NDArray[np.float64], weight: NDArray[np.float64], below: NDArray[np.int64], strength: float
) -> float:
    """Mean less ``strength`` · ½ Σᵢⱼ wᵢ wⱼ |xᵢ − xⱼ| (Sen 1976: at strength 1 the expected lower of two children)."""
    total, summed, apart = 0.0, 0.0, 0.0
    for place, node in enumerate(below):
        value, share = row[node], weight[node]
        if np.isnan(value) or share == 0.0:
            continue
        total += share
        summed += share * value
        for other in below[:place]:
            if not np.isnan(row[other]):
                apart += share * weight[other] * abs(value - row[other])
    if total == 0.0:
        return np.nan
    return summed / total - strength * apart / (total * total)
