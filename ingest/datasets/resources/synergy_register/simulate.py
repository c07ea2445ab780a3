"""Synergy areas: 34 counties and 48 parks, published since July 2023."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, without
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    rng = world.rng("resources__synergy_register")
    kinds = pl.DataFrame(
        {"kind": ["县级城市", "园区"], "prefix": ["XC", "XP"], "serial": ["00", "01"], "most": [34, 48]}
    )
    table = ledgers.counties(world).with_row_index("n").join(kinds, how="cross").filter(pl.col("n") < pl.col("most"))
    rows = ledgers.spread(world, table.sort("n", "kind"), date(2023, 7, 1)).with_columns(
        area_code=pl.format("{}{}{}", "prefix", "region_code", "serial"),
        area_name=pl.format("{}{}", "region_name", "kind"),
        batch_no=1 + pl.int_range(pl.len()) // 20,
        score=pl.Series(rng.integers(65, 98, table.height)),
        projects=pl.Series(rng.integers(1, 9, table.height)),
    )
    writer = as_workbook("名单", "减污降碳协同创新区名单", ["注：第一批自2023年起公布。"])
    yield feed(
        CARD,
        "sim_synergy_register.xlsx",
        by_card(CARD, rows),
        writer,
        label=("公布日期", "%Y-%m-%d"),
        faults=[repeated(), without("area_code")],
    )
