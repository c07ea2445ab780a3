"""Files in CNEMC's wide format, written here, go the whole way; every number is computed again by hand.

February and March 2026: the standards change on 1 March, and the label 00:00 of that day still belongs to February.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from catalog.lake import Lake
from ingest.card import all_cards
from orchestration import transform
from tests.integration import dbt_by_hand as by_hand
from tests.integration.conftest import run

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
HANGZHOU, NINGBO = "330100", "330200"
STATIONS = {
    "1223A": HANGZHOU,
    "1224A": HANGZHOU,
    "1225A": HANGZHOU,
    "1226A": HANGZHOU,
    "1240A": NINGBO,
    "1241A": NINGBO,
}
CITIES = {HANGZHOU: "杭州", NINGBO: "宁波"}
TYPES = {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "o3": "O3", "co": "CO"}
LEVEL = {"pm25": 55, "pm10": 95, "so2": 9, "no2": 38, "o3": 90, "co": 9}
COLUMNS = {p: f"{p}_{'mg_m3' if p == 'co' else 'ug_m3'}" for p in TYPES}
EDITIONS = {"AIR-2012": 2012, "AIR-2026-transition": 2026, "AIR-2026-final": 2026}

Rows = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Built:
    """A lake that was run, and the observations it was made of."""

    lake: Lake
    folder: Path
    observations: dict[tuple[str, str], dict[datetime, Decimal]]

    @property
    def scratch(self) -> Path:
        return self.lake.work / "scratch.duckdb"

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.scratch), read_only=True) as db:
            return db.execute(sql).fetchall()

    def dbt(self, *arguments: str) -> None:
        """dbt in a process of its own, as a run calls it."""
        done = subprocess.run(
            [sys.executable, "-m", "dbt.cli.main", *arguments, *transform.dbt_arguments(self.lake)],
            env={**os.environ, transform.SCRATCH_ENV: str(self.scratch)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]

    def days(self, region: str) -> dict[date, by_hand.Day]:
        """Every natural day on which the station, or any of the city's, reported: by hand."""
        if region in CITIES:
            points = [self.days(station) for station, city in STATIONS.items() if city == region]
            silent = by_hand.Day(dict.fromkeys(TYPES), None)
            reported = sorted({day for point in points for day in point})
            return {day: by_hand.city_day([point.get(day, silent) for point in points]) for day in reported}
        labels = {label for pollutant in TYPES for label in self.observations[region, pollutant]}
        reported = sorted({(label - timedelta(hours=1)).date() for label in labels})
        return {day: by_hand.station_day(self.observations, region, day) for day in reported}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Two months of six stations, run through door, gate and dbt with all data tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(int(datetime.fromisoformat("2026-04-02T00:00:00+00:00").timestamp())))
        home = tmp_path_factory.mktemp("air")
        folder = home / "feed"
        folder.mkdir()
        observations = _observe(random.Random(20260301))
        _write_register(folder)
        for month in (FEBRUARY, MARCH):
            _write_month(folder, observations, month)
        lake = Lake(home / "lake")
        run(lake, folder, until="transform", tests=True)
        yield Built(lake, folder, observations)


def test_station_days(built: Built) -> None:
    expected: Rows = {}
    for station in STATIONS:
        for day, values in built.days(station).items():
            index = by_hand.index(values, 2012 if day < MARCH else 2026)
            expected |= _concentrations(station, day, values) | _indices(station, day, "in-force", index)
    assert _differences(_found(built, "station"), expected) == {}


def test_city_days_under_every_edition(built: Built) -> None:
    expected: Rows = {}
    for city in CITIES:
        for day, values in built.days(city).items():
            expected |= _concentrations(city, day, values)
            expected |= _indices(city, day, "in-force", by_hand.index(values, 2012 if day < MARCH else 2026))
            for edition, year in EDITIONS.items():
                expected |= _indices(city, day, edition, by_hand.index(values, year))
    assert _differences(_found(built, "city"), expected) == {}


