"""What is special about the weather datasets: scaled integers, traces, UTC labels, units that must be right."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ingest.card import all_cards
from ingest.core import Admission
from ingest.landing import LandedObject
from ingest.parsing import UnreadableObjectError
from quality.door import admit


def admitted(dataset: str, content: str, name: str) -> Admission:
    card = all_cards()[dataset]
    raw = content.encode()
    meta = LandedObject(card.id, "0" * 64, name, name, "s", len(raw), datetime(2026, 11, 22, tzinfo=UTC))
    return admit(card, meta, card.parser()(raw, meta))


def test_isd_lite_tenths_become_units_and_a_trace_is_zero_with_a_flag() -> None:
    line = "2026 01 01 03   -15 -9999 10215   340    25     8    -1    12\n"
    found = admitted("weather__isd_lite_hourly", line, "584570-99999-2026").rows
    told = {row["item"]: (row["value"], row["agency_flag"]) for row in found.to_dicts()}
    assert told == {
        "air_temperature_degc": (Decimal("-1.5"), None),
        "dew_point_degc": (None, None),
        "sea_level_pressure_hpa": (Decimal("1021.5"), None),
        "wind_direction_deg": (Decimal(340), None),
        "wind_speed_m_s": (Decimal("2.5"), None),
        "sky_condition_code": (Decimal(8), None),
        "precipitation_1h_mm": (Decimal(0), "T"),
        "precipitation_6h_mm": (Decimal("1.2"), None),
    }
    # the label is UTC and ends the hour
    assert found["interval_end_at"].unique().to_list() == [datetime(2026, 1, 1, 3, tzinfo=UTC)]
    assert found["station_code"].unique().to_list() == ["584570-99999"]


def test_isd_lite_needs_the_station_in_the_files_name() -> None:
    with pytest.raises(UnreadableObjectError) as error:
        admitted("weather__isd_lite_hourly", "2026 01 01 03   -15\n", "december.txt")
    assert error.value.code == "no_station"


def open_meteo(**changes: Any) -> str:
    place = {
        "latitude": 30.25,
        "longitude": 120.125,
        "utc_offset_seconds": 28800,
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C", "wind_speed_10m": "m/s"},
        "hourly": {"time": ["2026-01-01T09:00"], "temperature_2m": [3.2], "wind_speed_10m": [2.51]},
    }
    return json.dumps(place | changes)


def test_open_meteo_local_times_become_utc_by_the_documents_own_offset() -> None:
    found = admitted("weather__open_meteo_hourly", open_meteo(), "open_meteo_20260101.json").rows
    assert found.select("station_code", "item", "value", "interval_end_at").sort("item").rows() == [
        ("30.25,120.125", "air_temperature_degc", Decimal("3.2"), datetime(2026, 1, 1, 1, tzinfo=UTC)),
        ("30.25,120.125", "wind_speed_m_s", Decimal("2.51"), datetime(2026, 1, 1, 1, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hourly_units": {"temperature_2m": "°F", "wind_speed_10m": "m/s"}}, "unexpected_unit"),
        ({"hourly_units": {"temperature_2m": "°C", "wind_speed_10m": "km/h"}}, "unexpected_unit"),
        ({"hourly_units": {}}, "unexpected_unit"),
        ({"hourly": {"time": ["2026-01-01T09:00"], "temperature_2m": [3.2, 3.1]}}, "ragged_arrays"),
        ({"error": True, "reason": "Daily API request limit exceeded"}, "api_error"),
        ({"hourly": None}, "unexpected_json"),
    ],
)
def test_open_meteo_in_other_units_or_shapes_is_refused_as_a_whole(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(UnreadableObjectError) as error:
        admitted("weather__open_meteo_hourly", open_meteo(**changes), "open_meteo_20260101.json")
    assert error.value.code == code


def test_a_calibration_hour_has_its_mark_and_no_value() -> None:
    lines = (
        "# hourly means\nsite,region,parameter,time_start,mole_fraction,std_dev,n,intake_height_m,flag\n"
        "XLA,330100,co2,2026-01-01 00:00:00,-999.99,,0,120,C\nXLA,330100,ch4,2026-01-01 00:00:00,2021.4,3.1,720,120,B\n"
    )
    found = admitted("weather__greenhouse_gas_hourly", lines, "sim_greenhouse_gas_202601.csv").rows
    assert found.select("item", "value", "agency_flag").rows() == [
        ("co2_ppm", None, "C"),
        ("ch4_ppb", Decimal("2021.4"), "B"),
    ]


def test_a_warning_in_force_has_no_end_and_one_lifted_has() -> None:
    warning = {"identifier": "33010041202607010930", "regionCode": "330100", "eventType": "暴雨", "severity": "黄色",
               "headline": "样例", "longitude": 120.15, "latitude": 30.29,
               "issueTime": "2026-07-01 09:30:00", "liftTime": None}  # fmt: skip
    lifted = warning | {"liftTime": "2026-07-01 15:10:00"}
    for record, end in ((warning, None), (lifted, datetime(2026, 7, 1, 7, 10, tzinfo=UTC))):
        document = json.dumps({"code": "0", "data": {"warnings": [record]}})
        rows = admitted("weather__disaster_warning", document, "sim_disaster_warning_202607.json").rows
        assert rows.select("issued_at", "lifted_at").rows() == [(datetime(2026, 7, 1, 1, 30, tzinfo=UTC), end)]
