"""What differs between two publications: tables and partitions by digest, published values one by one.

Partitions with equal digests are not opened. Streaming SQL over Parquet; the changes of ``indicator_values`` are
collected in a temporary table that may spill to disk. Does not belong here: the status ``restated`` (``restate``).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from catalog.lake import Lake
from catalog.publication.engine import matching, name, names, parquet, text, workshop
from catalog.publication.errors import PublicationError
from catalog.publication.manifest import Manifest, Table
from catalog.publication.plan import INDICATOR_VALUES
from catalog.publication.reader import Publication, open_publication
from catalog.publication.restate import DIFFERS

CHANGES = "changes"


@dataclass(frozen=True)
class PartitionChange:
    """One partition that is not the same in both."""

    table: str
    partition: str
    change: Literal["added", "removed", "changed"]
    rows_before: int
    rows_after: int


@dataclass(frozen=True)
class Summary:
    """Counts for one indicator and period type; ``same_value`` changed in other columns only (inputs, coverage …)."""

    indicator_code: str
    period_type: str
    added: int
    removed: int
    changed: int
    same_value: int
    largest_relative_change: float | None


@dataclass(frozen=True)
class Diff:
    """Everything that differs from ``before`` to ``after``; ``top`` are the largest relative changes of values."""

    before: str
    after: str
    partitions: list[PartitionChange]
    summary: list[Summary]
    top: list[dict[str, Any]]

    @property
    def changed_values(self) -> int:
        """Values published in both, differently."""
        return sum(s.changed for s in self.summary)

    def to_json(self) -> str:
        """For machines; decimals as text, so no digit is lost."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, default=str)


def diff(lake: Lake, before: str, after: str | None = None, *, top: int = 20) -> Diff:
    """Compare two publications (``after``: the current one by default)."""
    old, new = open_publication(lake, before), open_publication(lake, after)
    with _changes(old, new) as (connection, key):
        summary = connection.execute(
            f"""SELECT indicator_code, period_type,
                count(*) FILTER (change = 'added'), count(*) FILTER (change = 'removed'),
                count(*) FILTER (change = 'changed'), count(*) FILTER (change = 'same_value'),
                max(abs(relative_change))
            FROM {CHANGES} GROUP BY ALL ORDER BY ALL"""
        ).fetchall()
        cursor = connection.execute(f"{_listed(key, 'changed')} LIMIT {top}")
        columns = [column[0] for column in cursor.description or []]
        largest = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return Diff(
        before=old.id,
        after=new.id,
        partitions=_partition_changes(old.manifest, new.manifest),
        summary=[Summary(*row) for row in summary],
        top=largest,
    )


def write_csv(lake: Lake, before: str, after: str | None, target: Path) -> int:
    """Write every added, removed and changed value to ``target``; returns the number of rows."""
    with _changes(open_publication(lake, before), open_publication(lake, after)) as (connection, key):
        rows = _listed(key, "added", "removed", "changed")
        written = connection.execute(f"COPY ({rows}) TO {text(target)} (FORMAT csv, HEADER)").fetchone()
    return int(written[0]) if written else 0


def _listed(key: Iterable[str], *kinds: str) -> str:
    """SQL: changes of these kinds, the largest first; ties end in the key."""
    wanted = ", ".join(text(kind) for kind in kinds)
    return f"FROM {CHANGES} WHERE change IN ({wanted}) ORDER BY abs(relative_change) DESC NULLS LAST, {names(key)}"


def _partition_changes(old: Manifest, new: Manifest) -> list[PartitionChange]:
    before = {(t.name, p.name): p for t in old.tables if t.content for p in t.partitions}
    after = {(t.name, p.name): p for t in new.tables if t.content for p in t.partitions}
    changes = []
    for key in sorted(before.keys() | after.keys()):
        one, other = before.get(key), after.get(key)
        if one and other and one.digest == other.digest:
            continue
        kind: Literal["added", "removed", "changed"] = "changed" if one and other else "added" if other else "removed"
        changes.append(PartitionChange(*key, kind, one.rows if one else 0, other.rows if other else 0))
    return changes


@contextmanager
def _changes(old: Publication, new: Publication) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[str, ...]]]:
    """A connection with the temporary table of all value changes, and the key of a value."""
    table = new.manifest.table(INDICATOR_VALUES) or old.manifest.table(INDICATOR_VALUES)
    if table is None:
        raise PublicationError(f"neither {old.id} nor {new.id} holds {INDICATOR_VALUES}")
    with tempfile.TemporaryDirectory() as spill, workshop(Path(spill)) as connection:
        keys = ", ".join(f"coalesce(o.{name(c)}, n.{name(c)}) AS {name(c)}" for c in table.key)
        first = name(table.key[0])
        connection.execute(
            f"""CREATE TEMP TABLE {CHANGES} AS SELECT
                CASE WHEN o.{first} IS NULL THEN 'added' WHEN n.{first} IS NULL THEN 'removed'
                     WHEN {DIFFERS} THEN 'changed' ELSE 'same_value' END AS change,
                {keys},
                o.value AS value_before, n.value AS value_after,
                o.value_text AS text_before, n.value_text AS text_after,
                n.value - o.value AS difference,
                (n.value - o.value)::DOUBLE / nullif(abs(o.value), 0)::DOUBLE AS relative_change,
                o.status AS status_before, n.status AS status_after
            FROM {_differing(table, old, new)} o FULL JOIN {_differing(table, new, old)} n
                ON {matching(table.key, "o", "n")}
            WHERE o.{first} IS NULL OR n.{first} IS NULL OR {_any_differs(old, new)}"""
        )
        yield connection, table.key


def _differing(table: Table, mine: Publication, other: Publication) -> str:
    """Relation over the partitions of ``mine`` that ``other`` has not with the same content."""
    held, known = mine.manifest.table(table.name), other.manifest.table(table.name)
    digests = {p.name: p.digest for p in known.partitions} if known else {}
    files = [mine.folder / p.path for p in held.partitions if digests.get(p.name) != p.digest] if held else []
    if files:
        return parquet(files)
    typed = ", ".join(f"NULL::{c.type} AS {name(c.name)}" for c in table.columns)
    return f"(SELECT {typed} WHERE false)"


def _any_differs(old: Publication, new: Publication) -> str:
    """SQL: any content column that both publications have differs."""
    before, after = old.manifest.table(INDICATOR_VALUES), new.manifest.table(INDICATOR_VALUES)
    both = (
        {c.name for c in before.content_columns} & {c.name for c in after.content_columns} if before and after else ()
    )
    return " OR ".join(f"n.{name(c)} IS DISTINCT FROM o.{name(c)}" for c in sorted(both)) or "true"
