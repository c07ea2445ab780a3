"""The compiled loops over an audit's runs: errors drawn, the whole chain, the tree with the run's weights.

Memory is one table and one row, whatever the number of runs. Does not belong here: which run takes what
(``uncertainty``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evaluation.compiled import compiled
from evaluation.composite.aggregate import climb_row
from evaluation.composite.audit.draws import normal
from evaluation.composite.chain import Rules, run_chain
from evaluation.composite.inputs import Layout
from evaluation.composite.tree import Tree

INPUTS, MODEL_ERROR = 6, 7
"""Streams of the draws of errors; those below are the factors' (``uncertainty.STREAMS``)."""


class Options(NamedTuple):
    """What runs choose from: ``weights`` [sets × nodes], ``methods``, ``parameters`` [aggregations × inner nodes]."""

    weights: NDArray[np.float64]
    methods: NDArray[np.int64]
    parameters: NDArray[np.float64]


class Taken(NamedTuple):
    """What each run takes [runs]: line of the chains, weights, aggregations; number of the draw of errors, 0 none."""

    chain: NDArray[np.int64]
    weights: NDArray[np.int64]
    aggregation: NDArray[np.int64]
    inputs: NDArray[np.int64]
    model_error: NDArray[np.int64]


class Values(NamedTuple):
    """Values and the standard deviations of their errors below, above, and of the model [rows × leaves]; the seed."""

    value: NDArray[np.float64]
    below: NDArray[np.float64]
    above: NDArray[np.float64]
    model_sd: NDArray[np.float64]
    seed: int


@compiled
def exact_runs(
    tables: NDArray[np.float64], options: Options, taken: Taken, tree: Tree, out: NDArray[np.float64]
) -> None:
    """Runs over inputs that are exact: the normalised ``tables`` [chains × regions × leaves] are computed once each."""
    for run in range(len(out)):
        of_run = _tree_of_run(options, taken, tree, run)
        _score_rows(tables[taken.chain[run]], of_run, out[run])


@compiled
def noisy_runs(
    source: tuple[Values, Layout, Rules, NDArray[np.int64]],
    options: Options,
    taken: Taken,
    tree: Tree,
    out: NDArray[np.float64],
) -> None:
    """Runs over inputs that vary: the whole chain in every run.

    ``source``: the values, their layout, the rules stacked [chains × …], and the period's own rows; the other rows only
    serve the panel.
    """
    values, layout, rules, own = source
    drawn, normalised = np.empty_like(values.value), np.empty_like(values.value)
    for run in range(len(out)):
        _perturb(values, taken.inputs[run], taken.model_error[run], drawn)
        c = taken.chain[run]
        of_run = Rules(
            rules.direction[c],
            rules.imputation[c],
            rules.treatment[c],
            rules.max_points[c],
            rules.limits[c],
            rules.normalisation[c],
            rules.parameters[c],
        )
        run_chain(drawn, layout, of_run, normalised)
        _score_rows(normalised[own], _tree_of_run(options, taken, tree, run), out[run])


@compiled
def _tree_of_run(options: Options, taken: Taken, tree: Tree, run: int) -> Tree:
    how = taken.aggregation[run]
    weight = options.weights[taken.weights[run]]
    return Tree(tree.first, tree.child, options.methods[how], options.parameters[how], weight)


@compiled
def _score_rows(table: NDArray[np.float64], tree: Tree, out: NDArray[np.float64]) -> None:
    """The root [regions] of every row of ``table`` [regions × leaves]."""
    line = np.empty(len(tree.weight))
    for row in range(len(table)):
        line[: table.shape[1]] = table[row]
        climb_row(line, tree)
        out[row] = line[-1]


@compiled
def _perturb(values: Values, inputs: int, model_error: int, out: NDArray[np.float64]) -> None:
    """One draw of all values: a two-piece normal from each interval (Wallis 2014), and the model's error.

    ``inputs``, ``model_error``: numbers of the draws, 0 for none.
    """
    n_leaves = out.shape[1]
    for row in range(len(out)):
        for leaf in range(n_leaves):
            value = values.value[row, leaf]
            below, above, sd = values.below[row, leaf], values.above[row, leaf], values.model_sd[row, leaf]
            cell = row * n_leaves + leaf
            if inputs > 0 and (below > 0 or above > 0):
                z = normal(values.seed, INPUTS, inputs, cell)
                value += z * (above if z > 0 else below)
            if model_error > 0 and sd > 0:
                value += sd * normal(values.seed, MODEL_ERROR, model_error, cell)
            out[row, leaf] = value
