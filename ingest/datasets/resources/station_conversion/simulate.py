"""Stations converted by kind: 12 automatic ones, 5 radiation stations, 11 substations; the last is not yet accepted."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, undated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    kinds = pl.DataFrame(
        {
            "kind": ["自动监测站", "辐射环境质量站点", "核电厂外围监督性监测子站"],
            "prefix": ["AU", "RA", "NP"],
            "most": [12, 5, 11],
        }
    )
    table = (
        ledgers.counties(world)
        .head(12)
        .with_row_index("n")
        .join(kinds, how="cross")
        .filter(pl.col("n") < pl.col("most"))
    )
    rows = ledgers.spread(world, table.sort("prefix", "n"), world.first).with_columns(
        station_code=pl.format("{}{}01", "prefix", "region_code"),
        station_name=pl.format("{}模拟{}", "region_name", "kind"),
        accepted_on=pl.when(pl.int_range(pl.len()) < pl.len() - 1).then(pl.col("label_local") + pl.duration(days=30)),
        investment_yuan=pl.lit(850_000.0),
    )
    yield feed(
        CARD,
        "sim_station_conversion.csv",
        by_card(CARD, rows),
        as_csv(),
        label=("完成日期", "%Y-%m-%d"),
        faults=[repeated(), undated()],
    )
