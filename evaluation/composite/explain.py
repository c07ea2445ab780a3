"""One region's score in one period, laid open: where it stands, how sure that is, what each leaf adds and could add.

Belongs here: putting together what other modules computed. Does not belong here: where an input came from (the
publication's trace), words and drawing (``orchestration``, ``streamlit_app``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from evaluation.composite.audit.report import Audit
from evaluation.composite.contributions import contributions, gains
from evaluation.composite.inputs import IndexDataError
from evaluation.composite.scoring import Scores
from evaluation.composite.tree import effective_weights


@dataclass(frozen=True)
class Explanation:
    """What there is to say about one score.

    ``standing``: the region's row of ``audit.certainty.rank_table``; ``coverage`` of the index; ``leaves``: see
    ``explain``; ``nodes``: ``node``, ``value``, ``coverage`` of the inner nodes, the index first.
    """

    region_code: str
    period: str
    official: bool
    standing: dict[str, object]
    coverage: float
    leaves: pl.DataFrame
    nodes: pl.DataFrame


def explain(scores: Scores, found: Audit, region: str) -> Explanation:
    """The score of ``region`` in the period of the audit ``found``.

    ``leaves``: ``leaf``, ``indicator``, ``raw`` (after its denominator), ``lower``, ``upper``, ``normalised``,
    ``weight`` (nominal, in the index), ``points`` (they sum to the score), ``imputed``, and of ``contributions.gains``
    ``per_point``, ``gap``, ``to_best``; what would raise the index most first, missing leaves last.

    Raises IndexDataError if the region has no score in that period.
    """
    rows = scores.inputs.rows_of(found.period)
    own = [row for row in range(rows.start, rows.stop) if scores.inputs.regions[row] == region]
    if not own or np.isnan(scores.score[own[0]]):
        raise IndexDataError(
            f"{region} has no score in {found.period}: it is not in the table, or below the minimum coverage"
        )
    row, n_leaves = own[0], scores.tree.n_leaves
    inputs = scores.inputs
    leaves = pl.DataFrame(
        {
            "leaf": scores.codes[:n_leaves],
            "indicator": [leaf.indicator for leaf in scores.definition.leaves],
            "raw": inputs.values[row],
            "lower": inputs.lower[row],
            "upper": inputs.upper[row],
            "normalised": scores.leaves[row],
            "weight": effective_weights(scores.tree)[:n_leaves],
            "points": contributions(scores)[row],
            "imputed": scores.imputed[row],
        }
    ).with_columns(pl.col("raw", "lower", "upper", "normalised").fill_nan(None))
    nodes = pl.DataFrame(
        {
            "node": scores.codes[n_leaves:],
            "value": scores.values[row, n_leaves:],
            "coverage": scores.coverage[row, n_leaves:],
        }
    )
    return Explanation(
        region,
        found.period,
        scores.definition.official,
        found.ranks.row(by_predicate=pl.col("region_code") == region, named=True),
        float(scores.coverage[row, -1]),
        leaves.join(gains(scores, row).drop("normalised"), on="leaf", how="left").sort(
            "to_best", "leaf", descending=[True, False], nulls_last=True
        ),
        nodes.reverse().with_columns(pl.col("value").fill_nan(None)),
    )
