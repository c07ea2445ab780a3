"""Simulated snapshots of the live API: the 08:00 cycle of each of the last days, HTML and tooltips in the cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.long_tables import long_truth
from ingest.simulate.water_auto import CLASS_NAMES, EVERYWHERE, IN_LAKES, known, readings
from ingest.simulate.writing import json_bytes

DAYS = 30
SNAPSHOT_HOUR = 8
CARRIED = ["province", "basin", "section_name", "agency_flag", "city_name", "river_name", "original_value"]
TOOLTIP = "<span data-toggle='tooltip' data-placement='right' title='{}'>{}</span>"
PLACE = TOOLTIP.replace("{}", "所在地市:{}&#10;所属河流:{}", 1)
VALUE = TOOLTIP.replace("{}", "原始值：{}", 1)


def simulate(world: World) -> Iterator[Feed]:
    """A file a day; one stopped station in each, without time."""
    card = card_beside(__file__)
    shown, exact = readings(world)
    measured = [*EVERYWHERE, *IN_LAKES]
    table = shown.join(exact, on=["start", "station_code"], suffix=":exact", maintain_order="left")
    table = table.filter(pl.col("start").dt.hour() == SNAPSHOT_HOUR)
    units = [source for code, source in card.items.items() if code in measured]
    head: list[str] = ["省份", "流域", "断面名称", "监测时间", "水质类别", *map(_unit_below, units), "站点情况"]
    cells = table.select(
        pl.col("start").dt.date().alias("day"),
        "province",
        "basin",
        pl.format(PLACE, "city_name", "river_name", "section_name").alias("name"),
        pl.col("start").dt.strftime("%m-%d %H:%M").alias("time"),
        pl.col("water_class_published").replace(CLASS_NAMES).alias("class"),
        *(
            pl.when(pl.col(item).is_in(["--", "*"])).then(pl.col(item))
            .otherwise(pl.format(VALUE, f"{item}:exact", item)).alias(item)
            for item in measured
        ),
        "agency_flag",
    )  # fmt: skip
    for day in world.last_days(DAYS):
        mine = table.filter(pl.col("start").dt.date() == day)
        body: list[tuple[Any, ...]] = [row[1:] for row in cells.filter(day=day).rows()]
        stopped = (*body[0][:2], "模拟停运断面", None, "", *["--"] * len(measured), "停站")
        body.append(stopped)
        document = {"result": 1, "total": 1, "records": len(body), "thead": head, "tbody": body}
        yield Feed(
            f"sim_section_auto_api_{day}.json",
            json_bytes(document),
            _truth(mine, measured),
            {"no_observation": 1},
        )


def _unit_below(header: str) -> str:
    name, _, unit = header.partition("(")
    return f"{name}<br/><span class='unit'>({unit}</span>"


def _truth(mine: pl.DataFrame, measured: list[str]) -> pl.DataFrame:
    card = card_beside(__file__)
    carried = [name for name in CARRIED if name != "original_value"]
    values = long_truth(card, known(mine, [*EVERYWHERE, "water_class_published"]), carried, absent="*")
    exact = mine.select("station_code", **{item: pl.col(f"{item}:exact") for item in measured})
    unrounded = exact.unpivot(index="station_code", variable_name="item", value_name="original_value")
    return values.join(unrounded, on=["station_code", "item"], how="left").with_columns(
        original_value=pl.when(pl.col("value").is_not_null()).then("original_value")
    )
