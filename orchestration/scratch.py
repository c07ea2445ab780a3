"""The workshop's scratch database: what dbt reads, laid out from the live batches of the lake.

Schema ``core`` holds a view per dataset over an explicit list of batch files, the flags, the catalog's indicators, and
the lineage of every month. Nothing here judges or computes a number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from catalog.lake import Lake
from ingest.card import Card
from ingest.core import Batch
from quality.row_rules import duckdb_type

# CNEMC's real-time values are not audited; audited values follow within the month after.
CORRECTION_WINDOW = timedelta(days=30)
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class MonthFacts:
    """One local month of a theme: hash over all its numbers can depend on, its days known, and whether it is final."""

    inputs_hash: str
    first_date: date
    last_date: date
    is_verified: bool

    @property
    def state(self) -> str:
        """Changes when the month has to be computed again: also when it becomes final, for its status is part of it."""
        return f"{self.inputs_hash}{'+verified' if self.is_verified else ''}"


@dataclass(frozen=True)
class Inputs:
    """What a build speaks of: the live batches by dataset, as known at ``as_of`` (None = now)."""

    batches: Mapping[str, list[Batch]]
    as_of: datetime | None = None

    def of(self, datasets: Iterable[str]) -> list[Batch]:
        """The batches of some datasets, in the order of the datasets' names."""
        return [b for dataset in sorted(datasets) for b in self.batches.get(dataset, [])]

    def months(self, datasets: Iterable[str], flags: Mapping[tuple[str, str], str]) -> dict[str, MonthFacts]:
        """The local months of a theme that reads ``datasets``; ``flags``: (dataset, month) → hash of its flags.

        A month's hash covers the batches with rows in it, the undated datasets (registers), and its flags.
        """
        mine = self.of(datasets)
        registers = [b for b in mine if b.first_at is None]
        undated = [
            *sorted(b.name for b in registers),
            *(flags.get((d, ""), "") for d in sorted({b.dataset for b in registers})),
        ]
        newest = max((b.received_at for b in mine), default=None)
        months: dict[str, list[Batch]] = {}
        for batch in mine:
            for month in batch.months if batch.first_at is not None else []:
                months.setdefault(month, []).append(batch)
        if not months and newest is not None:
            # only registers: they speak of the month they are known in
            months[f"{newest.astimezone(ZONE):%Y-%m}"] = []
        return {month: _facts(month, batches, undated, flags, newest) for month, batches in sorted(months.items())}


def _facts(
    month: str,
    batches: list[Batch],
    undated: list[str],
    flags: Mapping[tuple[str, str], str],
    newest: datetime | None,
) -> MonthFacts:
    year, number = (int(part) for part in month.split("-"))
    first = date(year, number, 1)
    after = date(year + number // 12, number % 12 + 1, 1)
    flagged = [flags.get((dataset, month), "") for dataset in sorted({b.dataset for b in batches})]
    parts = [*sorted(f"{b.dataset}/{b.name}" for b in batches), *undated, *flagged]
    starts = [b.first_at.astimezone(ZONE).date() for b in batches if b.first_at] or [first]
    # an interval that ends at midnight is the day's before
    ends = [(b.last_at.astimezone(ZONE) - timedelta(microseconds=1)).date() for b in batches if b.last_at] or [first]
    over_at = datetime(after.year, after.month, 1, tzinfo=UTC)
    return MonthFacts(
        hashlib.sha256("\n".join(parts).encode()).hexdigest(),
        max(first, min(starts)),
        max(first, min(after - timedelta(days=1), max(ends))),
        newest is not None and newest >= over_at + CORRECTION_WINDOW,
    )


def prepare(
    lake: Lake,
    cards: Mapping[str, Card],
    inputs: Inputs,
    scratch: Path,
    *,
    flag_views: Mapping[str, str],
    event_views: Mapping[str, str],
    months: Mapping[str, Mapping[str, MonthFacts]],
    themes: Mapping[str, Iterable[str]],
    indicators: list[dict[str, object]],
    indicator_inputs: Iterable[tuple[str, str]],
    datasets: Iterable[Card],
) -> None:
    """(Re)create schema ``core`` of the scratch database.

    ``flag_views``/``event_views``: per dataset a SELECT of its automatic flags, and of what people said;
    ``months``: theme → its months; ``themes``: theme → the datasets it reads; ``indicators``: the indicator catalog;
    ``indicator_inputs``: (code, dataset) wherever an indicator goes back to a dataset; ``datasets``: every card there
    is, also of what no model reads.
    """
    scratch.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(scratch)) as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute("BEGIN")
        db.execute("CREATE SCHEMA IF NOT EXISTS core")
        _batch_table(db, cards, inputs)
        _lineage_tables(db, inputs, months, themes)
        for dataset, card in cards.items():
            db.execute(f'CREATE OR REPLACE VIEW core."{dataset}" AS {_dataset_sql(lake, card, inputs)}')
        for name, views in (("flags", flag_views), ("flag_events", event_views)):
            union = " UNION ALL BY NAME ".join(f"({sql})" for sql in views.values())
            db.execute(f"CREATE OR REPLACE VIEW core.{name} AS {union}")
        _catalog_table(db, indicators)
        _dataset_tables(db, datasets, indicator_inputs)
        db.execute("COMMIT")


def _batch_table(db: duckdb.DuckDBPyConnection, cards: Mapping[str, Card], inputs: Inputs) -> None:
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


def _lineage_tables(
    db: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    months: Mapping[str, Mapping[str, MonthFacts]],
    themes: Mapping[str, Iterable[str]],
) -> None:
    db.execute(
        "CREATE OR REPLACE TABLE core.months (theme VARCHAR, month VARCHAR, inputs_hash VARCHAR, first_date DATE, "
        "last_date DATE, is_verified BOOLEAN)"
    )
    _insert(
        db,
        "core.months",
        [
            (theme, month, facts.inputs_hash, facts.first_date, facts.last_date, facts.is_verified)
            for theme, mine in months.items()
            for month, facts in mine.items()
        ],
    )
    db.execute(
        "CREATE OR REPLACE TABLE core.lineage_batches (theme VARCHAR, month VARCHAR, dataset VARCHAR, batch VARCHAR)"
    )
    rows = [
        (theme, month, batch.dataset, batch.name)
        for theme, mine in months.items()
        for batch in inputs.of(themes[theme])
        for month in (batch.months if batch.first_at is not None else mine)
    ]
    _insert(db, "core.lineage_batches", rows)


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


def _dataset_tables(
    db: duckdb.DuckDBPyConnection, datasets: Iterable[Card], indicator_inputs: Iterable[tuple[str, str]]
) -> None:
    db.execute(
        "CREATE OR REPLACE TABLE core.catalog_datasets (dataset VARCHAR, family VARCHAR, title_zh VARCHAR, "
        "title_en VARCHAR, owner_zh VARCHAR, owner_en VARCHAR, level VARCHAR, serves VARCHAR)"
    )
    _insert(
        db,
        "core.catalog_datasets",
        [
            (c.id, c.family, c.title.zh, c.title.en, c.owner.zh, c.owner.en, c.level, ",".join(c.serves))
            for c in sorted(datasets, key=lambda card: card.id)
        ],
    )
    db.execute("CREATE OR REPLACE TABLE core.catalog_indicator_inputs (code VARCHAR, dataset VARCHAR)")
    _insert(db, "core.catalog_indicator_inputs", sorted(indicator_inputs))
