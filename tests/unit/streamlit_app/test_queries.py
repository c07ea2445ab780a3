"""What the charts and the lineage read from a publication, on one known by heart."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.publication import Publication
from streamlit_app import provenance, queries
from streamlit_app.periods import Period, month_period

MARCH = month_period(2026, 3)


def test_the_calendar_has_every_day_of_the_year(published: Publication) -> None:
    days = queries.calendar(published, "330100", "in-force", 2026)
    assert (len(days), days["local_date"].min(), days["local_date"].max()) == (
        365,
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    by_day = {row["local_date"]: row for row in days.iter_rows(named=True)}
    polluted, absent, unknown = (by_day[date(2026, 3, day)] for day in (31, 29, 28))
    assert (polluted["aqi"], polluted["level"], polluted["primary_pollutants"]) == (120, 3, "O3,PM2.5")
    assert (absent["aqi"], absent["null_reason"], absent["known"]) == (None, "missing_pollutants", True)
    assert (unknown["aqi"], unknown["null_reason"], unknown["known"]) == (None, None, False)


def test_days_are_counted_by_level(published: Publication) -> None:
    counts = queries.level_days(published, ["330100"], "in-force", MARCH)
    assert counts.rows() == [(1, 1), (3, 1), (None, 1)]


def test_a_series_holds_the_months_of_both_years(published: Publication) -> None:
    series = queries.monthly(published, "air_pm25_mean", "330100", "AIR-2012", (2026, 2025))
    assert [(row["year"], row["month"], row["value"]) for row in series.iter_rows(named=True)] == [
        (2025, 3, 30),
        (2026, 3, 27),
    ]


def test_the_latest_hour_is_the_end_of_the_last_interval(published: Publication) -> None:
    latest = queries.latest_hour(published)
    assert latest is not None
    assert f"{latest:%Y-%m-%d %H:%M}" == "2026-03-31 23:00"


def test_the_parts_of_the_index_add_up_to_it(published: Publication) -> None:
    parts = queries.index_parts(published, "330100", "AIR-2026-transition", MARCH)
    expected = {"so2": 0.2, "no2": 0.5, "pm10": 0.7, "pm25": 0.9, "co": 0.25, "o3": 0.8}
    assert parts == pytest.approx(expected, abs=1e-9)


def test_parts_that_do_not_add_up_are_not_shown(published: Publication) -> None:
    assert queries.index_parts(published, "330100", "AIR-2012", MARCH) == {}


def test_a_number_leads_to_its_months_and_batches(published: Publication) -> None:
    assert provenance.months_behind(published, "hash-2026-03") == ["2026-02", "2026-03"]
    batches = provenance.batches_behind(published, "hash-2026-03")
    shown = batches.select("object_name", "object_sha256", "first_month", "last_month", "accepted").rows()
    assert shown == [("sim_1.csv", "aa11", "2026-02", "2026-03", 90), ("sim_2.csv", "bb22", "2026-03", "2026-03", 50)]


def test_a_batch_that_does_not_add_up_is_seen(published: Publication) -> None:
    sums = provenance.reconciliation(published)
    columns = ("dataset", "batches", "rows_in", "accepted", "quarantined", "duplicates", "closes")
    assert sums.select(columns).rows() == [
        ("air__hourly", 2, 150, 140, 4, 6, True),
        ("air__register", 1, 7, 5, 1, 0, False),
    ]


def test_station_points_belong_to_their_city(published: Publication) -> None:
    assert queries.stations(published, ["330100"]).rows() == [("9001A", "一号", "杭州市", "330100", 120.1, 30.2)]
    assert queries.stations(published, ["330200"]).is_empty()


def test_the_years_compared() -> None:
    assert queries.years_of(Period("ytd", date(2026, 1, 1), date(2026, 10, 31))) == (2026, 2025)
