"""What an indicator's weight says, and what the indicator does: nominal weights beside first-order Sobol' indices.

S = Var(E(index | indicator)) / Var(index) over the regions: the share of the index's variance that would go if the
indicator were known (Paruolo, Saisana & Saltelli 2013, J. R. Stat. Soc. A 176, 609). Does not belong here: the Sobol'
indices of the audit's own assumptions (``sobol``).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.composite.audit.coherence import correlations
from evaluation.composite.scoring import Scores
from evaluation.composite.tree import effective_weights

# Widths of the smoother in standard deviations of the indicator, tried by leave-one-out; the last is a straight line.
BANDWIDTHS = (0.1, 0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 2.5, 1e3)
LEAST_ROWS = 10  # below that a curve through the points says nothing but the points


def importance(scores: Scores, period: str) -> pl.DataFrame:
    """One row per leaf: ``nominal`` weight in the index, ``pearson_squared``, ``main_effect`` and its ``share``.

    ``main_effect``: first-order Sobol' index of the index with respect to the leaf's normalised value; ``share``: that
    over the sum of all, to be read beside ``nominal``. Null for a constant leaf and for fewer than ten regions.
    """
    rows = scores.inputs.rows_of(period)
    leaves, index = scores.leaves[rows], scores.score[rows]
    linear = correlations(leaves, index[:, None])[:, 0] ** 2
    effect = np.array([main_effect(leaf, index) for leaf in leaves.T])
    total = np.nansum(effect)
    return pl.DataFrame(
        {
            "leaf": scores.codes[: leaves.shape[1]],
            "nominal": effective_weights(scores.tree)[: leaves.shape[1]],
            "pearson_squared": linear,
            "main_effect": effect,
            "share": effect / total if total > 0 else np.full(len(effect), np.nan),
        }
    ).with_columns(pl.col("pearson_squared", "main_effect", "share").fill_nan(None))


def main_effect(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Var(E(y|x))/Var(y) from pairs [rows].

    E(y|x) by local linear regression with a Gaussian kernel, its bandwidth by leave-one-out. NaN where one of them is
    constant or fewer than ten rows have both.
    """
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if len(x) < LEAST_ROWS or x.min() == x.max() or y.min() == y.max():
        return float("nan")
    x = (x - x.mean()) / x.std()
    fits = [_local_linear(x, y, width) for width in BANDWIDTHS]
    best = fits[int(np.argmin([error for _, error in fits]))][0]
    return float(min(1.0, best.var() / y.var()))


def _local_linear(x: NDArray[np.float64], y: NDArray[np.float64], width: float) -> tuple[NDArray[np.float64], float]:
    """Fitted values [rows] and the mean squared leave-one-out residual (Fan & Gijbels 1996, eq. 3.12)."""
    apart = x[None, :] - x[:, None]
    kernel = np.exp(-0.5 * (apart / width) ** 2)
    s0, s1, s2 = kernel.sum(axis=1), (kernel * apart).sum(axis=1), (kernel * apart**2).sum(axis=1)
    spread = s0 * s2 - s1**2
    # Where all neighbours within reach are at the same place there is no slope: their mean.
    has_slope = spread > 1e-10 * s0**2
    line = kernel * (s2[:, None] - apart * s1[:, None]) / np.where(has_slope, spread, 1.0)[:, None]
    smoother = np.where(has_slope[:, None], line, kernel / s0[:, None])
    own = np.minimum(np.diag(smoother), 1 - 1e-9)
    fitted = smoother @ y
    return fitted, float((((y - fitted) / (1 - own)) ** 2).mean())
