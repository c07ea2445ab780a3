"""The lake door: what becomes of one row."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.card import Card, all_cards
from ingest.core import Admission
from ingest.landing import LandedObject
from ingest.parsing import ParseResult, no_rejects
from quality.door import admit
from quality.row_rules import row_schema

RECEIVED_AT = datetime(2026, 7, 1, tzinfo=UTC)
# Labels are local and naive, as published.
local = datetime.fromisoformat
HOUR_13 = local("2026-06-01T13:00")
LONG = {"station_code": pl.String, "item": pl.String, "label_local": pl.Datetime("us"), "value": pl.String}


def landed(card: Card) -> LandedObject:
    return LandedObject(card.id, "ab" * 32, "file.csv", "file.csv", "test", 1, RECEIVED_AT)


def admit_rows(card: Card, rows: pl.DataFrame, register: pl.DataFrame | None = None) -> Admission:
    numbered = rows.with_row_index("line", offset=2).cast({"line": pl.Int64})
    return admit(card, landed(card), ParseResult(numbered, no_rejects()), register)


def admit_hours(*hours: tuple[str, str, datetime | None, str]) -> Admission:
    """Rows of the national hourly feed: station, item as the source writes it, local label, text."""
    frame = pl.DataFrame(list(hours), schema=LONG, orient="row")
    return admit_rows(all_cards()["air__cnemc_station_hourly"], frame)


def fates(admission: Admission) -> list[tuple[int, str, str]]:
    return admission.rejects.select("line", "fate", "reason").rows()


def test_a_sound_row_is_typed_and_its_item_gets_the_name_with_the_unit() -> None:
    rows = admit_hours(("1223A", "PM2.5", HOUR_13, "35")).rows
    assert rows.select("station_code", "item", "value", "line").rows() == [
        ("1223A", "pm25_ug_m3", Decimal("35.0000"), 2)
    ]


def test_label_13_of_cnemc_means_12_to_13_china_time() -> None:
    rows = admit_hours(("1223A", "PM2.5", HOUR_13, "35")).rows
    instants = rows.select("interval_start_at", "interval_end_at").row(0)
    assert instants == (datetime(2026, 6, 1, 4, tzinfo=UTC), datetime(2026, 6, 1, 5, tzinfo=UTC))


def test_the_hour_labelled_midnight_belongs_to_the_month_that_ends() -> None:
    rows = admit_hours(
        ("1223A", "PM2.5", local("2026-06-01T00:00"), "35"), ("1223A", "PM2.5", local("2026-06-01T01:00"), "36")
    ).rows
    assert rows.get_column("month").to_list() == ["2026-05", "2026-06"]


def test_a_day_label_at_the_start_covers_that_day() -> None:
    card = all_cards()["weather__city_daily"]
    row = {c.name: None for c in card.columns} | {"city_pinyin": "hangzhou", "label_local": local("2020-03-01T00:00")}
    rows = admit_rows(
        card, pl.DataFrame([row], schema={c.name: pl.String for c in card.columns} | {"label_local": pl.Datetime("us")})
    ).rows
    assert rows.select("interval_start_at", "interval_end_at", "month").row(0) == (
        datetime(2020, 2, 29, 16, tzinfo=UTC),
        datetime(2020, 3, 1, 16, tzinfo=UTC),
        "2020-03",
    )


@pytest.mark.parametrize("code", ["-;", "-99", "9999", "—", "NaN"])
def test_a_sentinel_is_a_null_with_a_flag_that_keeps_the_code(code: str) -> None:
    done = admit_hours(("1223A", "SO2", HOUR_13, code))
    assert done.rows.get_column("value").to_list() == [None]
    assert done.flags.select("station_code", "item", "test", "raw").rows() == [("1223A", "so2_ug_m3", "sentinel", code)]


@pytest.mark.parametrize(
    ("item", "text", "tests"),
    [
        ("PM2.5", "-1", ["out_of_range"]),
        ("PM2.5", "0", []),
        ("PM2.5", "1000", []),
        ("PM2.5", "1000.1", ["implausible"]),
        ("PM2.5", "5000", ["implausible"]),
        ("PM2.5", "5001", ["out_of_range"]),
        ("CO", "57", []),
        ("CO", "58", ["implausible"]),
        ("CO", "150", ["implausible"]),
        ("CO", "700", ["unit_suspect"]),
        ("AQI", "9000", []),
    ],
)
def test_a_value_beyond_a_limit_stays_and_gets_the_worst_flag(item: str, text: str, tests: list[str]) -> None:
    done = admit_hours(("1223A", item, HOUR_13, text))
    assert done.rows.get_column("value").to_list() == [Decimal(text).quantize(Decimal("0.0001"))]
    assert done.flags.get_column("test").to_list() == tests


@pytest.mark.parametrize(
    ("hour", "reason"),
    [
        (("1223A", "PM2.5", None, "35"), "time_unreadable"),
        (("1223A", "PM2.5", local("2026-07-03T00:00"), "35"), "time_in_future"),
        (("1223A", "PM1", HOUR_13, "35"), "unknown_item"),
        (("1223A", "PM2.5", HOUR_13, "3x5"), "not_numeric"),
        (("1223", "PM2.5", HOUR_13, "35"), "bad_station_code"),
        (("", "PM2.5", HOUR_13, "35"), "bad_station_code"),
    ],
)
def test_a_row_that_cannot_be_typed_or_keyed_is_quarantined_with_its_text(
    hour: tuple[str, str, datetime | None, str], reason: str
) -> None:
    done = admit_hours(hour)
    assert (done.rows.height, fates(done)) == (0, [(2, "quarantined", reason)])
    assert f"value={hour[3]}" in done.rejects.item(0, "raw")


def test_the_last_line_of_a_file_wins_and_the_others_say_whether_it_mattered() -> None:
    first, same, other = (
        ("1223A", "PM2.5", HOUR_13, "35"),
        ("1223A", "PM2.5", HOUR_13, "35.0"),
        ("1223A", "PM2.5", HOUR_13, "53"),
    )
    assert fates(admit_hours(first, same)) == [(2, "duplicate", "duplicate_identical")]
    done = admit_hours(first, other)
    assert fates(done) == [(2, "duplicate", "duplicate_replaced")]
    assert done.rows.get_column("value").to_list() == [Decimal("53.0000")]


def test_a_replaced_value_takes_its_flag_with_it() -> None:
    done = admit_hours(("1223A", "PM2.5", HOUR_13, "-5"), ("1223A", "PM2.5", HOUR_13, "5"))
    assert done.flags.height == 0


def test_names_become_codes_and_what_the_register_does_not_know_for_certain_is_refused() -> None:
    register = pl.DataFrame(
        {
            "city": ["杭州", "湖州", "湖州"],
            "station_name": ["滨江", "城西", "城西"],
            "station_code": ["1223A", "1241A", "1242A"],
        }
    )
    rows = pl.DataFrame(
        {
            "city": ["杭州", "湖州", "湖州"],
            "station_name": ["滨江", "吴兴区", "城西"],
            "item": "PM2.5",
            "label_local": [local("2020-03-26T01:00")] * 3,
            "value": "35",
        }
    )
    done = admit_rows(all_cards()["air__station_hourly_long"], rows, register)
    assert done.rows.get_column("station_code").to_list() == ["1223A"]
    assert fates(done) == [(3, "quarantined", "unresolved_name"), (4, "quarantined", "unresolved_name")]
    assert "station_name=吴兴区" in done.rejects.item(0, "raw")


def test_without_its_register_a_dataset_is_not_admitted() -> None:
    with pytest.raises(ValueError, match="needs the register air__station_register; ingest that dataset first"):
        admit_rows(all_cards()["air__station_hourly_long"], pl.DataFrame(schema={"city": pl.String}))


def test_one_unreadable_cell_of_a_wide_row_is_a_null_with_a_flag_and_the_rest_stays() -> None:
    card = all_cards()["air__city_daily_published"]
    row = {"region_code": "330100", "category_zh": "良", "aqi": "六十", "aqi_rank": "7", "pm25_ug_m3": "-"}
    schema = {c.name: pl.String for c in card.columns} | {"label_local": pl.Datetime("us")}
    done = admit_rows(card, pl.DataFrame([row | {"label_local": local("2014-01-01T00:00")}], schema=schema))
    assert done.rows.select("aqi", "aqi_rank", "pm25_ug_m3").row(0) == (None, 7, None)
    assert sorted(done.flags.select("item", "test", "raw").rows()) == [
        ("aqi", "not_numeric", "六十"),
        ("pm25_ug_m3", "sentinel", "-"),
    ]


def test_rows_without_time_belong_to_the_month_they_arrived_in() -> None:
    card = all_cards()["air__station_register"]
    row = {
        "station_code": "1223A",
        "station_name": "滨江",
        "city": "杭州",
        "province": "浙江",
        "lon_deg": "120.2",
        "lat_deg": "",
    }
    done = admit_rows(card, pl.DataFrame([row], schema={c.name: pl.String for c in card.columns}))
    assert done.rows.select("month", "lon_deg", "lat_deg").row(0) == ("2026-07", Decimal("120.2000"), None)


def test_flags_carry_the_key_a_reader_joins_on() -> None:
    flags = admit_hours(("1223A", "PM2.5", HOUR_13, "-1")).flags
    assert sorted(flags.columns) == ["interval_end_at", "item", "line", "month", "raw", "station_code", "test"]


@pytest.mark.parametrize("card", all_cards().values(), ids=lambda card: card.id)
def test_the_cards_good_examples_pass_the_row_rules_and_the_bad_ones_do_not(card: Card) -> None:
    for column in (c for c in card.columns if c.pattern):
        rules = row_schema(card).columns()[column.name]
        for example, sound in [(e, True) for e in column.good] + [(e, False) for e in column.bad]:
            assert bool(pl.select(pl.lit(example).str.contains(rules.regex)).item()) is sound, (column.name, example)


CELLS = st.tuples(
    st.sampled_from(["1223A", "1224A", "1223", ""]),
    st.sampled_from(["PM2.5", "CO", "AQI", "PM1"]),
    st.one_of(
        st.none(),
        st.datetimes(local("2026-05-31T00:00"), local("2026-07-05T00:00")).map(
            lambda t: t.replace(minute=0, second=0, microsecond=0)
        ),
    ),
    st.one_of(st.sampled_from(["-;", "-99", "12", "-1", "9e9", "１２", " 7"]), st.text(max_size=6)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, max_size=30))
def test_whatever_comes_in_is_accepted_quarantined_or_a_duplicate(
    hours: list[tuple[str, str, datetime | None, str]],
) -> None:
    done = admit_hours(*hours)
    assert sum(done.counts().values()) == len(hours)
    assert done.rows.select(pl.struct("station_code", "item", "interval_end_at").is_duplicated().sum()).item() == 0
