"""How quality reads the lake: the batches that speak, a bounded DuckDB, and literals for SQL that is handed on.

Does not belong here: any question asked of the data.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from catalog.lake import Lake
from ingest.card import Card, load_card
from ingest.core import Batch, CoreZone, live_batches
from quality.door import DOOR_VERSION

# A month of 252 stations x 6 measured items needs 0.3 GB; beyond the limit DuckDB spills to the lake's scratch.
MEMORY_LIMIT = "1GB"


def core_zone(lake: Lake, card: Card) -> CoreZone:
    """The core zone of a dataset under the present door; a new register is a new build of what resolves names by it."""
    register: list[str] = []
    if card.resolve is not None:
        family, name = card.resolve.register_dataset.split("__", 1)
        # this card alone: another one that is broken must not stop us
        register = [b.name for b in live(lake, load_card(card.folder.parent.parent / family / name))]
    return CoreZone(lake, card, "+".join([DOOR_VERSION, *register]))


def live(lake: Lake, card: Card, as_of: datetime | None = None) -> list[Batch]:
    """The batches of a dataset that speak now, or spoke at ``as_of``; later knowledge last."""
    core = core_zone(lake, card)
    return live_batches(core.batches(), core.build, as_of)


def connect(lake: Lake, zone: str = "UTC") -> duckdb.DuckDBPyConnection:
    """An in-memory database with bounded memory; calendars are those of ``zone`` (an IANA name)."""
    spill = lake.work / "duckdb"
    db = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)})
    db.execute(f"SET TimeZone = {literal(zone)}")
    return db


def literal(value: str | datetime | None) -> str:
    """A SQL literal: text quoted, an instant in UTC, None as NULL."""
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return f"TIMESTAMPTZ '{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'"
    return "'" + value.replace("'", "''") + "'"


def parquet(files: Iterable[Path]) -> str:
    """``read_parquet`` over an explicit list of files; the partition is not read from the path."""
    listed = ", ".join(literal(str(path)) for path in files)
    return f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
