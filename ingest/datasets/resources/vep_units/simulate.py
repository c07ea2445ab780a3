"""Assessed units, one a county; a third of them secured no loan."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, without
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    rng = world.rng("resources__vep_units")
    table = ledgers.spread(world, ledgers.counties(world), world.first)
    value = pl.Series(rng.lognormal(16, 0.8, table.height).round(2))
    rows = table.with_columns(
        unit_code=pl.format("VEP{}001", "region_code"),
        unit_name=pl.format("{}模拟地块", "region_name"),
        area_ha=pl.Series(rng.uniform(1, 300, table.height).round(2)),
        method=pl.Series(["市场价格法", "成本法", "收益法"]).gather(rng.integers(0, 3, table.height)),
        value_yuan=value,
        loan_yuan=pl.when(pl.int_range(pl.len()) % 3 != 1).then((value * 0.3).round(2)),
    )
    yield feed(
        CARD,
        "sim_vep_units.csv",
        by_card(CARD, rows),
        as_csv(),
        label=("核算日期", "%Y-%m-%d"),
        faults=[repeated(), without("unit_code")],
    )
