"""Emission permits of the simulated firms: trades, and yearly holdings that follow from them.

held = opening + bought − sold − retired, permit limit ≤ held, actual ≤ limit: every balance closes. Does not belong
here: how the trading platform prints them.
"""

from __future__ import annotations

import polars as pl

from ingest.simulate.feeds import World
from ingest.simulate.ledgers import enterprises

POLLUTANTS = {"COD": 4000.0, "NH3-N": 6000.0, "SO2": 2500.0, "NOx": 3000.0, "VOCs": 8000.0}
FIRMS, TRADES, TRADED_T_A = 60, 400, 4.0


def trades(world: World) -> pl.DataFrame:
    """One row a trade: label_local, seller and buyer, pollutant, quantity_t_a, price_yuan_t_a, mode."""
    rng = world.rng("permits")
    firms = enterprises(world, world.some(FIRMS) + 1)
    count = world.some(TRADES)
    seller = rng.integers(0, firms.height, count)
    buyer = (seller + rng.integers(1, firms.height, count)) % firms.height
    kind = rng.integers(0, len(POLLUTANTS), count)
    price = pl.Series([*POLLUTANTS.values()]).gather(kind) * pl.Series(rng.uniform(0.8, 1.3, count))
    days = world.days.gather(rng.integers(0, world.days.len(), count)).sort()
    return pl.DataFrame(
        {
            "label_local": days,
            "seller_code": firms["credit_code"].gather(seller),
            "buyer_code": firms["credit_code"].gather(buyer),
            "buyer": firms["enterprise"].gather(buyer),
            "region_code": firms["region_code"].gather(buyer),
            "pollutant": pl.Series([*POLLUTANTS]).gather(kind),
            "quantity_t_a": pl.Series(rng.uniform(0.1, TRADED_T_A, count).round(3)),
            "price_yuan_t_a": price.round(0),
            "mode": pl.Series(["公开竞价", "协议转让", "政府回购"]).gather(rng.integers(0, 3, count)),
        }
    ).with_columns(
        trade_id=pl.format("PWQ{}{}", pl.col("label_local").dt.strftime("%Y%m%d"), pl.int_range(pl.len()) + 1000)
    )


def holdings(world: World) -> pl.DataFrame:
    """One row a firm, pollutant and year that ended: what was held at its begin and end, and what moved it."""
    firms = enterprises(world, world.some(FIRMS) + 1)
    kinds = pl.DataFrame({"pollutant": [*POLLUTANTS]})
    opening = firms.join(kinds, how="cross")
    opening = opening.with_columns(
        held=pl.Series(world.rng("permits.opening").uniform(400, 900, opening.height).round(3))
    )
    moved = trades(world).with_columns(year=pl.col("label_local").dt.year().cast(pl.Int64))
    years = []
    for year in world.years:
        mine = moved.filter(pl.col("year") == year)
        bought = mine.group_by(credit_code="buyer_code", pollutant="pollutant").agg(bought=pl.col("quantity_t_a").sum())
        sold = mine.group_by(credit_code="seller_code", pollutant="pollutant").agg(sold=pl.col("quantity_t_a").sum())
        keys = ["credit_code", "pollutant"]
        table = (
            opening.rename({"held": "opening"})
            .join(bought, on=keys, how="left", maintain_order="left")
            .join(sold, on=keys, how="left", maintain_order="left")
            .with_columns(pl.col("bought", "sold").fill_null(0).round(3), retired=(pl.col("opening") * 0.01).round(3))
        )
        held = (pl.col("opening") + pl.col("bought") - pl.col("sold") - pl.col("retired")).round(3)
        table = table.with_columns(held=held, year=pl.lit(year)).with_columns(limit=(pl.col("held") * 0.95).round(3))
        years.append(table.with_columns(actual=(pl.col("limit") * 0.8).round(3)))
        opening = table.select(*firms.columns, "pollutant", "held")
    return pl.concat(years)
