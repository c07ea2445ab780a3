"""The calendar of partitions: local months, from the oldest that any card speaks of to the one we are in.

One calendar for all datasets, because Dagster gives a job a single partitions definition; a card whose data begin later
simply has nothing in the months before. Does not belong here: which rows fall into a month (``quality.door``).
"""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

from ingest.card import Card

ZONE = "Asia/Shanghai"
FORMAT = "%Y-%m"
# The national network began to publish hourly values in January 2013 (GB 3095-2012, first stage).
FIRST_MONTH = "2013-01"


def calendar_of(cards: Iterable[Card]) -> dg.MonthlyPartitionsDefinition:
    """The months of these cards; the running month is a partition from its first day on."""
    first = min((card.first_month for card in cards if card.first_month), default=FIRST_MONTH)
    return dg.MonthlyPartitionsDefinition(start_date=first, end_offset=1, timezone=ZONE, fmt=FORMAT)


def months_of(context: dg.AssetExecutionContext) -> tuple[str, str] | None:
    """First and last month that a run was asked for; None when it was asked for whatever is new."""
    if not (context.has_partition_key or context.has_partition_key_range):
        return None
    asked = context.partition_key_range
    return asked.start, asked.end
