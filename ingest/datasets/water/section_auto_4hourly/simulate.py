"""Simulated CSV of automatic sections: a file a city and month, with a status line, a repeated and a corrected line."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.long_tables import long_truth
from ingest.simulate.places import CITIES
from ingest.simulate.water_auto import CLASS_NAMES, EVERYWHERE, known, readings
from ingest.simulate.writing import csv_bytes

CARRIED = ["province", "basin", "section_name", "agency_flag"]


def simulate(world: World) -> Iterator[Feed]:
    """The last quarter of a year. In each file the first line stands twice, the second is corrected by a third."""
    card = card_beside(__file__)
    table, _ = readings(world)
    pinyin = {city.adcode: city.pinyin for city in CITIES}
    parts = table.with_columns(month=pl.col("start").dt.strftime("%Y-%m")).partition_by(
        "region_code", "month", as_dict=True, maintain_order=True
    )
    for (region, month), unsorted in parts.items():
        # on the wire a station without value has `--`; the lake knows it as null
        part = unsorted.sort("station_code", "start", maintain_order=True)
        lines = part.select(
            pl.col("province").alias("省份"),
            pl.col("basin").alias("流域"),
            pl.col("section_name").alias("断面名称"),
            pl.col("start").dt.strftime("%m-%d %H:%M").alias("监测时间"),
            水质类别=pl.col("water_class_published").replace(CLASS_NAMES),
            **{source: pl.col(code) for code, source in card.items.items() if code != "water_class_published"},
            站点情况=pl.col("agency_flag"),
        )
        first, second = lines[:1], lines[1:2]
        wrong = second.with_columns(pl.lit("9.99").alias("水温(℃)"))
        idle = first.with_columns(
            pl.lit("*").alias("监测时间"),
            pl.lit("维护").alias("站点情况"),
            *(pl.lit("--").alias(name) for name in card.items.values()),
        )
        cells = sum(part[code][0] != "*" for code in card.items)
        yield Feed(
            f"sim_section_auto_{pinyin[str(region)]}_{month}.csv",
            csv_bytes(pl.concat([first, wrong, lines, idle])),
            long_truth(card, known(part, [*EVERYWHERE, "water_class_published"]), CARRIED, absent="*"),
            {"no_observation": 1},
            {"duplicate_identical": cells + cells - 1, "duplicate_replaced": 1},
        )
