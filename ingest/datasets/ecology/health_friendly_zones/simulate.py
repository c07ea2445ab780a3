"""Health-friendly zones: a dozen pilots in two batches."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import feed, repeated, without
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
ZONES = 12


def simulate(world: World) -> Iterator[Feed]:
    """One workbook."""
    rng = world.rng(CARD.id)
    count = max(6, world.some(ZONES))
    number = pl.int_range(1, count + 1)
    year = world.years[-1]
    rows = ledgers.some_rows(rng, ledgers.counties(world), count).select(
        zone_code=pl.format("JK{}{}", pl.lit(year), number.cast(pl.String).str.zfill(3)),
        zone_name=pl.format("{}模拟环境健康友好创新区", "region_name"),
        region_code="region_code",
        batch_year=pl.lit(year),
        area_km2=ledgers.fixed(rng.uniform(4, 900, count), 1),
        residents=pl.Series(rng.integers(9_000, 700_000, count)),
        literacy_pct=ledgers.gaps(rng, ledgers.fixed(rng.uniform(18, 34, count), 1), 0.12),
        state=pl.when(number <= 3).then(pl.lit("已验收")).otherwise(pl.lit("试点")),
    )
    yield feed(
        CARD,
        f"sim_health_friendly_zones_{year}.xlsx",
        rows,
        as_workbook("名单", "环境健康友好创新区试点名单", header="merged"),
        faults=[repeated(last=1), without("zone_code")],
    )
