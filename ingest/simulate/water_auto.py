"""The simulated automatic sections: the last quarter of a year in 4-hour cycles, as CSV and API publish them alike."""

from __future__ import annotations

from datetime import date

import polars as pl

from ingest.simulate.feeds import World
from ingest.simulate.long_tables import Instants, grid, instants, number_text
from ingest.simulate.water import LAKE, printed, quality, sections, water_class

CYCLES = (0, 4, 8, 12, 16, 20)
DAYS = 92
PER_CITY = 2
MEMORY_STEPS = 18  # three days
EVERYWHERE = ["water_temperature_degc", "ph", "dissolved_oxygen_mg_l", "conductivity_us_cm", "turbidity_ntu",
              "codmn_mg_l", "nh3n_mg_l", "tp_mg_l", "tn_mg_l"]  # fmt: skip
IN_LAKES = ["chlorophyll_a_mg_l", "algae_density_cells_l"]
CLASS_NAMES = {"1": "Ⅰ", "2": "Ⅱ", "3": "Ⅲ", "4": "Ⅳ", "5": "Ⅴ", "6": "劣Ⅴ"}
GAP_PERCENT = 2


def days(world: World) -> list[date]:
    """The days the automatic feeds speak of."""
    return world.last_days(DAYS)


def readings(world: World) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(published, unrounded): a row per cycle and section; items by our names as text.

    ``--`` is a value that failed, ``*`` an instrument the station does not have, ``agency_flag`` its status.
    """
    places = sections(world)
    chosen = places.filter(pl.int_range(pl.len()).over("region_code") % 3 < 1)  # the first river, the reservoir
    times: Instants = instants(days(world), CYCLES)
    values = quality(world, "water_auto", chosen, times, MEMORY_STEPS)
    rows = grid(times, chosen)
    shown = printed(values, [*EVERYWHERE, *IN_LAKES])
    exact = pl.DataFrame({item: number_text(values[item], 5) for item in [*EVERYWHERE, *IN_LAKES]})
    in_lake = rows["water_body_type"] == LAKE
    failed = pl.Series(world.rng("water_auto.gaps").integers(0, 100, rows.height) < GAP_PERCENT)
    status = pl.select(pl.when(failed).then(pl.lit("维护")).otherwise(pl.lit("正常"))).to_series()
    frame = rows.hstack(shown).with_columns(
        agency_flag=status,
        water_class_published=number_text(water_class(values, chosen), 0),
        province=pl.lit("浙江省"),
    )
    analysers = ["codmn_mg_l", "nh3n_mg_l", "tp_mg_l", "tn_mg_l"]
    frame = frame.with_columns(
        *(pl.when(failed).then(pl.lit("--")).otherwise(pl.col(item)).alias(item) for item in analysers),
        *(pl.when(in_lake).then(pl.col(item)).otherwise(pl.lit("*")).alias(item) for item in IN_LAKES),
        water_class_published=pl.when(failed).then(pl.lit("-")).otherwise("water_class_published"),
    )
    return frame, rows.select("start", "station_code").hstack(exact)


def known(frame: pl.DataFrame, items: list[str]) -> pl.DataFrame:
    """The published table as the lake must know it: what failed is null."""
    return frame.with_columns(pl.col(items).replace({"--": None, "-": None}))
