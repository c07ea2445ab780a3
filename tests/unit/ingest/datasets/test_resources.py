"""Resources: what is special about their formats, and the balances their simulated accounts must close."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from ingest.card import all_cards
from ingest.core import Admission
from ingest.formats import regions
from ingest.landing import LandedObject
from ingest.parsing import UnreadableObjectError
from ingest.simulate.feeds import World, feeds
from ingest.simulate.writing import workbook_bytes
from quality.door import admit

WORLD = World(first=date(2025, 12, 1), last=date(2026, 2, 28), scale=0.3)
PRODUCT, REST = "地区生产总值（亿元）", ["年末常住人口（万人）", "能源消费（万吨标准煤）", "全社会用电量（亿千瓦时）"]
YEARBOOK_HEADS = [
    ["地区", PRODUCT, None, None, None, None, *REST],
    [None, "合计", "第一产业", "第二产业", "第三产业", "可比价", None, None, None],
]


def admitted(dataset: str, raw: bytes, name: str = "sim.xlsx") -> Admission:
    card = all_cards()[dataset]
    landed = LandedObject(card.id, "0" * 64, name, name, "s", len(raw), datetime(2026, 11, 22, tzinfo=UTC))
    return admit(card, landed, card.parser()(raw, landed))


def truth(dataset: str, world: World = WORLD) -> pl.DataFrame:
    """All true rows of a simulated dataset, decimals as decimals."""
    card = all_cards()[dataset]
    rows = pl.concat(feed.truth for feed in feeds(card, world))
    return rows.with_columns(pl.col(c.name).cast(pl.Decimal(*c.digits)) for c in card.columns if c.type == "decimal")


def yearbook(*body: list[object], title: str = "2-3 各市主要指标（2024年）") -> bytes:
    merges = [(1, 1, 1, 5, PRODUCT)]
    return workbook_bytes({"2-3": [[title], *YEARBOOK_HEADS, *body]}, {"2-3": merges})


def test_a_yearbook_has_merged_heads_spaced_names_a_year_in_its_title_and_notes_below() -> None:
    found = admitted(
        "resources__yearbook_energy_gdp_population",
        yearbook(
            ["全  省", 90131.0, 2200.5, 36000.0, 51930.5, 80000.0, 6670.0, 29000.0, 6700.0],
            ["杭 州 市", 21860.2, 360.0, 5900.0, 15600.2, 20000.0, 1262.4, 4400.0, "—"],
            ["注：可比价按2020年价格计算。"],
            ["资料来源：省统计局。"],
        ),
    )
    assert found.counts() == {"accepted": 2, "quarantined": 0, "duplicates": 0}
    province, hangzhou = found.rows.sort("region_code").iter_rows(named=True)
    assert (province["region_code"], province["region_name"]) == ("330000", "全  省")
    assert hangzhou["region_code"] == "330100"
    assert hangzhou["gdp_constant_100m_yuan"] == Decimal("20000.0000")
    assert hangzhou["electricity_100m_kwh"] is None
    assert hangzhou["interval_start_at"] == datetime(2023, 12, 31, 16, tzinfo=UTC)  # 2024 begins in Shanghai
    assert found.flags.select("item", "test").rows() == [("electricity_100m_kwh", "sentinel")]


def test_a_region_nobody_knows_and_a_title_without_a_year_are_refused() -> None:
    row = [1.0] * 8
    found = admitted("resources__yearbook_energy_gdp_population", yearbook(["杭州湾新区", *row], ["宁波市", *row]))
    assert found.rejects.select("reason").to_series().to_list() == ["missing_region_code"]
    undated = admitted(
        "resources__yearbook_energy_gdp_population", yearbook(["宁波市", *row], title="2-3 各市主要指标")
    )
    assert undated.rejects.select("reason").to_series().to_list() == ["time_unreadable"]


def test_names_of_regions_as_they_are_printed() -> None:
    names = pl.DataFrame({"name": ["杭 州 市", "#淳安县", "全省", "浙江", "苏州市", None]})
    codes = names.select(regions.code_in_zhejiang("name")).to_series().to_list()
    assert codes == ["330100", "330127", "330000", "330000", None, None]
    delta = pl.DataFrame({"name": ["浙江杭州", "上海", "江苏苏州", "安徽巢湖", "广东广州"]})
    assert delta.select(regions.code_in_delta("name")).to_series().to_list() == [
        "330100",
        "310000",
        "320500",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("raw_coal", "total"), [("Raw Coal", "Total Consumption"), ("Raw_Coal", "TotalEmissions")], ids=["2017", "2018"]
)
def test_a_provincial_inventory_reads_the_same_under_both_spellings(raw_coal: str, total: str) -> None:
    heads = [c.source_name or "" for c in all_cards()["resources__ceads_province_co2"].columns if c.unit == "Mt"]
    printed = [raw_coal, *(h.replace("_", " ") if raw_coal == "Raw Coal" else h for h in heads[1:])]
    lines: list[list[object]] = [
        [None, *printed],
        [None, *["Mt CO2"] * 22],
        [],
        [total, *range(22)],
        ["Others   ", *[0.5] * 22],
    ]
    found = admitted("resources__ceads_province_co2", workbook_bytes({"NOTE": [["x"]], "InnerMongolia2017": lines}))
    assert found.drift.is_empty()
    assert found.rows.select(
        "province_name", "sector", "sector_label", "raw_coal_co2_mt", "scope_1_total_co2_mt"
    ).rows() == [
        ("InnerMongolia", "Total", total, Decimal(0), Decimal(21)),
        ("InnerMongolia", "Others", "Others", Decimal("0.5"), Decimal("0.5")),
    ]


def test_a_workbook_without_a_province_is_not_an_inventory() -> None:
    with pytest.raises(UnreadableObjectError, match=r"no sheet named like Zhejiang2019; found \['NOTE'\]"):
        admitted("resources__ceads_province_co2", workbook_bytes({"NOTE": [["x"]]}))


def test_permits_held_are_what_was_held_bought_sold_and_retired() -> None:
    accounts = truth("resources__permit_holdings", World())
    closing = pl.col("opening_t_a") + pl.col("bought_t_a") - pl.col("sold_t_a") - pl.col("retired_t_a")
    assert accounts.filter(closing != pl.col("held_t_a")).height == 0
    assert (
        accounts.filter((pl.col("limit_t_a") > pl.col("held_t_a")) | (pl.col("actual_t") > pl.col("limit_t_a"))).height
        == 0
    )
    trades = truth("resources__permit_trades", World())
    year = pl.col("interval_start_at").dt.convert_time_zone("Asia/Shanghai").dt.year()
    bought = accounts.group_by(year.alias("year")).agg(pl.col("bought_t_a", "sold_t_a").sum()).sort("year")
    traded = trades.filter(year <= 2025).group_by(year.alias("year")).agg(pl.col("quantity_t_a").sum()).sort("year")
    assert bought.filter(pl.col("year") > 2023)["bought_t_a"].to_list() == traded["quantity_t_a"].to_list()
    assert bought["bought_t_a"].to_list() == bought["sold_t_a"].to_list()


def test_allowances_close_and_go_on_from_year_to_year() -> None:
    rows = truth("resources__carbon_allowances").sort("credit_code", "interval_start_at")
    closing = (
        pl.col("opening_t") + pl.col("final_t") + pl.col("bought_t") - pl.col("sold_t")
        - pl.col("surrendered_t") + pl.col("ccer_used_t")
    )  # fmt: skip
    assert rows.filter(closing != pl.col("closing_t")).height == 0
    later = rows.with_columns(before=pl.col("closing_t").shift(1).over("credit_code")).drop_nulls("before")
    assert later.filter(pl.col("before") != pl.col("opening_t")).height == 0
    assert rows.filter(pl.col("ccer_used_t") > pl.col("surrendered_t") * Decimal("0.05")).height == 0


def test_water_of_the_bulletin_adds_up_and_the_province_is_the_sum_of_its_cities() -> None:
    rows = truth("resources__water_resources_bulletin")
    name = "{}_100m_m3".format
    total = pl.col(name("surface")) + pl.col(name("ground")) - pl.col(name("overlap"))
    uses = [name(f"use_{use}") for use in ("farming", "industry", "living", "ecology")]
    assert rows.filter(total != pl.col(name("total"))).height == 0
    assert rows.filter(sum(pl.col(use) for use in uses) != pl.col(name("use"))).height == 0
    is_province = pl.col("region_code") == "330000"
    sums = rows.group_by("interval_start_at", province=is_province).agg(pl.col(name("supply")).sum())
    assert sums.filter("province").sort("interval_start_at")[name("supply")].to_list() == (
        sums.filter(~pl.col("province")).sort("interval_start_at")[name("supply")].to_list()
    )


def test_land_classes_add_up_to_the_surveyed_area() -> None:
    rows = truth("resources__land_use")
    classes = [c.name for c in all_cards()["resources__land_use"].columns if c.unit == "ha" and c.name != "area_ha"]
    assert len(classes) == 9
    assert rows.filter(sum(pl.col(name) for name in classes) != pl.col("area_ha")).height == 0


def test_co2_at_the_stack_is_share_times_flow() -> None:
    rows = truth("resources__carbon_monitoring").drop_nulls("value").with_columns(pl.col("value").cast(pl.Float64))
    wide = rows.pivot("item", index=["station_code", "interval_start_at"], values="value")
    mass = pl.col("co2_volume_share_pct") / 100 * pl.col("flue_gas_m3_h") * 24 * 1.9647 / 1000
    assert wide.height > 400
    assert wide.filter((mass - pl.col("co2_emitted_t")).abs() > 0.0006).height == 0  # printed to the kilogram
