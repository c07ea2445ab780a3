"""Personal carbon accounts, totals by city: what a city would send."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, undated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a month."""
    rng = world.rng("resources__personal_carbon_accounts")
    cities = pl.DataFrame({"region_code": [city.adcode for city in ledgers.cities(world)]})
    for number, month in enumerate(world.months):
        accounts = pl.Series((np.array([6.0e5] * cities.height) * (1 + 0.03 * number)).round(0)).cast(pl.Int64)
        active = pl.Series((accounts.to_numpy() * rng.uniform(0.1, 0.2, cities.height)).astype(int))
        table = cities.with_columns(
            accounts=accounts, active_accounts=active, reduction_t=(active * 0.0042).round(3), points=active * 12
        )
        rows = table.with_columns(label_local=pl.lit(month))
        name = f"sim_personal_carbon_accounts_{month:%Y%m}.csv"
        yield feed(CARD, name, by_card(CARD, rows), as_csv(), label=("月份", "%Y-%m"), faults=[repeated(), undated()])
