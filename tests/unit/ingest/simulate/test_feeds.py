"""The feeds look like the real providers' files, cell for cell."""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def real_day(shared_data: Path) -> str:
    """An untouched original of a whole day."""
    with tarfile.open(shared_data / "air" / "cnemc_china_sites_201901.tar.xz", "r|xz") as archive:
        member = archive.extractfile(next(iter(archive)))
        assert member is not None
        return member.read().decode("utf-8")


def shape(text: str) -> dict[str, Any]:
    rows = [line.split(",") for line in text.rstrip("\r\n").split("\r\n")]
    return {
        "index": rows[0][:3],
        "station codes": {re.sub(r"\d", "9", code) for code in rows[0][3:]},
        "widths": {len(row) for row in rows} == {len(rows[0])},
        "date": re.sub(r"\d", "9", rows[1][0]),
        "first hour": [row[1:3] for row in rows[1:16]],
        "order": [row[1:3] for row in rows[1:]],
        "cells": {
            item: all(
                re.fullmatch(r"\d*|\d+\.[1-9]" if "CO" in item else r"\d*", c)
                for r in rows
                if r[2] == item
                for c in r[3:]
            )
            for item in {row[2] for row in rows[1:]}
        },
        "ends inside a line": not text.endswith("\n"),
    }


def test_daily_wide_csv_has_the_shape_of_a_real_day(half_year: Any, real_day: str) -> None:
    whole = half_year.truth.folder / "air" / "sim_cnemc_sites_20260310.csv"
    assert shape(whole.read_bytes().decode()) == shape(real_day)


def test_monthly_file_ends_with_a_line_end_and_holds_every_hour_but_the_absent_one(half_year: Any) -> None:
    months = [p for p in half_year.truth.air if re.search(r"sites_\d{6}\.csv$", p.name)]
    lines = {p.name: p.read_text(encoding="utf-8").count("\n") - 1 for p in months}
    days = {"202510": 31, "202511": 30, "202512": 31, "202601": 31, "202602": 28}
    (absent,) = half_year.absent_hours
    expected = {f"sim_cnemc_sites_{m}.csv": (24 * d - (absent[:7] == f"{m[:4]}-{m[4:]}")) * 15 for m, d in days.items()}
    assert lines == expected


def test_live_snapshot_has_the_keys_and_spellings_of_the_real_one(half_year: Any, shared_data: Path) -> None:
    real = json.loads((shared_data / "air" / "cnemc_live_snapshot_20180220T07.json").read_text(encoding="utf-8"))
    paths = [p for p in half_year.truth.air if p.suffix == ".json"]
    ours = [json.loads(p.read_text(encoding="utf-8")) for p in paths]

    def vocabulary(collections: list[Any], key: str) -> set[str]:
        return {f["properties"][key] for c in collections for f in c["features"]}

    assert ours[0].keys() == real.keys()
    assert ours[0]["features"][0].keys() == real["features"][0].keys()
    for key in real["features"][0]["properties"]:
        sample = vocabulary(ours, key)
        assert all(isinstance(value, str) for value in sample)
        if key in ("measure", "quality", "unheathful", "citycode", "ispublish", "orderid", "provinceid"):
            assert sample <= vocabulary([real], key), key
        if key == "co":
            assert all(re.fullmatch(r"\d+\.\d|-;", value) for value in sample)
        elif key in ("co_24h", "aqi", "pm2_5", "o3_8h_24h"):
            assert all(re.fullmatch(r"\d+(\.[1-9])?|-;", value) for value in sample)
    assert vocabulary(ours, "area") >= {"杭州市", "舟山市"}
    assert vocabulary(ours[7:8], "timepoint") == {"2026-03-31T07:00:00"}


def test_primary_pollutant_is_the_one_with_the_largest_index_above_50(half_year: Any) -> None:
    names = {"细颗粒物(PM2.5)", "颗粒物(PM10)", "臭氧1小时", "二氧化氮", "二氧化硫", "一氧化碳"}
    checked = 0
    for path in (p for p in half_year.truth.air if p.suffix == ".json"):
        for feature in json.loads(path.read_text())["features"]:
            p = feature["properties"]
            if p["aqi"] == "-;" or int(p["aqi"]) <= 50:
                assert p["primarypollutant"] == "-;"
                continue
            assert set(p["primarypollutant"].split(",")) <= names
            if p["pm2_5"] != "-;" and int(p["pm2_5"]) > 60 and "PM2.5" not in p["primarypollutant"]:
                assert int(p["aqi"]) > 100
            checked += 1
    assert checked > 100


