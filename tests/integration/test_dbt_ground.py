"""Waste, soil, radiation and emergency computed a second time: loops over exact fractions, limits typed in again."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.dbt_model import build, load_edition

BEIJING = timezone(timedelta(hours=8))
# Stored with nine decimals: half a step, and the float's own error.
STEP = 6e-10
RULES = {"value": "decimal(12,4)", "valid_from": "date", "valid_to": "date", "unit": "varchar"}
KEY = "interval_start_at TIMESTAMPTZ, interval_end_at TIMESTAMPTZ, month VARCHAR"
MASSES = ("stock_start", "produced", "received", "transferred", "self_utilised", "self_disposed", "stock_end")
LEDGER = f"credit_code VARCHAR, waste_code VARCHAR, region_code VARCHAR, status VARCHAR, {KEY}, " + ", ".join(
    f"{mass}_t DECIMAL(18,4)" for mass in MASSES
)
TABLES = {
    "dim_period": "theme VARCHAR, period_type VARCHAR, period_start DATE, "
    "period_end DATE, days_expected INTEGER, "
    "months_expected INTEGER",
    "ecology__solid_waste_ledger": LEDGER,
    "ecology__hazardous_waste_ledger": LEDGER,
    "ecology__hazardous_waste_manifest": "manifest_code VARCHAR, region_code VARCHAR, waste_code VARCHAR, "
    ""
    f"status VARCHAR, sent_t DECIMAL(12,4), received_t DECIMAL(12,4), waste_received_at TIMESTAMPTZ, "
    f"difference_note VARCHAR, {KEY}",
    "ecology__incinerator_online": f"station_code VARCHAR, region_code VARCHAR, flag VARCHAR, item VARCHAR, "
    f"value DECIMAL(12,4), {KEY}",
    "ecology__lead_battery_recovery": "outlet_code VARCHAR, region_code VARCHAR, collected_kg DECIMAL(18,4), "
    ""
    f"smelter_kg DECIMAL(18,4), {KEY}",
    "ecology__weee_recycling": "credit_code VARCHAR, product VARCHAR, region_code VARCHAR, "
    "dismantled_units BIGINT, "
    f"recovered_t DECIMAL(12,4), residue_t DECIMAL(12,4), {KEY}",
    "ecology__incinerator_register": "region_code VARCHAR, installed_on DATE, displayed_on DATE, connected_on DATE",
    "ecology__zero_waste_cells": "region_code VARCHAR, batch_year INTEGER, status VARCHAR",
    "ecology__soil_point_survey": "station_code VARCHAR, region_code VARCHAR, land_use VARCHAR, "
    "item VARCHAR, "
    f"value DECIMAL(18,6), batch VARCHAR, {KEY}",
    "ecology__groundwater_well_survey": "station_code VARCHAR, region_code VARCHAR, well_kind VARCHAR, "
    "season VARCHAR, "
    f"item VARCHAR, value DECIMAL(18,6), batch VARCHAR, {KEY}",
    "flags": "dataset VARCHAR, test VARCHAR, detail VARCHAR, station_code VARCHAR, item VARCHAR, "
    "interval_end_at TIMESTAMPTZ, batch VARCHAR",
    "radiation_station_hour": "station_code VARCHAR, region_code VARCHAR, cosmic_response VARCHAR, "
    "local_hour TIMESTAMP, "
    "local_date DATE, month VARCHAR, intervals_valid BIGINT, gamma_ngy_h DECIMAL(18,9), rain_mm DECIMAL(12,4)",
    "ecology__emergency_events": "event_code VARCHAR, region_code VARCHAR, grade VARCHAR, "
    "cause VARCHAR, medium VARCHAR, "
    f"status VARCHAR, arrived_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, {KEY}",
    "emergency_risk_source": "credit_code VARCHAR, region_code VARCHAR, risk_grade VARCHAR, "
    "plan_filed_on DATE, "
    "is_listed BOOLEAN",
    "months": "theme VARCHAR, first_date DATE, last_date DATE",
    "regions": "region_code VARCHAR, region_level VARCHAR, parent_code VARCHAR",
}


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
        for theme in ("waste", "radiation", "emergency"):
            load_edition(connection, f"{theme}_rules", **RULES)
        days = {"valid_from": "date", "valid_to": "date"}
        limits = dict.fromkeys(("screening_mg_kg", "control_mg_kg"), "decimal(12,4)")
        load_edition(connection, "soil_limits", ph_over="decimal(4,1)", ph_to="decimal(4,1)", **limits, **days)
        load_edition(
            connection,
            "groundwater_limits",
            **{"class": "integer"},
            lower="decimal(12,4)",
            upper="decimal(12,4)",
            **days,
        )
        for name, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {name} ({columns})")
        connection.execute(
            "INSERT INTO dim_period VALUES ('waste', 'quarter', '2026-01-01', '2026-03-31', 90, 3), "
            "('emergency', 'month', '2026-02-01', '2026-02-28', 28, 1);"
            "INSERT INTO months VALUES ('emergency', '2026-02-01', '2026-02-28');"
            "INSERT INTO regions VALUES ('330000', 'province', NULL), ('330100', 'city', '330000')"
        )
        yield connection


def _write(db: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    db.execute(f"DELETE FROM {table}")
    for row in rows:
        db.execute(
            f"INSERT INTO {table} BY NAME SELECT {', '.join(f'? AS {name}' for name in row)}", list(row.values())
        )


def _span(start: datetime, end: datetime | None = None) -> dict[str, Any]:
    return {"interval_start_at": start, "interval_end_at": end or start, "month": f"{start.astimezone(BEIJING):%Y-%m}"}


# Waste -------------------------------------------------------------------------------------------------------------

tonnes = st.integers(0, 5_000_000).map(lambda kilos: Decimal(kilos) / 1000)
residuals = st.sampled_from([Decimal(t) for t in ("0", "0", "0", "0.02", "-0.02", "0.021", "-0.35")])
lines = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C"]), st.sampled_from(["HW08", "HW17"]), st.integers(1, 3),
        st.tuples(tonnes, tonnes, tonnes, tonnes, tonnes, tonnes), residuals,
        st.sampled_from(["已审核"] * 5 + ["退回修改"]),
    ),
    min_size=1, max_size=14, unique_by=lambda line: line[:3],
)  # fmt: skip


@given(lines=lines)
@settings(max_examples=40, deadline=None)
def test_waste_masses_rates_and_balance(db: duckdb.DuckDBPyConnection, lines: list[Any]) -> None:
    rows = []
    for unit, code, month, masses, residual, status in lines:
        start, produced, received, transferred, utilised, disposed = masses
        # a stock may not be negative in a ledger, but the arithmetic does not care
        end = start + produced + received - transferred - utilised - disposed - residual
        named = dict(zip((f"{m}_t" for m in MASSES), (*masses, end), strict=True))
        span = _span(datetime(2026, month, 1, tzinfo=BEIJING), datetime(2026, month + 1, 1, tzinfo=BEIJING))
        rows.append({"credit_code": unit, "waste_code": code, "region_code": "330106", "status": status} | span | named)
    _write(db, "ecology__hazardous_waste_ledger", rows)
    build(db, "waste_unit_month", "waste_furnace_day", "waste_manifest", "waste_area_period")
    found = {
        name.removeprefix("waste_hazardous_"): (value, n, expected)
        for name, value, n, expected in db.execute(
            "SELECT measure, value, n_inputs, n_expected FROM waste_area_period WHERE region_code = '330100'"
        ).fetchall()
    }
    kept = [line for line in lines if line[5] != "退回修改"]
    if not kept:
        assert found == {}
        return
    complete = {line[2] for line in kept} == {1, 2, 3}
    produced, transferred, utilised, disposed = (sum(Fraction(line[3][n]) for line in kept) for n in (1, 3, 4, 5))
    gone = transferred + utilised + disposed
    units = {line[0] for line in kept}
    open_units = {line[0] for line in kept if abs(line[4]) > Decimal("0.02")}
    expected = {
        "generated": produced,
        "utilised": utilised,
        "disposed": disposed,
        "utilisation_rate": utilised * 100 / gone if gone else None,
        "disposal_rate": disposed * 100 / gone if gone else None,
        "balanced_share": Fraction((len(units) - len(open_units)) * 100, len(units)),
        "residual": sum(abs(Fraction(line[4])) for line in kept),
    }
    assert set(found) == set(expected)
    for name, value in expected.items():
        ours, inputs, asked = found[name]
        assert (ours is None) == (not complete or value is None), name
        assert ours is None or float(ours) == pytest.approx(float(value or 0), rel=0, abs=STEP), name
        assert (inputs, asked) == (len(kept), len({line[:2] for line in kept}) * 3)


# Soil and groundwater ----------------------------------------------------------------------------------------------

# GB 15618-2018: cadmium by pH band, paddy and other; GB 36600-2018: class 1 and 2 (screening, control).
CADMIUM = {
    "水田": ((0.3, 0.4, 0.6, 0.8), (1.5, 2.0, 3.0, 4.0)),
    "旱地": ((0.3, 0.3, 0.3, 0.6), (1.5, 2.0, 3.0, 4.0)),
    "第一类用地": ((20,) * 4, (47,) * 4),
    "第二类用地": ((65,) * 4, (172,) * 4),
}
WELL = {
    "total_hardness_mg_l": (150, 300, 450, 650),
    "iron_mg_l": (0.1, 0.2, 0.3, 2.0),
    "arsenic_mg_l": (0.001, 0.001, 0.01, 0.05),
}
NEAR = [Decimal("0.99"), Decimal(1), Decimal("1.01")]


@given(
    use=st.sampled_from(sorted(CADMIUM)),
    ph=st.integers(30, 100).map(lambda tenths: Decimal(tenths) / 10),
    band=st.integers(0, 3),
    side=st.integers(0, 1),
    near=st.sampled_from(NEAR),
)
@settings(max_examples=80, deadline=None)
def test_soil_limit_of_use_and_ph(  # noqa: PLR0917 - hypothesis passes them by name
    db: duckdb.DuckDBPyConnection, use: str, ph: Decimal, band: int, side: int, near: Decimal
) -> None:
    value = Decimal(str(CADMIUM[use][side][band])) * near
    common = {"station_code": "T", "region_code": "330106", "land_use": use, "batch": "b"}
    at = _span(datetime(2026, 5, 1, tzinfo=UTC))
    items = {"soil_ph": ph, "soil_cd_mg_kg": value}
    _write(db, "ecology__soil_point_survey", [common | at | {"item": i, "value": v} for i, v in items.items()])
    build(db, "soil_sample_item", "soil_sample")
    here = 0 if ph <= Decimal("5.5") else 1 if ph <= Decimal("6.5") else 2 if ph <= Decimal("7.5") else 3
    expected = tuple(value > Decimal(str(limits[here])) for limits in CADMIUM[use])
    assert db.execute("SELECT is_above_screening, is_above_control FROM soil_sample").fetchall() == [expected]


@given(
    results=st.fixed_dictionaries(
        {
            item: st.one_of(st.none(), st.tuples(st.sampled_from(limits), st.sampled_from(NEAR)))
            for item, limits in WELL.items()
        }
    ),
    ph=st.integers(40, 100).map(lambda tenths: Decimal(tenths) / 10),
)
@settings(max_examples=80, deadline=None)
def test_groundwater_class_is_the_worst_item(
    db: duckdb.DuckDBPyConnection, results: dict[str, Any], ph: Decimal
) -> None:
    values = {item: near and Decimal(str(near[0])) * near[1] for item, near in results.items()}
    common = {"station_code": "W", "region_code": "330106", "well_kind": "区域点位", "season": "枯水期", "batch": "b"}
    at = _span(datetime(2026, 5, 1, tzinfo=UTC))
    rows = [common | at | {"item": i, "value": v} for i, v in {**values, "ph": ph}.items()]
    _write(db, "ecology__groundwater_well_survey", rows)
    build(db, "groundwater_sample_item", "groundwater_sample")
    acid = 1 if Decimal("6.5") <= ph <= Decimal("8.5") else 4 if Decimal("5.5") <= ph <= 9 else 5
    classes = [acid] + [
        1 + sum(value > Decimal(str(limit)) for limit in WELL[item])
        for item, value in values.items()
        if value is not None
    ]
    known = max(classes) == 5 or len(classes) == len(rows)
    assert db.execute("SELECT class FROM groundwater_sample").fetchall() == [(max(classes) if known else None,)]


# Radiation ---------------------------------------------------------------------------------------------------------

doses = st.lists(
    st.tuples(st.one_of(st.none(), *[st.integers(70_000, 76_000)] * 9, st.integers(70_000, 99_000)),
              st.sampled_from([0] * 19 + [3])),
    min_size=6 * 11, max_size=6 * 11,
)  # fmt: skip


@given(doses=doses)
@settings(max_examples=25, deadline=None)
def test_background_and_hours_above_it(db: duckdb.DuckDBPyConnection, doses: list[tuple[int | None, int]]) -> None:
    """Eleven days of six hours each, at 00, 04, … 20 o'clock: rain wets its own hour, not the next, four hours on."""
    hours = []
    for n, (dose, rain) in enumerate(doses):
        at = datetime(2026, 9, 25) + timedelta(hours=4 * n)  # noqa: DTZ001 - the mart keeps local wall clocks
        hours.append((at, None if dose is None else Fraction(dose, 1000), rain > 0))
    rows = [
        {"station_code": "S", "region_code": "330100", "cosmic_response": "included", "local_hour": at,
         "local_date": at.date(),
         "intervals_valid": 12, "gamma_ngy_h": None if dose is None else Decimal(dose.numerator) / dose.denominator,
         "rain_mm": Decimal("0.3") if wet else Decimal(0)}
        for at, dose, wet in hours
    ]  # fmt: skip
    _write(db, "radiation_station_hour", rows)
    build(db, "radiation_station_weather_hour", "radiation_background", "radiation_station_day")
    found = {
        row[0]: row[1:]
        for row in db.execute(
            "SELECT local_date, upper_ngy_h, hours_above_wet, hours_above_dry, hours_below FROM radiation_station_day"
        ).fetchall()
    }
    for day in sorted({at.date() for at, _, _ in hours}):
        past = [(at.date(), dose) for at, dose, wet in hours if at.date() < day and dose is not None and not wet]
        if len({when for when, _ in past}) < 7:
            assert found[day] == (None, None, None, None)
            continue
        known = [dose for _, dose in past]
        mean = sum(known) / len(known)
        deviation = math.sqrt(sum((dose - mean) ** 2 for dose in known) / (len(known) - 1))
        upper, lower = float(mean) + 3 * deviation, float(mean) - 3 * deviation
        today = [(float(dose), wet) for at, dose, wet in hours if at.date() == day and dose is not None]
        assert float(found[day][0]) == pytest.approx(upper, rel=0, abs=1e-8)
        assert found[day][1:] == (
            sum(wet and dose > upper for dose, wet in today),
            sum(not wet and dose > upper for dose, wet in today),
            sum(dose < lower for dose, _ in today),
        )


