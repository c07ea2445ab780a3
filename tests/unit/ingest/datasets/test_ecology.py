"""What is special about the ecology family: merged headers, mass balances, weather flags, letters for numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from ingest.card import DATASETS_ROOT, Card, load_card
from ingest.core import Admission
from ingest.formats import records
from ingest.landing import LandedObject
from ingest.parsing import UnreadableObjectError
from ingest.simulate.feeds import World, feeds
from quality.door import admit

ECOLOGY = DATASETS_ROOT / "ecology"
WORLD = World(first=date(2026, 1, 1), last=date(2026, 3, 31), scale=0.5)
MASSES = ("stock_start_t", "produced_t", "received_t", "transferred_t", "self_utilised_t", "self_disposed_t")


def take_in(card: Card, raw: bytes, name: str = "x") -> Admission:
    landed = LandedObject(card.id, "0" * 64, name, name, "s", len(raw), datetime(2026, 11, 22, tzinfo=UTC))
    return admit(card, landed, card.parser()(raw, landed))


def simulated(dataset: str) -> dict[str, Admission]:
    card = load_card(ECOLOGY / dataset)
    return {feed.name: take_in(card, feed.content, feed.name) for feed in feeds(card, WORLD)}


def residual_t() -> pl.Expr:
    """start + produced + received − transferred − utilised − disposed − end: what a unit's ledger does not explain."""
    start, produced, received, *gone = (pl.col(name) for name in MASSES)
    return start + produced + received - pl.sum_horizontal(gone) - pl.col("stock_end_t")


def residuals(rows: pl.DataFrame) -> dict[str, str]:
    """Residual per unit that has one, as text."""
    table = rows.select("credit_code", residual=residual_t().cast(pl.Decimal(18, 3)).cast(pl.String)).unique()
    return dict(table.filter(pl.col("residual") != "0.000").sort("credit_code").iter_rows())


def test_merged_headers_of_the_solid_waste_workbook_are_read_as_group_and_column() -> None:
    card = load_card(ECOLOGY / "solid_waste_ledger")
    feed = next(iter(feeds(card, WORLD)))
    landed = LandedObject(card.id, "0" * 64, feed.name, feed.name, "s", 0, datetime(2026, 11, 22, tzinfo=UTC))
    parsed = card.parser()(feed.content, landed)
    assert parsed.drift.is_empty()
    assert parsed.rows["line"].to_list()[:2] == [4, 5]  # title, two header rows, then the body
    assert {"produced_t", "received_t"} <= set(parsed.rows.columns)


def test_the_total_row_of_a_workbook_is_no_unit() -> None:
    found = simulated("solid_waste_ledger")["sim_solid_waste_ledger_202601.xlsx"]
    assert found.rejects.filter(fate="quarantined").select("reason", "fate").rows() == [
        ("missing_credit_code", "quarantined")
    ]


def test_solid_waste_balances_close_but_for_the_two_units_that_reuse_on_site() -> None:
    found = {name: residuals(admission.rows) for name, admission in simulated("solid_waste_ledger").items()}
    firms = load_card(ECOLOGY / "solid_waste_ledger")
    units = next(iter(feeds(firms, WORLD))).truth["credit_code"].to_list()
    assert len(found) == 3
    assert all(month == dict(sorted({units[6]: "2.500", units[18]: "1.200"}.items())) for month in found.values())


def test_hazardous_waste_rows_that_were_sent_back_balance_in_the_correction_file() -> None:
    found = simulated("hazardous_waste_ledger")
    sent_back = found["sim_hazardous_waste_ledger_202601.csv"].rows.filter(status="退回修改")
    corrected = found["sim_hazardous_waste_ledger_202601_更正.csv"].rows
    key = ["credit_code", "waste_code", "interval_end_at"]
    assert sent_back.height == 2
    assert sent_back.select((residual_t() < 0).all()).item()
    assert corrected.select((residual_t() == 0).all()).item()
    assert corrected.select(key).sort(key).equals(sent_back.select(key).sort(key))


