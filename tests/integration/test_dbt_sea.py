"""Classes of sea water, E and shares computed a second time: exact fractions, limits typed in again from GB 3097."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.dbt_model import build, load_edition

UPPER = {
    "cod_alkaline_mg_l": ("2", "3", "4", "5"),
    "bod5_mg_l": ("1", "3", "4", "5"),
    "din_mg_l": ("0.2", "0.3", "0.4", "0.5"),
    "nonionic_ammonia_mg_l": ("0.02",) * 4,
    "dip_mg_l": ("0.015", "0.03", "0.03", "0.045"),
    "mercury_mg_l": ("0.00005", "0.0002", "0.0002", "0.0005"),
    "cadmium_mg_l": ("0.001", "0.005", "0.01", "0.01"),
    "lead_mg_l": ("0.001", "0.005", "0.01", "0.05"),
    "chromium6_mg_l": ("0.005", "0.01", "0.02", "0.05"),
    "chromium_total_mg_l": ("0.05", "0.1", "0.2", "0.5"),
    "arsenic_mg_l": ("0.02", "0.03", "0.05", "0.05"),
    "copper_mg_l": ("0.005", "0.01", "0.05", "0.05"),
    "zinc_mg_l": ("0.02", "0.05", "0.1", "0.5"),
    "selenium_mg_l": ("0.01", "0.02", "0.02", "0.05"),
    "nickel_mg_l": ("0.005", "0.01", "0.02", "0.05"),
    "cyanide_mg_l": ("0.005", "0.005", "0.1", "0.2"),
    "sulfide_mg_l": ("0.02", "0.05", "0.1", "0.25"),
    "volatile_phenol_mg_l": ("0.005", "0.005", "0.01", "0.05"),
    "petroleum_mg_l": ("0.05", "0.05", "0.3", "0.5"),
    "las_mg_l": ("0.03", "0.1", "0.1", "0.1"),
    "fecal_coliform_count_l": ("2000", "2000", "2000", "Infinity"),
}
INDEXED = ("cod_alkaline_mg_l", "din_mg_l", "dip_mg_l")
REQUIRED = {"ph", "dissolved_oxygen_mg_l", "cod_alkaline_mg_l", "din_mg_l", "dip_mg_l", "petroleum_mg_l"}
SURVEYS = {"春季": date(2026, 5, 12), "夏季": date(2026, 8, 12), "秋季": date(2026, 10, 12)}

Result = tuple[Decimal | None, Decimal | None]  # value, or the detection limit it lies below


def _near(item: str) -> st.SearchStrategy[Decimal]:
    """Values about the limits of an item, on a limit as often as beside it."""
    limits = [Decimal(limit) for limit in UPPER[item] if limit != "Infinity"]
    beside = st.sampled_from([Decimal("0.5"), Decimal("0.99"), Decimal(1), Decimal(1), Decimal("1.01"), Decimal(3)])
    return st.builds(lambda limit, factor: round(limit * factor, 6), st.sampled_from(limits), beside)


def _result(value: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Result]:
    measured = value.map(lambda v: (v, None))
    below = value.map(lambda v: (None, v))
    return st.one_of(measured, measured, measured, below)


items = st.fixed_dictionaries(
    {
        "ph": _result(st.integers(670, 890).map(lambda n: Decimal(n) / 100)),
        "dissolved_oxygen_mg_l": _result(st.integers(250, 750).map(lambda n: Decimal(n - n % 10) / 100)),
        **{item: _result(_near(item)) for item in INDEXED},
    },
    optional={item: _result(_near(item)) for item in UPPER if item not in INDEXED},
)
samples = st.dictionaries(
    st.tuples(st.sampled_from(sorted(SURVEYS)), st.integers(1, 6)), items, min_size=1, max_size=12
)


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
        dates = {"valid_from": "date", "valid_to": "date"}
        limit = "decimal(18,6)"
        load_edition(connection, "sea_limits", **dates, at_least=limit, at_most=limit, **{"class": "integer"})
        load_edition(connection, "sea_items", is_required="boolean")
        load_edition(connection, "sea_rules", **dates, value="decimal(12,4)")
        share = "decimal(5,1)"
        load_edition(connection, "sea_grades", **dates, min_class1_pct=share, min_good_pct=share, max_worse_pct=share)
        load_edition(connection, "sea_eutrophication_levels", index_from="decimal(6,2)")
        connection.execute(
            "CREATE TABLE dim_period AS SELECT 'sea' AS theme, 'year' AS period_type, "
            "date '2026-01-01' AS period_start, date '2026-12-31' AS period_end; "
            "CREATE TABLE sea_place AS SELECT 'p' || n AS region_code, 'SEA-湾' AS bay_code, "
            "NULL::VARCHAR AS city_code, NULL::VARCHAR AS province_code FROM range(1, 7) AS r (n)"
        )
        yield connection


@given(samples=samples)
@settings(max_examples=25, deadline=None)
def test_points_and_waters(db: duckdb.DuckDBPyConnection, samples: dict[tuple[str, int], dict[str, Result]]) -> None:
    _write(db, samples)
    build(db, "sea_point_item", "sea_point_survey", "sea_region_period")
    classes = db.execute("SELECT season, station_code, item, class FROM sea_point_item").fetchall()
    assert {(season, code, item): found for season, code, item, found in classes} == {
        (season, f"p{n}", item): 1 if value is None else _class(item, value)
        for (season, n), results in samples.items()
        for item, (value, _) in results.items()
    }
    found = {
        (season, code): values
        for season, code, *values in db.execute(
            "SELECT season, station_code, class, eutrophication_index, eutrophication_level FROM sea_point_survey"
        ).fetchall()
    }
    expected = {(season, f"p{n}"): _judge(results) for (season, n), results in samples.items()}
    assert set(found) == set(expected)
    for key, (worst, index, level) in expected.items():
        assert found[key][0] == worst
        assert abs(Fraction(found[key][1]) - index) <= Fraction(6, 10**10)
        assert found[key][2] == level
    region = db.execute("SELECT good_pct, worse_pct, eutrophic_pct, is_valid, grade FROM sea_region_period")
    row = region.fetchall()[0]
    surveys = [[v for (s, _), v in expected.items() if s == season] for season in sorted({s for s, _ in expected})]
    assert _close(row[0], [_share([worst <= 2 for worst, _, _ in survey if worst]) for survey in surveys])
    assert _close(row[1], [_share([worst == 5 for worst, _, _ in survey if worst]) for survey in surveys])
    assert _close(row[2], [_share([level > 0 for _, _, level in survey]) for survey in surveys])
    valid = [sum(worst is not None for worst, _, _ in survey) for survey in surveys]
    enough = [n > 0 and n >= Fraction(8, 10) * len(survey) for n, survey in zip(valid, surveys, strict=True)]
    assert row[3] == (len(enough) == 3 and all(enough))
    assert row[4] == _grade(surveys)


def _write(db: duckdb.DuckDBPyConnection, samples: dict[tuple[str, int], dict[str, Result]]) -> None:
    rows = [
        (f"p{n}", item, value, season, None if limit is None else "L", limit, _instant(SURVEYS[season]))
        for (season, n), results in samples.items()
        for item, (value, limit) in results.items()
    ]
    db.execute(
        "CREATE OR REPLACE TABLE water__sea_point_seasonal (station_code VARCHAR, item VARCHAR, value DECIMAL(18,6), "
        "season VARCHAR, agency_flag VARCHAR, detection_limit DECIMAL(18,6), interval_end_at TIMESTAMPTZ)"
    )
    db.executemany("INSERT INTO water__sea_point_seasonal VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _instant(day: date) -> datetime:
    """Midnight of the province on that day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)


