"""Parser of NOAA ISD-Lite: fixed width, integers scaled by ten, -9999 missing, -1 a trace of precipitation."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from ingest.card import card_beside
from ingest.formats import fixed_width, marked, measured
from ingest.landing import LandedObject
from ingest.parsing import ParseResult, UnreadableObjectError

CARD = card_beside(__file__)
# isd-lite-format.txt: positions counted from 1 there, from 0 here; the station stands in the file's name only.
WIDTHS = {
    **{"year": (0, 4), "month": (5, 2), "day": (8, 2), "hour": (11, 2)},
    **{"air_temperature": (13, 6), "dew_point": (19, 6), "sea_level_pressure": (25, 6), "wind_direction": (31, 6)},
    **{"wind_speed": (37, 6), "sky_condition": (43, 6), "precipitation_1h": (49, 6), "precipitation_6h": (55, 6)},
}
SCALED = ("air_temperature", "dew_point", "sea_level_pressure", "wind_speed", "precipitation_1h", "precipitation_6h")
MISSING, TRACE = "-9999", "-1"
NAME = re.compile(r"^(?:sim_isd_)?([0-9A-Z]{6}-\d{5})-\d{4}(?:$|\.)")


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a value in its unit; a trace is 0 with the flag ``T``. Values on whole-hour UTC labels."""
    station = NAME.match(meta.name)
    if station is None:
        raise UnreadableObjectError("no_station", f"{meta.name!r} is not <USAF>-<WBAN>-<year>: whose weather is this?")
    cells, rejects = fixed_width.read(raw, WIDTHS, least=61)
    parts = [pl.col(name).str.zfill(2) for name in ("year", "month", "day", "hour")]
    hour = pl.concat_str([*parts, pl.lit("00")], separator="-")
    label = hour.str.to_datetime("%Y-%m-%d-%H-%M", strict=False, time_unit="us")
    found = marked.without_blanks(measured.by_card(CARD, cells, station_code=pl.lit(station[1]), label_local=label))
    return replace(found, rows=_scaled(found.rows), rejects=rejects)


def _scaled(rows: pl.DataFrame) -> pl.DataFrame:
    """Tenths as decimals; -9999 and what is no integer are left for the lake door."""
    cell = pl.col("value")
    tenths = cell.cast(pl.Int64, strict=False)
    is_scaled = pl.col("item").is_in(SCALED) & tenths.is_not_null() & (cell != MISSING)
    is_trace = pl.col("item").str.starts_with("precipitation") & (cell == TRACE)
    sign = pl.when(tenths < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    decimal = pl.format("{}{}.{}", sign, tenths.abs() // 10, tenths.abs() % 10)
    return rows.with_columns(
        value=pl.when(is_trace).then(pl.lit("0")).when(is_scaled).then(decimal).otherwise(cell),
        agency_flag=pl.when(is_trace).then(pl.lit("T")),
    )