def test_a_noise_hour_is_named_by_its_end_and_rain_does_not_take_its_number_away() -> None:
    card = load_card(ECOLOGY / "noise_zone_hourly")
    body = (
        '{"code":200,"data":{"list":[{"pointCode":"NZ33010001","regionCode":"330100","time":"2026-03-02 00:00:00",'
        '"flag":"R","Leq":63.4,"L10":66.0,"L50":61.2,"L90":57.9,"Lmax":81.5}]}}'
    )
    rows = take_in(card, body.encode()).rows
    assert rows["interval_start_at"].unique().to_list() == [datetime(2026, 3, 1, 15, tzinfo=UTC)]
    assert rows["month"].unique().to_list() == ["2026-03"]
    assert rows.sort("item").select("item", pl.col("value").cast(pl.String), "flag").rows() == [
        ("l10_dba", "66.0000", "R"),
        ("l50_dba", "61.2000", "R"),
        ("l90_dba", "57.9000", "R"),
        ("leq_dba", "63.4000", "R"),
        ("lmax_dba", "81.5000", "R"),
    ]


def test_percentiles_of_simulated_noise_are_in_order() -> None:
    rows = pl.concat(admission.rows for admission in simulated("noise_zone_hourly").values())
    wide = rows.drop_nulls("value").pivot("item", index=["station_code", "interval_end_at"], values="value")
    assert wide.height > 0
    order = (pl.col("l90_dba") <= pl.col("l50_dba")) & (pl.col("l50_dba") <= pl.col("leq_dba"))
    assert wide.filter(
        ~(order & (pl.col("leq_dba") <= pl.col("l10_dba")) & (pl.col("l10_dba") < pl.col("lmax_dba")))
    ).is_empty()


def test_gamma_stations_without_cosmic_response_lie_thirty_below_and_say_so() -> None:
    rows = pl.concat(admission.rows for admission in simulated("radiation_gamma").values())
    dose = rows.filter(item="gamma_ngy_h").drop_nulls("value")
    low, high = (
        dose.filter(cosmic_response=response).group_by("station_code").agg(pl.col("value").cast(pl.Float64).median())
        for response in ("subtracted", "included")
    )
    assert sorted(low["station_code"]) == ["RG330401"]
    assert low["value"].max() < high["value"].min()


def test_minus_9999_of_a_calibration_is_empty_and_flagged() -> None:
    found = simulated("radiation_gamma")["sim_radiation_gamma_RG330101.json"]
    calibrated = found.rows.filter(pl.col("flag") == "C", item="gamma_ngy_h")
    assert calibrated["value"].to_list() == [None] * 6
    assert found.flags.select("item", "test", "raw").unique().rows() == [("gamma_ngy_h", "sentinel", "-9999")]


def test_groundwater_below_detection_is_a_letter_and_no_number() -> None:
    card = load_card(ECOLOGY / "groundwater_well_survey")
    header = "监测井编号,行政区划代码,井类型,水期,采样时间,铁(mg/L),镉(mg/L),铅(mg/L)"
    body = f"{header}\r\nDX33010001,330106,区域点位,丰水期,2026-09-03 10:20,0.12,L,\r\n"
    found = take_in(card, body.encode("gb18030"))
    assert found.rows.sort("item").select("item", pl.col("value").cast(pl.String)).rows() == [
        ("cadmium_mg_l", None),
        ("iron_mg_l", "0.120000"),
        ("lead_mg_l", None),
    ]
    assert found.flags.select("item", "test", "raw").rows() == [("cadmium_mg_l", "sentinel", "L")]
    lost = found.drift.filter(kind="lost")["column"].to_list()
    assert {"ph", "nh3n_mg_l", "arsenic_mg_l"} <= set(lost)
    assert "iron_mg_l" not in lost


def test_a_table_of_measured_items_without_any_of_them_is_refused() -> None:
    card = load_card(ECOLOGY / "groundwater_well_survey")
    body = "监测井编号,行政区划代码,井类型,水期,采样时间\r\nDX33010001,330106,区域点位,丰水期,2026-09-03 10:20\r\n"
    with pytest.raises(UnreadableObjectError, match="no column of any item"):
        take_in(card, body.encode("gb18030"))


