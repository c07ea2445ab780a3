"""Satellite products: passes in the late morning, a quarter of the scenes too cloudy, finished within a day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import feed, repeated, undated
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
PER_YEAR = 700
KINDS = ["气溶胶光学厚度", "NO2柱浓度", "热异常点", "水华", "植被覆盖", "变化图斑"]
PROVINCE_KM2, TOO_CLOUDY_PCT = 105_500, 60


def simulate(world: World) -> Iterator[Feed]:
    """An answer of the API a year; products are of the whole province."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (10, 14))
    cloud = 100 * rng.beta(0.9, 1.3, count)
    failed = rng.random(count) < 0.02
    lost = (cloud > TOO_CLOUDY_PCT) | failed
    status = np.select([failed, cloud > TOO_CLOUDY_PCT], ["处理失败", "云量过大"], "已发布")
    table = pl.select(
        product_code=ledgers.serials("WX", at),
        satellite=ledgers.pick(rng, ["高分一号", "高分六号", "环境二号A", "大气环境监测卫星", "Sentinel-2"], count),
        product_kind=ledgers.pick(rng, KINDS, count),
        region_code=pl.lit("330000"),
        cloud_pct=ledgers.fixed(cloud, 1),
        coverage_km2=ledgers.fixed(np.where(lost, np.nan, PROVINCE_KM2 * (1 - cloud / 100)), 0),
        finished_at=ledgers.later(at, rng, 9, 2).set(pl.Series(lost), None),
        status=pl.Series(status.astype(object).tolist()),
        label_local=at,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_satellite_products_{year}.json",
            rows,
            as_json("result.features"),
            label=("acquired", "%Y-%m-%dT%H:%M:%S"),
            faults=[repeated(last=1), undated("2026-04-31T10:30:00")],
        )
