"""LIMS records: samples beside their quality controls; duplicates mostly within 10 %, recoveries around 97 %."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import earlier, feed, without
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
PER_YEAR = 900
# Item → matrix, unit, typical result, detection limit.
ITEMS = {
    "氨氮": ("地表水", "mg·L-1", 0.42, 0.025),
    "总磷": ("地表水", "mg·L-1", 0.11, 0.01),
    "化学需氧量": ("废水", "mg·L-1", 46.0, 4.0),
    "六价铬": ("废水", "mg·L-1", 0.02, 0.004),
    "镉": ("土壤", "mg·kg-1", 0.15, 0.01),
    "苯": ("环境空气", "µg·m-3", 2.1, 0.4),
}
KINDS = {"实际样": 70, "平行样": 10, "加标样": 8, "全程序空白": 6, "标准物质": 6}


def simulate(world: World) -> Iterator[Feed]:
    """A workbook a month; one record was sent to be measured again and stands twice."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (8, 18))
    item = ledgers.pick(rng, list(ITEMS), count)
    kind = ledgers.pick(rng, list(KINDS), count, list(KINDS.values()))
    facts = pl.DataFrame([ITEMS[i] for i in item], schema=["matrix", "unit", "typical", "limit"], orient="row")
    blank = (kind == "全程序空白").to_numpy()
    found = facts["typical"].to_numpy() * rng.lognormal(0, 0.6, count) * np.where(blank, 0.01, 1.0)
    below = pl.Series(found < facts["limit"].to_numpy())
    twin = np.where((kind == "平行样").to_numpy(), np.abs(rng.normal(0, 5.5, count)), np.nan)
    spiked = np.where((kind == "加标样").to_numpy(), rng.normal(97, 7, count), np.nan)
    table = facts.select(
        sample_code=ledgers.serials("SY", at),
        item_name=item,
        sample_kind=kind,
        matrix="matrix",
        result=ledgers.fixed(found, 4).set(below, "ND"),
        result_unit="unit",
        duplicate_deviation_pct=ledgers.fixed(twin, 1),
        recovery_pct=ledgers.fixed(spiked, 1),
        analyst=ledgers.pick(rng, ["A017", "A023", "A031"], count),
        review=ledgers.pick(rng, ["通过", "作废"], count, [98, 2]),
        label_local=at,
    )
    for month, rows in ledgers.periods(table, "%Y%m"):
        yield feed(
            CARD,
            f"sim_lims_samples_{month}.xlsx",
            rows,
            as_workbook("样品", f"检测结果与质控汇总（{month[:4]}年{month[4:]}月）", header="merged"),
            label=("接样时间", "%Y-%m-%d %H:%M"),
            faults=[earlier({"review": "复测"}), without("sample_code")],
        )
