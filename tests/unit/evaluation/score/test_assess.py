"""The one call: numbers with their interval where they can be given, a reason and no number where they cannot."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from evaluation.known_truth.worlds import World
from evaluation.score.assess import Assessments, assess, assess_table
from evaluation.score.decomposition import Period
from evaluation.score.results import scores
from evaluation.score.settings import ScoreSettings
from evaluation.weather_normalisation.pool import pool

BASE, LAST = Period.year(2014), Period.year(2017)
NUMBERS = [
    "observed_base", "observed", "normalised_base", "normalised", "total_log", "effort_log", "luck_log",
    "effort_lower_log", "effort_upper_log", "luck_lower_log", "luck_upper_log", "confidence", "n_replicates",
]  # fmt: skip


def table(made: World, frame: pl.DataFrame, **others: Any) -> Assessments:
    others.setdefault("settings", ScoreSettings(replicates=5))
    others.setdefault("step", timedelta(days=1))
    return assess_table("bad", frame, BASE, [LAST], unit="µg/m³", weather=made.series.weather, **others)


def test_effort_is_found_where_luck_hides_it(made: World, assessed: Assessments) -> None:
    truth = made.effort_log((BASE.start, BASE.end), (LAST.start, LAST.end), column="truth_log")
    last = assessed.years[-1]
    assert last.estimate is not None
    assert last.grade == "improved"
    assert last.estimate.effort_lower_log <= truth <= last.estimate.effort_upper_log
    assert last.estimate.split.luck_log > 0.03  # slack wind: adverse luck
    assert last.estimate.luck_lower_log == pytest.approx(last.estimate.split.total_log - last.estimate.effort_upper_log)
    assert last.caveat == "secondary_pollutant"
    assert last.coverage == pytest.approx(last.n_values / 365)


def test_one_year_of_many_is_the_same_as_that_year_alone(
    made: World, assessed: Assessments, fast: ScoreSettings
) -> None:
    alone = assess(made.series, BASE, LAST, settings=fast, item="pm25")
    assert scores([alone]).equals(scores([assessed.years[-1]]))


def test_the_order_of_the_rows_changes_no_digit(made: World) -> None:
    frame = made.series.frame
    first, second = (table(made, f) for f in (frame, frame.sample(fraction=1.0, shuffle=True, seed=1)))
    assert scores(first.years).equals(scores(second.years))
    assert first.years[0].estimate is not None


AT, VALUE = pl.col("at"), pl.col("value")
ROW = pl.int_range(pl.len())


def holes(where: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """No value on these rows."""
    return lambda frame: frame.with_columns(value=pl.when(~where).then(VALUE))


def between(first: date, last: date) -> pl.Expr:
    return AT.is_between(first, last, closed="left")


def no_weather(where: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.with_columns(pl.when(~where).then(c).alias(c) for c in frame.columns[2:])


BAD: dict[str, tuple[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "constant series": ("constant_series", lambda f: f.with_columns(value=pl.lit(20.0))),
    "no value": ("no_values", holes(pl.lit(True))),
    "no row": ("no_values", lambda f: f.clear()),
    "40 % gaps": ("too_many_gaps", holes(ROW % 5 <= 1)),
    "one value a month": ("too_many_gaps", holes(AT.dt.day() != 15)),
    "one value a month, repeated": ("skill_too_low", lambda f: f.with_columns(value=20.0 + AT.dt.month())),
    "an infinite value": (
        "not_positive",
        lambda f: f.with_columns(value=pl.when(ROW != 500).then(VALUE).otherwise(float("inf"))),
    ),
    "one year only": ("too_short", lambda f: f.filter(AT.dt.year() == 2017)),
    "a zero": ("not_positive", lambda f: f.with_columns(value=pl.when(ROW != 500).then(VALUE).otherwise(0.0))),
    "negative values": ("not_positive", lambda f: f.with_columns(value=VALUE - 25)),
    "all weather missing": ("no_weather", no_weather(pl.lit(True))),
    "weather missing in the year judged": ("no_weather", no_weather(AT.dt.year() == 2017)),
    "duplicated timestamps": ("duplicated_times", lambda f: pl.concat([f, f[700:710]])),
    "no baseline": ("baseline_incomplete", lambda f: f.filter(AT.dt.year() > 2014)),
    "two thirds of a baseline": ("baseline_incomplete", holes(between(date(2014, 1, 1), date(2014, 5, 1)))),
    "two thirds of a year": ("evaluation_incomplete", holes(between(date(2017, 3, 1), date(2017, 7, 1)))),
    "a year without values": ("evaluation_incomplete", lambda f: f.filter(AT.dt.year() < 2017)),
    "values of other days": (
        "skill_too_low",
        lambda f: f.with_columns(value=VALUE.sample(fraction=1.0, shuffle=True, seed=1)),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_a_reason_and_no_number(made: World, name: str) -> None:
    reason, spoil = BAD[name]
    found = table(made, spoil(made.series.frame)).years
    row = scores(found).row(0, named=True)
    assert (row["grade"], row["reason"]) == ("not_assessable", reason)
    assert row["detail"]
    assert [name for name in NUMBERS if row[name] is not None] == []


def test_nan_values_and_missing_weather_cells_are_missing(made: World) -> None:
    frame = made.series.frame.with_columns(
        value=pl.when(pl.int_range(pl.len()) == 500).then(float("nan")).otherwise("value"),
        rain_mm=pl.when(pl.int_range(pl.len()) % 3 == 0).then(float("nan")).otherwise("rain_mm"),
    )
    assert table(made, frame).years[0].grade in ("improved", "no_evidence")


def test_weather_outside_the_pool_is_refused_with_the_share(made: World) -> None:
    calm = made.series.frame.filter(pl.col("wind_speed_m_s") < 2.0)
    frozen = pool("calm days", calm, made.series.weather)
    found = table(made, made.series.frame, pool=frozen).years[0]
    assert found.reason == "weather_outside_pool"
    assert found.detail is not None
    assert found.detail.endswith("of the values of 2017-01-01..2018-01-01 lie outside the pool's weather")


def test_a_higher_confidence_gives_a_wider_interval_about_the_same_point(
    made: World, assessed: Assessments, fast: ScoreSettings
) -> None:
    wide = assess(made.series, BASE, LAST, settings=replace(fast, confidence=0.99)).estimate
    narrow = assessed.years[-1].estimate
    assert wide is not None
    assert narrow is not None
    assert wide.split == narrow.split
    assert wide.effort_lower_log < narrow.effort_lower_log < narrow.effort_upper_log < wide.effort_upper_log


def test_a_declared_policy_date_in_mid_month_is_accepted(made: World) -> None:
    found = assess(
        made.series,
        BASE,
        LAST,
        settings=ScoreSettings(replicates=5),
        policy_dates=[date(2016, 3, 1), date(2015, 7, 13)],
    )
    assert found.estimate is not None
    assert np.isfinite(found.estimate.errors).all()
