"""The stored tables: columns exactly as agreed, rows as computed."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from evaluation.score.assess import Assessments
from evaluation.score.backtests import placebo_dates
from evaluation.score.decomposition import Period
from evaluation.score.edition import EffortEdition
from evaluation.score.results import BACKTESTS, CARD, SCORES, SERIES, backtests, card, monthly_series, scores

SCORE_COLUMNS = (
    "series_key, item, year, baseline_start, baseline_end, period_start, period_end, observed_base, observed, "
    "normalised_base, normalised, total_log, effort_log, luck_log, effort_lower_log, effort_upper_log, luck_lower_log, "
    "luck_upper_log, confidence, grade, reason, detail, caveat, method, n_values, coverage, skill_blocked_nse, "
    "skill_random_nse, outside_pool_share, n_replicates"
)


def test_columns_are_those_agreed() -> None:
    assert ", ".join(SCORES) == SCORE_COLUMNS
    assert ", ".join(SERIES) == "series_key, month, observed, normalised, normalised_lower, normalised_upper, n_values"
    assert ", ".join(CARD) == "series_key, kind, name, x, value, text"
    assert ", ".join(BACKTESTS) == (
        "series_key, kind, name, year, effort_log, lower_log, upper_log, moved_log, passed, detail"
    )


def test_no_rows_have_the_same_columns() -> None:
    assert dict(scores([]).schema) == SCORES
    assert dict(backtests([]).schema) == BACKTESTS


def test_a_score_closes(assessed: Assessments) -> None:
    table = scores(assessed.years)
    assert dict(table.schema) == SCORES
    assert table["year"].to_list() == [2015, 2016, 2017]
    assert table["n_replicates"].to_list() == [25, 25, 25]
    gap = table.select((pl.col("total_log") - pl.col("effort_log") - pl.col("luck_log")).abs().max()).item()
    assert gap < 1e-12
    assert (
        table.select(
            (pl.col("effort_log") - (pl.col("normalised") / pl.col("normalised_base")).log()).abs().max()
        ).item()
        < 1e-12
    )
    assert table.select((pl.col("luck_lower_log") <= pl.col("luck_log")).all()).item()


def test_the_months_hold_the_means_of_the_score(assessed: Assessments) -> None:
    assert assessed.evaluated is not None
    months = monthly_series(assessed.evaluated)
    assert dict(months.schema) == SERIES
    assert months.height == 48
    of_2017 = months.filter(pl.col("month") >= date(2017, 1, 1))
    last = assessed.years[-1].estimate
    assert last is not None
    assert of_2017["observed"].mean() == pytest.approx(last.split.observed, rel=1e-12)
    assert of_2017["normalised"].mean() == pytest.approx(last.split.normalised, rel=1e-12)
    assert (months["normalised_lower"] < months["normalised"]).all()
    assert (months["normalised"] < months["normalised_upper"]).all()


def test_the_card_says_what_was_done_and_what_the_weather_does(assessed: Assessments) -> None:
    assert assessed.evaluated is not None
    table = card(assessed.evaluated)
    assert dict(table.schema) == CARD
    settings = dict(table.filter(pl.col("kind") == "setting").select("name", "text").iter_rows())
    assert settings["replicates"] == "25"
    assert settings["backfit_folds"] == "5"
    assert settings["pool_digest"] == assessed.evaluated.pool.digest
    skill = dict(table.filter(pl.col("kind") == "skill").select("name", "value").iter_rows())
    assert 0.2 < skill["blocked_nse"] <= 0.9
    importance = table.filter(pl.col("kind") == "importance").sort("value", descending=True)
    assert importance["name"][0] == "wind_speed_m_s"
    wind = table.filter((pl.col("kind") == "curve") & (pl.col("name") == "wind_speed_m_s")).sort("x")
    assert wind["value"][0] > wind["value"][-1]
    assert np.isfinite(wind["value"].to_numpy()).all()
    assert table.filter(pl.col("kind") == "warning").is_empty()


def test_backtests_become_rows(assessed: Assessments) -> None:
    table = backtests(placebo_dates(assessed, [date(2015, 7, 1)]))
    assert table.select("kind", "name", "year").row(0) == ("placebo_date", "2015-07-01", 2015)


def test_an_edition_knows_one_method() -> None:
    edition = EffortEdition("air-1", Period.year(2014), Period.year(2014), date(2015, 1, 1))
    assert (edition.method, edition.seed) == ("backfit", edition.settings.seed)
    with pytest.raises(ValueError, match="method 'guess' is unknown"):
        EffortEdition("air-2", Period.year(2014), Period.year(2014), date(2015, 1, 1), method="guess")
