"""Zoning units: one of each class a county, rules that grow stricter with the class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import earlier, feed, repeated, without
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
CLASSES = {
    "优先保护": (1, 210.0, 4),
    "重点管控": (2, 120.0, 9),
    "一般管控": (3, 340.0, 6),
}  # number, typical km2, rules


def simulate(world: World) -> Iterator[Feed]:
    """One workbook."""
    rng = world.rng(CARD.id)
    places = ledgers.counties(world)
    classes = pl.DataFrame({"unit_class": list(CLASSES)})
    table = places.join(classes, how="cross", maintain_order="left_right")
    count = table.height
    number, typical, rules = (np.array([CLASSES[c][i] for c in table["unit_class"]]) for i in range(3))
    area = np.where(rng.random(count) < 0.025, np.nan, typical * rng.lognormal(0, 0.4, count))
    rows = table.select(
        unit_code=pl.format("ZH{}{}0001", "region_code", pl.Series(number.astype(np.int64))),
        unit_name=pl.format("{}模拟{}单元", "region_name", "unit_class"),
        region_code="region_code",
        unit_class="unit_class",
        area_km2=ledgers.fixed(area, 2),
        **{f"rules_{kind}": pl.Series(rng.poisson(rules)) for kind in ("layout", "emission", "risk", "resource")},
        version=pl.lit("2023动态更新"),
    )
    yield feed(
        CARD,
        "sim_zoning_units_2023.xlsx",
        rows,
        as_workbook("单元清单", "浙江省生态环境分区管控单元清单", header="merged"),
        faults=[earlier({"version": "2020"}), repeated(last=1), without("unit_name")],
    )
