"""Work orders of stations: routine visits with no downtime, repairs with hours of it, a few cancelled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import earlier, feed, without
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PER_YEAR = 1200
KINDS = {"例行巡检": 0.4, "故障维修": 9.0, "校准": 1.5, "耗材更换": 0.8, "停电断网": 14.0}  # typical downtime in h
# Network → how its station codes begin; the numbers are those of the simulated registers.
NETWORKS = {"大气": "90", "地表水": "SW33", "噪声": "NZ33", "辐射": "RG33"}


def simulate(world: World) -> Iterator[Feed]:
    """A file a month."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (6, 21))
    kind = ledgers.pick(rng, list(KINDS), count, [50, 22, 14, 10, 4])
    network = ledgers.pick(rng, list(NETWORKS), count, [40, 30, 20, 10])
    state = ledgers.pick(rng, ["已完成", "处理中", "已关闭", "已取消"], count, [60, 3, 32, 5])
    idle = state.is_in(["处理中", "已取消"])
    came = ledgers.later(at, rng, 3.5, 0.5)
    downtime = np.array([KINDS[k] for k in kind]) * rng.lognormal(0, 0.5, count)
    station = pl.Series(rng.integers(1, 12, count)).cast(pl.String).str.zfill(2)
    table = pl.select(
        order_code=ledgers.serials("YW", at),
        station_code=pl.format("{}{}01", network.replace_strict(NETWORKS, return_dtype=pl.String), station),
        network=network,
        kind=kind,
        arrived_at=came.set(idle, None),
        finished_at=ledgers.later(came, rng, 2.5, 0.3).set(idle, None),
        downtime_h=ledgers.fixed(downtime, 1).set(idle, None),
        contractor=ledgers.pick(rng, ["模拟运维甲", "模拟运维乙", "模拟运维丙"], count),
        state=state,
        label_local=at,
    )
    for month, rows in ledgers.periods(table, "%Y%m"):
        yield feed(
            CARD,
            f"sim_station_maintenance_{month}.csv",
            rows,
            as_csv(),
            label=("派单时间", "%Y-%m-%d %H:%M"),
            faults=[earlier({"state": "处理中"}), without("station_code")],
        )
