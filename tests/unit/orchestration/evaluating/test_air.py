"""The demo's air has a known truth: what was done in a city, what the weather did. The evaluation finds the first."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ingest.simulate import emissions
from ingest.simulate.air import simulate_air
from ingest.simulate.items import POLLUTANTS
from ingest.simulate.places import CITIES, stations
from ingest.simulate.timeline import HOURS_PER_DAY, Timeline
from ingest.simulate.weather import simulate_weather
from orchestration.evaluating.air import evaluate_air
from orchestration.evaluating.editions import editions
from orchestration.evaluating.inputs import WEATHER, Task

SEED = 20260301
FIRST, LAST = date(2024, 11, 1), date(2026, 10, 31)
EDITION = next(edition for edition in editions() if edition.theme == "air")


@pytest.fixture(scope="module")
def days() -> dict[tuple[str, str], pl.DataFrame]:
    """Daily values and weather of two cities, straight from the simulated air: no instrument, no agency in between."""
    timeline = Timeline(FIRST, LAST)
    weather = simulate_weather(timeline, SEED)
    places = stations(0.1)
    air = simulate_air(timeline, weather, places, SEED).concentration

    def daily(hourly: np.ndarray) -> np.ndarray:
        # the timeline begins a day early, so that the first day has its whole night
        return np.asarray(hourly.reshape(timeline.days, HOURS_PER_DAY, *hourly.shape[1:])[1:])

    found = {}
    for city, pollutant in (("杭州", "no2"), ("衢州", "pm25"), ("舟山", "so2")):
        c = [each.name for each in CITIES].index(city)
        k = [each.code for each in POLLUTANTS].index(pollutant)
        of_city = {
            "temperature_mean_degc": weather.temperature_degc,
            "humidity_mean_pct": weather.humidity_percent,
            "wind_speed_mean_m_s": weather.wind_speed_m_s,
            "wind_direction_max_deg": weather.wind_from_deg,
            "pressure_mean_hpa": weather.pressure_pa / 100,
        }
        means = {name: daily(field)[:, :, c].mean(axis=1) for name, field in of_city.items()}
        sums = {"sunshine_h": weather.sunshine_share, "precipitation_mm": weather.rain_mm}
        means |= {name: daily(field)[:, :, c].sum(axis=1) for name, field in sums.items()}
        value = daily(air)[:, :, places.city_index == c, k].mean(axis=(1, 2))
        found[city, pollutant] = pl.DataFrame(
            {"local_date": pl.date_range(FIRST, LAST, eager=True), "value": value, **{n: means[n] for n in WEATHER}}
        )
    return found


def task(tmp_path: Path, item: str, rows: pl.DataFrame, until: date = LAST) -> Task:
    path = tmp_path / "rows.parquet"
    rows.write_parquet(path)
    wanted = next(each for each in EDITION.items if each.item == item)
    return Task(EDITION, wanted, f"air/330100/{item}", until.year, until, "0" * 64, path)


def true_effort(city: str, pollutant: str) -> float:
    """ln of the emission factors' ratio, January to October 2026 against the same months of 2025."""
    months = np.arange(np.datetime64("2025-01"), np.datetime64("2026-11"))
    c = [each.name for each in CITIES].index(city)
    k = [each.code for each in POLLUTANTS].index(pollutant)
    factor = emissions.factors(months)[:, c, k]
    return math.log(factor[12:22].mean() / factor[:10].mean())


@pytest.mark.slow
@pytest.mark.parametrize(("city", "pollutant"), [("杭州", "no2"), ("衢州", "pm25"), ("舟山", "so2")])
def test_the_interval_holds_what_was_really_done(
    tmp_path: Path, days: dict[tuple[str, str], pl.DataFrame], city: str, pollutant: str
) -> None:
    tables = evaluate_air(task(tmp_path, pollutant, days[city, pollutant]))
    row = tables["scores"].row(0, named=True)
    assert row["effort_lower_log"] <= true_effort(city, pollutant) <= row["effort_upper_log"]
    assert row["total_log"] == pytest.approx(row["effort_log"] + row["luck_log"], abs=1e-12)
    assert row["skill_blocked_nse"] > 0.2
    if (city, pollutant) == ("杭州", "no2"):
        # a measure that took 15 % off since November 2025, on top of a slow decline
        assert row["grade"] == "improved"
        assert row["effort_log"] == pytest.approx(true_effort(city, pollutant), abs=0.06)
    assert tables["months"].height == 24
    assert set(tables["backtests"]["kind"]) == {"placebo_date", "truncation"}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda rows: rows.with_columns(value=pl.lit(30.0)), "constant_series"),
        (lambda rows: rows.with_columns(value=pl.col("value") - 40), "not_positive"),
        (lambda rows: rows.filter(pl.col("local_date") >= date(2025, 11, 1)), "too_short"),
        (lambda rows: rows.with_columns(pl.lit(None, pl.Float64).alias(name) for name in WEATHER), "no_weather"),
        (lambda rows: pl.concat([rows, rows.head(3)]), "duplicated_times"),
        (lambda rows: rows.head(0), "no_values"),
    ],
)
def test_bad_data_give_a_reason_and_no_number(
    tmp_path: Path, days: dict[tuple[str, str], pl.DataFrame], spoil: object, reason: str
) -> None:
    row = evaluate_air(task(tmp_path, "no2", spoil(days["杭州", "no2"])))["scores"].row(0, named=True)  # type: ignore[operator]
    assert (row["grade"], row["reason"]) == ("not_assessable", reason)
    # 304 days from January to October 2026, all of them with a value unless there is none at all
    assert (row["n_values"], row["coverage"]) == ((0, 0.0) if reason == "no_values" else (304, 1.0))
    assert all(
        row[name] is None for name in row if name.endswith("_log") or name.startswith(("observed", "normalised"))
    )
