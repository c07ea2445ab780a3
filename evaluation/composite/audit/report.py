"""The whole audit of an index in one period, as data.

Belongs here: which parts make an audit, and with what settings. Does not belong here: the parts, or a document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from evaluation.composite.audit.alternatives import Alternatives, usual
from evaluation.composite.audit.certainty import CERTAIN, pair_table, rank_table
from evaluation.composite.audit.coherence import against_the_index, collinear_pairs, group_coherence
from evaluation.composite.audit.compensability import compensability
from evaluation.composite.audit.importance import importance
from evaluation.composite.audit.screening import screening
from evaluation.composite.audit.sobol import Sobol, estimate, saltelli_design
from evaluation.composite.audit.tipping import tipping_weights
from evaluation.composite.audit.uncertainty import Runs, activity, compute, simulate
from evaluation.composite.scoring import Scores

LEAST_RUNS = 1000  # issue 6: rank intervals from at least 1,000 runs


@dataclass(frozen=True)
class Settings:
    """How much to compute.

    ``runs`` of the uncertainty analysis; ``sobol_runs``: base runs n of the Sobol' design, which takes n·(factors + 2)
    runs; ``seed``; ``certain``: share of runs from which a pair counts as ranked.
    """

    runs: int = LEAST_RUNS
    sobol_runs: int = 512
    seed: int = 1
    certain: float = CERTAIN

    def __post_init__(self) -> None:
        if self.runs < LEAST_RUNS:
            raise ValueError(f"runs {self.runs}: expected {LEAST_RUNS} or more, fewer leave rank intervals to chance")


@dataclass(frozen=True)
class Audit:
    """Everything an audit finds; each frame's columns stand with the function that makes it.

    ``sobol``: what moves the ranks (outcome: mean absolute shift of ranks); None if nothing varies or no rank moves.
    """

    period: str
    alternatives: Alternatives
    settings: Settings
    screening: pl.DataFrame
    coherence: pl.DataFrame
    against: pl.DataFrame
    collinear: pl.DataFrame
    importance: pl.DataFrame
    compensability: pl.DataFrame
    activity: pl.DataFrame
    ranks: pl.DataFrame
    pairs: pl.DataFrame
    tipping: pl.DataFrame
    sobol: Sobol | None
    runs: Runs


def audit(
    scores: Scores, period: str, alternatives: Alternatives | None = None, settings: Settings | None = None
) -> Audit:
    """Audit the index in one period. Without ``alternatives``: ``usual`` ones, with inputs' errors if there are any.

    Raises IndexDataError: the period is not in the table, or a run's mean does not exist.
    """
    settings = settings or Settings()
    alternatives = alternatives or _usual_for(scores, period)
    own_scale = replace(alternatives, treatment=(), normalisation=(), aggregation=())
    runs, comparable = (
        simulate(scores, period, chosen, runs=settings.runs, seed=settings.seed) for chosen in (alternatives, own_scale)
    )
    return Audit(
        period,
        alternatives,
        settings,
        screening(scores, period),
        group_coherence(scores, period),
        against_the_index(scores, period),
        collinear_pairs(scores, period),
        importance(scores, period),
        compensability(scores, period),
        activity(scores, period, alternatives, seed=settings.seed),
        rank_table(runs, settings.certain, comparable),
        pair_table(runs),
        tipping_weights(scores, period),
        _sobol(scores, period, alternatives, settings),
        runs,
    )


def _usual_for(scores: Scores, period: str) -> Alternatives:
    inputs, rows = scores.inputs, scores.inputs.rows_of(period)
    has_intervals = bool((~np.isnan(inputs.lower[rows]) | ~np.isnan(inputs.upper[rows])).any())
    return usual(
        inputs=has_intervals,
        model_error=bool((np.nan_to_num(inputs.model_sd[rows]) > 0).any()),
        missing=bool(np.isnan(inputs.values[rows]).any()),
    )


def _sobol(scores: Scores, period: str, alternatives: Alternatives, settings: Settings) -> Sobol | None:
    if not alternatives.factors:
        return None
    design = saltelli_design(alternatives, n=settings.sobol_runs, seed=settings.seed)
    shift = compute(scores, period, alternatives, design, seed=settings.seed).rank_shift
    if np.ptp(shift) == 0:
        return None
    return estimate(shift, tuple(alternatives.factors), seed=settings.seed)
