"""The model card of one normalised series: what was trained on what, how well it does, and what should make one doubt.

Belongs here: the card and the checks whose result is a warning. Does not belong here: refusing a series
(``evaluation.score`` grades), words and pictures for people (the page).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from importlib.metadata import version
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.series import AT, VALUE, Series
from evaluation.weather_normalisation.fitted import Fitted, Mode
from evaluation.weather_normalisation.normalised import Normalised
from evaluation.weather_normalisation.partial_dependence import partial_dependence
from evaluation.weather_normalisation.predictors import Predictors
from evaluation.weather_normalisation.reach import Reach, reach
from evaluation.weather_normalisation.skill import (
    Block,
    Predict,
    Scores,
    blocked_folds,
    cross_validate,
    importance,
    random_folds,
)

LIBRARIES = ("lightgbm", "scikit-learn", "numba", "numpy", "polars")

FLATTERY = 0.1
"""Random folds flatter when their NSE is so much above the blocked one; Beijing NO2 hourly: 0.20 (11_effort_methods.md
§3.1). More than that and the model knows the days, not the weather."""
LOW_SKILL = 0.5
"""Blocked NSE below which less than half of the variance is understood; the value at which 06_human_effort.md §6.3
proposes to refuse. Month blocks: London NO2, daily, has 0.80; Beijing NO2, hourly, 0.56."""
OUTSIDE = 0.05
"""Share of rows outside the pool; five times what a pool without drift shows by construction (``reach.FAR``)."""
WIND = ("ws", "wind_speed")
"""How the name of a wind speed begins; direction is not among them."""

CURVE = np.linspace(0.05, 0.95, 19)
"""Quantiles of a predictor at which its curve is drawn: the outer 5 % rest on too few rows to judge by."""
FEW = 31
"""A predictor with no more distinct values (weekday, hour) is drawn at each of them."""

Doubt = Literal["random_flatters", "skill_low", "weather_outside_pool", "wind_does_not_dilute"]


@dataclass(frozen=True)
class Warned:
    """A reason to doubt, and the measured fact."""

    code: Doubt
    detail: str


@dataclass(frozen=True)
class Curve:
    """The average prediction at some values of one predictor, all others as they were observed."""

    at: tuple[float, ...]
    value: tuple[float, ...]
    """In the unit of the series."""


@dataclass(frozen=True)
class Card:
    """Everything one needs to judge a normalised series, and to make it again."""

    key: str
    unit: str
    first: str
    last: str
    rows: int
    rows_without_value: int
    mode: str
    settings: Mapping[str, Any]
    predictors: tuple[str, ...]
    pool: str
    pool_digest: str
    pool_rows: int
    libraries: Mapping[str, str]
    skill_blocked: Scores
    skill_random: Scores
    block: str
    reach: Reach
    importance: Mapping[str, float]
    """NSE lost on held-out blocks when the predictor is shuffled."""
    curves: Mapping[str, Curve]
    warnings: tuple[Warned, ...]

    def as_dict(self) -> dict[str, Any]:
        """The card as JSON knows it: NaN becomes None, tuples become lists."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def model_card(series: Series, result: Normalised, block: Block = "month", k: int = 5) -> Card:
    """The card of ``result``, which ``normalise`` made from ``series``; trains 2 k more models.

    Raises NotAssessable (``too_short``) when the series has fewer than ``k`` blocks.
    """
    frame = series.frame.filter(pl.col(VALUE).is_not_null())
    x, y = result.predictors.table(frame), frame[VALUE].to_numpy()

    def fit(table: NDArray[np.float64], values: NDArray[np.float64]) -> Predict:
        predict: Predict = result.mode.fit(table, values).predict
        return predict

    blocked = cross_validate(fit, x, y, blocked_folds(frame[AT].to_numpy(), block, k))
    at_random = cross_validate(fit, x, y, random_folds(len(y), k))
    curves = partial_curves(result.fitted, result.predictors, x)
    within = reach(result.pool, frame)
    return Card(
        key=series.key,
        unit=series.unit,
        first=str(frame[AT].min()),
        last=str(frame[AT].max()),
        rows=frame.height,
        rows_without_value=series.frame.height - frame.height,
        mode=result.mode.name,
        settings=_settings(result.mode),
        predictors=result.predictors.names,
        pool=result.pool.name,
        pool_digest=result.pool.digest,
        pool_rows=result.pool.frame.height,
        libraries={name: version(name) for name in LIBRARIES},
        skill_blocked=blocked.scores,
        skill_random=at_random.scores,
        block="calendar month" if block == "month" else f"{block} days",
        reach=within,
        # one shuffle of all held-out rows: three cost as much as the models and move the second digit
        importance=importance(blocked, x, y, result.predictors.names, repeats=1),
        curves=curves,
        warnings=tuple(doubts(blocked.scores, at_random.scores, within, curves)),
    )


def partial_curves(fitted: Fitted, columns: Predictors, x: NDArray[np.float64]) -> dict[str, Curve]:
    """The exact partial-dependence curve of each predictor over the training rows ``x`` (rows, predictors)."""
    curves = {}
    for column, name in enumerate(columns.names):
        known = x[~np.isnan(x[:, column]), column]
        grid = np.unique(known)
        if len(grid) > FEW:
            grid = np.unique(np.quantile(known, CURVE))
        rows = np.zeros((len(grid), x.shape[1]))
        rows[:, column] = grid
        score = partial_dependence(fitted.ensemble, rows, x, [column])
        value = np.exp(score) * fitted.smearing if fitted.logs else score
        curves[name] = Curve(tuple(grid.tolist()), tuple(value.tolist()))
    return curves


def doubts(blocked: Scores, at_random: Scores, within: Reach, curves: Mapping[str, Curve]) -> list[Warned]:
    """What should make a reader doubt the model, each with the measured fact."""
    found = []
    if at_random.nse - blocked.nse > FLATTERY:
        found.append(Warned("random_flatters", f"NSE {at_random.nse:.2f} on random rows, {blocked.nse:.2f} on blocks"))
    if not blocked.nse >= LOW_SKILL:
        found.append(Warned("skill_low", f"NSE {blocked.nse:.2f} on held-out blocks"))
    if within.outside_any > OUTSIDE or (within.far or 0.0) > OUTSIDE:
        far = "unknown" if within.far is None else f"{within.far:.1%}"
        found.append(
            Warned("weather_outside_pool", f"{within.outside_any:.1%} of rows outside a range, {far} without neighbour")
        )
    for name, curve in curves.items():
        if name.startswith(WIND) and len(curve.value) > 1 and not _falls(curve.value):
            calm, strong = curve.value[0], curve.value[-1]
            found.append(Warned("wind_does_not_dilute", f"{name}: {calm:.3g} in calm, {strong:.3g} in strong wind"))
    return found


def _falls(values: Sequence[float]) -> bool:
    return values[-1] < values[0]


def _settings(mode: Mode) -> dict[str, Any]:
    assert is_dataclass(mode) and not isinstance(mode, type)
    return asdict(mode)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
