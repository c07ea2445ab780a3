"""Carbon market quotes: a random walk within 10 % a day; volumes cumulate; one trading day in five has no trade."""

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
    rng = world.rng("resources__carbon_market_daily")
    days = world.days.filter(world.days.dt.weekday() <= 5)
    close = (90 * np.exp(np.cumsum(np.clip(rng.normal(0, 0.012, days.len()), -0.09, 0.09)))).round(2)
    spread = np.abs(rng.normal(0, 0.6, (3, days.len())))
    listed = rng.integers(1_000, 400_000, days.len()) * (rng.random(days.len()) > 0.2)
    block = rng.integers(1, 9, days.len()) * 100_000 * (rng.random(days.len()) > 0.7)
    table = pl.DataFrame({"label_local": days, "close": close, "listed": listed, "block": block}).with_columns(
        open=pl.Series((close + spread[0] - 0.4).round(2)),
        listed_yuan=(pl.col("listed") * pl.col("close")).round(2),
        block_yuan=(pl.col("block") * pl.col("close") * 0.96).round(2),
    )
    traded = pl.col("listed") > 0
    rows = table.with_columns(
        high=(pl.max_horizontal("open", "close") + pl.Series(spread[1])).round(2),
        low=(pl.min_horizontal("open", "close") - pl.Series(spread[2])).round(2),
        change=((pl.col("close") / pl.col("close").shift(1) - 1) * 100).round(2),
    ).select(
        "label_local",
        product=pl.lit("CEA24"),
        **{f"{name}_yuan_t": pl.when(traded).then(name) for name in ("open", "high", "low", "close")},
        change_pct=pl.when(traded).then("change"),
        listed_t="listed",
        listed_yuan="listed_yuan",
        block_t="block",
        block_yuan="block_yuan",
        cumulative_t=(pl.col("listed") + pl.col("block")).cum_sum(),
        cumulative_yuan=(pl.col("listed_yuan") + pl.col("block_yuan")).cum_sum().round(2),
    )
    for month, part in ledgers.periods(by_card(CARD, rows), "%Y%m"):
        name = f"sim_carbon_market_daily_{month}.csv"
        yield feed(
            CARD, name, part, as_csv(line_end="\r\n"), label=("日期", "%Y-%m-%d"), faults=[repeated(), undated()]
        )
