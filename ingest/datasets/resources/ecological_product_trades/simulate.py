"""Deals of ecological products: the price is the asking price or up to 40 % more."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, undated
from ingest.simulate.writing import as_platform_json

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a year."""
    rng = world.rng("resources__ecological_product_trades")
    count = world.some(260)
    counties = ledgers.counties(world)
    table = counties[rng.integers(0, counties.height, count).tolist()]
    asking = pl.Series(rng.lognormal(12, 1, count).round(2))
    rows = ledgers.spread(world, table, world.first).with_columns(
        deal_id=pl.format(
            "LS{}{}", pl.col("label_local").dt.strftime("%Y%m%d"), pl.int_range(pl.len()).cast(pl.String).str.zfill(4)
        ),
        kind=pl.Series(["林业碳汇", "水权", "用能权", "古民居", "竹林经营权"]).gather(rng.integers(0, 5, count)),
        asking_yuan=asking,
        deal_yuan=(asking * pl.Series(rng.uniform(1.0, 1.4, count))).round(2),
        buyer_kind=pl.lit("企业"),
    )
    for year, part in ledgers.periods(by_card(CARD, rows)):
        name = f"sim_ecological_product_trades_{year}.json"
        yield feed(CARD, name, part, as_platform_json(), label=("dealDate", "%Y-%m-%d"), faults=[repeated(), undated()])
