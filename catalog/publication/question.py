"""One number asked for: which indicator, where, when, under which edition; found, or told what comes near.

Reads ``indicator_values`` of one publication, only the partitions that can hold the answer. Does not belong here: where
the number came from (``trace``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

import duckdb

from catalog.publication.engine import parquet
from catalog.publication.errors import QuestionError
from catalog.publication.manifest import Table
from catalog.publication.period import Period
from catalog.publication.plan import INDICATOR_VALUES
from catalog.publication.reader import Publication
from catalog.publication.region import Region
from catalog.publication.restate import local

Row = dict[str, Any]
IN_FORCE = "in-force"
SHOWN = 6


@dataclass(frozen=True)
class Question:
    """What is asked; ``edition`` may be left open where there is only one."""

    indicator: str
    region: Region
    period: Period
    edition: str | None


def rows_of(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[object] | None = None) -> list[Row]:
    """Result rows by column name."""
    cursor = connection.execute(query, parameters or [])
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def answer(connection: duckdb.DuckDBPyConnection, opened: Publication, asked: Question) -> Row:
    """The one row of ``indicator_values``; where no edition is asked for, the one in force goes before others.

    Raises:
        QuestionError: none, or several editions; the message lists what there is.
    """
    table = opened.manifest.table(INDICATOR_VALUES)
    if table is None or not table.partitions:
        raise QuestionError(f"publication {opened.id} holds no {INDICATOR_VALUES}")
    found = _matching(connection, opened, table, asked)
    if not found:
        raise QuestionError(_what_there_is(connection, opened, table, asked))
    chosen = found if len(found) == 1 else [row for row in found if row["edition"] == IN_FORCE]
    if len(chosen) != 1:
        editions = ", ".join(row["edition"] for row in found)
        number = f"{asked.indicator} of {asked.region.shown} in {asked.period.text}"
        raise QuestionError(f"{number} is given under several editions: {editions}; name one (--edition)")
    return chosen[0]


def _matching(connection: duckdb.DuckDBPyConnection, opened: Publication, table: Table, asked: Question) -> list[Row]:
    period = asked.period
    first, last = period.months
    files = [
        opened.folder / p.path
        for p in table.partitions
        if p.values.get("period_type", period.period_type) == period.period_type
        and first <= p.values.get("month", first) <= last
    ]
    if not files:
        return []
    return rows_of(
        connection,
        f"SELECT * FROM {parquet(files)} WHERE indicator_code = ? AND region_code = ? AND region_level = ? "
        f"AND period_type = ? AND {_local_start(table)} = ? AND coalesce(edition = ?, true) ORDER BY edition",
        [asked.indicator, asked.region.code, asked.region.level, period.period_type, period.start, asked.edition],
    )


def _what_there_is(connection: duckdb.DuckDBPyConnection, opened: Publication, table: Table, asked: Question) -> str:
    values = parquet([opened.folder / p.path for p in table.partitions])
    codes = [row["code"] for row in rows_of(connection, f"SELECT DISTINCT indicator_code AS code FROM {values}")]
    if asked.indicator not in codes:
        near = get_close_matches(asked.indicator, codes, SHOWN, 0.4) or sorted(codes)[:SHOWN]
        return f"no indicator {asked.indicator!r} in publication {opened.id}; near: {', '.join(near)}"
    start = _local_start(table)
    spans = rows_of(
        connection,
        f"SELECT period_type, edition, min({start}) AS first, max({start}) AS last FROM {values} "
        "WHERE indicator_code = ? AND region_code = ? AND region_level = ? GROUP BY ALL ORDER BY ALL",
        [asked.indicator, asked.region.code, asked.region.level],
    )
    if not spans:
        levels = rows_of(
            connection,
            f"SELECT DISTINCT region_level AS level FROM {values} WHERE indicator_code = ? ORDER BY 1",
            [asked.indicator],
        )
        given = ", ".join(row["level"] for row in levels)
        return f"no {asked.indicator} for {asked.region.shown}; it is given at level: {given}"
    alike = [row for row in spans if row["period_type"] == asked.period.period_type] or spans
    listed = "; ".join(f"{r['period_type']} {_label(r, 'first')} … {_label(r, 'last')} ({r['edition']})" for r in alike)
    under = f" under edition {asked.edition}" if asked.edition else ""
    wanted = f"{asked.period.period_type} {asked.period.text}"
    return f"no {asked.indicator} of {asked.region.shown} for {wanted}{under}; there are: {listed}"


def _label(span: Row, which: str) -> str:
    """A period as it would be asked for: an hour by its end, anything else by its first day."""
    start = span[which]
    return f"{start + timedelta(hours=1):%Y-%m-%dT%H}" if span["period_type"] == "hour" else f"{start:%Y-%m-%d}"


def _local_start(table: Table) -> str:
    return local("period_start", next(c.type for c in table.columns if c.name == "period_start"))
