"""Parser of daily city weather: R data frames written as CSV, two date styles, a row-number column without a name."""

from __future__ import annotations

from pathlib import PurePosixPath

import polars as pl

from ingest.landing import LandedObject
from ingest.parsing import ParseResult, decode, no_rejects, read_header, read_text_table

COLUMNS = {
    "avgtemp": "temperature_mean_degc",
    "maxtemp": "temperature_max_degc",
    "mintemp": "temperature_min_degc",
    "avgrh": "humidity_mean_pct",
    "minrh": "humidity_min_pct",
    "avgws": "wind_speed_mean_m_s",
    "maxws": "wind_speed_max_m_s",
    "maxwswd": "wind_direction_max_code",
    "extremews": "gust_m_s",
    "extremewswd": "gust_direction_code",
    "daylight": "sunshine_h",
    "precipitation": "precipitation_mm",
    "avgp": "pressure_mean_pa",
    "maxp": "pressure_max_pa",
    "minp": "pressure_min_pa",
    "avggt": "ground_temperature_mean_degc",
    "maxgt": "ground_temperature_max_degc",
    "mingt": "ground_temperature_min_degc",
}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a city and day with the source's numbers; its pollutant columns are not taken over.

    The city comes from the file's name: the ``city`` column is empty on days without pollutant data.
    """
    text = decode(raw, "utf-8").replace("\r\n", "\n")
    header = read_header(text, ["date", *COLUMNS])
    names = [name or "row_number" for name in header]
    table = read_text_table(text, names)
    date = pl.col("date").str.replace_all("/", "-")
    return ParseResult(
        table.select(
            "line",
            city_pinyin=pl.lit(PurePosixPath(meta.name).stem.removeprefix("sim_weather_")),
            label_local=date.str.to_datetime("%Y-%m-%d", strict=False, time_unit="us"),
            **{ours: pl.col(theirs) for theirs, ours in COLUMNS.items()},
        ),
        no_rejects(),
    )
