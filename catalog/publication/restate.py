"""Published numbers that changed: the status ``restated`` and the table of changes.

A value is *restated* when the publication before gave another one for a period that had ended by then; it stays
restated while it stays the same. The value of a period still running (today, this month, this year) is *updated*, not
restated: it was announced as growing. A number that is no longer given is *withdrawn*. The year to date is not
compared: its end moves with the data, so it is another period every day. Only partitions whose content changed are
compared. Does not belong here: comparing any two publications on request (``diff``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from catalog.publication.engine import matching, name, text
from catalog.publication.manifest import Changes, Column

RESTATEMENTS = "restatements"
GRAIN = "one row per published value that the publication before gave differently"
ZONE = "Asia/Shanghai"
PERIOD_LENGTHS = {
    "hour": "INTERVAL 1 HOUR",
    "day": "INTERVAL 1 DAY",
    "month": "INTERVAL 1 MONTH",
    "quarter": "INTERVAL 3 MONTH",
    "year": "INTERVAL 1 YEAR",
}
MOVING = "ytd"
DIFFERS = "(n.value IS DISTINCT FROM o.value OR n.value_text IS DISTINCT FROM o.value_text)"


def local(expression: str, kind: str) -> str:
    """SQL: a period's start on the province's clock, as a timestamp without zone."""
    return f"timezone('{ZONE}', {expression})" if kind == "TIMESTAMP WITH TIME ZONE" else f"{expression}::TIMESTAMP"


@dataclass(frozen=True)
class Restating:
    """How new rows (alias ``n``) of ``indicator_values`` are compared with old ones (alias ``o``).

    ``previous`` is the publication the old rows belong to, ``known_at`` up to when it knew the data.
    """

    columns: Sequence[Column]
    key: Sequence[str]
    previous: str
    known_at: datetime

    def overlay(self, fresh: str, before: str) -> str:
        """SQL: the rows of ``fresh`` with the status that the rows of ``before`` give them."""
        status = f"""CASE
            WHEN o.{name(self.key[0])} IS NULL OR n.period_type = '{MOVING}' THEN n.status
            WHEN {DIFFERS} AND NOT {self._was_running("n")} THEN 'restated'
            WHEN NOT {DIFFERS} AND o.status = 'restated' THEN 'restated'
            ELSE n.status END AS status"""
        picked = ", ".join(status if c.name == "status" else f"n.{name(c.name)}" for c in self.columns)
        return f"(SELECT {picked} FROM {fresh} n LEFT JOIN {before} o ON {matching(self.key, 'n', 'o')})"

    def compare(self, connection: duckdb.DuckDBPyConnection, fresh: str | None, before: str) -> None:
        """Add the changes from ``before`` to ``fresh`` (None: the whole partition is gone) to the table of changes."""
        keys = ", ".join(f"o.{name(column)}" for column in self.key)
        gone = f"n.{name(self.key[0])} IS NULL"
        connection.execute(
            f"""INSERT INTO {RESTATEMENTS}
            SELECT {keys},
                CASE WHEN {gone} THEN 'withdrawn' WHEN {self._was_running("o")} THEN 'updated' ELSE 'restated' END,
                o.value, n.value, o.value_text, n.value_text,
                n.value - o.value,
                (n.value - o.value)::DOUBLE / nullif(abs(o.value), 0)::DOUBLE,
                {text(self.previous)}
            FROM {before} o
            LEFT JOIN {fresh or f"(FROM {before} WHERE false)"} n ON {matching(self.key, "n", "o")}
            WHERE o.period_type <> '{MOVING}' AND ({gone} OR {DIFFERS})"""
        )

    def _was_running(self, row: str) -> str:
        """SQL: the period had not ended when the earlier publication was made."""
        start = local(f"{row}.period_start", next(c.type for c in self.columns if c.name == "period_start"))
        lengths = " ".join(f"WHEN '{period}' THEN {length}" for period, length in PERIOD_LENGTHS.items())
        known = f"timezone('{ZONE}', TIMESTAMPTZ {text(self.known_at.isoformat())})"
        return f"coalesce({start} + CASE {row}.period_type {lengths} END > {known}, false)"


def empty_table(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column], key: Sequence[str]) -> None:
    """Make the temporary table of changes that :meth:`Restating.compare` fills."""
    kinds = {c.name: c.type for c in columns}
    keys = ", ".join(f"{name(column)} {kinds[column]}" for column in key)
    value = kinds["value"]
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE {RESTATEMENTS} (
            {keys}, kind VARCHAR, value_before {value}, value_after {value}, text_before VARCHAR, text_after VARCHAR,
            change {value}, relative_change DOUBLE, previous_publication VARCHAR)"""
    )


def count(connection: duckdb.DuckDBPyConnection) -> Changes:
    """How many values were restated, updated, withdrawn."""
    found = connection.execute(f"SELECT kind, count(*) FROM {RESTATEMENTS} GROUP BY kind").fetchall()
    return Changes(**dict(found))
