"""Which assumption moves the outcome: first-order and total Sobol' indices, estimated with intervals, or exact.

First order S = Var(E(y|x))/Var(y): what fixing that assumption alone would take away. Total T: what would remain if
all but that one were fixed. Does not belong here: computing runs (``uncertainty``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from evaluation.composite.audit.alternatives import Alternatives
from evaluation.composite.audit.uncertainty import draw_design

CONFIDENCE = 0.95
RESAMPLES = 1000
BATCH = 100  # resamples at a time: their weights are [batch × n]


@dataclass(frozen=True)
class Sobol:
    """Per factor [F]: ``first`` and ``total`` order, ``first_interval`` and ``total_interval`` [F × 2]."""

    factors: tuple[str, ...]
    first: NDArray[np.float64]
    total: NDArray[np.float64]
    first_interval: NDArray[np.float64]
    total_interval: NDArray[np.float64]


def saltelli_design(alternatives: Alternatives, *, n: int, seed: int) -> NDArray[np.int64]:
    """Design [n·(F+2) × F]: A, B, then A with one column of B for each factor (Saltelli et al. 2010)."""
    a = draw_design(alternatives, first=0, runs=n, seed=seed)
    b = draw_design(alternatives, first=n, runs=n, seed=seed)
    blocks = [a, b]
    for factor in range(a.shape[1]):
        mixed = a.copy()
        mixed[:, factor] = b[:, factor]
        blocks.append(mixed)
    return np.vstack(blocks)


def estimate(outcome: NDArray[np.float64], factors: tuple[str, ...], *, seed: int) -> Sobol:
    """Indices from the ``outcome`` [n·(F+2)] of a ``saltelli_design``, with 95 % bootstrap intervals.

    First order after Saltelli et al. 2010 (table 2, b), with the outcome centred, which takes most of its noise away;
    total after Jansen 1999. The n base runs are resampled with all their blocks together. An outcome that never changes
    gives NaN.
    """
    blocks = outcome.reshape(len(factors) + 2, -1)
    n = blocks.shape[1]
    first, total = (part[:, 0] for part in _indices(blocks, np.ones((1, n))))
    random = np.random.default_rng(seed)
    found = [
        _indices(blocks, random.multinomial(n, np.full(n, 1 / n), size=BATCH).astype(np.float64))
        for _ in range(RESAMPLES // BATCH)
    ]
    ends = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)
    firsts, totals = (np.concatenate(parts, axis=1) for parts in zip(*found, strict=True))
    return Sobol(factors, first, total, np.quantile(firsts, ends, axis=1).T, np.quantile(totals, ends, axis=1).T)


def exact(grid: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], dict[tuple[int, int], float]]:
    """First-order [F], total [F] and second-order indices of an outcome given for every combination, equally likely.

    ``grid``: one axis per factor, i.e. the outcome of a ``factorial_design`` reshaped. Variances over the whole
    population (divided by n), as the analysis of variance of Sobol' 1993.
    """
    axes = range(grid.ndim)
    variance = grid.var()

    def explained(*kept: int) -> float:
        return float(grid.mean(axis=tuple(a for a in axes if a not in kept)).var() / variance)

    first = np.array([explained(axis) for axis in axes])
    total = np.array([1.0 - explained(*(a for a in axes if a != axis)) for axis in axes])
    second = {(a, b): explained(a, b) - float(first[a] + first[b]) for a, b in combinations(axes, 2)}
    return first, total, second


def _indices(
    blocks: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First and total order [F × resamples]; ``weights`` [resamples × n]: how often a base run counts."""
    a, b, mixed = blocks[0], blocks[1], blocks[2:]
    n = weights.sum(axis=1)
    mean = weights @ (a + b) / (2 * n)
    variance = weights @ (a**2 + b**2) / (2 * n) - mean**2
    first = weights @ (b * (mixed - a)).T / n[:, None] - mean[:, None] * (weights @ (mixed - a).T) / n[:, None]
    total = weights @ ((mixed - a) ** 2).T / (2 * n[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        return (first / variance[:, None]).T, (total / variance[:, None]).T