def _judge(results: dict[str, Result]) -> tuple[int | None, Fraction, int]:
    worst = max(1 if value is None else _class(item, value) for item, (value, _) in results.items())
    found = [results[item] for item in INDEXED]
    amounts = [Fraction(value) if value is not None else Fraction(limit or 0) / 2 for value, limit in found]
    index = amounts[0] * amounts[1] * amounts[2] * 10**6 / 4500
    level = 0 if index < 1 else 1 if index <= 3 else 2 if index <= 9 else 3
    return (worst if results.keys() >= REQUIRED else None), index, level


def _class(item: str, value: Decimal) -> int:
    if item == "ph":
        inner, outer = Decimal("7.8") <= value <= Decimal("8.5"), Decimal("6.8") <= value <= Decimal("8.8")
        return 1 if inner else 3 if outer else 5
    if item == "dissolved_oxygen_mg_l":
        return next((n for n, limit in enumerate((6, 5, 4, 3), 1) if value > limit), 5)
    return next((n for n, limit in enumerate(UPPER[item], 1) if value <= Decimal(limit)), 5)


def _grade(surveys: list[list[tuple[int | None, Fraction, int]]]) -> int | None:
    classes = [[worst for worst, _, _ in survey if worst] for survey in surveys]
    known = [c for c in classes if c]
    if not known:
        return None
    first, good, worse = (
        sum((Fraction(sum(c in wanted for c in survey) * 100, len(survey)) for survey in known), Fraction(0))
        / len(known)
        for wanted in ({1}, {1, 2}, {5})
    )
    if first >= 60 and good >= 90:
        return 1
    if good >= 80:
        return 2
    if good >= 60 and worse <= 30:
        return 3
    return 5 if worse > 40 else 4


def _share(held: list[bool]) -> Fraction | None:
    return Fraction(sum(held) * 100, len(held)) if held else None


def _close(found: Decimal | None, shares: list[Fraction | None]) -> bool:
    known = [share for share in shares if share is not None]
    if not known or found is None:
        return not known and found is None
    return abs(Fraction(found) - sum(known, Fraction(0)) / len(known)) <= Fraction(2, 10**9)
