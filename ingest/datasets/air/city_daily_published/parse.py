"""Parser of an aggregator's daily city table: GBK, Chinese headers, lines that end in CR CR LF."""

from __future__ import annotations

import re

import polars as pl

from ingest.landing import LandedObject
from ingest.parsing import (
    ParseResult,
    UnreadableObjectError,
    decode,
    no_rejects,
    read_header,
    read_text_table,
)

COLUMNS = {
    "质量等级": "category_zh",
    "AQI指数": "aqi",
    "当天AQI排名": "aqi_rank",
    "PM2.5": "pm25_ug_m3",
    "PM10": "pm10_ug_m3",
    "So2": "so2_ug_m3",
    "No2": "no2_ug_m3",
    "Co": "co_mg_m3",
    "O3": "o3_ug_m3",
}
CITY_OF_FILE = {"hangzhou": "330100"}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a day with the aggregator's columns; the city comes from the file's name."""
    city = CITY_OF_FILE.get(meta.name.removeprefix("sim_").split("_")[0])
    if city is None:
        raise UnreadableObjectError(
            "unknown_city",
            f"file name {meta.name!r} begins with no known city; add it to CITY_OF_FILE in the parser",
        )
    text = re.sub(r"\r+\n", "\n", decode(raw, "gb18030"))
    header = read_header(text, ["日期", *COLUMNS])
    table = read_text_table(text, header).filter(pl.col("日期").is_not_null())
    return ParseResult(
        table.select(
            "line",
            region_code=pl.lit(city),
            label_local=pl.col("日期").str.to_datetime("%Y-%m-%d", strict=False, time_unit="us"),
            **{ours: pl.col(theirs) for theirs, ours in COLUMNS.items()},
        ),
        no_rejects(),
    )
