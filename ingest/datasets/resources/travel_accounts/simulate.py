"""Low-carbon travel accounts, totals by city: what a city would send."""

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
    """One file a month."""
    rng = world.rng("resources__travel_accounts")
    cities = pl.DataFrame({"region_code": [city.adcode for city in ledgers.cities(world)]})
    for month in world.months:
        modes = pl.DataFrame({"mode": ["公交", "地铁", "骑行", "步行", "共享出行"], "km": [6.5, 9.8, 2.1, 1.2, 7.4]})
        table = cities.join(modes, how="cross")
        travellers = pl.Series(rng.integers(2_000, 200_000, table.height))
        table = table.with_columns(travellers=travellers, trips=travellers * 14).with_columns(
            distance_km=(pl.col("trips") * pl.col("km")).round(2)
        )
        table = table.with_columns(reduction_t=(pl.col("distance_km") * 0.00012).round(3))
        rows = table.with_columns(label_local=pl.lit(month))
        name = f"sim_travel_accounts_{month:%Y%m}.csv"
        yield feed(CARD, name, by_card(CARD, rows), as_csv(), label=("月份", "%Y-%m"), faults=[repeated(), undated()])
