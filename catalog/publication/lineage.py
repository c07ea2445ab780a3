"""From an inputs hash back to what was received: months → batches → landed objects → core rows → raw records.

Reads the lineage tables of a publication, and the core and landing zones by the paths its manifest names. Does not
belong here: finding the number the question starts from (``trace``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

import duckdb

from catalog.lake import Lake
from catalog.publication.digest import describe
from catalog.publication.engine import parquet
from catalog.publication.files import sha256_of
from catalog.publication.manifest import BatchFacts, Manifest
from catalog.publication.raw import read_records
from catalog.publication.restate import ZONE

CORE_COLUMNS = ("station_code", "item", "value", "batch", "line", "interval_start_at", "interval_end_at")


@dataclass(frozen=True)
class TracedBatch:
    """A batch the number depends on, and whether its landed bytes are still there and intact."""

    dataset: str
    batch: str
    object_name: str
    object_sha256: str
    received_at: datetime
    landing_path: str
    bytes_state: Literal["intact", "altered", "missing"]


@dataclass(frozen=True)
class CoreRow:
    """One typed observation in core; ``hour_end`` is the local label."""

    dataset: str
    station_code: str
    item: str
    hour_end: datetime
    value: Decimal | None
    batch: str
    line: int


@dataclass(frozen=True)
class RawLine:
    """A record as received; ``cell`` is the value's own cell, where the file has a column of the station's code."""

    batch: str
    object_name: str
    line: int
    cell: str | None
    text: str


def months_of(connection: duckdb.DuckDBPyConnection, inputs_hash: str) -> list[str]:
    """The months whose inputs the hash stands for."""
    query = "SELECT DISTINCT month FROM lineage_inputs WHERE inputs_hash = ? ORDER BY month"
    return [month for (month,) in connection.execute(query, [inputs_hash]).fetchall()]


def batches_of(
    connection: duckdb.DuckDBPyConnection, lake: Lake, manifest: Manifest, inputs_hash: str
) -> list[TracedBatch]:
    """The batches the hash stands for: those its theme reads in its months; every landed object is read and hashed."""
    query = (
        "SELECT DISTINCT dataset, batch FROM lineage_inputs JOIN lineage_batches USING (theme, month) "
        "WHERE inputs_hash = ? ORDER BY dataset, batch"
    )
    known = {(b.dataset, b.batch): b for b in manifest.batches}
    wanted = [known[row] for row in connection.execute(query, [inputs_hash]).fetchall() if row in known]
    states = {batch.landing_path: _state(lake.root / batch.landing_path, batch.object_sha256) for batch in wanted}
    return [
        TracedBatch(
            dataset=batch.dataset,
            batch=batch.batch,
            object_name=batch.object_name,
            object_sha256=batch.object_sha256,
            received_at=batch.received_at.astimezone(UTC),
            landing_path=batch.landing_path,
            bytes_state=states[batch.landing_path],
        )
        for batch in wanted
    ]


def _state(path: Path, sha256: str) -> Literal["intact", "altered", "missing"]:
    if not path.is_file():
        return "missing"
    return "intact" if sha256_of(path) == sha256 else "altered"


def core_rows(  # noqa: PLR0917 - a question has this many sides
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    batches: Iterable[BatchFacts],
    stations: Sequence[str],
    span: tuple[datetime, datetime],
    limit: int,
) -> tuple[int, list[CoreRow]]:
    """How many observations of these stations lie in the local span, and the first ``limit`` of them."""
    total = 0
    rows: list[CoreRow] = []
    start, end = span
    month = f"/month={start:%Y-%m}/"
    by_dataset: dict[str, list[Path]] = {}
    for batch in batches:
        for file in batch.files:
            if file.path.startswith("core/") and month in file.path and (lake.root / file.path).is_file():
                by_dataset.setdefault(batch.dataset, []).append(lake.root / file.path)
    for dataset, files in sorted(by_dataset.items()):
        relation = parquet(sorted(files))
        if not set(CORE_COLUMNS) <= {c.name for c in describe(connection, relation)}:
            continue
        inside = (
            f"FROM {relation} WHERE list_contains(?, station_code) "
            f"AND timezone('{ZONE}', interval_start_at) >= ? AND timezone('{ZONE}', interval_end_at) <= ?"
        )
        asked = [list(stations), start, end]
        total += (connection.execute(f"SELECT count(*) {inside}", asked).fetchone() or (0,))[0]
        found = connection.execute(
            f"SELECT station_code, item, timezone('{ZONE}', interval_end_at), value, batch, line {inside} "
            f"ORDER BY interval_end_at, station_code, item, batch LIMIT {max(limit - len(rows), 0)}",
            asked,
        ).fetchall()
        rows += [CoreRow(dataset, *row) for row in found]
    return total, rows


def raw_lines(lake: Lake, batches: Iterable[TracedBatch], rows: Iterable[CoreRow], limit: int) -> list[RawLine]:
    """The records as received of the first ``limit`` observations whose landed bytes are intact."""
    by_name = {(b.dataset, b.batch): b for b in batches if b.bytes_state == "intact"}
    chosen = [row for row in rows if (row.dataset, row.batch) in by_name][:limit]
    lines: list[RawLine] = []
    for key in dict.fromkeys((row.dataset, row.batch) for row in chosen):
        mine = [row for row in chosen if (row.dataset, row.batch) == key]
        records = read_records(lake.root / by_name[key].landing_path, {row.line for row in mine})
        for row in mine:
            if (record := records.get(row.line)) is not None:
                cell = record.cells.get(row.station_code)
                shown = None if cell is None else f"{row.station_code}={cell}"
                lines.append(RawLine(row.batch, by_name[key].object_name, row.line, shown, record.text))
    return lines
