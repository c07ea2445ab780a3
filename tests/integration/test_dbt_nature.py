"""Ecology, GEP, greenhouse gases, resources and weather: random inputs through the real models, computed again by hand.

By hand means loops over exact fractions, nothing shared with dbt: weights and rules are typed in again.
"""

from __future__ import annotations

import math
import os
import random
import statistics
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from catalog.lake import Lake
from orchestration import transform
from orchestration.pipeline import Workshop
from orchestration.pipeline.computing import lay_out
from orchestration.report import Log

THEMES = ("ecology", "gep", "ghg", "resources", "weather")
# The four counties of Zhoushan, and its city.
COUNTIES = ("330902", "330903", "330921", "330922")
CITY = "330900"
DIMENSIONS = {
    "pattern": ("eco_land_ratio", "coast_retention", "redline_ratio", "habitat_quality", "connectivity"),
    "ecological_function": ("vegetation_cover", "water_density", "key_function", "urban_green", "park_access"),
    "biodiversity": ("protected_species", "indicator_groups", "native_share"),
    "stress": ("land_disturbance", "sea_development", "natural_disaster"),
}
MARINE = ("coast_retention", "sea_development")
SERVICES = ("农林牧渔产品", "水源涵养", "土壤保持", "固碳", "气候调节", "旅游休憩")
CITIES = tuple(f"33{n:02d}00" for n in range(1, 12))
YEARS = (2024, 2025)

Row = dict[str, Any]


