"""Backfit: levels are free, weather is learned within months, held-out months are never seen."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from evaluation.series import NotAssessable, Series, series
from evaluation.weather_normalisation.backfit import BackfitSettings, design, monthly, weather_skill
from evaluation.weather_normalisation.backfit_card import curves, importance
from evaluation.weather_normalisation.pool import pool
from evaluation.weather_normalisation.skill import random_folds

WEATHER = ("wind_m_s", "temp_c")


def made(log_value: NDArray[np.float64] | None = None, *, days: int = 1096, hourly: bool = False) -> Series:
    """Weather of some days and the values whose log is given (default: wind dilutes, plus white noise)."""
    step = timedelta(hours=1) if hourly else timedelta(days=1)
    n = days * (24 if hourly else 1)
    draw = np.random.default_rng(2)
    at = np.datetime64("2014-01-01", "us") + np.arange(n) * np.timedelta64(step)
    day = np.arange(n) * step.total_seconds() / 86_400
    wind = draw.gamma(4, 0.6, n)
    temp = 16 - 10 * np.cos(2 * np.pi * day / 365.25) + draw.normal(0, 3, n)
    y = 3.0 - 0.6 * np.log(wind + 0.5) + draw.normal(0, 0.2, n) if log_value is None else log_value
    frame = pl.DataFrame({"at": at, "value": np.exp(y), "wind_m_s": wind, "temp_c": temp})
    return series("a", frame, unit="µg/m³", weather=WEATHER, step=step)


def logs(of: Series) -> NDArray[np.float64]:
    return np.log(of.frame["value"].drop_nulls().to_numpy())


def month_index(n: int) -> NDArray[np.int64]:
    """0, 1, 2, … for each day from 2014-01-01 on."""
    days = np.datetime64("2014-01-01") + np.arange(n)
    return days.astype("datetime64[M]").astype(np.int64) - 44 * 12


def test_without_weather_and_noise_the_levels_are_the_values() -> None:
    level = np.random.default_rng(1).normal(3, 0.3, 36)
    of = made(level[month_index(1096 - 1)], days=1095)
    on = design(of)
    fit = on.fit(logs(of))
    np.testing.assert_allclose(fit.level, level, atol=1e-9)
    np.testing.assert_allclose(fit.weather_effect, 0.0, atol=1e-9)
    np.testing.assert_allclose(monthly(on, fit).log_normalised, level, atol=1e-9)


def test_a_change_of_level_moves_the_level_by_itself_and_the_weather_effect_not_at_all() -> None:
    # The property that trees of time lack: no step, however large, is shrunk or taken for weather.
    of = made()
    on = design(of)
    step = np.where(np.arange(on.cell_month.size) >= 20, np.log(0.5), 0.0)
    before, after = on.fit(logs(of)), on.fit(logs(of) + step[on.cell])
    np.testing.assert_allclose(after.level - before.level, step, atol=1e-5)
    np.testing.assert_allclose(after.weather_effect, before.weather_effect, atol=1e-5)


def test_wind_that_dilutes_is_taken_out_and_its_curve_falls() -> None:
    of = made()
    on = design(of)
    fit = on.fit(logs(of))
    assert fit.level.std() < 0.06  # white noise of sd 0.2 leaves 0.2 / √30 = 0.037 in a month
    assert fit.residual.std() == pytest.approx(0.2, abs=0.03)
    assert weather_skill(on, logs(of), fit) > 0.3
    wind = curves(on, logs(of))["wind_m_s"]
    assert wind.effect[0] - wind.effect[-1] == pytest.approx(
        0.6 * np.log((wind.at[-1] + 0.5) / (wind.at[0] + 0.5)), rel=0.2
    )
    lost = importance(on, logs(of), fit)
    assert max(lost, key=lost.__getitem__) == "wind_m_s"
    assert lost["temp_c"] < 0.02


def test_a_month_is_predicted_by_a_model_that_did_not_see_it() -> None:
    of = made()
    on = design(of)
    y = logs(of)
    changed = y.copy()
    held = on.fold == 2
    changed[held] = y[held][::-1]
    before, after = on.fit(y), on.fit(changed)
    np.testing.assert_array_equal(before.weather_effect[held], after.weather_effect[held])
    assert np.abs(before.weather_effect[~held] - after.weather_effect[~held]).max() > 0.01


def test_a_month_is_never_cut_between_folds() -> None:
    on = design(made())
    assert all(np.unique(on.fold[on.cell == c]).size == 1 for c in range(on.cell_month.size))


def test_the_normalised_month_is_level_times_pool_gain_times_smearing() -> None:
    of = made()
    frozen = pool("2014", of.frame.filter(pl.col("at") < date(2015, 1, 1)), WEATHER)
    on = design(of, pool=frozen)
    y = logs(of)
    fit = on.fit(y)
    # independently: for March 2016, the fold models on March 2014's weather
    march = frozen.frame.filter(pl.col("at").dt.month() == 3)
    table = np.column_stack(
        [
            march["wind_m_s"],
            march["temp_c"],
            march["at"].dt.ordinal_day(),
            march["at"].dt.weekday(),
        ]
    ).astype(float)
    effects = [model.predict(table) for model in on.models(y)]
    gain = np.mean([np.exp(e - e.mean()) for e in effects])
    index = 26
    expected = fit.level[index] + np.log(gain) + np.log(np.mean(np.exp(fit.residual)))
    months = monthly(on, fit)
    assert months.month[index] == np.datetime64("2016-03")
    assert months.log_normalised[index] == pytest.approx(expected, abs=1e-12)
    assert months.n_values[index] == 31


def test_a_policy_date_inside_a_month_cuts_its_level_in_two() -> None:
    of = made()
    on = design(of, policy_dates=[date(2015, 5, 11)])
    may = np.flatnonzero(on.cell_month == np.datetime64("2015-05"))
    assert on.rows_per_cell[may].tolist() == [10, 21]
    assert on.cell_segment[may].tolist() == [0, 1]
    months = monthly(on, on.fit(logs(of)))
    assert months.month.size == on.cell_month.size - 1
    assert months.n_values[months.month == np.datetime64("2015-05")].tolist() == [31]


def test_the_order_of_the_rows_changes_no_digit() -> None:
    of = made()
    shuffled = series(
        "a", of.frame.sample(fraction=1.0, shuffle=True, seed=3), unit="µg/m³", weather=WEATHER, step=of.step
    )
    first, second = (design(s).fit(logs(s)) for s in (of, shuffled))
    np.testing.assert_array_equal(first.level, second.level)
    np.testing.assert_array_equal(first.residual, second.residual)


def test_a_refit_of_one_design_leaves_no_trace_in_the_next() -> None:
    of = made()
    on = design(of)
    first = on.fit(logs(of))
    on.fit(logs(of)[::-1].copy())
    np.testing.assert_array_equal(first.level, on.fit(logs(of)).level)


def test_missing_values_are_dropped_and_missing_weather_is_the_models_business() -> None:
    of = made()
    holes = of.frame.with_columns(
        value=pl.when(pl.int_range(pl.len()) % 7 != 3).then("value"),
        wind_m_s=pl.when(pl.int_range(pl.len()) % 11 != 5).then("wind_m_s"),
    )
    gappy = series("a", holes, unit="µg/m³", weather=WEATHER, step=of.step)
    on = design(gappy)
    fit = on.fit(logs(gappy))
    assert on.at.size == gappy.frame["value"].count()
    assert np.isfinite(fit.level).all()
    assert 0.2 < weather_skill(on, logs(gappy), fit) < 0.6


def test_noise_has_no_skill_and_random_rows_flatter_where_days_resemble_each_other() -> None:
    n = 1096
    slow = np.convolve(np.random.default_rng(4).normal(0, 0.4, n + 9), np.ones(10) / 10**0.5, "valid")
    of = made(3.0 + slow)
    on = design(of)
    y = logs(of)
    blocked = weather_skill(on, y, on.fit(y))
    shuffled = on.with_folds(random_folds(n, 5, 1))
    assert blocked < 0.05
    assert weather_skill(shuffled, y, shuffled.fit(y)) > blocked + 0.02


def test_a_year_of_hours_has_a_diurnal_cycle_and_more_leaves() -> None:
    hours = np.arange(365 * 24)
    rush = 0.3 * np.isin(hours % 24, (7, 8, 18))
    noise = np.random.default_rng(8).normal(0, 0.1, hours.size)
    of = made(3.0 + rush + noise, days=365, hourly=True)
    assert BackfitSettings.for_step(of.step).leaves == 31
    on = design(of, settings=BackfitSettings(rounds=30, leaves=31, learning_rate=0.2))
    assert on.predictors == ("wind_m_s", "temp_c", "day_julian", "weekday", "hour")
    fit = on.fit(logs(of))
    assert fit.level.size == 12
    assert np.ptp(fit.level) < 0.03
    effect = np.array([fit.weather_effect[hours % 24 == h].mean() for h in (8, 12)])
    assert effect[0] - effect[1] == pytest.approx(0.3, abs=0.02)


def test_too_few_months_and_a_pool_without_a_season_are_refused() -> None:
    with pytest.raises(NotAssessable, match="too_short: 9 months with values; 10 are needed"):
        design(made(days=270))
    of = made()
    summer = pool("summer", of.frame.filter(pl.col("at").dt.month().is_between(4, 9)), WEATHER)
    with pytest.raises(
        NotAssessable, match=r"no_weather: the pool holds no weather of calendar months \[1, 2, 3, 10, 11, 12\]"
    ):
        design(of, pool=summer)