def test_a_source_column_called_value_is_news_and_not_the_measured_value() -> None:
    card = load_card(ECOLOGY / "radiation_em_field")
    header = "监测点编号,行政区划代码,点位类型,监测时间,射频综合电场强度(V/m),value"
    found = take_in(card, f"{header}\r\nEM33010001,330100,背景点,2026-02-03 10:20,0.61,7\r\n".encode("gb18030"))
    assert found.rows.select("item", pl.col("value").cast(pl.String)).rows() == [("rf_field_v_m", "0.6100")]
    assert found.extra.select("column", "raw").rows() == [("value ", "7")]
    assert found.drift.filter(kind="new")["column"].to_list() == ["value "]


def test_an_api_that_says_no_is_an_unreadable_object() -> None:
    for dataset in ("enforcement_clues", "noise_zone_hourly", "radiation_gamma"):
        with pytest.raises(UnreadableObjectError) as refused:
            take_in(load_card(ECOLOGY / dataset), '{"code":401,"msg":"token 已过期","data":null}'.encode())
        assert refused.value.code == "unexpected_json"


def test_a_number_plate_that_was_not_masked_never_gets_in() -> None:
    found = simulated("vehicle_remote_sensing")["sim_vehicle_remote_sensing_202601.csv"]
    assert found.rejects.filter(fate="quarantined")["reason"].to_list() == ["bad_plate_masked"]
    assert found.rows["plate_masked"].str.contains(r"^浙[A-L]\*{3}\d{2}$").all()


def test_cancelled_manifests_keep_their_number_and_have_no_mass_received() -> None:
    rows = simulated("hazardous_waste_manifest")["sim_hazardous_waste_manifest_2026.json"].rows
    cancelled = rows.filter(status="已作废")
    assert rows["manifest_code"].is_unique().all()
    assert cancelled.height == cancelled["received_t"].null_count() > 0


def test_the_published_eqi_follows_from_its_components() -> None:
    """0.36 pattern + 0.35 function + 0.19 diversity + 0.10 (100 − stress), the marine components apart."""
    rows = simulated("eqi_components")["sim_eqi_components_2025.xlsx"].rows

    def mean(*names: str) -> pl.Expr:
        return pl.mean_horizontal(pl.col(name).cast(pl.Float64) for name in names)

    recomputed = (
        0.36 * mean("eco_land_ratio", "redline_ratio", "habitat_quality", "connectivity")
        + 0.35 * mean("vegetation_cover", "water_density", "key_function", "urban_green", "park_access")
        + 0.19 * mean("protected_species", "indicator_groups", "native_share")
        + 0.10 * (100 - mean("land_disturbance", "natural_disaster"))
    )
    apart = rows.select((recomputed - pl.col("eqi_published").cast(pl.Float64)).abs().max()).item()
    assert apart <= 0.0051  # published in hundredths
    assert rows["coast_retention"].null_count() == rows["sea_development"].null_count() > 0


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03", date(2026, 3, 1)),
        ("2026/3", date(2026, 3, 1)),
        ("2026年03月", date(2026, 3, 1)),
        ("2026-13", None),
        ("合计", None),
    ],
)
def test_a_month_is_read_in_every_way_ledgers_write_it(written: str, meant: date | None) -> None:
    read = pl.DataFrame({"月份": [written]}).select(records.month("月份").dt.date())
    assert read.item() == meant


def test_only_what_may_be_seen_by_all_is_level_one() -> None:
    """Enterprise-level records, clues and precise places of species are L3, security events L4 (chapter 9.4)."""
    levels = {p.parent.name: load_card(p.parent).level for p in sorted(ECOLOGY.glob("*/dataset.yml"))}
    assert {levels[d] for d in ("solid_waste_ledger", "hazardous_waste_ledger", "hazardous_waste_manifest")} == {"L3"}
    assert {levels[d] for d in ("enforcement_clues", "inspections", "biodiversity_records", "risk_sources")} == {"L3"}
    assert levels["data_security_events"] == "L4"
    assert {levels[d] for d in ("penalties", "noise_point_register", "eia_projects", "radiation_em_field")} == {"L1"}
