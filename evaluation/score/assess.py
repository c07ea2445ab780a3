"""The one call: a series, a baseline and one or more evaluation periods in, assessments out – bad data included.

Belongs here: the order of checks, fit, replicates and grade. Does not belong here: any of those steps, or the tables
that are stored (``results``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.score.bootstrap import Replicates, half_width, replicate
from evaluation.score.completeness import check_span, check_weather, compared_months, values_inside
from evaluation.score.decomposition import Decomposition, Period, Weights, decompose
from evaluation.score.grade import Caveat, Grade, caveat_of, grade
from evaluation.score.settings import ScoreSettings
from evaluation.series import AT, VALUE, NotAssessable, Reason, Series
from evaluation.series import series as make_series
from evaluation.weather_normalisation.backfit import Design, Fit, Monthly, design, monthly, weather_skill
from evaluation.weather_normalisation.pool import Pool, own_pool
from evaluation.weather_normalisation.skill import random_folds

Floats = NDArray[np.float64]

METHOD = "backfit"
"""Name of the method in result rows."""


@dataclass(frozen=True)
class Estimate:
    """The numbers of an assessable period; log scale, lower ≤ upper, luck = total − effort."""

    split: Decomposition
    effort_lower_log: float
    effort_upper_log: float
    errors: Floats = field(repr=False)
    """Errors of the effort in each replicate (R,), for combination over stations and pollutants."""
    degrees: int
    draw: str

    @property
    def luck_lower_log(self) -> float:
        """The total is a fact: luck is lowest where effort is highest."""
        return self.split.total_log - self.effort_upper_log

    @property
    def luck_upper_log(self) -> float:
        """See ``luck_lower_log``."""
        return self.split.total_log - self.effort_lower_log


@dataclass(frozen=True)
class Assessment:
    """One series in one period. ``estimate`` is None exactly when the grade is ``not_assessable``, with its reason."""

    series_key: str
    item: str | None
    baseline: Period
    evaluation: Period
    grade: Grade
    estimate: Estimate | None = None
    reason: Reason | None = None
    detail: str | None = None
    caveat: Caveat | None = None
    confidence: float | None = None
    n_values: int | None = None
    coverage: float | None = None
    skill_blocked_nse: float | None = None
    skill_random_nse: float | None = None
    outside_pool_share: float | None = None


@dataclass(frozen=True)
class Evaluated:
    """What all periods of a series share: the fit, its months, its skill, its replicates (None: none were needed)."""

    series: Series
    pool: Pool
    settings: ScoreSettings
    design: Design = field(repr=False)
    y: Floats = field(repr=False)
    fit: Fit = field(repr=False)
    months: Monthly = field(repr=False)
    observed: Floats = field(repr=False)
    skill_blocked_nse: float
    skill_random_nse: float
    replicates: Replicates | None = field(repr=False, default=None)


@dataclass(frozen=True)
class Assessments:
    """One :class:`Assessment` per evaluation period, in the order asked; ``evaluated`` is None without a fit."""

    years: tuple[Assessment, ...]
    evaluated: Evaluated | None


def assess(
    series: Series,
    baseline: Period,
    evaluation: Period,
    *,
    pool: Pool | None = None,
    settings: ScoreSettings | None = None,
    policy_dates: Sequence[date] = (),
    item: str | None = None,
) -> Assessment:
    """Effort and luck between two periods. Never raises for what is in the data; see :func:`assess_years`."""
    return assess_years(
        series, baseline, [evaluation], pool=pool, settings=settings, policy_dates=policy_dates, item=item
    ).years[0]


def assess_years(
    series: Series,
    baseline: Period,
    evaluations: Sequence[Period],
    *,
    pool: Pool | None = None,
    settings: ScoreSettings | None = None,
    policy_dates: Sequence[date] = (),
    item: str | None = None,
    calendar: tuple[date, date] | None = None,
) -> Assessments:
    """Several periods against one baseline from one fit and one set of replicates.

    ``pool``: frozen reference weather (default: the series' own rows with a value). ``calendar``: days whose noise is
    drawn (default: the series' own); stations that are combined later are given one calendar.
    """
    settings = settings or ScoreSettings()
    pool = pool or own_pool(series)
    blank = [_blank(series, item, baseline, period) for period in evaluations]
    try:
        evaluated = evaluate(series, pool, settings, policy_dates)
    except NotAssessable as why:
        return Assessments(tuple(_refused(a, why) for a in blank), None)
    found = [judge(a, evaluated) for a in blank]
    if any(weight is not None for _, weight in found):
        evaluated = replace(evaluated, replicates=_replicates(evaluated, calendar))
    years = tuple(_graded(a, weight, evaluated) for a, weight in found)
    return Assessments(years, evaluated)


def assess_table(
    key: str,
    frame: pl.DataFrame,
    baseline: Period,
    evaluations: Sequence[Period],
    *,
    unit: str,
    weather: Sequence[str],
    step: timedelta,
    pool: Pool | None = None,
    settings: ScoreSettings | None = None,
    policy_dates: Sequence[date] = (),
    item: str | None = None,
    calendar: tuple[date, date] | None = None,
) -> Assessments:
    """:func:`assess_years` of a raw table: what makes it no series at all is an assessment too, not an exception."""
    try:
        checked = make_series(key, frame, unit=unit, weather=weather, step=step)
    except NotAssessable as why:
        return Assessments(tuple(refused(key, item, baseline, period, why) for period in evaluations), None)
    return assess_years(
        checked,
        baseline,
        evaluations,
        pool=pool,
        settings=settings,
        policy_dates=policy_dates,
        item=item,
        calendar=calendar,
    )


def refused(key: str, item: str | None, baseline: Period, evaluation: Period, why: NotAssessable) -> Assessment:
    """The assessment of a period of which no number can be given."""
    return _refused(Assessment(key, item, baseline, evaluation, "not_assessable", caveat=caveat_of(item)), why)


def evaluate(series: Series, pool: Pool, settings: ScoreSettings, policy_dates: Sequence[date]) -> Evaluated:
    """The fit of a series and its skill, without replicates. Raises NotAssessable."""
    check_span(series, settings)
    fitted_on = design(series, pool=pool, policy_dates=policy_dates, settings=settings.backfit)
    values = series.frame.filter(pl.col(VALUE).is_not_null())[VALUE].to_numpy()
    if infinite := int(np.isinf(values).sum()):
        raise NotAssessable("not_positive", f"{infinite} of {values.size} values are infinite")
    y = np.log(values)
    fit = fitted_on.fit(y)
    months = monthly(fitted_on, fit)
    index = np.searchsorted(months.month, fitted_on.at.astype("datetime64[M]"))
    shuffled = fitted_on.with_folds(random_folds(y.size, fitted_on.settings.folds, settings.seed))
    return Evaluated(
        series=series,
        pool=pool,
        settings=settings,
        design=fitted_on,
        y=y,
        fit=fit,
        months=months,
        observed=np.bincount(index, values) / months.n_values,
        skill_blocked_nse=weather_skill(fitted_on, y, fit),
        skill_random_nse=weather_skill(shuffled, y, shuffled.fit(y)),
    )


def judge(blank: Assessment, evaluated: Evaluated) -> tuple[Assessment, Weights | None]:
    """One period checked: with the weights of its months, or refused with the reason and no weights."""
    series, settings, months = evaluated.series, evaluated.settings, evaluated.months
    known = replace(blank, skill_blocked_nse=evaluated.skill_blocked_nse, skill_random_nse=evaluated.skill_random_nse)
    try:
        weight = compared_months(series, months.month, months.n_values, blank.baseline, blank.evaluation, settings)
        outside = check_weather(series, evaluated.pool, blank.evaluation, settings)
        if not evaluated.skill_blocked_nse >= settings.skill:  # NaN: nothing varies within months
            raise NotAssessable(
                "skill_too_low",
                f"the weather explains {evaluated.skill_blocked_nse:.2f} of the variance within months that the model"
                f" has not seen; {settings.skill} is needed",
            )
    except NotAssessable as why:
        return _refused(known, why), None
    return replace(known, outside_pool_share=outside), weight


def _graded(checked: Assessment, weight: Weights | None, evaluated: Evaluated) -> Assessment:
    replicates, settings = evaluated.replicates, evaluated.settings
    if weight is None or replicates is None:
        return checked
    split = decompose(evaluated.observed, evaluated.months.log_normalised, weight)
    errors = weight.log_ratio(replicates.months) - weight.log_ratio(replicates.truth)
    half = float(half_width(errors, confidence=settings.confidence, degrees=replicates.degrees))
    lower, upper = split.effort_log - half, split.effort_log + half
    return replace(
        checked,
        grade=grade(lower, upper, resolution=settings.resolution),
        confidence=settings.confidence,
        estimate=Estimate(split, lower, upper, errors, replicates.degrees, replicates.draw),
    )


def _replicates(evaluated: Evaluated, calendar: tuple[date, date] | None) -> Replicates:
    at, settings = evaluated.series.frame[AT], evaluated.settings
    return replicate(
        evaluated.design,
        evaluated.fit,
        step=evaluated.series.step,
        calendar=calendar or (at[0].date(), at[-1].date()),
        block_days=settings.block_days,
        replicates=settings.replicates,
        seed=settings.seed,
    )


def _blank(series: Series, item: str | None, baseline: Period, evaluation: Period) -> Assessment:
    n, share = values_inside(series, evaluation)
    return Assessment(
        series.key,
        item,
        baseline,
        evaluation,
        "not_assessable",
        caveat=caveat_of(item),
        n_values=n,
        coverage=share,
    )


def _refused(assessment: Assessment, why: NotAssessable) -> Assessment:
    return replace(assessment, grade="not_assessable", estimate=None, reason=why.reason, detail=why.detail)
