"""How much a region's strengths make up for its weaknesses: ranks under means that allow it less and less.

Does not belong here: aggregation as one of the uncertain assumptions (``uncertainty``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from evaluation.composite.aggregate import ARITHMETIC, GEOMETRIC, HARMONIC, MINIMUM, aggregate, copeland
from evaluation.composite.ranks import ranks
from evaluation.composite.scoring import Scores
from evaluation.composite.tree import effective_weights

MEANS = {"arithmetic": ARITHMETIC, "geometric": GEOMETRIC, "harmonic": HARMONIC, "min": MINIMUM}


def compensability(scores: Scores, period: str) -> pl.DataFrame:
    """One row per region scored: its rank as defined, under each mean at all levels, and by Copeland's comparison.

    All leaves go together onto 1–100 first (one line for all, so that arithmetic ranks stay), as means other than the
    arithmetic need positive values. ``compensated``: share of the arithmetic score that the geometric one does not
    grant, i.e. what rests on strengths making up for weaknesses. Sorted by rank, then region.
    """
    rows = scores.inputs.rows_of(period)
    scored = np.flatnonzero(~np.isnan(scores.score[rows])) + rows.start
    leaves, tree = scores.leaves[scored], scores.tree
    low, high = np.nanmin(leaves), np.nanmax(leaves)
    positive = np.full_like(leaves, 50.5) if low == high else 1.0 + 99.0 * (leaves - low) / (high - low)
    positive[np.isnan(leaves)] = np.nan
    index = {
        name: aggregate(positive, tree._replace(method=np.full_like(tree.method, method)))[:, -1]
        for name, method in MEANS.items()
    }
    index["copeland"] = copeland(leaves, effective_weights(tree)[: tree.n_leaves])
    return pl.DataFrame(
        {
            "region_code": [scores.inputs.regions[row] for row in scored],
            "rank": scores.rank[scored],
            **{f"rank_{name}": ranks(values) for name, values in index.items()},
            "compensated": 1.0 - index["geometric"] / index["arithmetic"],
        }
    ).sort("rank", "region_code")
