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
from ingest.simulate.ledgers import periods
from ingest.simulate.long_tables import grid, instants, noise, number_text, season
from ingest.simulate.published import feed, repeated, undated
from ingest.simulate.water import sections
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
# Mean flow of the gauge (m³/s) and capacity of the reservoir (million m³), by city.
SIZES = {"330100": (930, 2100), "330200": (95, 160), "330300": (450, 180), "330400": (60, 20), "330500": (85, 210),
         "330600": (120, 240), "330700": (190, 270), "330800": (210, 2060), "330900": (4, 18), "331000": (140, 690),
         "331100": (340, 4190)}  # fmt: skip
MISSING_PERCENT = 1


def simulate(world: World) -> Iterator[Feed]:
    """A file a year; its first line stands twice, and one line has no readable date."""
    table = _readings(world).rename({"start": "label_local"})
    columns = ["station_code", "station_name", "region_code", "section_key", "label_local", *CARD.items, "agency_flag"]
    for year, rows in periods(table.select(columns)):
        yield feed(
            CARD,
            f"sim_hydrology_daily_{year}.csv",
            rows,
            as_csv(),
            label=("日期", "%Y-%m-%d"),
            blanks_are_rows=False,
            faults=[repeated(), undated("不详")],
        )


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
