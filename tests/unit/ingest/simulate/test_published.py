"""A feed is the true rows in the provider's form, with faults whose fate is told beside it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Literal

import polars as pl
import pytest

from ingest.card import all_cards
from ingest.formats import workbook
from ingest.simulate.published import MOMENT, by_card, earlier, feed, mistyped, repeated, undated, without
from ingest.simulate.writing import as_csv, as_json, as_workbook

LABS = all_cards()["resources__ai_labs"]
FURNACES = all_cards()["ecology__incinerator_online"]


def labs() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "lab_code": ["AI33010601", "AI33020301"],
            "county": ["西湖区", "海曙区"],  # the simulator's own, nothing a provider sends
            "region_code": ["330106", "330203"],
            "automated_items": [20, None],
            "label_local": [date(2026, 1, 5), date(2026, 3, 1)],
        }
    ).with_columns(lab_name=pl.format("{}实验室", "county"))


def test_faults_stand_above_and_below_the_true_rows_and_are_told_by_reason() -> None:
    sent = feed(
        LABS,
        "labs.csv",
        by_card(LABS, labs()),
        as_csv(),
        label=("建成日期", "%Y/%m/%d"),
        blank="-",
        faults=[earlier({"lab_name": "筹建"}), mistyped("region_code"), repeated(), undated(), without("lab_code")],
    )
    assert sent.content.decode().splitlines() == [
        "建成日期,实验室编码,实验室名称,行政区划代码,自动化检测项目数",
        "2026/01/05,AI33010601,筹建,330106,20",
        "2026/03/01,AI33020301,筹建,330203,-",
        "2026/03/01,AI33020301,海曙区实验室,1330203,-",
        "2026/01/05,AI33010601,西湖区实验室,330106,20",
        "2026/03/01,AI33020301,海曙区实验室,330203,-",
        "2026/01/05,AI33010601,西湖区实验室,330106,20",
        "待核实,AI33010601,西湖区实验室,330106,20",
        "2026/01/05,,西湖区实验室,330106,20",
    ]
    assert sent.quarantined == {"time_unreadable": 1, "missing_lab_code": 1}
    assert sent.duplicates == {"duplicate_replaced": 3, "duplicate_identical": 1}
    assert sent.truth.select("lab_code", "automated_items", "interval_start_at").rows() == [
        ("AI33010601", "20", datetime(2026, 1, 4, 16, tzinfo=UTC)),
        ("AI33020301", None, datetime(2026, 2, 28, 16, tzinfo=UTC)),
    ]


def test_an_earlier_state_is_one_that_differs() -> None:
    state = earlier({"lab_name": "西湖区实验室"})
    sent = feed(LABS, "labs.csv", by_card(LABS, labs()), as_csv(), label=("建成日期", "%Y"), faults=[state])
    assert sent.duplicates == {"duplicate_replaced": 1}


@pytest.mark.parametrize(("blanks_are_rows", "items"), [(True, ["905.5", None]), (False, ["905.5"])])
def test_a_long_datasets_label_at_the_end_and_its_blanks(blanks_are_rows: bool, items: list[str | None]) -> None:
    rows = pl.DataFrame(
        {
            "station_code": "FS3301001",
            "label_local": [datetime(2026, 3, 1, 0, 5), datetime(2026, 3, 1, 0, 10)],  # noqa: DTZ001 - wall clock
            "furnace_temperature_degc": ["905.5", None],
        }
    )
    sent = feed(
        FURNACES, "f.json", rows, as_json("data.list"), label=("dataTime", MOMENT), blanks_are_rows=blanks_are_rows,
        faults=[repeated(last=2)],
    )  # fmt: skip
    first = json.loads(sent.content)["data"]["list"][0]
    assert first == {"lineCode": "FS3301001", "dataTime": "2026-03-01 00:05:00", "furnaceTemp": 905.5}
    assert sent.truth["value"].to_list() == items
    assert sent.truth["interval_start_at"][0] == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert sent.duplicates == {"duplicate_identical": len(items)}


@pytest.mark.parametrize("header", ["grouped", "merged"])
def test_a_workbooks_two_header_rows_read_as_group_and_name(header: Literal["grouped", "merged"]) -> None:
    table = pl.DataFrame({"地区": ["杭州市"], "用水量/农业": ["1.50"], "用水量/工业": ["—"]})
    raw = as_workbook("表", "用水", ["注：略"], header=header)(table, frozenset(table.columns[1:]))
    read = workbook.read(raw, header_rows=2, skip_rows=1)
    assert read.columns == ["line", "地区", "用水量/农业", "用水量/工业"]
    assert read.rows()[0][1:] == ("杭州市", "1.5", "—")
