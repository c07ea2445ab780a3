"""Synergy areas: 34 counties and 48 parks, published since July 2023."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from ingest.card import card_beside
from ingest.simulate.enterprises import counties_of, spread
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import as_workbook, feed

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    rng = world.rng("resources__synergy_register")
    kinds = pl.DataFrame(
        {"kind": ["县级城市", "园区"], "prefix": ["XC", "XP"], "serial": ["00", "01"], "most": [34, 48]}
    )
    table = counties_of(world).with_row_index("n").join(kinds, how="cross").filter(pl.col("n") < pl.col("most"))
    rows = spread(world, table.sort("n", "kind"), date(2023, 7, 1)).with_columns(
        area_code=pl.format("{}{}{}", "prefix", "region_code", "serial"),
        area_name=pl.format("{}{}", "county", "kind"),
        batch_no=1 + pl.int_range(pl.len()) // 20,
        score=pl.Series(rng.integers(65, 98, table.height)),
        projects=pl.Series(rng.integers(1, 9, table.height)),
    )
    writer = as_workbook("名单", "减污降碳协同创新区名单", ["注：第一批自2023年起公布。"])
    yield feed(CARD, "sim_synergy_register.xlsx", rows, writer, label=("公布日期", "%Y-%m-%d"), repeated=1, unkeyed=1)
