"""Real carbon files, read from where they lie: nothing is lost, and the numbers are those in the files."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from ingest.card import all_cards, claim
from ingest.core import Admission
from ingest.landing import LandedObject
from quality.door import admit

CITIES = "The_Emission_Inventories_for_290_Chinese_Cities_from_1997_to_2019.xlsx"
PROVINCES = "Emission_Inventories_for_30_Provinces_{year}.xlsx"


def admitted(path: Path, dataset: str) -> Admission:
    card = claim(path.name, all_cards().values())
    assert card is not None
    assert card.id == dataset
    raw = path.read_bytes()
    landed = LandedObject(card.id, "0" * 64, path.name, path.name, "s", len(raw), datetime(2026, 11, 22, tzinfo=UTC))
    return admit(card, landed, card.parser()(raw, landed))


@pytest.fixture(scope="module")
def carbon(shared_data: Path) -> Path:
    return shared_data / "carbon"


@pytest.fixture(scope="module")
def cities(carbon: Path) -> Admission:
    return admitted(carbon / CITIES, "resources__ceads_city_co2")


def local_year() -> pl.Expr:
    return pl.col("interval_start_at").dt.convert_time_zone("Asia/Shanghai").dt.year()


def test_all_city_years_are_accepted_and_none_differs_from_the_wide_sheet(carbon: Path, cities: Admission) -> None:
    assert (cities.rows_in, cities.counts()) == (3929, {"accepted": 3929, "quarantined": 0, "duplicates": 0})
    assert cities.flags.is_empty()
    assert cities.drift.is_empty()
    matrix = fastexcel.read_excel(carbon / CITIES).load_sheet("emission matrix", dtypes="string").to_polars()
    wide = matrix.unpivot(index="city", variable_name="year", value_name="matrix").drop_nulls("matrix")
    wide = wide.with_columns(pl.col("year").cast(pl.Int32), pl.col("matrix").cast(pl.Decimal(18, 9)))
    both = cities.rows.with_columns(year=local_year()).join(
        wide, left_on=["city_name", "year"], right_on=["city", "year"]
    )
    assert (both.height, both.filter(pl.col("co2_mt") != pl.col("matrix")).height) == (3929, 0)


def test_hangzhou_has_the_printed_values(cities: Admission) -> None:
    values = dict(cities.rows.filter(pl.col("city_name") == "浙江杭州").select(local_year(), "co2_mt").iter_rows())
    assert (values[2010], values[2019]) == (Decimal("48.829994271"), Decimal("44.622952399"))
    assert sorted(values) == list(range(2000, 2020))


def test_the_eleven_cities_of_zhejiang_have_codes_and_gaps_of_their_own(cities: Admission) -> None:
    zhejiang = cities.rows.filter(pl.col("region_code").str.starts_with("33"))
    years = dict(zhejiang.group_by("region_code").len().sort("region_code").iter_rows())
    assert years == {
        "330100": 20, "330200": 23, "330300": 20, "330400": 19, "330500": 19, "330600": 20, "330700": 18, "330800": 17,
        "330900": 20, "331000": 20, "331100": 20,
    }  # fmt: skip
    without = cities.rows.filter(
        pl.col("region_code").is_null(), pl.col("city_name").str.contains("^(上海|江苏|浙江|安徽)")
    )
    assert without["city_name"].unique().to_list() == ["安徽巢湖"]


@pytest.mark.parametrize(
    ("year", "labels", "zhejiang"),
    [
        (2017, {"Total Consumption": 29, "Total Emissions": 1}, "384.564190075"),
        (2018, {"TotalEmissions": 30}, "388.825337518"),
        (2019, {"TotalEmissions": 30}, "381.407215710"),
    ],
)
def test_thirty_provinces_under_either_name_of_the_total(
    carbon: Path, year: int, labels: dict[str, int], zhejiang: str
) -> None:
    found = admitted(carbon / PROVINCES.format(year=year), "resources__ceads_province_co2")
    assert (found.rows_in, found.counts()) == (1440, {"accepted": 1440, "quarantined": 0, "duplicates": 0})
    assert found.drift.is_empty()
    assert found.rows.select(local_year()).to_series().unique().to_list() == [year]
    total = found.rows.filter(pl.col("sector") == "Total")
    assert dict(total.group_by("sector_label").len().iter_rows()) == labels
    mine = total.filter(pl.col("province_name") == "Zhejiang")
    assert mine["scope_1_total_co2_mt"].to_list() == [Decimal(zhejiang)]


def test_sectors_add_up_to_the_total_of_each_province(carbon: Path) -> None:
    found = admitted(carbon / PROVINCES.format(year=2019), "resources__ceads_province_co2").rows
    fuels = [name for name, kind in found.schema.items() if isinstance(kind, pl.Decimal)]
    whole = found.filter(pl.col("sector") == "Total").sort("province_name").select(fuels).cast(pl.Float64)
    parts = found.filter(pl.col("sector") != "Total").group_by("province_name").agg(pl.col(fuels).sum())
    gap = (whole - parts.sort("province_name").select(fuels).cast(pl.Float64)).select(pl.all().abs().max()).row(0)
    assert max(gap) < 1e-6  # printed to nine decimals, 47 of them added


def test_the_price_series_of_guangdong_is_whole(carbon: Path) -> None:
    found = admitted(carbon / "GDEA_guangdong_2014_2023.csv", "resources__carbon_pilot_price_daily")
    assert (found.rows_in, found.counts()) == (1921, {"accepted": 1921, "quarantined": 0, "duplicates": 0})
    prices = found.rows.sort("interval_start_at")
    assert prices["price_yuan_t"].gather([0, -1]).to_list() == [Decimal("65.0000"), Decimal("77.2600")]
    assert (prices["price_yuan_t"].min(), prices["price_yuan_t"].max()) == (Decimal("8.1000"), Decimal("95.2600"))
    first = prices["interval_start_at"].dt.convert_time_zone("Asia/Shanghai").dt.date()[0]
    assert f"{first}" == "2014-03-20"
    assert found.drift.is_empty()  # log_price is known and left
