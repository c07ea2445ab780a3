"""Projects' EIA: reports, tables and registrations, approved within weeks, faster with the smart system."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, earlier, feed, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PER_YEAR = 800
KINDS = {"报告书": 15.0, "报告表": 7.0, "登记表": 0.0}  # typical working days to approval


def simulate(world: World) -> Iterator[Feed]:
    """A file a year as published."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    day = ledgers.moments(world, rng, count).dt.truncate("1d")
    units = ledgers.some_rows(rng, ledgers.firms(world, 120), count)
    kind = ledgers.pick(rng, list(KINDS), count, [10, 60, 30])
    smart = rng.random(count) < 0.4
    state = ledgers.pick(rng, ["已批复", "审查中", "不予批准", "撤回"], count, [86, 9, 1, 4])
    typical = np.array([KINDS[k] for k in kind])
    days = np.rint(typical * rng.lognormal(0, 0.3, count) * np.where(smart, 0.7, 1.0)).astype(np.int64)
    cost = rng.lognormal(8, 1.3, count)
    table = units.select(
        project_code=pl.format(
            "{}-{}-04-0{}-{}",
            day.dt.strftime("%y%m"),
            "region_code",
            pl.Series(rng.integers(1, 4, count)),
            pl.int_range(1, count + 1).cast(pl.String).str.zfill(6),
        ),
        project_name=pl.format("{}技改项目", "firm_name"),
        region_code="region_code",
        document_kind=kind,
        industry="industry",
        investment_10k_yuan=ledgers.fixed(cost, 2),
        protection_10k_yuan=ledgers.fixed(cost * rng.uniform(0.005, 0.08, count), 2),
        approved_on=ledgers.days_after(day.dt.date(), days).set(state != "已批复", None),
        smart_compiled=pl.Series(np.where(smart, "是", "否").astype(object).tolist()),
        state=state,
        label_local=day,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_eia_projects_{year}.csv",
            rows,
            as_csv(line_end="\r\n"),
            label=("受理日期", "%Y-%m-%d"),
            faults=[
                earlier({"state": "审查中"}),
                repeated(last=1),
                broken("bad_project_code", "project_code", "待赋码"),
            ],
        )
