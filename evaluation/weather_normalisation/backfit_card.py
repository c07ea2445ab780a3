"""What a backfit's weather effect looks like: importance of its predictors and their curves, for plausibility.

Belongs here: what is read from the fold models. Does not belong here: skill (``backfit.weather_skill``), the stored
card (``evaluation.score.results``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.weather_normalisation.backfit import Design, Fit
from evaluation.weather_normalisation.partial_dependence import partial_dependence
from evaluation.weather_normalisation.trees import from_lightgbm

Floats = NDArray[np.float64]

QUANTILES = np.linspace(0.05, 0.95, 19)
"""Where a curve is drawn: the outer 5 % rest on too few rows to judge by."""


@dataclass(frozen=True)
class Curve:
    """``effect`` (log, mean zero over the points) of one predictor at ``at`` (its unit), other predictors averaged."""

    at: Floats
    effect: Floats


def importance(design: Design, y: Floats, fit: Fit) -> dict[str, float]:
    """NSE within months that is lost on held-out months when one predictor is shuffled among them (Breiman 2001).

    Mach. Learn. 45, 5, section 10. Shuffles are drawn from the settings' seed, fold and predictor.
    """
    rows = design.rows_per_cell
    mean = np.bincount(design.cell, y) / rows
    total = float(((y - mean[design.cell]) ** 2).sum())
    effect = np.zeros((len(design.predictors), y.size))
    for k, model in enumerate(design.models(y)):
        held_out = np.flatnonzero(design.fold == k)
        for j in range(len(design.predictors)):
            shuffled = design.features[held_out].copy()
            order = np.random.default_rng([design.settings.seed, k, j]).permutation(held_out.size)
            shuffled[:, j] = shuffled[order, j]
            effect[j, held_out] = model.predict(shuffled, num_threads=1)
    lost = {}
    for j, name in enumerate(design.predictors):
        left = y - effect[j]
        left -= (np.bincount(design.cell, left) / rows)[design.cell]
        lost[name] = float(((left**2).sum() - (fit.residual**2).sum()) / total)
    return lost


def curves(design: Design, y: Floats) -> dict[str, Curve]:
    """The exact partial dependence of the weather effect on each predictor over the pool, mean of the fold models."""
    ensembles = [from_lightgbm(model) for model in design.models(y)]
    drawn = {}
    for j, name in enumerate(design.predictors):
        known = design.features[~np.isnan(design.features[:, j]), j]
        at = np.unique(np.quantile(known, QUANTILES))
        points = np.zeros((at.size, len(design.predictors)))
        points[:, j] = at
        effect = np.mean([partial_dependence(e, points, design.pool_features, [j]) for e in ensembles], axis=0)
        drawn[name] = Curve(at, effect - effect.mean())
    return drawn