def test_the_sample_shows_what_it_is_for(built: Built) -> None:
    """Editions differ, values miss, days exceed 100, pollutants and roundings tie: else equality proves little."""
    values = [day for region in (*STATIONS, *CITIES) for day in built.days(region).values()]
    old, new = ([by_hand.index(v, edition) for v in values] for edition in (2012, 2026))
    assert sum(a != b for a, b in zip(old, new, strict=True)) > 50
    assert sum(i.aqi is None for i in new) > 20
    assert sum(i.aqi is not None and i.aqi > 100 for i in new) > 20
    assert any(i.primary and "," in i.primary for i in new)
    ties = [
        v
        for d in values
        for p, v in d.values.items()
        if v is not None and (v * 10 ** by_hand.DIGITS[p]) % 1 == Fraction(1, 2)
    ]
    assert len(ties) > 20


@pytest.mark.parametrize("month", [FEBRUARY, MARCH], ids=["February", "March"])
@pytest.mark.parametrize("city", CITIES.values())
def test_city_months(built: Built, city: str, month: date) -> None:
    code = next(code for code, name in CITIES.items() if name == city)
    found = built.query(
        "SELECT indicator_code, edition, value FROM indicators.indicator_values "
        f"WHERE region_code = '{code}' AND period_type = 'month' AND period_start = '{month}' AND indicator_code IN ("
        "'air_pm25_mean', 'air_pm10_mean', 'air_so2_mean', 'air_no2_mean', 'air_co_p95', 'air_o3_p90', "
        "'air_good_days', 'air_exceedance_days', 'air_good_day_ratio', 'air_composite_index')"
    )
    assert {(code, edition): value for code, edition, value in found} == _month_by_hand(built, code, month)


def test_first_hour_of_march_belongs_to_february(built: Built) -> None:
    midnight = built.query(
        "SELECT DISTINCT local_date, hour_of_day, month, rulebook FROM themes.air_station_hour "
        "WHERE timezone('Asia/Shanghai', interval_end_at) = '2026-03-01 00:00:00'"
    )
    assert midnight == [(date(2026, 2, 28), 24, "2026-02", "AIR-2012")]


def test_unit_tests_pass_and_a_second_build_doubles_no_row(built: Built) -> None:
    """One call of dbt for both: every unit test there is, and all tables built again without naming months."""
    tables = [".".join(row) for row in built.query("SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL")]
    before = {table: built.query(f"SELECT count(*) FROM {table}") for table in tables}
    built.dbt("build", "--exclude-resource-type", "test")
    results = json.loads((built.lake.work / "dbt" / "target" / "run_results.json").read_text(encoding="utf-8"))
    passed = {r["unique_id"].rpartition(".")[2] for r in results["results"] if r["status"] == "pass"}
    properties = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in transform.PROJECT.glob("models/**/*.yml")
    ]
    written = {test["name"] for document in properties for test in document.get("unit_tests", [])}
    assert passed == written
    assert len(written) >= 34
    assert {table: built.query(f"SELECT count(*) FROM {table}") for table in tables} == before


def test_documented_columns_are_the_actual_columns(built: Built) -> None:
    actual: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in built.query(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
    ):
        if schema in ("staging", "themes", "topics", "knowledge", "indicators", "editions"):
            actual.setdefault(table, {})[column] = kind.lower().replace("timestamp with time zone", "timestamptz")
    nodes = [n for n in _manifest(built)["nodes"].values() if n["resource_type"] in ("model", "seed")]
    documented = {n["name"]: {c["name"]: c["data_type"] for c in n["columns"].values()} for n in nodes}
    assert documented.keys() == actual.keys()
    for name, columns in documented.items():
        assert columns.keys() == actual[name].keys(), name
        assert {c: k for c, k in columns.items() if k} == {c: k for c, k in actual[name].items() if columns[c]}, name


def test_no_model_uses_a_barred_column(built: Built) -> None:
    barred = {
        f"source.ecolake.core.{card.id}": {c.name for c in card.columns if c.barred}
        for card in all_cards().values()
        if any(c.barred for c in card.columns)
    }
    assert barred == {"source.ecolake.core.air__city_daily_published": {"aqi", "aqi_rank"}}
    for node in _manifest(built)["nodes"].values():
        for source in barred.keys() & set(node.get("depends_on", {}).get("nodes", [])):
            assert not _names_used(node["raw_code"]) & (barred[source] | {"*"}), f"{node['name']} uses a barred column"