# Emergency ---------------------------------------------------------------------------------------------------------


@given(
    events=st.lists(
        st.tuples(
            st.sampled_from(["已终止", "处置中", "误报"]), st.one_of(st.none(), st.integers(60, 14_000)),
            st.sampled_from(["一般", "较大"]),
            st.datetimes(datetime(2026, 1, 31, 12), datetime(2026, 3, 1, 4)),  # noqa: DTZ001 - hypothesis asks for naive ends
        ),
        max_size=12,
    )
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_emergencies_of_a_month(db: duckdb.DuckDBPyConnection, events: list[Any]) -> None:
    rows = []
    for n, (status, seconds, grade, told) in enumerate(events):
        at = told.replace(microsecond=0, tzinfo=UTC)
        came = {"arrived_at": None if seconds is None else at + timedelta(seconds=seconds)}
        rows.append(
            {"event_code": str(n), "region_code": "330106", "grade": grade, "status": status} | came | _span(at)
        )
    _write(db, "ecology__emergency_events", rows)
    build(db, "emergency_event", "emergency_area_period")
    found = dict(db.execute("SELECT measure, value FROM emergency_area_period WHERE region_code = '330100'").fetchall())
    february = [
        (status, seconds, grade)
        for status, seconds, grade, told in events
        if told.replace(tzinfo=UTC).astimezone(BEIJING).date().month == date(2026, 2, 1).month and status != "误报"
    ]
    times = [Fraction(seconds, 60) for _, seconds, _ in february if seconds is not None]
    expected = {
        "emergency_events": len(february),
        "emergency_events_serious": sum(grade == "较大" for _, _, grade in february),
        "emergency_events_ordinary": sum(grade == "一般" for _, _, grade in february),
        "emergency_arrival_minutes": statistics.median(times) if times else None,
        "emergency_arrival_in_time_share": Fraction(sum(t <= 120 for t in times) * 100, len(times)) if times else None,
        "emergency_closed_share": Fraction(sum(s == "已终止" for s, _, _ in february) * 100, len(february))
        if february
        else None,
    }
    for name, value in expected.items():
        assert (found[name] is None) == (value is None), name
        assert value is None or float(found[name]) == pytest.approx(float(value), rel=0, abs=2 * STEP), name
