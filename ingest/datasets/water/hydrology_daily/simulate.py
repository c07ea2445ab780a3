"""Simulated daily hydrology: a river gauge and a reservoir a city, high water in June.

What a reservoir holds follows the inflow with a memory of months, within its capacity.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.items import Floats
from ingest.simulate.long_tables import grid, instants, long_truth, noise, number_text, season, under_source_names
from ingest.simulate.water import sections
from ingest.simulate.writing import csv_bytes

# Mean flow of the gauge (m³/s) and capacity of the reservoir (million m³), by city.
SIZES = {"330100": (930, 2100), "330200": (95, 160), "330300": (450, 180), "330400": (60, 20), "330500": (85, 210),
         "330600": (120, 240), "330700": (190, 270), "330800": (210, 2060), "330900": (4, 18), "331000": (140, 690),
         "331100": (340, 4190)}  # fmt: skip
ITEMS = ["flow_m3_s", "water_level_m", "storage_1e6_m3"]
MISSING_PERCENT = 1
CARRIED = ["station_name", "region_code", "section_key", "agency_flag"]


def simulate(world: World) -> Iterator[Feed]:
    """A file a year; its first line stands twice, and one line has no readable date."""
    card = card_beside(__file__)
    table = _readings(world)
    for year, part in table.with_columns(year=pl.col("start").dt.year()).partition_by(
        "year", as_dict=True, maintain_order=True
    ).items():  # fmt: skip
        missing = pl.col("flow_m3_s") == "-9999"
        lines = part.select(
            pl.col("station_code").alias("测站编码"),
            pl.col("station_name").alias("测站名称"),
            pl.col("region_code").alias("行政区划代码"),
            pl.col("section_key").alias("对应断面"),
            pl.col("start").dt.strftime("%Y-%m-%d").alias("日期"),
            **under_source_names(card, part),
            注解=pl.col("agency_flag"),
        )
        first = lines[:1]
        cells = sum(part[item][0] is not None for item in ITEMS)
        undated = first.with_columns(pl.lit("不详").alias("日期"))
        known = part.with_columns(flow_m3_s=pl.when(~missing).then("flow_m3_s"), gap=missing)
        yield Feed(
            f"sim_hydrology_daily_{year[0]}.csv",
            csv_bytes(pl.concat([lines, first, undated])),
            _truth(part, known),
            {"time_unreadable": cells},
            {"duplicate_identical": cells},
        )


def _truth(part: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Blank cells are no rows; -9999 is a row without a value."""
    card = card_beside(__file__)
    told = long_truth(card, part.select("start", "station_code", *CARRIED, *ITEMS), CARRIED)
    told = told.filter(pl.col("value").is_not_null())
    return told.with_columns(value=pl.when(pl.col("value") != "-9999").then("value"))


def _readings(world: World) -> pl.DataFrame:
    places = _stations(world)
    times = instants(world.days.to_list())
    mean = places["mean_flow"].to_numpy()[None, :]
    capacity = places["capacity"].to_numpy()[None, :]
    is_river = (places["kind"] == "river").to_numpy()[None, :]
    wet = 0.65 * season(times, 172) + 0.55 * noise(world.rng("hydrology.wet"), times, places.height, 6, 0.7)
    flow = mean * np.exp(wet - 0.28)
    level = 3.5 + 1.4 * np.log1p(flow / mean)
    storage = _stored(flow, mean, capacity)
    rows = grid(times, places)
    missing = pl.Series(world.rng("hydrology.gaps").integers(0, 100, rows.height) < MISSING_PERCENT)
    nothing = np.full_like(flow, np.nan)
    table = rows.with_columns(
        flow_m3_s=number_text(np.where(is_river, flow, nothing), 1),
        water_level_m=number_text(np.where(is_river, level, 20 + 60 * (storage / capacity) ** 0.5), 2),
        storage_1e6_m3=number_text(np.where(is_river, nothing, storage), 1),
    )
    lost = missing & table["flow_m3_s"].is_not_null()
    return table.with_columns(
        flow_m3_s=pl.when(lost).then(pl.lit("-9999")).otherwise("flow_m3_s"),
        agency_flag=pl.when((pl.col("region_code") == "330100") & (pl.col("kind") == "river")).then(pl.lit("T")),
    )


def _stored(flow: Floats, mean: Floats, capacity: Floats) -> Floats:
    """Storage that follows the inflow's anomaly with a memory of months, within 35-95 % of capacity."""
    anomaly = np.cumsum((flow - mean) / mean, axis=0)
    level = anomaly - np.linspace(0, 1, len(flow))[:, None] * anomaly[-1:]
    spread = np.maximum(np.abs(level).max(axis=0, keepdims=True), 1e-9)
    return np.asarray(capacity * (0.65 + 0.3 * level / spread))


def _stations(world: World) -> pl.DataFrame:
    keys = dict(sections(world).group_by("region_code", maintain_order=True).agg(pl.col("station_code").first()).rows())
    rows = []
    for number, city in enumerate(world.cities):
        flow, capacity = SIZES[city.adcode]
        rows.append(
            (f"9010{number:03}0", f"{city.name}模拟水文站", city.adcode, keys[city.adcode], "river", flow, capacity)
        )
        rows.append((f"9020{number:03}0", f"{city.name}模拟水库站", city.adcode, None, "reservoir", flow, capacity))
    names = ["station_code", "station_name", "region_code", "section_key", "kind", "mean_flow", "capacity"]
    return pl.DataFrame(rows, schema=names, orient="row")
