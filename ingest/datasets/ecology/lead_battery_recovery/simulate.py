"""Lead-acid batteries: collected at outlets, handed over, received by a smelter with a percent of loss."""

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
OUTLETS = 66
KINDS = ["4S店", "维修店", "电动车店", "集中转运点"]


def simulate(world: World) -> Iterator[Feed]:
    """A file a month; closed outlets send empty cells."""
    rng = world.rng(CARD.id)
    count = world.some(OUTLETS)
    codes = ledgers.city_codes(world)
    number = np.arange(count)
    region = [codes[n % len(codes)] for n in number]
    size = np.array([160, 120, 260, 2800])[number % 4] * rng.lognormal(0, 0.4, count)
    for month in world.months:
        closed = np.where(rng.random(count) < 0.03, np.nan, 0.0)
        collected = size * rng.lognormal(0, 0.15, count) + closed
        handed = collected * rng.uniform(0.85, 1.0, count)
        rows = pl.DataFrame(
            {
                "outlet_code": [f"QD{r}{n // len(codes) + 1:02d}" for n, r in enumerate(region)],
                "region_code": region,
                "outlet_kind": [KINDS[n % 4] for n in number],
                "collected_kg": ledgers.fixed(collected, 1),
                "handed_over_kg": ledgers.fixed(handed, 1),
                "smelter_kg": ledgers.fixed(handed * 0.99, 1),
                "status": np.where(np.isnan(closed), "停用", "正常").astype(object).tolist(),
            }
        ).with_columns(label_local=pl.lit(np.datetime64(month, "us")))
        yield feed(
            CARD,
            f"sim_lead_battery_recovery_{month:%Y%m}.csv",
            rows,
            as_csv(),
            label=("月份", "%Y-%m"),
            faults=[repeated(last=1), broken("bad_outlet_code", "outlet_code", "铅蛋01")],
        )
