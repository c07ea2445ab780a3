"""Permit reports: actual emission mostly half of what is permitted, one permit above it, some never handed in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, earlier, feed, repeated
from ingest.simulate.quarters import whole_quarters
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PERMITS = 70
POLLUTANTS = {"COD": 9.0, "NH3-N": 0.8, "SO2": 4.0, "NOx": 11.0, "VOCs": 6.0}  # permitted in t a quarter
ABOVE = 3  # this permit emits more than it may


def simulate(world: World) -> Iterator[Feed]:
    """A file a quarter that ended within the period."""
    rng = world.rng(CARD.id)
    firms = ledgers.firms(world, PERMITS)
    pairs = firms.join(pl.DataFrame({"pollutant": list(POLLUTANTS)}), how="cross", maintain_order="left_right")
    pairs = pairs.filter((pl.int_range(pl.len()) * 7) % 5 < 3)
    count = pairs.height
    permitted = np.array([POLLUTANTS[p] for p in pairs["pollutant"]]) * rng.lognormal(0, 0.8, count)
    use = np.where((pairs["credit_code"] == firms["credit_code"][min(ABOVE, firms.height - 1)]).to_numpy(), 1.12, 0.55)
    for first in whole_quarters(world):
        handed_in = rng.random(count) > 0.05
        late = rng.integers(1, 30, count)
        actual = np.where(handed_in, permitted * use * rng.lognormal(0, 0.1, count), np.nan)
        due = ledgers.days_after(pl.Series([first] * count).dt.offset_by("3mo"), late)
        state = np.select([~handed_in, late > 25, rng.random(count) < 0.1], ["未提交", "逾期提交", "退回补正"], "通过")
        rows = pairs.select(
            permit_code=pl.format("{}001P", "credit_code"),
            pollutant="pollutant",
            region_code="region_code",
            permitted_t=ledgers.fixed(permitted, 4),
            actual_t=ledgers.fixed(actual, 4),
            problems=pl.Series(rng.poisson(0.6, count)),
            submitted_on=due.set(pl.Series(~handed_in), None),
            state=pl.Series(state.astype(object).tolist()),
            label_local=pl.lit(np.datetime64(first, "us")),
        )
        yield feed(
            CARD,
            f"sim_permit_reports_{first.year}Q{(first.month + 2) // 3}.csv",
            rows,
            as_csv(),
            label=("报告季度首日", "%Y-%m-%d"),
            faults=[
                earlier({"state": "退回补正"}),
                repeated(last=1),
                broken("unknown_pollutant", "pollutant", "二氧化硫"),
            ],
        )
