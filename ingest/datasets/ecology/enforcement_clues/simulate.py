"""Clues of violations: rules that fire on units, dispatched within the hour, half of them confirmed."""

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
PER_YEAR = 900
ELEMENTS = {
    "数据突变": "水",
    "参数恒定": "大气",
    "用电与工况不符": "大气",
    "超标排放": "水",
    "视频识别": "固废",
    "走航高值": "大气",
}
VERDICTS = {"属实": 47, "不属实": 33, "重复线索": 7, "已撤销": 3, "待核实": 10}


def clues(world: World) -> pl.DataFrame:
    """All clues of a run; :mod:`inspections <ingest.datasets.ecology.inspections.simulate>` follow some up."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    found = ledgers.moments(world, rng, count)
    units = ledgers.some_rows(rng, ledgers.firms(world, 120), count)
    rule = ledgers.pick(rng, list(ELEMENTS), count)
    verdict = ledgers.pick(rng, list(VERDICTS), count, list(VERDICTS.values()))
    sent = ledgers.later(found, rng, 0.6)
    confidence = np.clip(rng.beta(6, 2.5, count) + np.where(verdict == "属实", 0.08, -0.05), 0.31, 0.99)
    return units.select(
        clue_code=ledgers.serials("XS", found),
        region_code="region_code",
        credit_code=ledgers.gaps(rng, units["credit_code"], 0.12),
        rule=rule,
        element=rule.replace_strict(ELEMENTS, return_dtype=pl.String),
        confidence=ledgers.fixed(confidence, 2),
        dispatched_at=sent,
        closed_at=ledgers.later(sent, rng, 60, 2).set(verdict == "待核实", None),
        verdict=verdict,
        label_local=found,
    )


def simulate(world: World) -> Iterator[Feed]:
    """An answer of the API a year: codes come again when the verdict changes."""
    table = clues(world)
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_enforcement_clues_{year}.json",
            rows,
            as_json("data.items"),
            label=("foundTime", MOMENT),
            faults=[
                earlier({"verdict": "待核实"}),
                repeated(last=1),
                broken("bad_region_code", "region_code", "浙江省"),
                broken("bad_clue_code", "clue_code", "XS-?"),
            ],
        )
