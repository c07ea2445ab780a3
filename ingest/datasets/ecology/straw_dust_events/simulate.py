"""Straw fires after the harvests, dumped waste, damage to nature and site dust, traced and dealt with within hours."""

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
PER_YEAR = 1000
KINDS = {"秸秆焚烧": 3.0, "固废堆放": 20.0, "生态破坏": 60.0, "工地扬尘": 6.0}  # hours it takes to deal with one
SEEN_BY = {"卫星": 15, "高位视频": 50, "无人机": 15, "群众举报": 12, "巡查": 8}
HARVEST_MONTHS = (6, 10, 11)


def simulate(world: World) -> Iterator[Feed]:
    """An answer of the API a year."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (6, 22))
    harvest = at.dt.month().is_in(HARVEST_MONTHS)
    other = ledgers.pick(rng, list(KINDS), count, [6, 34, 12, 48])
    kind = pl.select(
        pl.when(harvest & pl.Series(rng.random(count) < 0.6)).then(pl.lit("秸秆焚烧")).otherwise(other)
    ).to_series()
    city = rng.integers(0, len(world.cities), count)
    site = np.array([c.sites[0] for c in world.cities])[city] + rng.uniform(-0.2, 0.2, (count, 2))
    seen_by = ledgers.pick(rng, list(SEEN_BY), count, list(SEEN_BY.values()))
    verdict = ledgers.pick(rng, ["属实", "误报", "重复", "待核"], count, [74, 15, 5, 6])
    traced = ledgers.later(at, rng, 1.2, 0.1)
    hours = np.array([KINDS[k] for k in kind]) * rng.exponential(1.0, count)
    closed = traced + pl.Series(np.rint(hours * 60).astype(np.int64) * 60_000_000).cast(pl.Duration("us"))
    table = pl.select(
        event_code=ledgers.serials("SJ", at),
        event_kind=kind,
        region_code=pl.Series([world.cities[c].adcode for c in city]),
        seen_by=seen_by,
        lon_deg=ledgers.fixed(site[:, 0], 5),
        lat_deg=ledgers.fixed(site[:, 1], 5),
        area_m2=ledgers.fixed(rng.lognormal(5.2, 1.1, count), 0).set(seen_by == "群众举报", None),
        traced_at=traced,
        dealt_with_at=closed.set(verdict == "待核", None),
        verdict=verdict,
        label_local=at,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_straw_dust_events_{year}.json",
            rows,
            as_json("data.events"),
            label=("foundAt", MOMENT),
            faults=[earlier({"verdict": "待核"}), repeated(last=1), broken("unknown_event_kind", "event_kind", "火点")],
        )
