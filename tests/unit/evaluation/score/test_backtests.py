"""Placebos and truncation, on a world with one step in March 2016."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from evaluation.known_truth.worlds import World
from evaluation.score.assess import Assessment, Assessments, assess_years
from evaluation.score.backtests import placebo_dates, placebo_station, truncation
from evaluation.score.decomposition import Period
from evaluation.score.settings import ScoreSettings


def test_the_real_date_fails_as_a_placebo_and_a_quiet_one_passes(made: World, assessed: Assessments) -> None:
    assert made.policy_date == date(2016, 3, 1)
    (real,) = placebo_dates(assessed, [made.policy_date])
    (quiet,) = placebo_dates(assessed, [date(2014, 8, 1)], policy_dates=[made.policy_date])
    assert real.passed is False
    assert real.upper_log is not None
    assert real.upper_log < 0
    assert quiet.passed is True
    assert quiet.lower_log is not None
    assert quiet.lower_log <= 0


def test_a_date_at_the_edge_is_no_test(assessed: Assessments) -> None:
    (edge,) = placebo_dates(assessed, [date(2017, 11, 1)])
    assert edge.passed is None
    assert edge.detail == "a step at 2017-11-01 needs six months on each side, has 46 and 2"


def test_truncation_scores_2015_as_it_stood_on_new_years_day(
    made: World, assessed: Assessments, fast: ScoreSettings
) -> None:
    tests = truncation(assessed)
    assert [t.year for t in tests] == [2015, 2016, 2017]
    first = tests[0]
    pool = assessed.evaluated.pool if assessed.evaluated else None
    then = replace(made.series, frame=made.series.frame.filter(pl.col("at") < date(2016, 1, 1)))
    expected = assess_years(then, Period.year(2014), [Period.year(2015)], pool=pool, settings=fast).years[0].estimate
    today = assessed.years[0].estimate
    assert expected is not None
    assert today is not None
    assert first.effort_log == expected.split.effort_log
    assert first.moved_log == pytest.approx(today.split.effort_log - expected.split.effort_log, abs=1e-15)
    assert first.passed is True
    assert tests[2].passed is None
    assert tests[2].detail == "nothing is known after this period yet"


def test_a_control_station_that_moved_fails_and_one_without_a_score_is_no_test(assessed: Assessments) -> None:
    early, _, late = assessed.years
    moved = placebo_station(late, late)
    assert (moved.passed, moved.moved_log) == (False, 0.0)
    still = placebo_station(late, early)  # before the step
    assert early.estimate is not None
    assert late.estimate is not None
    assert still.moved_log == late.estimate.split.effort_log - early.estimate.split.effort_log
    assert still.passed is (early.estimate.effort_lower_log <= 0 <= early.estimate.effort_upper_log)
    absent = Assessment("b", None, late.baseline, late.evaluation, "not_assessable", reason="no_values", detail="none")
    assert placebo_station(late, absent).passed is None
    assert placebo_station(late, absent).detail == "b: no_values: none"


def test_without_a_fit_there_are_no_tests() -> None:
    nothing = Assessments((), None)
    assert placebo_dates(nothing, [date(2015, 1, 1)]) == []
    assert truncation(nothing) == []
