"""Calendar periods of a simulated world that are longer than a month.

Does not belong here: hours (``timeline``), days, months and years (``feeds.World``).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from ingest.simulate.feeds import World


def whole_quarters(world: World) -> list[date]:
    """First days of the quarters that lie within the period, at least the last one begun."""
    starts = pl.date_range(world.first.replace(day=1), world.last, "1mo", eager=True)
    quarters = starts.filter(starts.dt.month() % 3 == 1)
    ended = quarters.filter(quarters.dt.offset_by("3mo") <= world.last + timedelta(days=1))
    return (ended if ended.len() else quarters.tail(1)).to_list()
