"""Weighted Gaussian regression with censored values by maximum likelihood.

Belongs here: one regression on given features and weights. Does not belong here: where features and weights come from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evaluation.flow_normalisation.calendar import Floats
from evaluation.flow_normalisation.kernels import MAX_STEPS, Weighted, maximum_likelihood


def censored_regression(
    features: ArrayLike, low: ArrayLike, high: ArrayLike, weights: ArrayLike
) -> tuple[Floats, float]:
    """Coefficients (k,) and sigma of the weighted regression of values known to lie between ``low`` and ``high``.

    ``features`` (n, k) with a column of ones, if one is wanted; ``low`` = ``high``: measured; ``low`` = -inf: known
    only to lie below. Weights > 0, their scale does not matter. The Gaussian survival regression of EGRET
    ``runSurvReg`` (R survreg, interval2). Raises ValueError when no value is uncensored or Newton finds no maximum.
    """
    x = np.ascontiguousarray(features, dtype=np.float64)
    beta = np.zeros(x.shape[1])
    below, above, w = (np.ascontiguousarray(values, dtype=np.float64) for values in (low, high, weights))
    if not (below == above).any():
        raise ValueError("no value is uncensored: the likelihood has no maximum")
    sigma = maximum_likelihood(Weighted(x, below, above, w), beta)
    if not np.isfinite(sigma):
        raise ValueError(f"no maximum of the likelihood within {MAX_STEPS} Newton steps: too few uncensored values")
    return beta, float(sigma)
