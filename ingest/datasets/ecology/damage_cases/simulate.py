"""Compensation cases: damage with a long tail, most settled by agreement, some before a court."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, earlier, feed
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PER_YEAR = 150
STATES = {"已结案": 55, "修复中": 12, "磋商中": 25, "诉讼中": 5, "终止": 3}


def simulate(world: World) -> Iterator[Feed]:
    """A file a year; a sum was corrected later in the same file."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    day = ledgers.moments(world, rng, count).dt.truncate("1d")
    state = ledgers.pick(rng, list(STATES), count, list(STATES.values()))
    settled = state.is_in(["已结案", "修复中"])
    damage = rng.lognormal(2.6, 1.4, count)
    paid = np.where((state == "已结案").to_numpy(), damage, damage * 0.4)
    units = ledgers.some_rows(rng, ledgers.firms(world, 120), count)
    agreed = ledgers.days_after(day.dt.date(), rng.integers(20, 200, count))
    table = units.select(
        case_code=ledgers.serials("SH", day),
        region_code="region_code",
        element=ledgers.pick(
            rng, ["地表水", "土壤", "大气", "森林", "海洋", "生物多样性"], count, [35, 25, 20, 10, 5, 5]
        ),
        credit_code=ledgers.gaps(rng, units["credit_code"], 0.2),
        damage_10k_yuan=ledgers.fixed(damage, 2),
        mode=ledgers.pick(rng, ["货币赔偿", "替代修复", "自行修复"], count, [5, 3, 2]),
        paid_10k_yuan=ledgers.fixed(paid, 2).set(~settled, None),
        agreed_on=agreed.set(~settled, None),
        state=state,
        label_local=day,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_damage_cases_{year}.csv",
            rows,
            as_csv(),
            label=("启动日期", "%Y-%m-%d"),
            faults=[earlier({"damage_10k_yuan": "0.00"}), broken("unknown_element", "element", "水")],
        )
