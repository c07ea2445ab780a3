"""Monthly ledgers of hazardous waste; one unit has a known residual, one file corrects two rows of the month before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import Fault, broken, feed, repeated
from ingest.simulate.waste import balances
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
UNITS = 80
CODES = {"HW17": 22.0, "HW49": 3.5, "HW08": 2.0, "HW34": 14.0, "HW12": 5.0, "HW18": 60.0, "HW02": 9.0, "HW06": 7.5}
LOST_T = {4: 0.35}
FAULTS = (repeated(last=1), broken("bad_waste_code", "waste_code", "336-063-17"))


def simulate(world: World) -> Iterator[Feed]:
    """A file a month; rows sent back come again in the correction file of the first month."""
    rng = world.rng(CARD.id)
    firms = ledgers.firms(world, UNITS)
    table = balances(rng, firms, world.months, CODES, LOST_T).with_columns(status=pl.lit("已审核"))
    first = table.filter(pl.col("label_local") == world.months[0])
    for month in world.months:
        rows = table.filter(pl.col("label_local") == month)
        if month == world.months[0]:
            typed_wrong = pl.int_range(pl.len()) < 2
            rows = rows.with_columns(
                produced_t=pl.when(typed_wrong).then(pl.lit("0.000")).otherwise("produced_t"),
                status=pl.when(typed_wrong).then(pl.lit("退回修改")).otherwise("status"),
            )
        yield _file(f"sim_hazardous_waste_ledger_{month:%Y%m}.csv", rows, FAULTS)
    yield _file(f"sim_hazardous_waste_ledger_{world.months[0]:%Y%m}_更正.csv", first.head(2))


def _file(name: str, rows: pl.DataFrame, faults: Sequence[Fault] = ()) -> Feed:
    return feed(CARD, name, rows, as_csv("gb18030", "\r\n"), label=("所属月份", "%Y年%m月"), faults=faults)
