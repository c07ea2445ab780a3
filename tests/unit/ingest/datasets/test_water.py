"""What is special about the water datasets: years that nobody wrote, HTML in cells, results below a detection limit."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from ingest.card import all_cards, claim, published_name
from ingest.core import Admission
from ingest.formats import cnemc_sections
from ingest.landing import LandedObject
from ingest.parsing import UnreadableObjectError
from ingest.simulate.writing import workbook_bytes
from quality.door import admit

HEADER = (
    "省份,流域,断面名称,监测时间,水质类别,水温(℃),pH(无量纲),溶解氧(mg/L),电导率(μS/cm),浊度(NTU),高锰酸盐指数(mg/L),"
    "氨氮(mg/L),总磷(mg/L),总氮(mg/L),叶绿素α(mg/L),藻密度(cells/L),站点情况\n"
)
REST = ",Ⅱ,17.4,7.80,8.48,392.5,61.4,3.16,0.034,0.030,1.12,*,*,正常\n"


def landed(dataset: str, name: str, origin: str | None = None) -> LandedObject:
    return LandedObject(dataset, "0" * 64, name, origin or name, "s", 0, datetime(2026, 11, 22, tzinfo=UTC))


def admitted(dataset: str, content: bytes | str, name: str, origin: str | None = None) -> Admission:
    card, meta = all_cards()[dataset], landed(dataset, name, origin)
    raw = content.encode() if isinstance(content, str) else content
    return admit(card, meta, card.parser()(raw, meta))


def local_times(rows: pl.DataFrame) -> list[str]:
    labels = rows.get_column("interval_start_at").dt.convert_time_zone("Asia/Shanghai").unique().sort()
    return labels.dt.strftime("%Y-%m-%d %H:%M").to_list()


def section_csv(*times: str) -> str:
    return HEADER + "".join(f"浙江省,太湖流域,汤溇,{time}{REST}" for time in times)


def snapshot(*records: list[Any]) -> str:
    head = HEADER.strip().replace("(", "<br/><span class='unit'>(").replace(")", ")</span>").split(",")
    return json.dumps({"result": 1, "total": 1, "records": len(records), "thead": head, "tbody": records})


# -- years ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written", "meant"),
    [
        ("2021-01-01.json", "12-31 20:00", "2020-12-31 20:00"),
        ("2021-01-01.json", "01-01 08:00", "2021-01-01 08:00"),
        ("2021-12-31.json", "01-01 00:00", "2022-01-01 00:00"),
        ("2020-05-08.json", "09-09 09:00", "2019-09-09 09:00"),  # a station that had stopped
        ("2021-04-05.json", "02-29 12:00", "2020-02-29 12:00"),
    ],
)
def test_the_year_is_the_last_in_which_a_time_is_not_after_the_file(name: str, written: str, meant: str) -> None:
    found = pl.select(cnemc_sections._dated(pl.lit(written), cnemc_sections.latest(landed("d", name)))).item()
    assert f"{found:%Y-%m-%d %H:%M}" == meant


def test_a_months_file_has_its_year_from_the_folder() -> None:
    origin = "x.tar.xz!浙江省/太湖流域/汤溇/2021-04/汤溇.csv"
    found = admitted("water__section_auto_4hourly", section_csv("03-31 20:00", "04-30 20:00"), "汤溇.csv", origin)
    assert local_times(found.rows) == ["2021-03-31 20:00", "2021-04-30 20:00"]


def test_a_file_without_a_year_in_name_and_path_is_unreadable() -> None:
    with pytest.raises(UnreadableObjectError, match="deliver it as") as error:
        admitted("water__section_auto_4hourly", section_csv("04-01 08:00"), "汤溇.csv", "somewhere/汤溇.csv")
    assert error.value.code == "no_year"


def test_files_of_one_name_in_folders_of_two_months_or_provinces_are_two_files() -> None:
    card = all_cards()["water__section_auto_4hourly"]
    names = {
        published_name(card, "江口.csv", f"sections.tar.xz!{folder}/江口.csv")
        for folder in (
            "浙江省/浙闽片河流/江口/2021-04",
            "浙江省/浙闽片河流/江口/2021-05",
            "广东省/珠江流域/江口/2021-04",
        )
    }
    assert len(names) == 3
    assert "浙江省/浙闽片河流/江口/2021-04/江口.csv" in names
    assert claim("sections.tar.xz!浙江省/浙闽片河流/江口/2021-04/江口.csv", all_cards().values()) is card
    assert claim("elsewhere/江口.csv", all_cards().values()) is not card


# -- cells ------------------------------------------------------------------------------------------------------------


def test_a_cell_with_a_tooltip_gives_the_published_and_the_unrounded_value() -> None:
    span = "<span data-toggle='tooltip' data-placement='right' title='{}'>{}</span>"
    place = span.format("所在地市:密云区&#10;所属河流:潮河", "古北口")
    cells = [
        span.format("原始值：8.25571", "8.26"),
        span.format("极值过滤", "--"),
        "<span title='原始值：1.49E+07'>14900000</span>",
    ]
    record = ["北京市", "海河流域", place, "12-10 08:00", "劣Ⅴ", "0.5", *cells[:2], *["--"] * 6, "*", cells[2], "正常"]
    found = admitted("water__section_auto_api", snapshot(record), "2020-12-10.json").rows
    told = {row["item"]: (row["value"], row["original_value"], row["agency_flag"]) for row in found.to_dicts()}
    assert told["ph"] == (Decimal("8.26"), Decimal("8.25571"), "正常")
    assert told["dissolved_oxygen_mg_l"] == (None, None, "极值过滤")
    assert told["algae_density_cells_l"] == (Decimal(14900000), Decimal(14900000), "正常")
    assert told["water_class_published"] == (Decimal(6), None, "正常")
    assert told["turbidity_ntu"] == (None, None, "正常")
    assert "chlorophyll_a_mg_l" not in told  # `*`: the station has no such instrument
    assert found.select("station_code", "section_name", "city_name", "river_name").unique().rows() == [
        ("北京市|海河流域|古北口", "古北口", "密云区", "潮河")
    ]


def test_the_form_before_may_2020_has_names_without_tooltip() -> None:
    record = [
        "北京市",
        "海河流域",
        "广北滨河路(桥）",
        "05-08 15:00",
        "",
        "<span title='原始值：20.27'>20.3</span>",
        *["--"] * 10,
        "维护",
    ]
    found = admitted("water__section_auto_api", snapshot(record), "2020-05-08.json").rows.filter(
        item="water_temperature_degc"
    )
    assert found.select("station_code", "section_name", "value", "original_value", "city_name").rows() == [
        ("北京市|海河流域|广北滨河路(桥)", "广北滨河路(桥）", Decimal("20.3"), Decimal("20.27"), None)
    ]


def test_a_station_that_only_tells_its_status_is_set_aside_as_one_record() -> None:
    record = ["北京市", "海河流域", "沿河城", None, "", *["--"] * 9, "*", "*", "停站"]
    found = admitted("water__section_auto_api", snapshot(record), "2020-12-10.json")
    assert found.rows_in == 1
    assert found.rejects.select("line", "fate", "reason", "raw").rows() == [
        (1, "quarantined", "no_observation", "北京市; 海河流域; 沿河城; 停站")
    ]


def test_a_later_line_of_the_same_time_corrects_the_earlier_which_stays_as_a_reject() -> None:
    corrected = section_csv("04-01 12:00", "04-01 12:00").replace("3.16", "3.39", 1)
    found = admitted("water__section_auto_4hourly", corrected, "2021-04/汤溇.csv")
    assert found.rows.filter(item="codmn_mg_l").get_column("value").to_list() == [Decimal("3.16")]
    replaced = found.rejects.filter(reason="duplicate_replaced")
    assert replaced.get_column("line").to_list() == [2]
    assert "value=3.39" in replaced.get_column("raw")[0]
    assert found.rejects.filter(reason="duplicate_identical").height == 9


# -- laboratory sheets ------------------------------------------------------------------------------------------------


def test_results_below_the_detection_limit_keep_mark_and_limit() -> None:
    names = ["断面名称", "流域", "采样日期", "铜", "锌", "铅", "镉", "氨氮"]
    units = [None, None, None, *["mg/L"] * 5]
    sample = ["汤溇", "太湖流域", "2026/4/3", "0.001L", "<0.05", "未检出", 0.00012, "0.034"]
    limits = ["检出限", None, None, 0.001, 0.05, 0.00009, 0.00005, 0.025]
    sheet = workbook_bytes({"监测数据": [["监测结果"], names, units, sample, limits, ["注：样例"]]})
    found = admitted("water__section_monthly", sheet, "sim_section_monthly_202604.xlsx")
    told = {row["item"]: (row["value"], row["agency_flag"], row["detection_limit"]) for row in found.rows.to_dicts()}
    assert told == {
        "copper_mg_l": (None, "L", Decimal("0.001")),
        "zinc_mg_l": (None, "L", Decimal("0.05")),
        "lead_mg_l": (None, "L", Decimal("0.00009")),
        "cadmium_mg_l": (Decimal("0.00012"), None, None),
        "nh3n_mg_l": (Decimal("0.034"), None, None),
    }
    assert local_times(found.rows) == ["2026-04-01 00:00"]
    assert found.rows.get_column("sampled_on").unique().to_list() == [date(2026, 4, 3)]
    assert found.rows.get_column("station_code").unique().to_list() == ["浙江省|太湖流域|汤溇"]


def test_an_item_in_another_unit_is_drift_and_not_a_value() -> None:
    sheet = workbook_bytes(
        {"监测数据": [["监测结果"], ["断面名称", "流域", "采样日期", "汞", "铜"], [None, None, None, "μg/L", "mg/L"],
                  ["汤溇", "太湖流域", "2026-04-03", 0.02, 0.002]]}
    )  # fmt: skip
    found = admitted("water__section_monthly", sheet, "sim_section_monthly_202604.xlsx")
    assert found.rows.get_column("item").to_list() == ["copper_mg_l"]
    assert ("new", "汞/μg/L") in found.drift.select("kind", "column").rows()
    assert ("lost", "mercury_mg_l") in found.drift.select("kind", "column").rows()
    assert found.extra.filter(column="汞/μg/L").get_column("raw").to_list() == ["0.02"]
