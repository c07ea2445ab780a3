"""How well a model predicts what it has not seen: folds of whole blocks of time, figures of merit, importance.

Belongs here: folds, scores of predictions, cross-validation of any fit. Does not belong here: a model, or what is done
with a score (``card`` warns, ``score`` grades).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluation.series import NotAssessable

Block = Literal["month"] | int
"""A block of consecutive time: a calendar month, or so many days."""

Table = NDArray[np.float64]
Predict = Callable[[Table], NDArray[np.float64]]
"""From (rows, predictors) to the expected value (rows,), in the unit of the series."""
Fit = Callable[[Table, NDArray[np.float64]], Predict]
"""From the rows to train on, and their values, to a prediction: ``lambda x, y: mode.fit(x, y).predict``."""

_MONDAY = 4
"""1970-01-05, the first Monday of numpy's calendar: blocks of seven days are weeks as people know them."""


def blocked_folds(at: NDArray[np.datetime64], block: Block = "month", k: int = 5, seed: int = 0) -> NDArray[np.int64]:
    """The fold 0 … k−1 of every time in ``at`` (n,): whole blocks stay together, neighbours go to different folds.

    Every run of ``k`` consecutive blocks is dealt to the ``k`` folds in an order drawn from ``seed``. So each fold
    holds one block out of every ``k`` along the whole record – never a stretch of years – and, unlike dealing in turn,
    no fold is left with the same calendar months when ``k`` divides twelve. Blocks without any row are not dealt.

    Why blocks: rows next to a held-out row carry its noise, so that random folds flatter (11_effort_methods.md §3.1:
    NSE 0.76 with random rows, 0.55 with blocks, same data and model); Roberts et al. (2017), Ecography 40, 913–929.
    Raises NotAssessable (``too_short``) when there are fewer blocks than folds.
    """
    if block == "month":
        number = at.astype("datetime64[M]").astype(np.int64)
    else:
        number = (at.astype("datetime64[D]").astype(np.int64) - _MONDAY) // block
    blocks, rank = np.unique(number, return_inverse=True)
    if len(blocks) < k:
        raise NotAssessable("too_short", f"{len(blocks)} blocks of one {block} cannot be dealt to {k} folds")
    runs = -(-len(blocks) // k)
    dealt = np.random.default_rng(seed).permuted(np.tile(np.arange(k), (runs, 1)), axis=1).ravel()
    return dealt[rank]


def random_folds(n: int, k: int = 5, seed: int = 0) -> NDArray[np.int64]:
    """The fold 0 … k−1 of each of ``n`` rows, row by row at random: what peers report, kept beside the blocked one."""
    return np.random.default_rng(seed).permutation(np.arange(n) % k)


@dataclass(frozen=True)
class Scores:
    """How near predictions come to values."""

    rows: int
    r2: float
    """Squared correlation (what rmweather and normet print); blind to bias."""
    nse: float
    """Nash and Sutcliffe (1970), J. Hydrology 10, 282: 1 − mean squared error / variance; 0 = as the mean."""
    rmse: float
    """Root mean squared error, in the unit of the series."""


def scores(observed: NDArray[np.float64], predicted: NDArray[np.float64]) -> Scores:
    """Figures of merit of ``predicted`` (rows,); a constant prediction has r2 0, constant values have no NSE (NaN)."""
    error = float(np.mean((observed - predicted) ** 2))
    variance = float(np.var(observed))
    spread = float(np.std(observed) * np.std(predicted))
    moved = float(np.mean((observed - observed.mean()) * (predicted - predicted.mean())))
    return Scores(
        rows=len(observed),
        r2=(moved / spread) ** 2 if spread > 0 else 0.0,
        nse=1 - error / variance if variance > 0 else float("nan"),
        rmse=error**0.5,
    )


@dataclass(frozen=True)
class CrossValidation:
    """Every row predicted by a model that never saw its fold."""

    folds: NDArray[np.int64]
    predicted: NDArray[np.float64]
    models: tuple[Predict, ...]
    scores: Scores


def cross_validate(fit: Fit, x: Table, y: NDArray[np.float64], folds: NDArray[np.int64]) -> CrossValidation:
    """Train once for each fold on the rows outside it and predict the rows inside; ``folds`` (rows,) as dealt above."""
    predicted, models = np.empty(len(y)), []
    for fold in range(int(folds.max()) + 1):
        held = folds == fold
        model = fit(x[~held], y[~held])
        predicted[held] = model(x[held])
        models.append(model)
    return CrossValidation(folds, predicted, tuple(models), scores(y, predicted))


def importance(
    validation: CrossValidation,
    x: Table,
    y: NDArray[np.float64],
    names: tuple[str, ...],
    *,
    repeats: int = 3,
    seed: int = 0,
) -> dict[str, float]:
    """How much NSE is lost when one predictor is shuffled among the held-out rows (Breiman 2001, section 10).

    On held-out rows, because importance on training rows rewards memory; mean of ``repeats`` shuffles, each drawn from
    (seed, fold, column, repeat). Predictors that stand in for one another share their importance.
    """
    error, lost = np.zeros(len(names)), {}
    for fold, model in enumerate(validation.models):
        held = np.flatnonzero(validation.folds == fold)
        for column in range(len(names)):
            shuffled = x[held].copy()
            for repeat in range(repeats):
                order = np.random.default_rng([seed, fold, column, repeat]).permutation(len(held))
                shuffled[:, column] = x[held[order], column]
                error[column] += float(np.sum((y[held] - model(shuffled)) ** 2)) / repeats
    base = float(np.sum((y - validation.predicted) ** 2))
    total = float(np.sum((y - y.mean()) ** 2))
    for name, with_shuffled in zip(names, error, strict=True):
        lost[name] = (float(with_shuffled) - base) / total
    return lost
