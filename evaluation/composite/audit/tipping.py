"""The smallest change of one weight that makes two regions swap.

One node's share among its siblings moves from 0 to 1, the siblings keep their proportions: the change a reader with a
slider makes. Does not belong here: weights drawn at random (``uncertainty``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.compiled import compiled
from evaluation.composite.aggregate import climb_row
from evaluation.composite.scoring import Scores
from evaluation.composite.tree import Tree

# Shares tried before halving: two swaps closer together than 0.5 % of a share within one interval would both be missed.
STEPS = 201
HALVINGS = 50  # 0.005 · 2⁻⁵⁰ is below the spacing of doubles near 1


def tipping_weights(scores: Scores, period: str, pairs: Sequence[tuple[str, str]] | None = None) -> pl.DataFrame:
    """One row per pair: the node whose share must move least until ``below`` reaches ``above``.

    ``pairs`` of regions, or every region with the next one by score. ``above``, ``below``, ``node``, ``share`` (now),
    ``tipping_share`` (where both score the same), ``change``; nulls where no single weight swaps the two, and for a
    pair whose scores are equal already. Raises KeyError for a region without a score.
    """
    rows = scores.inputs.rows_of(period)
    place = {scores.inputs.regions[r]: r for r in range(rows.start, rows.stop) if not np.isnan(scores.score[r])}
    order = sorted(place, key=lambda region: (-scores.score[place[region]], region))
    asked = [sorted(pair, key=lambda region: -scores.score[place[region]]) for pair in pairs or pairwise(order)]
    nodes, shares = _shares(scores.tree)
    both = np.array([[place[region] for region in pair] for pair in asked], dtype=np.int64).reshape(-1, 2)
    tipping = _tipping(scores.leaves[both], scores.tree, nodes, shares)
    change = np.abs(tipping - shares)
    found = []
    for pair, line, own in zip(asked, tipping, change, strict=True):
        best = None if np.isnan(own).all() else int(np.nanargmin(own))
        found.append(
            {
                "above": pair[0],
                "below": pair[1],
                "node": None if best is None else scores.codes[nodes[best]],
                "share": None if best is None else float(shares[best]),
                "tipping_share": None if best is None else float(line[best]),
                "change": None if best is None else float(line[best] - shares[best]),
            }
        )
    schema = {"above": pl.String, "below": pl.String, "node": pl.String}
    return pl.DataFrame(found, schema=schema | dict.fromkeys(("share", "tipping_share", "change"), pl.Float64))


def _shares(tree: Tree) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nodes that have siblings that weigh something, and their shares among them."""
    share = np.ones(len(tree.weight))
    for inner in range(len(tree.method)):
        below = tree.child[tree.first[inner] : tree.first[inner + 1]]
        share[below] = tree.weight[below] / tree.weight[below].sum()
    nodes = np.flatnonzero(share < 1.0)
    return nodes.astype(np.int64), share[nodes]


@compiled
def _tipping(
    pairs: NDArray[np.float64], tree: Tree, nodes: NDArray[np.int64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Nearest share at which a pair scores the same [pairs × nodes], NaN if none; ``pairs`` [pairs × 2 × leaves]."""
    out = np.full((len(pairs), len(nodes)), np.nan)
    for pair in range(len(pairs)):
        for place in range(len(nodes)):
            now = shares[place]
            if not _lead(pairs[pair], tree, nodes[place], now) > 0:
                continue
            for end in (0.0, 1.0):
                found = _first_crossing(pairs[pair], tree, nodes[place], now, end)
                # ``not <=``: also when nothing was found before
                if not np.isnan(found) and not abs(out[pair, place] - now) <= abs(found - now):
                    out[pair, place] = found
    return out


@compiled
def _first_crossing(pair: NDArray[np.float64], tree: Tree, node: int, now: float, end: float) -> float:
    """First share on the way from ``now`` to ``end`` at which the second of ``pair`` reaches the first."""
    steps = int(np.ceil(abs(end - now) * (STEPS - 1)))
    inside = now
    for step in range(1, steps + 1):
        outside = now + (end - now) * step / steps
        if _lead(pair, tree, node, outside) <= 0:
            for _ in range(HALVINGS):
                middle = (inside + outside) / 2
                if _lead(pair, tree, node, middle) > 0:
                    inside = middle
                else:
                    outside = middle
            return outside
        inside = outside
    return np.nan


@compiled
def _lead(pair: NDArray[np.float64], tree: Tree, node: int, share: float) -> float:
    """Score of the first of ``pair`` [2 × leaves] less the second's, if ``node`` had ``share`` among its siblings."""
    weight = tree.weight.copy()
    for inner in range(len(tree.method)):
        below = tree.child[tree.first[inner] : tree.first[inner + 1]]
        if np.any(below == node):
            rest = weight[below].sum() - weight[node]
            weight[below] *= (1.0 - share) / rest
            weight[node] = share
    moved = Tree(tree.first, tree.child, tree.method, tree.parameter, weight)
    score = np.empty(2)
    line = np.empty(len(weight))
    for side in range(2):
        line[: pair.shape[1]] = pair[side]
        climb_row(line, moved)
        score[side] = line[-1]
    return float(score[0] - score[1])
