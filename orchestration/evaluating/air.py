"""One city and pollutant: the effort of a year against the baseline, its months, model card and back-tests.

Does not belong here: how any of it is computed (``evaluation.score``).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from evaluation.score import results
from evaluation.score.assess import Assessment, Assessments, assess_table
from evaluation.score.backtests import Backtest, placebo_dates, truncation
from evaluation.score.decomposition import Period
from evaluation.score.settings import ScoreSettings
from evaluation.series import AT
from evaluation.weather_normalisation.pool import Pool, pool
from orchestration.evaluating.editions import Edition
from orchestration.evaluating.inputs import WEATHER, Task

DAY = timedelta(days=1)
# How much of the year's end the truncation test leaves out: a quarter, after which a figure is usually looked at again.
TRUNCATED_MONTHS = 3


def evaluate_air(task: Task) -> dict[str, pl.DataFrame]:
    """Tables ``scores`` and ``errors``; where it could be fitted ``months``, ``models``, ``backtests`` too."""
    frame = pl.read_parquet(task.path).rename({"local_date": AT}).with_columns(pl.col(AT).cast(pl.Datetime("us")))
    edition = task.edition
    year = Period(date(task.year, 1, 1), task.until + DAY)
    found = assess_table(
        task.series_key,
        frame,
        baseline(edition),
        [year, *_shorter(year)],
        unit=task.item.unit,
        weather=WEATHER,
        step=DAY,
        pool=_pool(edition, frame),
        settings=ScoreSettings(replicates=edition.replicates, confidence=edition.confidence, seed=edition.seed),
        item=task.item.item,
        calendar=(edition.fit_from, task.until),
    )
    scores = results.scores(found.years[:1]).with_columns(*_counted(frame, year))
    tables = {"scores": scores, "errors": _errors(found.years[0])}
    if found.evaluated is not None:
        tables["months"] = results.monthly_series(found.evaluated)
        tables["models"] = results.card(found.evaluated)
        tables["backtests"] = results.backtests(_tests(edition, found, task.until))
    return tables


def baseline(edition: Edition) -> Period:
    """The edition's baseline as a period."""
    return Period(edition.baseline_start, edition.baseline_end + DAY)


def _shorter(year: Period) -> list[Period]:
    """The same year as it was known a quarter before, where that is a period at all."""
    months = year.months
    if months.size <= TRUNCATED_MONTHS:
        return []
    return [Period(year.start, months[-TRUNCATED_MONTHS].astype("datetime64[D]").astype(date))]


def _pool(edition: Edition, frame: pl.DataFrame) -> Pool | None:
    """The frozen weather of the edition; None, which is the series' own, where there is none to freeze."""
    inside = frame.filter(pl.col(AT).dt.date().is_between(edition.pool_start, edition.pool_end))
    if inside.select(pl.any_horizontal(pl.col(WEATHER).is_not_null()).any()).item() is not True:
        return None
    return pool(f"{edition.effort_edition} {edition.pool_start}..{edition.pool_end}", inside, WEATHER)


def _tests(edition: Edition, found: Assessments, until: date) -> list[Backtest]:
    """Quarters' first days of the record as placebo dates, and the score without the last quarter's data."""
    first = edition.fit_from
    days = [date(year, month, 1) for year in range(first.year, until.year + 1) for month in (1, 4, 7, 10)]
    # fewer than six months on either side and trend, season and step cannot be told apart (score.step)
    inner = [day for day in days if _months(first, day) >= 6 and _months(day, until + DAY) >= 6]
    later = Assessments(found.years[1:], found.evaluated)
    return [*placebo_dates(found, inner), *truncation(later)]


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _counted(frame: pl.DataFrame, year: Period) -> list[pl.Expr]:
    """Values and coverage of a year, also where the rows are no series at all (a day twice, no value)."""
    days = (year.end - year.start).days
    inside = frame.filter(pl.col("value").is_not_null(), pl.col(AT).dt.date().is_between(year.start, year.end - DAY))
    measured = inside[AT].n_unique()
    return [pl.col("n_values").fill_null(measured), pl.col("coverage").fill_null(measured / days)]


def _errors(assessment: Assessment) -> pl.DataFrame:
    """Error of the effort in every replicate: what the score of a place with several items is combined from."""
    estimate = assessment.estimate
    return pl.DataFrame(
        {
            "error_log": [] if estimate is None else estimate.errors,
            "degrees": pl.Series([] if estimate is None else [estimate.degrees] * estimate.errors.size, dtype=pl.Int64),
            "draw": pl.Series([] if estimate is None else [estimate.draw] * estimate.errors.size, dtype=pl.String),
        },
        schema_overrides={"error_log": pl.Float64},
    )