def test_csv_ends_24_hours_before_the_live_feed_and_the_moving_means_go_on(half_year: Any) -> None:
    last = max(half_year.series("9001A", "PM2.5"))
    assert last == "2026-03-30T23:00"
    series = half_year.series("9001A", "PM2.5")
    first = json.loads((half_year.truth.folder / "air" / "sim_cnemc_live_20260331T00.json").read_text())
    now = next(f["properties"] for f in first["features"] if f["properties"]["stationcode"] == "9001A")
    window = [series[f"2026-03-30T{hour:02}:00"] for hour in range(1, 24) if f"2026-03-30T{hour:02}:00" in series]
    window += [float(now["pm2_5"])] if now["pm2_5"] != "-;" else []
    assert int(now["pm2_5_24h"]) == round(sum(window) / len(window))


def test_register_has_the_columns_of_the_real_list_and_no_real_code(half_year: Any, shared_data: Path) -> None:
    real = (shared_data / "air" / "yangtze_delta_station_list.csv").read_text(encoding="utf-8").splitlines()
    ours = (half_year.truth.folder / "air" / "sim_station_register.csv").read_text(encoding="utf-8").splitlines()
    assert ours[0] == real[0] == "code,name,city,province,lon,lat,source"
    codes = [line.split(",")[0] for line in ours[1:]]
    assert codes == [f"{9001 + n}A" for n in range(44)]
    assert not set(codes) & {line.split(",")[0] for line in real}
    assert all("模拟" in line.split(",")[1] and line.split(",")[3] == "浙江" for line in ours[1:])
    assert {line.split(",")[2] for line in ours[1:]} <= {line.split(",")[2] for line in real}


@pytest.mark.parametrize("city", ["hangzhou", "shanghai"])
def test_weather_files_speak_the_dialects_of_the_real_ones(half_year: Any, shared_data: Path, city: str) -> None:
    """Hangzhou's spreadsheet dialect and R's own; a row is compared with digits and letters masked."""
    ours_name = "sim_weather_hangzhou.csv" if city == "hangzhou" else "sim_weather_ningbo.csv"
    real = (shared_data / "weather" / f"{city}.csv").read_bytes()
    ours = (half_year.truth.folder / "weather" / ours_name).read_bytes()
    assert ours.split(b"\n")[0] == real.split(b"\n")[0]
    assert ours.endswith(b"\n") == real.endswith(b"\n")
    assert ours.count(b"\r\n") == (182 if city == "hangzhou" else 0)

    def kinds(text: bytes) -> list[set[str]]:
        rows = [line.split(",") for line in text.decode().replace("\r", "").splitlines()[1:]]
        masked = [[re.sub(r"\d+(\.\d+)?", "9", cell) for cell in row] for row in rows]
        return [set(column) for column in zip(*masked, strict=True)]

    names = real.split(b"\n")[0].decode().strip().replace('"', "").split(",")
    for name, mine, theirs in zip(names, kinds(ours), kinds(real), strict=True):
        extra = mine - theirs - {"NA"}  # Hangzhou has NA in every column, Shanghai in some
        assert not extra or name in ("city", "region"), (name, extra)


def test_weather_sentinel_is_the_scaled_one_and_every_fault_is_listed(half_year: Any) -> None:
    faults = half_year.defects.filter(kind="weather_sentinel")
    assert faults.height == 11  # 0.3 % of 182 days, rounded, in each city
    for file, day in faults.select("file", "first_label").iter_rows():
        text = (half_year.truth.folder / "weather" / file).read_text(encoding="utf-8")
        header = text.splitlines()[0].replace('"', "").split(",")
        year, month, date_of_month = (int(part) for part in day.split("-"))
        wanted = {day, f"{year}/{month}/{date_of_month}"}
        row = next(line.split(",") for line in text.splitlines() if line.split(",")[1] in wanted)
        cells = dict(zip(header, row, strict=True))
        assert (cells["avgp"], cells["avgtemp"], cells["avgws"]) == ("327660", "NA", "NA")
        assert cells["maxp"] != "NA"
    everywhere = sum(p.read_text(encoding="utf-8").count("327660") for p in half_year.truth.weather)
    assert everywhere == faults.height


def test_weather_of_the_files_is_the_weather_of_the_air(half_year: Any) -> None:
    """Days with strong wind have less NO2 in the same file: rank correlation clearly negative."""
    import polars as pl

    path = half_year.truth.folder / "weather" / "sim_weather_ningbo.csv"
    days = pl.read_csv(path, null_values="NA").select("avgws", "NO2").drop_nulls()
    assert days.height > 170
    assert days.select(pl.corr("avgws", "NO2", method="spearman")).item() < -0.3
