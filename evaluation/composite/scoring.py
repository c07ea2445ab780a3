"""From definition and table to scores: every step for all regions and periods at once.

Belongs here: the order of the steps, coverage, the result. Does not belong here: a single step, or why a score is what
it is (``contributions``, ``change``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.composite.aggregate import aggregate
from evaluation.composite.chain import imputed_table, normalised_table, rules_of
from evaluation.composite.definition import Definition
from evaluation.composite.inputs import IndexDataError, Inputs, inputs_of
from evaluation.composite.ranks import ranks
from evaluation.composite.tree import Tree, codes, tree_of

# A share of weights is a sum of products: equality with the declared minimum must survive its rounding.
COVERAGE_ROUNDING = 1e-12


@dataclass(frozen=True)
class Scores:
    """Every node's score for every region and period.

    ``codes`` [nodes]: leaves in the order of the definition, then nodes bottom-up, the index last. ``values``,
    ``coverage`` [rows × nodes]: score; share of the weight below that was observed, not imputed. ``imputed``
    [rows × leaves]: whether the value was filled. ``score`` and ``rank`` [rows]: the index, NaN under the minimum
    coverage; its rank within the period, 0 where there is no score. Rows are those of ``inputs``.
    """

    definition: Definition
    inputs: Inputs
    tree: Tree
    codes: tuple[str, ...]
    values: NDArray[np.float64]
    coverage: NDArray[np.float64]
    imputed: NDArray[np.bool_]
    score: NDArray[np.float64]
    rank: NDArray[np.int64]

    @property
    def leaves(self) -> NDArray[np.float64]:
        """Normalised leaves [rows × leaves]."""
        return self.values[:, : self.tree.n_leaves]

    def frame(self) -> pl.DataFrame:
        """Long table: ``region_code``, ``period``, ``node``, ``value``, ``coverage``; ``rank`` for the index only."""
        n_rows, n_nodes = self.values.shape
        values = self.values.copy()
        values[:, -1] = self.score
        rank = np.zeros((n_rows, n_nodes), dtype=np.int64)
        rank[:, -1] = self.rank
        return pl.DataFrame(
            {
                "region_code": np.repeat(np.array(self.inputs.regions, dtype=object), n_nodes),
                "period": np.repeat(np.array(self.inputs.periods, dtype=object), n_nodes),
                "node": list(self.codes) * n_rows,
                "value": values.ravel(),
                "coverage": self.coverage.ravel(),
                "rank": rank.ravel(),
            },
            schema_overrides={"region_code": pl.String, "period": pl.String},
        ).with_columns(pl.col("value").fill_nan(None), pl.col("rank").replace(0, None))


def score(definition: Definition, table: pl.DataFrame, groups: Mapping[str, str] | None = None) -> Scores:
    """Scores of every region and period in ``table`` (see ``inputs_of``) under ``definition``.

    Raises IndexDataError for a table that does not fit, or a mean that does not exist.
    """
    return score_inputs(definition, inputs_of(definition, table, groups))


def score_inputs(definition: Definition, inputs: Inputs) -> Scores:
    """``score`` of values that are arrays already."""
    tree, names, rules = tree_of(definition), tuple(codes(definition)), rules_of(definition)
    filled = imputed_table(inputs.values, inputs.layout, rules)
    values = aggregate(normalised_table(inputs.values, inputs.layout, rules), tree)
    refuse_undefined(values, tree, names, inputs)
    coverage = _coverage(inputs.values, tree)
    enough = coverage[:, -1] >= definition.minimum_coverage - COVERAGE_ROUNDING
    index = np.where(enough, values[:, -1], np.nan)
    bounds = inputs.layout.period_start
    rank = np.concatenate([ranks(index[start:stop]) for start, stop in pairwise(bounds)])
    imputed = np.isnan(inputs.values) & ~np.isnan(filled)
    return Scores(definition, inputs, tree, names, values, coverage, imputed, index, rank)


def screen(values: NDArray[np.float64], minimum: float) -> NDArray[np.bool_]:
    """Which rows of ``values`` [rows × columns] have at least the share ``minimum`` of their values."""
    kept: NDArray[np.bool_] = 1.0 - np.isnan(values).mean(axis=1) >= minimum - COVERAGE_ROUNDING
    return kept


def refuse_undefined(values: NDArray[np.float64], tree: Tree, names: tuple[str, ...], inputs: Inputs) -> None:
    """Raise IndexDataError at the lowest node whose children are there but whose mean does not exist."""
    for inner in range(len(tree.method)):
        below = tree.child[tree.first[inner] : tree.first[inner + 1]]
        counted = below[tree.weight[below] > 0]
        is_lost = np.isnan(values[:, tree.n_leaves + inner]) & ~np.isnan(values[:, counted]).all(axis=1)
        if is_lost.any():
            row = int(np.flatnonzero(is_lost)[0])
            lowest = counted[np.nanargmin(values[row, counted])]
            raise IndexDataError(
                f"node {names[tree.n_leaves + inner]}, {inputs.regions[row]} {inputs.periods[row]}: its mean does not "
                f"exist, as {names[lowest]} is {values[row, lowest]:.4g}; a geometric, harmonic or power mean needs "
                "values of zero or more: choose another normalisation or aggregation"
            )


def _coverage(values: NDArray[np.float64], tree: Tree) -> NDArray[np.float64]:
    """Share of each node's weight that was observed [rows × nodes]."""
    plain = tree._replace(method=np.zeros_like(tree.method))
    return aggregate((~np.isnan(values)).astype(np.float64), plain)
