"""What is not listed is not given: columns, levels, rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from catalog.publication.manifest import ColumnWords
from sharing import Feed, RefusedError
from sharing.policy import Grant, grant, level


def changed(feed: Feed, **changes: Any) -> Feed:
    """The feed with other words, checked like a card."""
    return Feed.model_validate(feed.model_dump() | changes)


def asked(feed: Feed, world: Any, today: date, levels: Mapping[str, Any] | None = None) -> tuple[Grant, list[Any]]:
    with world.publication.connect() as connection:
        given = grant(feed, world.publication, connection, today=today, levels_today=levels or {})
        key = ", ".join(given.table.key)
        return given, connection.execute(f"SELECT {key} FROM {given.rows} ORDER BY ALL").fetchall()


HOURS = {"table": "air_station_hour", "columns": ["station_code", "interval_start_at"]}
FIRMS = {"table": "firm_year", "columns": ["year"], "ceiling": "L4"}
TWO = ["330000", "320000"]
VALUES = {"table": "indicator_values", "columns": ["indicator_code", "region_code", "period_start", "value"]}


def test_a_province_comprises_all_that_lies_in_it_and_days_are_of_its_clock(
    feed: Feed, published: Any, today: date
) -> None:
    given, rows = asked(feed, published, today)
    january = [(code, date(2019, 1, day)) for code, day in (("330100", 1), ("330100", 2), ("330200", 2))]
    assert rows == january
    assert given.highest == "L1"
    # 2018-12-31 16:00 UTC is the first hour of 2019-01-01 in Hangzhou; a station lies in a county in a city
    _, hours = asked(changed(feed, **HOURS), published, today)
    assert [(code, str(start)) for code, start in hours] == [("1223A", "2019-01-01 00:00:00+08:00")]


@pytest.mark.parametrize(
    ("rows", "keys"),
    [
        ({"within": ["330100"], "first_day": "2019-01-01"}, [("330100", 1), ("330100", 2)]),
        ({"only": {"region_code": ["320100"]}, "first_day": "2018-01-01"}, [("320100", 1)]),
        ({"within": TWO, "first_day": "2019-01-01", "last_day": "2019-01-01"}, [("320100", 1), ("330100", 1)]),
        ({"within": ["330000"], "first_day": "2019-01-01", "only": {"attained": ["true"]}}, [("330200", 2)]),
    ],
)  # fmt: skip
def test_every_filter_must_hold(
    feed: Feed, published: Any, today: date, rows: dict[str, Any], keys: list[tuple[str, int]]
) -> None:
    _, found = asked(changed(feed, rows=rows), published, today)
    assert found == [(code, date(2019, 1, day)) for code, day in keys]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"valid_to": "2026-11-22"}, "the feed expired: valid to 2026-11-22, today is 2026-11-23"),
        ({"valid_from": "2026-11-24"}, "not valid yet: from 2026-11-24, today is 2026-11-23"),
        ({"status": "suspended"}, "the feed is suspended"),
        ({"table": "air_county_day"}, "table air_county_day is not in publication"),
        ({"columns": ["region_code", "pm1_ug_m3"]}, "air_city_day has no column pm1_ug_m3; columns are: region_code,"),
        (HOURS | {"columns": ["station_code", "pm25_ug_m3"]}, "above the ceiling L1: pm25_ug_m3 (L2)"),
        ({"table": "firm_year", "columns": ["emission_t"], "ceiling": "L3"}, "emission_t (L4, for no level is stated)"),
        (FIRMS, "above what is ever opened (L4 is not): year (L4"),
        ({"table": "dim_region", "columns": ["region_code"]}, "states no level for any column of dim_region"),
        ({"rows": {"within": ["339999"], "first_day": "2019-01-01"}}, "rows.within: 339999 not in the register"),
        ({"rows": {"first_day": "2019-01-01"}}, "has a column region_code: its card must limit it with rows.within"),
        ({"rows": {"within": ["330000"]}}, "has a column local_date: its card must limit it with rows.first_day"),
        (VALUES, "has a column indicator_code: its card must limit it with rows.only.indicator_code"),
        ({"rows": {"within": ["330000"], "first_day": "2019-01-01", "only": {"secret": ["1"]}}}, "no column secret"),
    ],
)  # fmt: skip
def test_refusals_say_why(feed: Feed, published: Any, today: date, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(RefusedError) as refused:
        asked(changed(feed, **changes), published, today)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_column_classified_higher_since_is_refused_also_from_an_old_publication(
    feed: Feed, published: Any, today: date
) -> None:
    assert asked(feed, published, today, {"pm25_ug_m3": "L1"})[0].levels["pm25_ug_m3"] == "L1"
    with pytest.raises(RefusedError, match=r"ceiling L1: pm25_ug_m3 \(L3, L1 when it was published\)"):
        asked(feed, published, today, {"pm25_ug_m3": "L3"})


@pytest.mark.parametrize(
    ("published", "today", "counts"),
    [("L1", None, "L1"), ("L2", "L1", "L2"), ("L1", "L3", "L3"), (None, "L1", "L4"), (None, None, "L4")],
)
def test_the_higher_level_counts_and_none_is_the_highest(published: Any, today: Any, counts: str) -> None:
    assert level(ColumnWords(name="x", level=published), today) == counts
    assert level(None, today) == "L4"
