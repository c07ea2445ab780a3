"""Many runs of an index under alternatives drawn together: the scores of every region in every run.

Belongs here: designs (which run takes which alternative), and putting them to the ``kernels``. A run is a line of
numbers, one per factor: 0 the definition's own, else the alternative, or the number of the draw. It can be computed
again from them and the seed, by itself. Memory does not grow with runs beyond the scores. Does not belong here: what
the runs say (``certainty``, ``sobol``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from evaluation.composite.audit.alternatives import Alternatives
from evaluation.composite.audit.draws import uniforms
from evaluation.composite.audit.kernels import Options, Taken, Values, exact_runs, noisy_runs
from evaluation.composite.chain import Rules, normalised_table, rules_of
from evaluation.composite.inputs import IndexDataError
from evaluation.composite.ranks import all_ranks, ranks
from evaluation.composite.scoring import Scores
from evaluation.composite.tree import AGGREGATIONS, Tree

STREAMS = {"imputation": 1, "treatment": 2, "normalisation": 3, "weights": 4, "aggregation": 5}
"""Each factor draws from a stream of its own, as do the errors (``kernels``): leaving one out changes no other's."""
SAME = 1e-12  # share of the range of scores below which a difference is rounding
CHAIN = ("imputation", "treatment", "normalisation")


@dataclass(frozen=True)
class Runs:
    """Scores of runs, for the ``regions`` that have one under the definition.

    ``design`` [runs × factors] (``factors`` names its columns); ``scores``, ``ranks`` [runs × regions]; the index as
    defined: ``nominal_score``, ``nominal_rank`` [regions].
    """

    regions: tuple[str, ...]
    factors: tuple[str, ...]
    design: NDArray[np.int64]
    scores: NDArray[np.float64]
    ranks: NDArray[np.int64]
    nominal_score: NDArray[np.float64]
    nominal_rank: NDArray[np.int64]

    @property
    def rank_shift(self) -> NDArray[np.float64]:
        """Mean over regions of how far each run's ranks are from the nominal ones [runs]."""
        shift: NDArray[np.float64] = np.abs(self.ranks - self.nominal_rank).mean(axis=1)
        return shift


def simulate(scores: Scores, period: str, alternatives: Alternatives, *, runs: int, seed: int) -> Runs:
    """``runs`` runs with all factors drawn together, each alternative of a factor equally likely.

    Raises IndexDataError if a run's mean does not exist.
    """
    return compute(scores, period, alternatives, draw_design(alternatives, first=0, runs=runs, seed=seed), seed=seed)


def draw_design(alternatives: Alternatives, *, first: int, runs: int, seed: int) -> NDArray[np.int64]:
    """Alternatives of runs ``first`` … ``first + runs − 1`` [runs × factors]."""
    numbers = np.arange(first, first + runs, dtype=np.int64)
    columns = [
        # a listed alternative by a number in [0, 1) cut into equal parts; a drawn factor is drawn anew in every run
        1 + np.floor(uniforms(seed, STREAMS[name], numbers, 1)[:, 0] * count).astype(np.int64) if count else numbers + 1
        for name, count in alternatives.factors.items()
    ]
    return np.column_stack(columns) if columns else np.empty((runs, 0), dtype=np.int64)


def factorial_design(alternatives: Alternatives) -> NDArray[np.int64]:
    """Every combination once, the last factor running fastest. Raises ValueError if a factor is drawn, not listed."""
    if drawn := [name for name, count in alternatives.factors.items() if not count]:
        raise ValueError(f"{', '.join(drawn)}: drawn factors have no list of alternatives; give sets or leave them out")
    return np.array(list(product(*(range(1, n + 1) for n in alternatives.factors.values()))), dtype=np.int64)


def compute(scores: Scores, period: str, alternatives: Alternatives, design: NDArray[np.int64], *, seed: int) -> Runs:
    """The runs of a ``design`` [runs × factors], its columns in the order of ``alternatives.factors``."""
    factors = tuple(alternatives.factors)
    rows = scores.inputs.rows_of(period)
    own = np.flatnonzero(~np.isnan(scores.score[rows])) + rows.start
    columns = dict(zip(factors, design.T, strict=True))
    zeros = np.zeros(len(design), dtype=np.int64)
    chain, chain_of_run = _chain_rules(scores, alternatives, columns, len(design))
    weights, weights_of_run = _weights(scores.tree, alternatives, columns.get("weights", zeros), seed)
    options = Options(weights, *_aggregations(scores.tree, alternatives))
    taken = Taken(
        chain_of_run,
        weights_of_run,
        columns.get("aggregation", zeros),
        columns.get("inputs", zeros),
        columns.get("model_error", zeros),
    )
    out = np.empty((len(design), len(own)))
    if alternatives.inputs or alternatives.model_error:
        values = Values(scores.inputs.values, *_errors(scores, alternatives), seed)
        rules = Rules(*(np.stack(parts) for parts in zip(*chain, strict=True)))
        noisy_runs((values, scores.inputs.layout, rules, own), options, taken, scores.tree, out)
    else:
        tables = np.stack([normalised_table(scores.inputs.values, scores.inputs.layout, r)[own] for r in chain])
        exact_runs(tables, options, taken, scores.tree, out)
    _refuse_undefined(out, design, factors, alternatives)
    nominal = scores.score[own]
    regions = tuple(scores.inputs.regions[row] for row in own)
    return Runs(regions, factors, design, out, all_ranks(out), nominal, ranks(nominal))


