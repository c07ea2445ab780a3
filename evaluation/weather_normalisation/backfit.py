"""Mode ``backfit``: a log level per month plus a boosted effect of weather, each seeing the other's leftover.

    ln C(t) = m[month(t)] + g(weather(t), season(t)) + e(t)

g is a LightGBM model fitted with the month levels profiled out: every round descends on the residual *within* months,
so that g can neither take up nor leak a change of level, and levels are not shrunk as a forest shrinks them
(11_effort_methods.md, section 2: the mode that recovers a known step within a point of the oracle).
g is cross-fitted by whole months: the weather effect of a month comes from a model that did not see that month
(Robinson 1988, Econometrica 56, 931; Chernozhukov et al. 2018, Econom. J. 21, C1).

Estimand ``season kept``: the effect of weather is counted from the mean of the pool's weather *of the same calendar
month*, so the normalised value of a January is the January concentration under January weather of the pool. Effort
compares equal calendar months, where a season common to both cancels.

Belongs here: design, fit, the normalised monthly series and its skill. Does not belong here: intervals and grades
(``evaluation.score``), the modes that resample time variables (``forest``, ``boosted``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import lightgbm as lgb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.series import AT, VALUE, NotAssessable, Series
from evaluation.weather_normalisation.pool import Pool, own_pool
from evaluation.weather_normalisation.predictors import TREND, Predictors, predictors
from evaluation.weather_normalisation.skill import blocked_folds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class BackfitSettings:
    """How the weather effect is fitted; part of an evaluation edition, so a change is a new edition.

    Set on 42 worlds of ``evaluation.known_truth`` (1,461 days): the mean distance from the oracle's effort was 0.9–1.1
    points for every choice of 4–15 leaves, 50–200 rounds, 10–60 rows per leaf, 5–10 folds, so the cheapest stable one
    was taken (0.07 CPU s a fit; four folds were worse, 1.3 points).
    """

    rounds: int = 80
    leaves: int = 6
    learning_rate: float = 0.1
    rows_per_leaf: int = 40
    bins: int = 63
    folds: int = 5
    seed: int = 1

    @staticmethod
    def for_step(step: timedelta) -> BackfitSettings:
        """The defaults for a series of this step: hourly series hold more rows and a diurnal cycle, hence more leaves.

        On hourly Beijing NO2 the error fell until 255 leaves (11_effort_methods.md, section 1); 31 keep a refit cheap.
        """
        return BackfitSettings() if step >= timedelta(days=1) else BackfitSettings(rounds=150, leaves=31)


@dataclass(frozen=True)
class Fit:
    """What one fit says; arrays follow the rows (valid values only) or the cells of its :class:`Design`.

    ``level`` is m per cell (log of the unit; geometric), ``weather_effect`` g per row (log), cross-fitted and counted
    from the pool's mean of the same calendar month, ``pool_gain`` per calendar month (12) the log of the mean of
    exp(g) over the pool, ``residual`` y − m − g per row.
    """

    level: Floats
    weather_effect: Floats
    pool_gain: Floats
    residual: Floats


@dataclass(frozen=True)
class Design:
    """Everything of a fit that does not depend on the measured values: build once, refit often.

    A **cell** is a month, cut in two by a declared policy date that falls inside it.
    """

    settings: BackfitSettings
    at: NDArray[np.datetime64]
    predictors: tuple[str, ...]
    features: Floats
    cell: Ints
    cell_month: NDArray[np.datetime64]
    cell_segment: Ints
    calendar_month: Ints
    fold: Ints
    pool_features: Floats
    pool_calendar_month: Ints
    binned: lgb.Dataset = field(repr=False)
    datasets: tuple[lgb.Dataset, ...] = field(repr=False)

    def with_folds(self, fold: Ints) -> Design:
        """The same design, cross-fitted over other folds (n,)."""
        return replace(self, fold=fold, datasets=_training_sets(self.binned, fold))

    @property
    def rows_per_cell(self) -> Ints:
        """Number of valid values in each cell."""
        return np.bincount(self.cell, minlength=self.cell_month.size)

    def models(self, y: Floats) -> Iterator[lgb.Booster]:
        """For each fold the weather model of the rows outside it, fitted to ``y`` (n,); made one at a time."""
        for k, dataset in enumerate(self.datasets):
            used = self.fold != k
            yield _boost(dataset, y[used], self.cell[used], self.settings)

    def fit(self, y: Floats) -> Fit:
        """The fit to ``y`` (log values, one per row)."""
        rows = self.rows_per_cell.astype(np.float64)
        month_index = self.pool_calendar_month - 1
        pool_rows = np.bincount(month_index, minlength=12)
        effect = np.empty(y.size)
        pool_mean_exp = np.zeros(12)
        for k, model in enumerate(self.models(y)):
            held_out = self.fold == k
            on_pool = model.predict(self.pool_features, num_threads=1)
            normal = np.bincount(month_index, on_pool, 12) / np.maximum(pool_rows, 1)
            effect[held_out] = (
                model.predict(self.features[held_out], num_threads=1) - normal[self.calendar_month[held_out] - 1]
            )
            pool_mean_exp += np.bincount(month_index, np.exp(on_pool - normal[month_index]), 12)
        level = np.bincount(self.cell, y - effect, rows.size) / rows
        with np.errstate(divide="ignore"):
            gain = np.log(pool_mean_exp / np.maximum(pool_rows, 1) / len(self.datasets))
        return Fit(level, effect, gain, y - level[self.cell] - effect)


@dataclass(frozen=True)
class Monthly:
    """The normalised series by month (M,): ``month``, ``log_normalised`` (log of the unit, smeared), ``n_values``."""

    month: NDArray[np.datetime64]
    log_normalised: Floats
    n_values: Ints


def monthly(design: Design, fit: Fit) -> Monthly:
    """N = exp(m) · mean of exp(g) over the pool's weather of that calendar month · smearing factor, in the unit.

    Smearing factor = mean of exp(residual) (Duan 1983, JASA 78, 605). A month cut by a policy date is the mean of its
    two cells by their number of values.
    """
    smearing = np.log(np.exp(fit.residual).mean())
    rows = design.rows_per_cell
    in_cell = np.exp(fit.level + fit.pool_gain[_calendar_month(design.cell_month) - 1] + smearing)
    month, index = np.unique(design.cell_month, return_inverse=True)
    n_values = np.bincount(index, rows).astype(np.int64)
    return Monthly(month, np.log(np.bincount(index, in_cell * rows) / n_values), n_values)


def weather_skill(design: Design, y: Floats, fit: Fit) -> float:
    """Nash–Sutcliffe efficiency of the cross-fitted weather effect: 1 − SS(y − m − g) / SS(y − month mean).

    A month's own level is no merit of the weather model, so both sums are taken within cells. With the design's blocks
    of whole months it is blocked skill; a fit of ``design.with_folds(random_folds(…))`` gives the flattering one. NaN
    when nothing varies within months.
    """
    mean = np.bincount(design.cell, y) / design.rows_per_cell
    variation = float(((y - mean[design.cell]) ** 2).sum())
    # rounding leaves some 1e-30 where every month repeats one value
    return 1.0 - float((fit.residual**2).sum()) / variation if variation > 1e-18 * y.size else float("nan")


def _boost(dataset: lgb.Dataset, y: Floats, cell: Ints, settings: BackfitSettings) -> lgb.Booster:
    """Least squares with one free level per cell: the gradient is the residual less its cell's mean."""
    _, local = np.unique(cell, return_inverse=True)
    rows = np.bincount(local).astype(np.float64)
    ones = np.ones(y.size, dtype=np.float32)

    def objective(prediction: Floats, _: lgb.Dataset) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        residual = prediction - y
        return (residual - (np.bincount(local, residual) / rows)[local]).astype(np.float32), ones

    model = lgb.Booster(_parameters(settings), dataset)
    for _ in range(settings.rounds):
        model.update(fobj=objective)
    return model


