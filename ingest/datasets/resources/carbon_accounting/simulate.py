"""Monthly accounts of the monitored firms: the account follows from its parts exactly."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, undated
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
GRID_T_CO2_PER_MWH = 0.5306  # national, 2023


def simulate(world: World) -> Iterator[Feed]:
    """One workbook a month."""
    rng = world.rng("resources__carbon_accounting")
    firms = ledgers.enterprises(world, world.some(20), ("电力热力", "水泥", "钢铁", "有色金属"))
    usual = rng.uniform(5e3, 6e4, firms.height)
    for month in world.months:
        coal = pl.Series((usual * rng.normal(1, 0.08, firms.height)).round(2))
        rows = firms.with_columns(
            coal_t=coal,
            carbon_content_t_t=pl.Series(rng.normal(0.58, 0.02, firms.height).round(4)),
            process_t=pl.when(pl.col("sector") == "水泥").then((coal * 3.2).round(2)).otherwise(0.0),
            electricity_mwh=(coal * 0.4).round(2),
            carbon_source=pl.lit("实测"),
            label_local=pl.lit(month),
        ).with_columns(
            co2_t=(
                pl.col("coal_t") * pl.col("carbon_content_t_t") * 0.99 * 44 / 12
                + pl.col("process_t")
                + pl.col("electricity_mwh") * GRID_T_CO2_PER_MWH
            ).round(2)
        )
        writer = as_workbook("月度存证", f"重点排放单位月度碳核算（{month:%Y年%m月}）")
        yield feed(
            CARD,
            f"sim_carbon_accounting_{month:%Y%m}.xlsx",
            by_card(CARD, rows),
            writer,
            label=("月份", "%Y年%m月"),
            faults=[undated()],
        )
