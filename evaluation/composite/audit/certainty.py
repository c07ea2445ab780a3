"""What the runs allow to be said about ranks: intervals, pairs, and which regions are tied.

The tie rule. Order the regions by their score as defined. A region beats another *for certain* if it is above it in at
least 90 % of the runs and their scores differ. A region shares the places from the first one that is not held by an
unbroken top of the list that beats it for certain, to the last one that is not held by an unbroken bottom of the list
that it beats for certain. Hence (an interval order): whenever a pair is under 90 %, the two share places, so they are
shown tied; whenever two share no place, the pair is certain. Ties do not chain: A may tie with B, B with C, and A still
stand above C. ``group`` is the coarser total preorder for a plain list: a new group begins where nobody above shares a
place with anybody below; it does chain, and may hold nearly all.

Does not belong here: computing runs (``uncertainty``).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.compiled import compiled
from evaluation.composite.audit.uncertainty import Runs

# The bound for saying that one stands above another.
CERTAIN = 0.90
# Ranks and scores are shown with the range they have in 90 of 100 runs.
INTERVAL = (0.05, 0.95)
# A share of runs is a quotient of counts (and halves): 0.9 must count as 0.9.
SHARE_ROUNDING = 1e-12


def rank_table(runs: Runs, certain: float = CERTAIN, comparable: Runs | None = None) -> pl.DataFrame:
    """One row per region, best first: its score and rank with their intervals, and the places it shares.

    ``region_code``, ``score``, ``score_low``, ``score_high``, ``rank``, ``rank_low``, ``rank_high`` (5–95 % of the
    runs, quantiles between two runs by interpolation), ``rank_median``, ``tied_from``, ``tied_to`` (the same place
    twice: not tied), ``group``. Scores' intervals are those of the ``comparable`` runs, in which treatment,
    normalisation and aggregation are the definition's own, as scores on other scales have nothing in common; null
    without such runs.
    """
    low, median, high = np.quantile(runs.ranks, (INTERVAL[0], 0.5, INTERVAL[1]), axis=0)
    first, last, group = tied_places(runs.nominal_score, pairwise(runs.scores), runs.regions, certain)
    found = pl.DataFrame(
        {
            "region_code": runs.regions,
            "score": runs.nominal_score,
            "rank": runs.nominal_rank,
            "rank_low": low,
            "rank_high": high,
            "rank_median": median,
            "tied_from": first,
            "tied_to": last,
            "group": group,
        }
    )
    ends = np.quantile(comparable.scores, INTERVAL, axis=0) if comparable else np.full((2, len(low)), np.nan)
    return (
        found.insert_column(2, pl.Series("score_low", ends[0]).fill_nan(None))
        .insert_column(3, pl.Series("score_high", ends[1]).fill_nan(None))
        .sort("rank", "region_code")
    )


@compiled
def pairwise(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of runs in which the row's region is above the column's [regions × regions].

    ``scores`` [runs × regions]; equal scores count half for each, so that a pair's shares sum to 1.
    """
    n = scores.shape[1]
    out = np.zeros((n, n))
    for run in range(len(scores)):
        for one in range(n):
            for other in range(one):
                gap = scores[run, one] - scores[run, other]
                if gap > 0:
                    out[one, other] += 1.0
                elif gap == 0:
                    out[one, other] += 0.5
    for one in range(n):
        out[one, one] = 0.5 * len(scores)
        for other in range(one):
            out[other, one] = len(scores) - out[one, other]
    return out / len(scores)


def tied_places(
    scores: NDArray[np.float64], above: NDArray[np.float64], regions: tuple[str, ...], certain: float = CERTAIN
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """First and last place each region shares, and its group, 1 = best [regions]: the rule at the head of this module.

    ``above`` [regions × regions] as from ``pairwise``. Equal ``scores`` are ordered by code.
    """
    n = len(scores)
    order = np.lexsort((np.array(regions), -scores))
    differ = scores[order][:, None] != scores[order][None, :]
    beats = (above[np.ix_(order, order)] >= certain - SHARE_ROUNDING) & differ
    first = 1 + np.logical_and.accumulate(beats, axis=0).sum(axis=0)
    last = n - np.logical_and.accumulate(beats[:, ::-1], axis=1).sum(axis=1)
    ends_group = np.maximum.accumulate(last) == np.arange(1, n + 1)
    group = 1 + np.r_[0, np.cumsum(ends_group)[:-1]] if n else np.empty(0, np.int64)
    back = np.argsort(order)
    return first[back], last[back], group[back]


def pair_table(runs: Runs) -> pl.DataFrame:
    """Every pair once, the one ranked higher first: ``above``, ``below``, ``certainty``; sorted by their places."""
    shares = pairwise(runs.scores)
    regions = np.array(runs.regions, dtype=object)
    order = np.lexsort((np.array(runs.regions), -runs.nominal_score))
    upper, lower = (order[side] for side in np.triu_indices(len(order), k=1))
    return pl.DataFrame(
        {
            "above": regions[upper],
            "below": regions[lower],
            "certainty": shares[upper, lower],
        },
        schema={"above": pl.String, "below": pl.String, "certainty": pl.Float64},
    )
