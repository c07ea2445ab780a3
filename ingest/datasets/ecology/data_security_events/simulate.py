"""Security events of the platforms: logins, interfaces and tamper alarms, most of them false or mere violations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, earlier, feed
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
PER_YEAR = 260
KINDS = {"异常登录": 34, "越权访问": 14, "数据篡改告警": 8, "接口异常调用": 26, "弱口令": 12, "病毒木马": 6}


def simulate(world: World) -> Iterator[Feed]:
    """An answer of the API a year."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count)
    verdict = ledgers.pick(rng, ["真实攻击", "误报", "违规操作", "待研判"], count, [8, 52, 30, 10])
    table = pl.select(
        event_code=ledgers.serials("AQ", at),
        kind=ledgers.pick(rng, list(KINDS), count, list(KINDS.values())),
        grade=ledgers.pick(rng, ["高", "中", "低"], count, [6, 30, 64]),
        system_name=ledgers.pick(rng, ["模拟监测平台", "模拟执法平台", "模拟固废平台", "模拟门户"], count),
        data_level=ledgers.gaps(rng, ledgers.pick(rng, ["L1", "L2", "L3", "L4"], count, [30, 40, 25, 5]), 0.08),
        records_concerned=pl.Series(np.where(rng.random(count) < 0.7, 0, rng.lognormal(5, 2, count)).astype(np.int64)),
        handled_at=ledgers.later(at, rng, 7, 0.2).set(verdict == "待研判", None),
        verdict=verdict,
        label_local=at,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_data_security_events_{year}.json",
            rows,
            as_json("data.alerts"),
            label=("detectedAt", "%Y-%m-%dT%H:%M:%S"),
            faults=[earlier({"verdict": "待研判"}), broken("unknown_grade", "grade", "紧急")],
        )
