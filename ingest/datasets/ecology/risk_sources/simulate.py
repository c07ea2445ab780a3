"""Risk sources: substances against their critical quantities, grades that follow from the ratio."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, earlier, feed, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
UNITS = 120
# Critical quantities in t (HJ 169-2018, annex B).
CRITICAL_T = {"氨水": 10.0, "盐酸": 7.5, "硫酸": 10.0, "甲苯": 10.0, "油类物质": 2500.0, "铬及其化合物": 0.25}


def simulate(world: World) -> Iterator[Feed]:
    """One list; a unit that was struck off and entered again stands twice."""
    rng = world.rng(CARD.id)
    units = ledgers.firms(world, UNITS)
    count = units.height
    substance = ledgers.pick(rng, list(CRITICAL_T), count)
    critical = np.array([CRITICAL_T[s] for s in substance])
    ratio = rng.lognormal(0.5, 1.3, count)
    filed = ledgers.days_after(pl.Series([date(2023, 6, 1)] * count), rng.integers(0, 1000, count))
    rows = units.select(
        credit_code="credit_code",
        firm_name="firm_name",
        region_code="region_code",
        risk_grade=pl.Series(np.select([ratio > 10, ratio > 1], ["重大", "较大"], "一般").astype(object).tolist()),
        substance=substance,
        quantity_t=ledgers.fixed(np.round(critical * ratio, 2), 2),
        critical_t=ledgers.fixed(critical, 2),
        source_distance_km=ledgers.fixed(rng.gamma(2.0, 6.0, count), 1),
        plan_filed_on=ledgers.gaps(rng, filed, 0.07),
        status=pl.lit("在册"),
    )
    yield feed(
        CARD,
        "sim_risk_sources_2026.csv",
        rows,
        as_csv(line_end="\r\n"),
        faults=[earlier({"status": "注销"}), repeated(last=1), broken("bad_credit_code", "credit_code", "91330106")],
    )