def _local(day: date, hour: int = 0) -> datetime:
    """The instant of a local hour."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 8)


def _dated(row: Row, day: date, hour: int = 0) -> Row:
    start = _local(day, hour)
    return row | {"interval_start_at": start, "interval_end_at": start + timedelta(hours=1), "month": f"{day:%Y-%m}"}


def _number(rng: random.Random, low: float, high: float, digits: int = 2) -> Decimal:
    return Decimal(str(round(rng.uniform(low, high), digits)))


def _inputs() -> dict[str, list[Row]]:
    rng = random.Random(20250321)
    eqi: list[Row] = []
    land: list[Row] = []
    accounts: list[Row] = []
    yearbook: list[Row] = []
    gases: list[Row] = []
    weather: list[Row] = []
    for year in YEARS:
        first = date(year, 1, 1)
        for county in COUNTIES:
            scores: Row = {c: _number(rng, 0, 100) for members in DIMENSIONS.values() for c in members}
            if county == "330921":
                scores |= dict.fromkeys(MARINE)
            eqi.append(_dated({"region_code": county} | scores, first))
            land.append(_dated({"region_code": county, "area_ha": _number(rng, 100, 90_000)}, first))
        for city in CITIES:
            for service in SERVICES:
                category = {"农林牧渔产品": "物质产品", "旅游休憩": "文化服务"}.get(service, "调节服务")
                unit = {"水源涵养": "m3", "气候调节": "kWh", "旅游休憩": "人次"}.get(service, "t")
                facts: Row = {
                    "service": service,
                    "category": category,
                    "quantity_unit": unit,
                    "standard": "DB33/T 2274-2020",
                }
                amounts: Row = {"quantity": _number(rng, 1e5, 1e10), "price_yuan": _number(rng, 0.1, 900, 4)}
                accounts.append(_dated({"region_code": city} | facts | amounts, first))
            numbers: Row = {
                "gdp_constant_100m_yuan": _number(rng, 1000, 20_000),
                "energy_10k_tce": _number(rng, 300, 5000),
                "population_10k_persons": _number(rng, 100, 1300),
            }
            yearbook.append(_dated({"region_code": city} | numbers, first))
        for n in range(366 if year == 2024 else 365):
            day = first + timedelta(days=n)
            for hour in range(0, 24, 8):
                value, flag = _number(rng, 420, 470), rng.choice("BBVPCM")
                gases.append(
                    _dated(
                        {
                            "station_code": "XZS",
                            "region_code": CITY,
                            "item": "co2_ppm",
                            "value": value,
                            "agency_flag": flag,
                        },
                        day,
                        hour,
                    )
                )
            rain = _number(rng, 0, 9) if rng.random() < 0.4 else Decimal(0)
            observed: Row = {"temperature_mean_degc": _number(rng, -9, 35, 1), "precipitation_mm": rain}
            weather.append(_dated({"city_pinyin": "zhoushan"} | observed, day))
    return {
        "ecology__eqi_components": eqi,
        "resources__land_use": land,
        "resources__gep_accounts": accounts,
        "resources__yearbook_energy_gdp_population": yearbook,
        "weather__greenhouse_gas_hourly": gases,
        "weather__city_daily": weather,
    }


INPUTS = _inputs()


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """A scratch database with these inputs, and the five themes computed from them by dbt."""
    lake = Lake(tmp_path_factory.mktemp("nature") / "lake")
    scratch = lay_out(Workshop(lake, Log(quiet=True))).scratch
    with duckdb.connect(str(scratch)) as database:
        database.execute("SET TimeZone = 'UTC'")
        for dataset, rows in INPUTS.items():
            _replace(database, dataset, rows)
        for theme in THEMES:
            database.execute(
                "INSERT INTO core.months SELECT ?, strftime(day, '%Y-%m'), 'hash of ' || day, day::date, "
                "last_day(day), true "
                "FROM generate_series(date '2024-01-01', date '2025-12-01', interval 1 month) AS t (day)",
                [theme],
            )
    selected = [f"path:models/{layer}/{theme}" for layer in ("themes", "indicators") for theme in THEMES]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "build", "--full-refresh"),
            *("--exclude-resource-type", "unit_test", "test", "--select", "resource_type:seed", *selected),
            *("dim_period", "period_inputs", *transform.dbt_arguments(lake)),
        ],
        env={**os.environ, transform.SCRATCH_ENV: str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return duckdb.connect(str(scratch), read_only=True)


def _replace(database: duckdb.DuckDBPyConnection, dataset: str, rows: list[Row]) -> None:
    """A table in place of the empty view, with its columns and types."""
    kinds = {name: kind for name, kind, *_ in database.execute(f'DESCRIBE core."{dataset}"').fetchall()}
    database.execute(f'DROP VIEW core."{dataset}"')
    database.execute(f'CREATE TABLE core."{dataset}" ({", ".join(f"{n} {k}" for n, k in kinds.items())})')
    names = [n for n in kinds if n in set().union(*rows)]
    values = ", ".join(["?"] * len(names))
    database.executemany(
        f"INSERT INTO core.\"{dataset}\" ({', '.join(names)}, batch, line, authority) VALUES ({values}, 'b', ?, 1)",
        [(*(row.get(n) for n in names), line) for line, row in enumerate(rows)],
    )


def _published(
    db: duckdb.DuckDBPyConnection, code: str, region: str, period: str = "year"
) -> dict[date, Decimal | None]:
    theme = code.split("_", maxsplit=1)[0]
    (model,) = db.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'indicators' AND table_name LIKE ?",
        [f"ind_{theme}__%"],
    ).fetchall()
    rows = db.execute(
        f"SELECT period_start::date, value FROM indicators.{model[0]} "
        "WHERE indicator_code = ? AND region_code = ? AND period_type = ?",
        [code, region, period],
    ).fetchall()
    return dict(rows)


def _rounded(value: Fraction, digits: int) -> Decimal:
    units, rest = divmod(abs(value) * 10**digits, 1)
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and units % 2 == 1)
    return Decimal(int(units) + up).scaleb(-digits).copy_sign(1 if value >= 0 else -1)


def _year(row: Row) -> int:
    return int((row["interval_start_at"] + timedelta(hours=8)).year)


def _eqi(row: Row) -> Fraction:
    scores: dict[str, Fraction] = {}
    for dimension, members in DIMENSIONS.items():
        known = [Fraction(row[c]) for c in members if row[c] is not None]
        scores[dimension] = sum(known, Fraction(0)) / len(known)
    return (
        Fraction(36, 100) * scores["pattern"]
        + Fraction(35, 100) * scores["ecological_function"]
        + Fraction(19, 100) * scores["biodiversity"]
        + Fraction(10, 100) * (100 - scores["stress"])
    )


def test_eqi_of_counties_and_of_their_city(db: duckdb.DuckDBPyConnection) -> None:
    """A county by its components, the city by its counties' areas; the class by the rounded index."""
    areas = {(r["region_code"], _year(r)): Fraction(r["area_ha"]) for r in INPUTS["resources__land_use"]}
    by_hand = {(r["region_code"], _year(r)): _eqi(r) for r in INPUTS["ecology__eqi_components"]}
    for year in YEARS:
        mine = {c: by_hand[c, year] for c in COUNTIES}
        weighted = sum((mine[c] * areas[c, year] for c in COUNTIES), Fraction(0))
        mine[CITY] = weighted / sum((areas[c, year] for c in COUNTIES), Fraction(0))
        for region, value in mine.items():
            first = date(year, 1, 1)
            assert _published(db, "ecology_eqi", region)[first] == _rounded(value, 2)
            bands = [70, 55, 40, 30]
            expected = 1 + sum(_rounded(value, 2) < band for band in bands)
            assert _published(db, "ecology_eqi_class", region)[first] == expected
    change = _rounded(by_hand["330902", 2025], 2) - _rounded(by_hand["330902", 2024], 2)
    assert _published(db, "ecology_eqi_change", "330902") == {date(2025, 1, 1): change}


