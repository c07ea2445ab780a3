"""On-site inspections: random, campaigns, complaints, and clues followed up within days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.datasets.ecology.enforcement_clues.simulate import clues
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import earlier, feed, repeated, without
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PER_YEAR = 1500
KINDS = {"双随机": 55, "专项检查": 25, "信访核查": 12, "线索核查": 8}
FINDINGS = {"未发现问题": 78, "限期整改": 17, "立案查处": 4, "已关停": 1}


def simulate(world: World) -> Iterator[Feed]:
    """A file a year; one record is void, some miss the number of officers."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (8, 18))
    units = ledgers.some_rows(rng, ledgers.firms(world, 120), count)
    kind = ledgers.pick(rng, list(KINDS), count, list(KINDS.values()))
    finding = ledgers.pick(rng, list(FINDINGS), count, list(FINDINGS.values()))
    followed = ledgers.some_rows(rng, clues(world), count)["clue_code"]
    officers = pl.Series(rng.integers(2, 6, count))
    table = units.select(
        inspection_code=ledgers.serials("JC", at),
        credit_code="credit_code",
        firm_name="firm_name",
        region_code="region_code",
        kind=kind,
        officers=ledgers.gaps(rng, officers, 0.03),
        finding=finding,
        clue_code=pl.when(kind == "线索核查").then(followed),
        rectified_on=pl.when(finding == "限期整改").then(ledgers.days_after(at.dt.date(), rng.integers(7, 40, count))),
        status=pl.when(pl.Series(np.arange(count) % 97 == 3)).then(pl.lit("作废")).otherwise(pl.lit("有效")),
        label_local=at,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_inspections_{year}.csv",
            rows,
            as_csv(),
            label=("检查时间", "%Y-%m-%d %H:%M"),
            faults=[earlier({"finding": "未发现问题"}), repeated(last=2), without("credit_code")],
        )