def activity(scores: Scores, period: str, alternatives: Alternatives, *, seed: int, draws: int = 20) -> pl.DataFrame:
    """Proof that each alternative does something: each alone, all else as defined.

    ``factor``, ``alternative``, ``score_change`` (largest against the definition, as a share of the range of its
    scores), ``rank_change`` (largest), ``is_active``: a listed alternative gives other scores than those listed before
    it in its factor, and not all of a factor's give the same; a drawn factor (one line over ``draws`` draws) moves some
    score. What is not active dilutes every figure of the audit: take it out or mend it.
    """
    found = []
    for column, (factor, count) in enumerate(alternatives.factors.items()):
        design = np.zeros((count or draws, len(alternatives.factors)), dtype=np.int64)
        design[:, column] = np.arange(1, len(design) + 1)
        runs = compute(scores, period, alternatives, design, seed=seed)
        spread = float(np.ptp(runs.nominal_score)) or 1.0
        moved = np.abs(runs.scores - runs.nominal_score).max(axis=1) / spread
        shifted = np.abs(runs.ranks - runs.nominal_rank).max(axis=1)
        if not count or factor == "weights":
            is_active = np.array([moved.max() > SAME])
            moved, shifted = moved.max(keepdims=True), shifted.max(keepdims=True)
        else:
            is_active = _differs_from_earlier(runs.scores, SAME * spread)
        for line, active in enumerate(is_active):
            label = alternatives.label(factor, line + 1) if len(is_active) == count else f"{len(design)} draws"
            found.append((factor, label, float(moved[line]), int(shifted[line]), bool(active)))
    names = {"factor": pl.String, "alternative": pl.String, "score_change": pl.Float64, "rank_change": pl.Int64}
    return pl.DataFrame(found, schema=names | {"is_active": pl.Boolean}, orient="row")


def _differs_from_earlier(outcomes: NDArray[np.float64], tolerance: float) -> NDArray[np.bool_]:
    """Which lines of ``outcomes`` [alternatives × regions] differ from all before; none if all are the same."""
    apart = np.abs(outcomes[:, None] - outcomes[None, :]).max(axis=2) > tolerance
    differs = np.array([apart[line, :line].all() for line in range(len(outcomes))])
    return differs if differs.sum() > 1 else np.zeros_like(differs)


def _chain_rules(
    scores: Scores, alternatives: Alternatives, columns: dict[str, NDArray[np.int64]], n_runs: int
) -> tuple[list[Rules], NDArray[np.int64]]:
    """Rules of every combination of imputation, treatment and normalisation that occurs, and which each run takes."""
    taken = np.column_stack([columns.get(name, np.zeros(n_runs, dtype=np.int64)) for name in CHAIN])
    unique, of_run = np.unique(taken, axis=0, return_inverse=True)
    options = {name: (None, *getattr(alternatives, name)) for name in CHAIN}
    rules = [
        rules_of(scores.definition, **{name: options[name][number] for name, number in zip(CHAIN, line, strict=True)})
        for line in unique
    ]
    return rules, of_run.reshape(-1).astype(np.int64)


def _aggregations(tree: Tree, alternatives: Alternatives) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Method and parameter of every inner node under each alternative [alternatives+1 × I], the definition's first."""
    methods, parameters = [tree.method], [tree.parameter]
    for chosen in alternatives.aggregation:
        if chosen == "power":
            raise ValueError("aggregation: power has no exponent here; use geometric or harmonic, or the definition")
        as_defined = chosen is None
        methods.append(tree.method if as_defined else np.full_like(tree.method, AGGREGATIONS.index(chosen or "")))
        parameters.append(tree.parameter if as_defined else np.ones_like(tree.parameter))
    return np.stack(methods), np.stack(parameters)


def _weights(
    tree: Tree, alternatives: Alternatives, draws: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Weight vectors [sets × nodes] and which each run takes."""
    if alternatives.weight_sets is not None:
        return np.vstack([tree.weight, alternatives.weight_sets]), draws
    unique, of_run = np.unique(draws, return_inverse=True)
    spread = alternatives.weight_spread
    noise = 1.0 + spread * (2.0 * uniforms(seed, STREAMS["weights"], unique, len(tree.weight)) - 1.0)
    noise[unique == 0] = 1.0
    return tree.weight * noise, of_run.reshape(-1).astype(np.int64)


def _errors(
    scores: Scores, alternatives: Alternatives
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Standard deviations below and above each value, and of the model's error [rows × leaves]; 0 where none."""
    inputs = scores.inputs
    quantile = float(ndtri(0.5 + alternatives.interval_level / 2))
    below = np.nan_to_num((inputs.values - inputs.lower) / quantile) * alternatives.inputs
    above = np.nan_to_num((inputs.upper - inputs.values) / quantile) * alternatives.inputs
    return below, above, np.nan_to_num(inputs.model_sd) * alternatives.model_error


def _refuse_undefined(
    out: NDArray[np.float64], design: NDArray[np.int64], factors: tuple[str, ...], alternatives: Alternatives
) -> None:
    lost = np.flatnonzero(np.isnan(out).any(axis=1))
    if len(lost):
        line = zip(factors, design[lost[0]], strict=True)
        said = ", ".join(f"{name}: {alternatives.label(name, int(number))}" for name, number in line)
        raise IndexDataError(
            f"{len(lost)} of {len(out)} runs have a region without a score, first with {said}; a geometric, harmonic "
            "or power mean needs values of zero or more: use min-max from 1, or a z-score with a mean of 5 sd or more"
        )
