"""Neighbours' shares: envelopes, dialects, clocks, stations of their own, and fields nobody announced."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from ingest.card import all_cards
from ingest.core import Admission
from ingest.landing import LandedObject
from ingest.parsing import UnreadableObjectError
from quality.door import admit

REGISTER = pl.DataFrame(
    {
        "source_province": ["310000", "320000", "340000", "340000", "340000"],
        "partner_code": ["SH-A-001", "0001A32", "AHA01", "AHA02", "AHA02"],
        "station_code": ["YD31A001", "YD32A001", "YD34A001", "YD34A002", "YD34A003"],
    }
)
COMMON: dict[str, Any] = {
    "siteCode": "SH-A-001",
    "dataTime": "2026-03-01 13:00:00",
    "status": "N",
    "updatedAt": "2026-03-01T05:12:00Z",
}
VALUES = {"pm25": "35", "pm10": "52", "so2": "6", "no2": "31", "o3": "88", "co": "0.7"}


def answer(province: str, *records: dict[str, Any], code: int = 0) -> bytes:
    provider = {"province": province, "licence": "共享协议-03", "sharedAt": "2026-03-01T13:20:00+08:00"}
    return json.dumps(
        {"code": code, "message": "ok", "provider": provider, "nextPageToken": "p2", "data": list(records)}
    ).encode()


def admitted(raw: bytes, dataset: str = "yangtze_delta__air_hourly") -> Admission:
    card = all_cards()[dataset]
    landed = LandedObject(
        card.id, "0" * 64, "delta.json", "delta.json", "s", len(raw), datetime(2026, 11, 22, tzinfo=UTC)
    )
    return admit(card, landed, card.parser()(raw, landed), REGISTER)


def test_a_share_keeps_its_provenance_and_gets_the_common_station_code() -> None:
    found = admitted(answer("310000", COMMON | VALUES))
    assert found.counts() == {"accepted": 6, "quarantined": 0, "duplicates": 0}
    (row,) = found.rows.filter(pl.col("item") == "o3_ug_m3").to_dicts()
    assert {
        k: row[k] for k in ("station_code", "partner_code", "source_province", "licence", "value", "agency_flag")
    } == {
        "station_code": "YD31A001",
        "partner_code": "SH-A-001",
        "source_province": "310000",
        "licence": "共享协议-03",
        "value": Decimal("88.0000"),
        "agency_flag": "N",
    }
    assert row["shared_at"] == datetime(2026, 3, 1, 5, 20, tzinfo=UTC)
    assert row["updated_at"] == datetime(2026, 3, 1, 5, 12, tzinfo=UTC)
    assert (row["interval_start_at"].hour, row["interval_end_at"].hour) == (4, 5)  # label 13 ends the hour


@pytest.mark.parametrize(
    ("province", "record", "station"),
    [
        ("320000", {"stationId": "0001A32", "pm2_5": "35"}, "YD32A001"),
        ("340000", {"siteCode": "AHA01", "o3_1h": "88"}, "YD34A001"),
        ("340000", {"siteCode": "AHA01"}, "YD34A001"),
    ],
    ids=["Jiangsu's own names", "Anhui after it renamed ozone", "Anhui before"],
)
def test_dialects_read_as_the_same_table_without_drift(province: str, record: dict[str, str], station: str) -> None:
    theirs = {"stationId": "siteCode", "pm2_5": "pm25", "o3_1h": "o3"}
    replaced = {theirs[name] for name in record if name in theirs}
    base = {name: value for name, value in (COMMON | VALUES).items() if name not in replaced}
    found = admitted(answer(province, base | record))
    assert found.drift.is_empty()
    assert found.rows["station_code"].unique().to_list() == [station]
    assert dict(found.rows.select("item", "value").iter_rows()) == {
        "pm25_ug_m3": 35, "pm10_ug_m3": 52, "so2_ug_m3": 6, "no2_ug_m3": 31, "o3_ug_m3": 88, "co_mg_m3": Decimal("0.7"),
    }  # fmt: skip


def test_a_new_field_is_set_aside_and_told_and_a_lost_one_is_told() -> None:
    record = COMMON | {name: value for name, value in VALUES.items() if name != "so2"} | {"pm1": "21"}
    found = admitted(answer("310000", record))
    assert found.rows.height == 5
    assert sorted(found.drift.select("kind", "column").iter_rows()) == [("lost", "so2_ug_m3"), ("new", "pm1")]
    assert found.extra.rows() == [(1, "pm1", "21")]


def test_another_provinces_dialect_is_not_assumed() -> None:
    with pytest.raises(UnreadableObjectError, match=r"no column \['siteCode'\]|siteCode"):
        admitted(
            answer(
                "310000", {name: v for name, v in (COMMON | VALUES).items() if name != "siteCode"} | {"stationId": "1"}
            )
        )


def test_a_station_nobody_registered_or_two_claim_is_refused_row_by_row() -> None:
    found = admitted(
        answer(
            "340000",
            COMMON | VALUES | {"siteCode": "NEW"},
            COMMON | VALUES | {"siteCode": "AHA02"},
            COMMON | VALUES | {"siteCode": "AHA01"},
        )
    )
    assert found.counts() == {"accepted": 6, "quarantined": 12, "duplicates": 0}
    assert found.rejects["reason"].unique().to_list() == ["unresolved_name"]


def test_a_partners_clock_ahead_of_ours_is_kept_as_it_was_told() -> None:
    found = admitted(answer("310000", COMMON | VALUES | {"updatedAt": "2026-03-01T05:27:00Z"}))
    assert found.rows.filter(pl.col("updated_at") > pl.col("shared_at")).height == 6


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (answer("310000", code=40101), "gateway_error"),
        (b'{"code": 0, "data": []}', "unexpected_json"),
        (b'{"code": 0, "provider": {"province": "310000"}, "data": {}}', "unexpected_json"),
        (b"[1, 2]", "unexpected_json"),
        (answer("310000"), "unexpected_header"),
    ],
)
def test_what_is_no_share_is_refused_as_a_whole(raw: bytes, code: str) -> None:
    with pytest.raises(UnreadableObjectError) as error:
        admitted(raw)
    assert error.value.code == code


def test_the_gateway_is_asked_with_an_hours_overlap_and_a_secret_from_the_environment() -> None:
    for name in ("air_hourly", "water_4hourly", "permit_trades", "station_register"):
        api = all_cards()[f"yangtze_delta__{name}"].delivery.api
        assert api is not None
        assert api.cursor is not None
        assert api.paging is not None
        assert api.headers == {"Authorization": "Bearer ${DELTA_SHARE_TOKEN}"}
        assert (api.cursor.parameter, api.cursor.field, api.cursor.overlap_s) == ("updatedAfter", "updatedAt", 3600)
        assert (api.paging.style, api.paging.parameter, api.paging.next) == ("token", "pageToken", "nextPageToken")