def test_gep_is_quantity_times_price_and_the_province_is_its_cities(db: duckdb.DuckDBPyConnection) -> None:
    rows = INPUTS["resources__gep_accounts"]
    cents = Decimal("0.01")
    base = {(r["region_code"], r["service"]): r["price_yuan"] for r in rows if _year(r) == 2024}
    for year in YEARS:
        first, current, constant = date(year, 1, 1), Decimal(0), Decimal(0)
        for city in CITIES:
            mine = [r for r in rows if r["region_code"] == city and _year(r) == year]
            # values are kept to the fen
            total = sum(((r["quantity"] * r["price_yuan"]).quantize(cents, "ROUND_HALF_UP") for r in mine), Decimal(0))
            kept = sum(
                ((r["quantity"] * base[city, r["service"]]).quantize(cents, "ROUND_HALF_UP") for r in mine), Decimal(0)
            )
            assert _published(db, "gep_total", city)[first] == _rounded(Fraction(total) / 10**8, 2)
            assert _published(db, "gep_total_constant", city)[first] == _rounded(Fraction(kept) / 10**8, 2)
            current, constant = current + total, constant + kept
        assert _published(db, "gep_total", "330000")[first] == _rounded(Fraction(current) / 10**8, 2)
        assert _published(db, "gep_total_constant", "330000")[first] == _rounded(Fraction(constant) / 10**8, 2)
        assert year != 2024 or current == constant


def test_background_and_growth_of_co2(db: duckdb.DuckDBPyConnection) -> None:
    """A month asks for 24 background hours; growth for twelve months in both years, its error from their scatter."""
    means: dict[tuple[int, int], Fraction] = {}
    for year in YEARS:
        for month in range(1, 13):
            hours = [
                Fraction(r["value"])
                for r in INPUTS["weather__greenhouse_gas_hourly"]
                if r["month"] == f"{year}-{month:02d}" and r["agency_flag"] == "B"
            ]
            published = _published(db, "ghg_co2_background", "XZS", "month")[date(year, month, 1)]
            means[year, month] = sum(hours, Fraction(0)) / len(hours)
            assert published == (_rounded(means[year, month], 2) if len(hours) >= 24 else None)
    rows = db.execute(
        "SELECT months_compared, growth, standard_error FROM themes.ghg_site_growth WHERE period_year = 2025"
    )
    compared, growth, error = rows.fetchall()[0]
    valid = db.execute(
        "SELECT extract(month FROM period_start) FROM themes.ghg_site_period WHERE period_type = 'month' "
        "GROUP BY 1 HAVING bool_and(is_background_valid) AND count(*) = 2"
    ).fetchall()
    differences = [float(means[2025, m] - means[2024, m]) for (m,) in valid]
    assert compared == len(differences) > 6
    assert math.isclose(float(growth), statistics.fmean(differences), abs_tol=1e-8)
    assert math.isclose(float(error), statistics.stdev(differences) / math.sqrt(compared), abs_tol=1e-8)


def test_energy_intensity_is_of_constant_prices(db: duckdb.DuckDBPyConnection) -> None:
    for row in INPUTS["resources__yearbook_energy_gdp_population"]:
        ratio = Fraction(row["energy_10k_tce"]) / Fraction(row["gdp_constant_100m_yuan"])
        per_head = Fraction(row["energy_10k_tce"]) / Fraction(row["population_10k_persons"])
        first = date(_year(row), 1, 1)
        assert _published(db, "resources_energy_intensity", row["region_code"])[first] == _rounded(ratio, 4)
        assert _published(db, "resources_energy_per_head", row["region_code"])[first] == _rounded(per_head, 2)


@pytest.mark.parametrize("period", ["month", "year"])
def test_weather_of_a_city(db: duckdb.DuckDBPyConnection, period: str) -> None:
    groups: dict[date, list[Row]] = {}
    for row in INPUTS["weather__city_daily"]:
        first = date(_year(row), int(row["month"][5:]) if period == "month" else 1, 1)
        groups.setdefault(first, []).append(row)
    temperature = {f: [Fraction(r["temperature_mean_degc"]) for r in rows] for f, rows in groups.items()}
    assert _published(db, "weather_temperature_mean", CITY, period) == {
        f: _rounded(sum(values, Fraction(0)) / len(values), 1) for f, values in temperature.items()
    }
    rain = {f: [r["precipitation_mm"] for r in rows] for f, rows in groups.items()}
    assert _published(db, "weather_precipitation", CITY, period) == {
        f: sum(values, Decimal(0)).quantize(Decimal("0.1"), ROUND_HALF_EVEN) for f, values in rain.items()
    }
    assert _published(db, "weather_rain_days", CITY, period) == {
        f: sum(value >= Decimal("0.1") for value in values) for f, values in rain.items()
    }
