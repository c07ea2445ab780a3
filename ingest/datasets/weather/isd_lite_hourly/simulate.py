"""Simulated ISD-Lite files of three stations: fixed width, tenths, -9999, traces, a line cut short and one repeated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.items import Floats
from ingest.simulate.long_tables import long_truth
from ingest.simulate.places import CITIES
from ingest.simulate.weather_hourly import hourly

DAYS = 180
STATIONS = (("999001-99999", "hangzhou"), ("999002-99999", "ningbo"), ("999003-99999", "lishui"))
SIX_HOURS = 6
TRACE_PERCENT, GAP_PERCENT = 2, 1
OKTAS = 12.5  # per cent of cloud an okta
TENTHS = {"air_temperature_degc", "dew_point_degc", "sea_level_pressure_hpa", "wind_speed_m_s", "precipitation_1h_mm",
          "precipitation_6h_mm"}  # fmt: skip


def simulate(world: World) -> Iterator[Feed]:
    """A file a station and UTC year."""
    days = world.last_days(DAYS)
    fields = hourly(world, days)
    for code, pinyin in STATIONS[: world.some(len(STATIONS))]:
        column = [city.pinyin for city in CITIES].index(pinyin)
        table = _integers(
            world, code, {name: values[:, column] for name, values in fields.items()}, days[0].isoformat()
        )
        for part in table.with_columns(year=(pl.col("start") + timedelta(hours=1)).dt.year()).partition_by(
            "year", maintain_order=True
        ):  # fmt: skip
            yield _file(code, part)


def _integers(world: World, code: str, mine: dict[str, Floats], first_day: str) -> pl.DataFrame:
    """``start`` in UTC and the integers of the file; an hour's label is its end."""
    hours = len(mine["air_temperature_degc"])
    rain = mine["precipitation_1h_mm"]
    six = np.convolve(rain, np.ones(SIX_HOURS))[:hours]
    start = np.datetime64(first_day, "h") - np.timedelta64(8, "h") + np.arange(hours)
    at_six = ((start + np.timedelta64(1, "h")).astype(np.int64) % SIX_HOURS) == 0
    scaled = {
        "air_temperature_degc": 10 * mine["air_temperature_degc"],
        "dew_point_degc": 10 * mine["dew_point_degc"],
        "sea_level_pressure_hpa": 10 * mine["sea_level_pressure_hpa"],
        "wind_direction_deg": 10 * np.rint(mine["wind_direction_deg"] / 10),
        "wind_speed_m_s": 10 * mine["wind_speed_m_s"],
        "sky_condition_code": mine["cloud_cover_pct"] / OKTAS,
        "precipitation_1h_mm": 10 * rain,
        "precipitation_6h_mm": np.where(at_six, 10 * six, -9999),
    }
    rng = world.rng(f"isd_lite.{code}")
    table = pl.DataFrame({name: np.rint(values).astype(np.int64) for name, values in scaled.items()})
    trace = pl.Series(rng.integers(0, 100, hours) < TRACE_PERCENT) & (table["precipitation_1h_mm"] == 0)
    gap = pl.Series(rng.integers(0, 100, hours) < GAP_PERCENT)
    measured = ("air_temperature_degc", "dew_point_degc", "sea_level_pressure_hpa")
    return table.with_columns(
        *(pl.when(gap).then(-9999).otherwise(pl.col(name)).alias(name) for name in measured),
        precipitation_1h_mm=pl.when(trace).then(-1).otherwise("precipitation_1h_mm"),
        start=pl.Series(start.astype("M8[us]")),
        station_code=pl.lit(code),
    )


def _file(code: str, part: pl.DataFrame) -> Feed:
    card = card_beside(__file__)
    label = (pl.col("start") + timedelta(hours=1)).dt.strftime("%Y %m %d %H")
    cells = [pl.col(name).cast(pl.String).str.pad_start(6) for name in card.items]
    lines = part.select(pl.concat_str([label, *cells])).to_series().to_list()
    year = part["year"][0]
    text = "\n".join([*lines, lines[-1], lines[-1][:40], ""])
    return Feed(
        f"sim_isd_{code}-{year}",
        text.encode(),
        _truth(part),
        {"short_line": 1},
        {"duplicate_identical": len(card.items)},
    )


def _truth(part: pl.DataFrame) -> pl.DataFrame:
    card = card_beside(__file__)
    told = long_truth(card, part.drop("year").with_columns(pl.col(list(card.items)).cast(pl.String)))
    number = pl.col("value").cast(pl.Int64)
    trace = pl.col("item").str.starts_with("precipitation") & (number == -1)
    whole = pl.when(trace).then(0).when(number != -9999).then(number)
    tenths = pl.when(pl.col("item").is_in(list(TENTHS))).then(whole / 10).otherwise(whole)
    return told.with_columns(value=tenths.round(1).cast(pl.String), agency_flag=pl.when(trace).then(pl.lit("T")))