@pytest.mark.parametrize(
    ("sql", "used"),
    [
        ("select aqi from {{ source('core', 'x') }}", {"aqi"}),
        ("select x.* from x", {"*"}),
        ("select pm25_ug_m3 -- not its aqi\nfrom x", set()),
        ("select count(*) from x", set()),
        ("select max(x.aqi_rank) from x", {"aqi_rank"}),
    ],
)
def test_barred_columns_are_found_where_they_are_used(sql: str, used: set[str]) -> None:
    assert _names_used(sql) & {"aqi", "aqi_rank", "*"} == used


@pytest.mark.slow
def test_a_corrected_file_is_computed_month_by_month(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """Last of all: March comes again a day later with 100 more PM2.5 at one station; its first label is February's."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(os.environ["SOURCE_DATE_EPOCH"]) + 86_400))
    rows = "SELECT month, count(*) FROM indicators.indicator_values WHERE period_type IN ('hour', 'day') GROUP BY month"
    before = sorted(built.query(rows))
    series = built.observations["1240A", "pm25"]
    series |= {label: value + 100 for label, value in series.items() if (label.month, label.day) >= (3, 1)}
    _write_month(built.folder, built.observations, MARCH)
    summary = run(built.lake, built.folder, until="transform", tests=True)
    assert summary.months_built == ("2026-02", "2026-03")
    assert sorted(built.query(rows)) == before
    test_station_days(built)
    test_city_days_under_every_edition(built)
    test_city_months(built, "宁波", MARCH)


def _observe(dice: random.Random) -> dict[tuple[str, str], dict[datetime, Decimal]]:
    """Hourly values of the labels 2026-02-01 00:00 to 2026-03-31 23:00, with gaps, outages, episodes, ozone's day."""
    labels = [datetime(2026, 2, 1) + timedelta(hours=n) for n in range(59 * 24)]  # noqa: DTZ001 - local labels
    episode = {day: dice.choice([0.4, 0.7, 1, 1, 1.3, 2]) for day in {label.date() for label in labels}}
    observations: dict[tuple[str, str], dict[datetime, Decimal]] = {}
    for station in STATIONS:
        outage = {dice.randrange(59) for _ in range(3)}
        for pollutant, level in LEVEL.items():
            series = observations.setdefault((station, pollutant), {})
            for n, label in enumerate(labels):
                if dice.random() < 0.08 or n // 24 in outage:
                    continue
                shape = 0.3 + 1.4 * max(0, 1 - abs(label.hour - 15) / 8) if pollutant == "o3" else 1
                value = level * episode[label.date()] * shape * dice.uniform(0.6, 1.4)
                series[label] = Decimal(round(value)).scaleb(-1) if pollutant == "co" else Decimal(round(value))
    # Ningbo is silent for the first five days of February: 23 days are too few for a month.
    for (station, _), series in observations.items():
        if STATIONS[station] == NINGBO:
            for label in [label for label in series if label < datetime(2026, 2, 6)]:  # noqa: DTZ001 - local labels
                del series[label]
    return observations


def _write_register(folder: Path) -> None:
    lines = [f"{code},站{code},{CITIES[city]},浙江,120.1,30.2,test" for code, city in STATIONS.items()]
    text = "\n".join(["code,name,city,province,lon,lat,source", *lines]) + "\n"
    (folder / "yangtze_delta_station_list.csv").write_text(text, encoding="utf-8")


def _write_month(folder: Path, observations: dict[tuple[str, str], dict[datetime, Decimal]], month: date) -> None:
    """A month as CNEMC publishes it: one line an hour and type, one column a station, empty = missing."""
    lines = [",".join(["date", "hour", "type", *STATIONS])]
    for day in by_hand.days_of(month):
        for hour in range(24):
            label = datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - local labels
            for pollutant, kind in TYPES.items():
                cells = [str(observations[station, pollutant].get(label, "")) for station in STATIONS]
                lines.append(",".join([f"{day:%Y%m%d}", str(hour), kind, *cells]))
    (folder / f"china_sites_{month:%Y%m}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _found(built: Built, level: str) -> Rows:
    """Daily indicators of a level: (code, region, day, edition) → (value, text)."""
    rows = built.query(
        "SELECT indicator_code, region_code, period_start::DATE, edition, value, value_text "
        f"FROM indicators.indicator_values WHERE period_type = 'day' AND region_level = '{level}' "
        "AND indicator_code <> 'air_aqi_level'"
    )
    return {(code, region, day, edition): (value, text) for code, region, day, edition, value, text in rows}


def _differences(found: Rows, expected: Rows) -> dict[tuple[Any, ...], tuple[Any, Any]]:
    """What is not equal, as key → (found, expected)."""
    pairs = {key: (found.get(key), expected.get(key)) for key in found.keys() | expected.keys()}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _concentrations(region: str, day: date, values: by_hand.Day) -> Rows:
    return {
        (f"air_{p}_day", region, day, "in-force"): (by_hand.half_even(value, by_hand.DIGITS[p]), None)
        for p, value in values.values.items()
    }


def _indices(region: str, day: date, edition: str, index: by_hand.Index) -> Rows:
    bounds = {50: "优", 100: "良", 150: "轻度污染", 200: "中度污染", 300: "重度污染", 500: "严重污染"}
    if index.aqi is None:
        level, count = None, None
    else:
        level = next(name for bound, name in bounds.items() if index.aqi <= bound)
        count = len(index.primary.split(",")) if index.primary else 0
    return {
        ("air_aqi", region, day, edition): (index.aqi, level),
        ("air_primary_pollutant", region, day, edition): (count, index.primary),
    }


def _month_by_hand(built: Built, city: str, month: date) -> dict[tuple[str, str], Decimal | int | None]:
    days = {day: values for day, values in built.days(city).items() if day.month == month.month}
    found: dict[tuple[str, str], Decimal | int | None] = {}
    complete = True
    for pollutant, digits in by_hand.DIGITS.items():
        known = [v for d in days.values() if (v := d.values[pollutant]) is not None]
        valid = by_hand.month_is_valid(len(known), month)
        complete &= valid
        share = {"co": Fraction(95, 100), "o3": Fraction(90, 100)}.get(pollutant)
        name = {"co": "p95", "o3": "p90"}.get(pollutant, "mean")
        statistic = by_hand.mean(known) if share is None else by_hand.percentile(known, share)
        found[f"air_{pollutant}_{name}", "in-force"] = by_hand.half_even(statistic, digits) if valid else None
    limits = {"AIR-2012": by_hand.LIMITS_2012, "AIR-2026-transition": by_hand.LIMITS_2026}
    limits["AIR-2026-final"] = by_hand.LIMITS_2026 | {"pm25": 25, "pm10": 50, "so2": 20, "no2": 30}
    limits["in-force"] = limits["AIR-2012" if month == FEBRUARY else "AIR-2026-transition"]
    for edition, limit in limits.items():
        year = EDITIONS.get(edition, 2012 if month == FEBRUARY else 2026)
        aqis = [aqi for values in days.values() if (aqi := by_hand.index(values, year).aqi) is not None]
        valid = by_hand.month_is_valid(len(aqis), month)
        good = sum(aqi <= 100 for aqi in aqis)
        ratio = by_hand.half_even(Fraction(100 * good, len(aqis)), 1)
        found["air_good_days", edition] = good if valid else None
        found["air_exceedance_days", edition] = len(aqis) - good if valid else None
        found["air_good_day_ratio", edition] = ratio if valid else None
        composite = by_hand.half_even(by_hand.composite(list(days.values()), limit), 2)
        found["air_composite_index", edition] = composite if complete else None
    return found


def _manifest(built: Built) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(transform.manifest_path(built.lake).read_text(encoding="utf-8"))
    return manifest


def _names_used(sql: str) -> set[str]:
    """Words of a query, and ``*`` where it takes all columns; comments left out."""
    code = re.sub(r"--.*|\{#.*?#\}", "", sql)
    return set(re.findall(r"\w+", code)) | ({"*"} if re.search(r"(?:select|\.|,)\s*\*", code) else set())
