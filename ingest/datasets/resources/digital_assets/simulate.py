"""Registered data assets of the simulated firms."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, without
from ingest.simulate.writing import as_platform_json

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    rng = world.rng("resources__digital_assets")
    firms = ledgers.spread(world, ledgers.enterprises(world, world.some(40)), world.first)
    count = firms.height
    rows = firms.with_columns(
        asset_id=pl.format("DA{}", (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(6)),
        asset=pl.format("模拟环境数据资产{}", pl.int_range(pl.len()) + 1),
        holder="enterprise",
        form=pl.Series(["数据集", "接口", "报告", "模型"]).gather(rng.integers(0, 4, count)),
        valuation_method=pl.Series(["成本法", "收益法", "市场法"]).gather(rng.integers(0, 3, count)),
        value_yuan=pl.Series(rng.lognormal(13, 1, count).round(2)),
        status=pl.Series(["登记", "入表", "融资"]).gather(rng.integers(0, 3, count)),
    )
    yield feed(
        CARD,
        "sim_digital_assets.json",
        by_card(CARD, rows),
        as_platform_json(),
        label=("registeredOn", "%Y-%m-%d"),
        faults=[repeated(), without("asset_id")],
    )
