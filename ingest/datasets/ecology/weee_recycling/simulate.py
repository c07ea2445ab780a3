"""Dismantlers of electrical waste: units by product, a mass that follows from them, an audit that takes some off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import feed, without
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
DISMANTLERS = 5
# Mass of one unit in t, and units a month and firm.
PRODUCTS = {"电视机": (0.022, 9000), "电冰箱": (0.048, 5200), "洗衣机": (0.024, 6100), "空调": (0.041, 4300),
            "微型计算机": (0.012, 2600), "手机": (0.00015, 12000)}  # fmt: skip


def simulate(world: World) -> Iterator[Feed]:
    """A workbook a month with a total row; products that were not handled stay as empty rows."""
    rng = world.rng(CARD.id)
    firms = ledgers.firms(world, DISMANTLERS)
    mass = np.array([m for m, _ in PRODUCTS.values()])
    typical = np.array([u for _, u in PRODUCTS.values()])
    for month in world.months:
        shape = (firms.height, len(PRODUCTS))
        received = np.rint(typical * rng.lognormal(0, 0.25, shape))
        received[rng.random(shape) < 0.05] = np.nan
        dismantled = np.rint(received * rng.uniform(0.9, 1.0, shape))
        product = pl.DataFrame({"product": list(PRODUCTS)})
        rows = firms.select("credit_code", "region_code").join(product, how="cross", maintain_order="left_right")
        rows = rows.select(
            "credit_code",
            "product",
            "region_code",
            received_units=ledgers.fixed(received.ravel(), 0).cast(pl.Int64),
            dismantled_units=ledgers.fixed(dismantled.ravel(), 0).cast(pl.Int64),
            recovered_t=ledgers.fixed((dismantled * mass * 0.86).ravel(), 3),
            residue_t=ledgers.fixed((dismantled * mass * 0.12).ravel(), 3),
            audit=pl.lit("待审核" if month == world.months[-1] else "已审核"),
            label_local=pl.lit(np.datetime64(month, "us")),
        )
        yield feed(
            CARD,
            f"sim_weee_recycling_{month:%Y%m}.xlsx",
            rows,
            as_workbook("月报", f"拆解情况月报（{month:%Y年%m月}）", header="merged"),
            label=("月份", "%Y-%m"),
            faults=[without("credit_code")],
        )
