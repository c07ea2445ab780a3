"""Noise levels computed a second time: plain loops over ``math.log10``, limits typed in again from GB 3096."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.dbt_model import build, load_edition

BEIJING = timezone(timedelta(hours=8))
FIRST = date(2026, 3, 30)  # the last days of a quarter: nights that end in the next
DAYS = 4
LIMITS = {"0": (50, 40), "1": (55, 45), "2": (60, 50), "3": (65, 55), "4a": (70, 55), "4b": (70, 60)}
# Levels are kept with nine decimals; Ldn, and what periods are made of, comes from levels so kept.
STEP = 1.1e-9

Hour = tuple[int, float | None, float, str]  # hours since FIRST 00:00, Leq, Lmax, mark


@st.composite
def zones_and_hours(draw: st.DrawFn) -> tuple[str, list[Hour]]:
    """Four days, a few hours not sent, empty or marked; levels a tenth about a limit of the zone, or far apart."""
    zone = draw(st.sampled_from(sorted(LIMITS)))
    chance = random.Random(draw(st.integers(0, 2**32)))
    lost = draw(st.sampled_from([0, 0.03, 0.08]))
    loud = draw(st.sampled_from(LIMITS[zone])) * 10 + draw(st.integers(-1, 1))
    spread = draw(st.sampled_from([0, 0, 80]))
    return zone, [
        (
            n,
            None if chance.random() < lost else chance.randint(loud - spread, loud + spread) / 10,
            chance.randint(loud + 149, loud + 151) / 10,
            chance.choice("WRTCD") if chance.random() < lost else "N",
        )
        for n in range(24 * DAYS)
        if chance.random() >= lost
    ]


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
        dates = {"valid_from": "date", "valid_to": "date"}
        limit = "decimal(5,1)"
        load_edition(
            connection,
            "noise_limits",
            **dates,
            zone_class="varchar",
            day_dba=limit,
            night_dba=limit,
            burst_excess_db=limit,
        )
        load_edition(connection, "noise_rules", **dates, value="decimal(12,4)")
        load_edition(connection, "noise_marks", mark="varchar", is_usable="boolean")
        connection.execute(
            "CREATE TABLE dim_period (theme VARCHAR, period_type VARCHAR, period_start DATE, period_end DATE, "
            "days_expected INTEGER, months_expected INTEGER)"
        )
        connection.execute("INSERT INTO dim_period VALUES ('noise', 'ytd', '2026-01-01', '2026-04-30', 120, 4)")
        yield connection


@given(given_days=zones_and_hours())
@settings(max_examples=40, deadline=None)
def test_days_and_periods(db: duckdb.DuckDBPyConnection, given_days: tuple[str, list[Hour]]) -> None:
    zone, hours = given_days
    _write(db, hours, zone)
    build(db, "noise_point_hour", "noise_point_day", "noise_point_period")
    found = {
        row[0]: row[1:]
        for row in db.execute(
            "SELECT noise_date, ld_dba, ln_dba, ldn_dba, day_passes, night_passes, burst_passes FROM noise_point_day"
        ).fetchall()
    }
    expected = _days(hours, zone)
    assert set(found) == set(expected)
    for day, (ld, ln, ldn, *verdicts) in expected.items():
        for ours, theirs in zip(found[day][:3], (ld, ln, ldn), strict=True):
            assert (ours is None) == (theirs is None)
            assert theirs is None or float(ours) == pytest.approx(theirs, rel=0, abs=STEP)
        assert list(found[day][3:]) == verdicts
    period = db.execute("SELECT ld_dba, ln_dba, ldn_dba, days_passed, nights_passed, is_valid FROM noise_point_period")
    row = period.fetchall()[0]
    for n in range(3):
        known = [level for values in expected.values() if (level := values[:3][n]) is not None]
        assert (row[n] is None) == (not known)
        assert not known or float(row[n]) == pytest.approx(_mean(known), rel=0, abs=STEP)
    assert row[3] == sum(values[3] is True for values in expected.values())
    assert row[4] == sum(values[4] is True for values in expected.values())
    # the year to date touches two quarters: each needs one whole day
    whole = {(day.month - 1) // 3 for day, values in expected.items() if values[2] is not None}
    assert row[5] == (whole == {0, 1})


def _write(db: duckdb.DuckDBPyConnection, hours: list[Hour], zone: str) -> None:
    start = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=BEIJING)
    rows = []
    for line, (n, leq, lmax, mark) in enumerate(hours):
        at = start + timedelta(hours=n)
        times = (at.astimezone(UTC), (at + timedelta(hours=1)).astimezone(UTC), f"{at:%Y-%m}", line)
        rows += [("p", "leq_dba", leq, mark, *times), ("p", "lmax_dba", lmax, mark, *times)]
    db.execute(
        "CREATE OR REPLACE TABLE ecology__noise_zone_hourly (station_code VARCHAR, item VARCHAR, value DECIMAL(12,4), "
        "flag VARCHAR, interval_start_at TIMESTAMPTZ, interval_end_at TIMESTAMPTZ, month VARCHAR, line BIGINT)"
    )
    listed = ", ".join(f"({', '.join(_literal(cell) for cell in row)})" for row in rows)
    db.execute(f"INSERT INTO ecology__noise_zone_hourly VALUES {listed}")
    db.execute(
        f"CREATE OR REPLACE TABLE noise_place AS SELECT 'p' AS region_code, '{zone}' AS zone_class, "
        "'330100' AS city_code, '330000' AS province_code, NULL::DATE AS opened_on, true AS is_active"
    )


def _literal(cell: object) -> str:
    return "NULL" if cell is None else f"'{cell}'"


Judged = tuple[float | None, float | None, float | None, bool | None, bool | None, bool | None]


def _days(hours: list[Hour], zone: str) -> dict[date, Judged]:
    """By date of the night's beginning; every date with any hour has an entry."""
    days: dict[date, tuple[list[float], list[tuple[float, float]]]] = {}
    for n, leq, lmax, mark in hours:
        clock = n % 24
        day = FIRST + timedelta(days=n // 24 - (1 if clock < 6 else 0))
        by_day, by_night = days.setdefault(day, ([], []))
        if leq is None or mark != "N":
            continue
        if 6 <= clock < 22:
            by_day.append(leq)
        else:
            by_night.append((leq, lmax))
    return {day: _judge(by_day, by_night, *LIMITS[zone]) for day, (by_day, by_night) in days.items()}


def _judge(by_day: list[float], by_night: list[tuple[float, float]], day_limit: int, night_limit: int) -> Judged:
    ld = _mean(by_day) if len(by_day) >= 12 else None
    ln = _mean([leq for leq, _ in by_night]) if len(by_night) >= 6 else None
    ldn = None
    if ld is not None and ln is not None:
        ldn = 10 * math.log10((16 * 10 ** (0.1 * ld) + 8 * 10 ** (0.1 * (ln + 10))) / 24)
    return (
        *(ld, ln, ldn),
        None if ld is None else _tenth(ld) <= day_limit,
        None if ln is None else _tenth(ln) <= night_limit,
        None if ln is None else max(lmax for _, lmax in by_night) <= night_limit + 15,
    )


def _mean(known: list[float]) -> float:
    return 10 * math.log10(math.fsum(10 ** (0.1 * level) for level in known) / len(known))


def _tenth(level: float) -> Decimal:
    return Decimal(f"{level:.8f}").quantize(Decimal("0.1"), ROUND_HALF_EVEN)
