"""Patrols of red-line areas: most find nothing; problems are repaired or still open."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import feed, repeated, without
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PER_YEAR = 600
PROBLEMS = {"无": 88, "开矿采石": 1, "违建": 4, "垦殖": 4, "挖沙": 1, "旅游设施": 2}


def simulate(world: World) -> Iterator[Feed]:
    """A file a year; the time is written with slashes."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (7, 17))
    problem = ledgers.pick(rng, list(PROBLEMS), count, list(PROBLEMS.values()))
    none = problem == "无"
    repaired = ledgers.pick(rng, ["整改中", "已销号"], count, [3, 7])
    table = ledgers.some_rows(rng, ledgers.counties(world), count).select(
        patrol_code=ledgers.serials("XH", at),
        area_kind=ledgers.pick(
            rng, ["生态保护红线", "自然保护区", "森林公园", "湿地公园", "地质公园"], count, [5, 2, 2, 1, 1]
        ),
        region_code="region_code",
        way=ledgers.pick(rng, ["人工", "无人机", "图斑核查"], count, [6, 3, 1]),
        length_km=ledgers.fixed(rng.gamma(3, 2.6, count), 1),
        problem=problem,
        problem_area_m2=ledgers.fixed(rng.lognormal(6, 1, count), 0).set(none, None),
        state=pl.when(none).then(pl.lit("不涉及")).otherwise(repaired),
        label_local=at,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_redline_patrols_{year}.csv",
            rows,
            as_csv(),
            label=("巡护时间", "%Y/%m/%d %H:%M"),
            faults=[repeated(last=1), without("area_kind")],
        )
