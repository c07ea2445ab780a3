"""The workshop's scratch database: what dbt reads, laid out from the live batches of the lake.

Schema ``core`` holds a view per dataset over an explicit list of batch files, the flags, the catalog's indicators, and
the lineage of every month. Nothing here judges or computes a number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from catalog.lake import Lake
from ingest.card import Card
from ingest.core import Batch
from quality.row_rules import duckdb_type

# CNEMC's real-time values are not audited; audited values follow within the month after.
CORRECTION_WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Inputs:
    """What a build speaks of: the live batches by dataset, as known at ``as_of`` (None = now)."""

    batches: Mapping[str, list[Batch]]
    as_of: datetime | None = None

    def is_verified(self, month: str) -> bool:
        """True when knowledge newer than the source's correction window has come in since the month ended."""
        year, number = (int(part) for part in month.split("-"))
        over_at = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
        newest = max((b.received_at for batches in self.batches.values() for b in batches), default=over_at)
        return newest >= over_at + CORRECTION_WINDOW

    def month_hashes(self, flags: Mapping[str, str]) -> dict[str, str]:
        """Per local month a hash over everything its numbers can depend on.

        Batches with rows in the month, the undated datasets (registers), and the month's flags.
        """
        undated = sorted(b.name for bs in self.batches.values() for b in bs if b.first_at is None)
        months: dict[str, list[str]] = {}
        for dataset in sorted(self.batches):
            for batch in self.batches[dataset]:
                for month in batch.months if batch.first_at is not None else []:
                    months.setdefault(month, []).append(f"{dataset}/{batch.name}")
        return {
            month: hashlib.sha256("\n".join([*sorted(names), *undated, flags.get(month, "")]).encode()).hexdigest()
            for month, names in sorted(months.items())
        }


def prepare(
    lake: Lake,
    cards: Mapping[str, Card],
    inputs: Inputs,
    scratch: Path,
    *,
    flag_views: Mapping[str, str],
    event_views: Mapping[str, str],
    flag_hashes: Mapping[str, str],
    indicators: list[dict[str, object]],
) -> dict[str, str]:
    """(Re)create schema ``core`` of the scratch database; returns month → inputs hash.

    ``flag_views``/``event_views``: per long dataset a SELECT of its automatic flags, and of what people said;
    ``indicators``: rows of the indicator catalog.
    """
    hashes = inputs.month_hashes(flag_hashes)
    scratch.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(scratch)) as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute("BEGIN")
        db.execute("CREATE SCHEMA IF NOT EXISTS core")
        _lineage_tables(db, cards, inputs, hashes)
        for dataset, card in cards.items():
            db.execute(f'CREATE OR REPLACE VIEW core."{dataset}" AS {_dataset_sql(lake, card, inputs)}')
        for name, views in (("flags", flag_views), ("flag_events", event_views)):
            union = " UNION ALL BY NAME ".join(f"({sql})" for sql in views.values())
            db.execute(f"CREATE OR REPLACE VIEW core.{name} AS {union}")
        _catalog_table(db, indicators)
        db.execute("COMMIT")
    return hashes


def _lineage_tables(
    db: duckdb.DuckDBPyConnection, cards: Mapping[str, Card], inputs: Inputs, hashes: Mapping[str, str]
) -> None:
    # Who speaks for a key that several batches hold: the dataset's precedence, then the newest knowledge.
    ranked = sorted((b for bs in inputs.batches.values() for b in bs), key=lambda b: (b.received_at, b.name))
    rows = [
        (
            *(
                (1000 - cards[b.dataset].precedence) * 1_000_000 + rank,
                b.dataset,
                b.name,
                b.object_sha256,
                b.object_name,
                b.received_at,
                b.rows_in,
            ),
            *(b.counts[name] for name in ("accepted", "quarantined", "duplicates")),
        )
        for rank, b in enumerate(ranked)
    ]
    db.execute(
        "CREATE OR REPLACE TABLE core.batches (authority BIGINT, dataset VARCHAR, batch VARCHAR, "
        "object_sha256 VARCHAR, object_name VARCHAR, received_at TIMESTAMPTZ, rows_in BIGINT, accepted BIGINT, "
        "quarantined BIGINT, duplicates BIGINT)"
    )
    _insert(db, "core.batches", rows)
    db.execute("CREATE OR REPLACE TABLE core.months (month VARCHAR, inputs_hash VARCHAR, is_verified BOOLEAN)")
    _insert(db, "core.months", [(month, value, inputs.is_verified(month)) for month, value in hashes.items()])
    db.execute("CREATE OR REPLACE TABLE core.lineage_batches (month VARCHAR, dataset VARCHAR, batch VARCHAR)")
    _insert(
        db,
        "core.lineage_batches",
        [(month, b.dataset, b.name) for b in ranked for month in (b.months if b.first_at is not None else hashes)],
    )


def _insert(db: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    if rows := list(rows):
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _dataset_sql(lake: Lake, card: Card, inputs: Inputs) -> str:
    files = [str(lake.root / f.path) for b in inputs.batches.get(card.id, []) for f in b.files if f.kind == "core"]
    if files:
        listed = ", ".join("'" + name.replace("'", "''") + "'" for name in files)
        return (
            "SELECT rows.*, known.authority "
            f"FROM read_parquet([{listed}], hive_partitioning = true, hive_types_autocast = false) AS rows "
            "JOIN core.batches AS known USING (batch)"
        )
    columns = {c.name: duckdb_type(c) for c in card.columns} | {"line": "BIGINT"}
    if card.time is not None:
        columns |= {"interval_start_at": "TIMESTAMPTZ", "interval_end_at": "TIMESTAMPTZ"}
    columns |= {"batch": "VARCHAR", "received_at": "TIMESTAMPTZ", "month": "VARCHAR", "authority": "BIGINT"}
    return "SELECT " + ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in columns.items()) + " WHERE false"


def _catalog_table(db: duckdb.DuckDBPyConnection, indicators: list[dict[str, object]]) -> None:
    columns = list(indicators[0])
    typed = ", ".join(f"{c} {'INTEGER' if c == 'decimals' else 'VARCHAR'}" for c in columns)
    db.execute(f"CREATE OR REPLACE TABLE core.catalog_indicators ({typed})")
    _insert(db, "core.catalog_indicators", [tuple(row[c] for c in columns) for row in indicators])
