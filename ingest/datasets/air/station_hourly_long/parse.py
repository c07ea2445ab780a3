"""Parser of a crawler's long files: one row per station and hour, stations by name, the city in the file's name.

Quoted fields may hold newlines (a list of primary pollutants, one a line).
"""

from __future__ import annotations

from pathlib import PurePosixPath

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

MEASURES = ("AQI", "PM2.5", "PM10", "CO", "NO2", "O3_1h", "O3_8h", "SO2")
# The city is only in the file's name, in pinyin; the station register knows it in Chinese.
CITY_OF_FILE = {
    "hangzhou": "杭州",
    "ningbo": "宁波",
    "wenzhou": "温州",
    "jiaxing": "嘉兴",
    "huzhou": "湖州",
    "shaoxing": "绍兴",
    "jinhua": "金华",
    "quzhou": "衢州",
    "zhoushan": "舟山",
    "taizhou": "台州",
    "lishui": "丽水",
    "shanghai": "上海",
    "nanjing": "南京",
}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """Non-empty cells as rows ``city, station_name, item, value, label_local, line``."""
    stem = PurePosixPath(meta.name).stem.removeprefix("sim_long_")
    if stem not in CITY_OF_FILE:
        raise UnreadableObjectError(
            "unknown_city",
            f"file name {meta.name!r} is no known city in pinyin; add it to CITY_OF_FILE in the parser",
        )
    text = decode(raw, "utf-8")
    header = read_header(text, ["Date", "Hour", "WatchPoint", *MEASURES])
    table = read_text_table(text, header)
    hour = pl.col("Hour").cast(pl.Int8, strict=False)
    cells = (
        table.select(
            "line",
            *MEASURES,
            city=pl.lit(CITY_OF_FILE[stem]),
            station_name="WatchPoint",
            label_local=pl.col("Date").str.to_datetime("%Y%m%d", strict=False, time_unit="us")
            + pl.duration(hours=pl.when(hour.is_between(0, 23)).then(hour)),
        )
        .unpivot(
            index=["line", "label_local", "city", "station_name"],
            on=MEASURES,
            variable_name="item",
            value_name="value",
        )
        .filter(pl.col("value").is_not_null() & (pl.col("value") != ""))
    )
    return ParseResult(cells, no_rejects())