def _parameters(settings: BackfitSettings) -> dict[str, object]:
    return {
        "objective": "none",
        "num_leaves": settings.leaves,
        "learning_rate": settings.learning_rate,
        "min_data_in_leaf": settings.rows_per_leaf,
        "max_bin": settings.bins,
        "feature_pre_filter": False,
        "seed": settings.seed,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }


def design(
    series: Series,
    *,
    pool: Pool | None = None,
    policy_dates: Sequence[date] = (),
    settings: BackfitSettings | None = None,
) -> Design:
    """The design of ``series``: rows with a value, their weather and season, cells, folds, binned datasets.

    ``pool`` is the frozen reference weather (default: the rows with a value). Raises NotAssessable: ``too_short`` when
    there are fewer months than two per fold, ``no_weather`` when the pool holds no weather of a calendar month that
    the series has values in.
    """
    settings = settings or BackfitSettings.for_step(series.step)
    rows = series.frame.filter(pl.col(VALUE).is_not_null())
    at = rows[AT].to_numpy().astype("datetime64[us]")
    month = at.astype("datetime64[M]")
    segment = np.searchsorted(np.sort(np.array(policy_dates, dtype="datetime64[us]")), at, side="right").astype(
        np.int64
    )
    keys, cell = np.unique(month.astype(np.int64) * (len(policy_dates) + 1) + segment, return_inverse=True)
    months = np.unique(month).size
    if months < 2 * settings.folds:
        raise NotAssessable("too_short", f"{months} months with values; {2 * settings.folds} are needed")
    fold = blocked_folds(at, "month", settings.folds, settings.seed)
    columns = _predictors(series)
    features = np.ascontiguousarray(columns.table(rows))
    binned = lgb.Dataset(features, np.zeros(at.size), params=_parameters(settings), free_raw_data=False).construct()
    table = (pool or own_pool(series)).frame
    pool_calendar_month = table[AT].dt.month().to_numpy().astype(np.int64)
    if absent := sorted(set(_calendar_month(month).tolist()) - set(pool_calendar_month.tolist())):
        raise NotAssessable("no_weather", f"the pool holds no weather of calendar months {absent}")
    return Design(
        settings=settings,
        at=at,
        predictors=columns.names,
        features=features,
        cell=cell.astype(np.int64),
        cell_month=(keys // (len(policy_dates) + 1)).astype("datetime64[M]"),
        cell_segment=keys % (len(policy_dates) + 1),
        calendar_month=_calendar_month(month),
        fold=fold,
        pool_features=np.ascontiguousarray(columns.table(table)),
        pool_calendar_month=pool_calendar_month,
        binned=binned,
        datasets=_training_sets(binned, fold),
    )


def _predictors(series: Series) -> Predictors:
    """Weather and clock without the trend: change over time belongs to the levels."""
    clock = predictors(series.weather, series.step).clock
    return Predictors(series.weather, tuple(name for name in clock if name != TREND))


def _training_sets(binned: lgb.Dataset, fold: Ints) -> tuple[lgb.Dataset, ...]:
    """For each fold the rows outside it, on the bins of all rows."""
    return tuple(binned.subset(np.flatnonzero(fold != k).tolist()).construct() for k in range(int(fold.max()) + 1))


def _calendar_month(month: NDArray[np.datetime64]) -> Ints:
    return month.astype(np.int64) % 12 + 1
