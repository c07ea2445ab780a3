"""Hazardous waste manifests: mass sent and received, a few percent apart; some refused, cancelled, on the road."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import MOMENT, broken, earlier, feed, repeated
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
PER_YEAR = 600
STATES = {"已办结": 90, "运输中": 4, "拒收": 3, "已作废": 3}


def simulate(world: World) -> Iterator[Feed]:
    """One answer of the API a calendar year; manifests leave between 7 and 19 o'clock."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    left = ledgers.moments(world, rng, count, (7, 19))
    firms = ledgers.firms(world, 80)
    makers, takers = (
        ledgers.some_rows(rng, firms, count),
        ledgers.some_rows(rng, firms.tail(max(3, firms.height // 9)), count),
    )
    status = ledgers.pick(rng, list(STATES), count, list(STATES.values()))
    arrived = status == "已办结"
    sent = rng.uniform(0.4, 29, count)
    short = np.where(rng.random(count) < 0.02, 0.83, 1.0)  # two in a hundred lose more than the tolerated tenth
    running = pl.int_range(1, count + 1).cast(pl.String).str.zfill(8)
    table = makers.select(
        manifest_code=pl.format("{}33{}", left.dt.year(), running),
        generator_code="credit_code",
        receiver_code=takers["credit_code"],
        carrier_name=ledgers.pick(rng, [f"模拟危运{n}号运输公司" for n in "甲乙丙丁"], count),
        region_code="region_code",
        waste_code=ledgers.pick(rng, ["HW17", "HW49", "HW08", "HW34", "HW12", "HW18", "HW02", "HW06"], count),
        sent_t=ledgers.fixed(sent, 3),
        received_t=ledgers.fixed(np.where(arrived.to_numpy(), sent * short * rng.normal(1, 0.004, count), np.nan), 3),
        waste_received_at=ledgers.later(left, rng, 5.0).set(~arrived, None),
        status=status,
        difference_note=pl.when(pl.Series(short < 1) & arrived).then(pl.lit("含水率变化")),
        label_local=left,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_hazardous_waste_manifest_{year}.json",
            rows,
            as_json("data.records"),
            label=("sentTime", MOMENT),
            faults=[earlier({"status": "运输中"}), repeated(last=1), broken("unknown_status", "status", "5")],
        )
