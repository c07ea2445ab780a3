"""Projects checked: 8 % in conflict, those in priority units are refused."""

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
    rng = world.rng("resources__spatial_governance")
    count = world.some(500)
    table = ledgers.spread(world, pl.concat([ledgers.counties(world)] * count).head(count), world.first)
    kind = pl.Series(rng.choice(3, count, p=[0.1, 0.6, 0.3]))
    conflict = pl.Series(rng.random(count) < 0.08)
    area = pl.Series(rng.lognormal(1.5, 1, count).round(2))
    rows = table.with_columns(
        project_id=pl.format("YD{}", (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(6)),
        control_unit=pl.format("ZH{}{}0001", "region_code", kind + 1),
        control_class=pl.Series(["优先保护", "重点管控", "一般管控"]).gather(kind),
        area_ha=area,
        farmland_ha=(area * conflict.cast(pl.Float64) * 0.1).round(2),
        redline_ha=(area * (conflict & (kind == 0)).cast(pl.Float64) * 0.2).round(2),
        verdict=pl.when(conflict & (kind == 0))
        .then(pl.lit("不符合"))
        .when(conflict)
        .then(pl.lit("调整后符合"))
        .otherwise(pl.lit("符合")),
    )
    for year, part in ledgers.periods(by_card(CARD, rows)):
        name = f"sim_spatial_governance_{year}.json"
        yield feed(
            CARD, name, part, as_platform_json(), label=("checkedOn", "%Y-%m-%d"), faults=[repeated(), undated()]
        )
