"""Marine plastic: batches from boats and beaches on the coast, traced to a certificate; one mass was typed in grams."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, earlier, feed
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
PER_YEAR = 500
COAST = ("330200", "330300", "330400", "330900", "331000")
STATES = {"已收集": 20, "已转运": 20, "已再生": 22, "已认证": 36, "作废": 2}


def simulate(world: World) -> Iterator[Feed]:
    """An answer of the API a year."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (5, 19))
    state = ledgers.pick(rng, list(STATES), count, list(STATES.values()))
    mass = rng.gamma(1.6, 180, count)
    mass[3] *= 1000
    table = pl.select(
        batch_code=ledgers.serials("LX", at),
        region_code=ledgers.pick(rng, COAST, count, [20, 15, 5, 25, 35]),
        collection_point=ledgers.pick(rng, [f"模拟{n}号小蓝之家" for n in range(1, 9)], count),
        origin=ledgers.pick(rng, ["渔船", "岸滩", "商船", "渔民回收点"], count, [45, 25, 10, 20]),
        material=ledgers.pick(rng, ["PET", "PE", "PP", "泡沫", "渔网", "混合"], count),
        mass_kg=ledgers.fixed(mass, 1),
        chain_state=state,
        certified_at=ledgers.later(at, rng, 900, 200).set(state != "已认证", None),
        label_local=at,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_marine_plastic_{year}.json",
            rows,
            as_json(),
            label=("collectedAt", "%Y-%m-%dT%H:%M:%S"),
            faults=[earlier({"chain_state": "已收集"}), broken("bad_batch_code", "batch_code", "LX2026")],
        )
