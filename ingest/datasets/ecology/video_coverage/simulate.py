"""High cameras by county and month: more of them every month, nineteen in twenty on line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, feed, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """A file a month."""
    rng = world.rng(CARD.id)
    places = ledgers.counties(world)
    count = places.height
    cameras, area = rng.integers(25, 140, count), rng.uniform(60, 900, count)
    share = rng.uniform(0.55, 0.8, count)
    for number, month in enumerate(world.months):
        now = cameras + number
        covered = np.where(rng.random(count) < 0.025, np.nan, area * np.minimum(0.98, share + 0.006 * number))
        rows = places.select(
            "region_code",
            "region_name",
            cameras=pl.Series(now),
            cameras_online=pl.Series(rng.binomial(now, 0.95)),
            key_area_km2=ledgers.fixed(area, 1),
            covered_km2=ledgers.fixed(covered, 1),
            label_local=pl.lit(np.datetime64(month, "us")),
        )
        yield feed(
            CARD,
            f"sim_video_coverage_{month:%Y%m}.csv",
            rows,
            as_csv(line_end="\r\n"),
            label=("统计月份", "%Y年%m月"),
            faults=[repeated(last=1), broken("bad_region_code", "region_code", "合计")],
        )
