"""Monthly ledgers of general industrial solid waste; two units have a known residual."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import earlier, feed, without
from ingest.simulate.waste import balances
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
UNITS = 60
CODES = {"SW07污泥": 420.0, "SW02炉渣": 900.0, "SW03煤渣": 650.0, "SW17可再生类废物": 85.0, "SW59其他": 40.0}
LOST_T = {6: 2.5, 18: 1.2}


def simulate(world: World) -> Iterator[Feed]:
    """A workbook a month with a total row; one month of one unit was sent back and handed in again."""
    rng = world.rng(CARD.id)
    firms = ledgers.firms(world, UNITS)
    table = balances(rng, firms, world.months, CODES, LOST_T).with_columns(status=pl.lit("已审核"))
    for month in world.months:
        title = f"一般工业固体废物管理台账（{month:%Y年%m月}）"
        sent_back = [earlier({"status": "退回修改"})] if month == world.months[-1] else []
        yield feed(
            CARD,
            f"sim_solid_waste_ledger_{month:%Y%m}.xlsx",
            table.filter(pl.col("label_local") == month),
            as_workbook("台账", title, header="merged"),
            label=("月份", "%Y-%m"),
            faults=[*sent_back, without("credit_code")],
        )
