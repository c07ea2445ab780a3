"""Do the landed bytes still give the published numbers? A fresh scratch is compared with a publication, table by table.

How the scratch is made again from the landed bytes is the caller's: catalog is the lowest layer and computes nothing.
Columns and tables that follow from earlier publications (``status``, ``restatements``) are not compared, they do not
follow from the bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from catalog.lake import Lake
from catalog.publication.digest import describe, digests
from catalog.publication.engine import names, parquet, workshop
from catalog.publication.manifest import Manifest, Table, partition_name, partition_values
from catalog.publication.plan import open_scratch, relation, where
from catalog.publication.reader import open_publication
from catalog.publication.verify import Finding, Progress

Rebuild = Callable[[Manifest, Path], Path]
SHOWN_KEYS = 5


def recompute(
    lake: Lake, publication: str | None, rebuild: Rebuild, *, progress: Progress | None = None
) -> list[Finding]:
    """Make the scratch again with ``rebuild(manifest, empty folder)`` and compare every table.

    Returns one finding per differing partition, naming the first differing keys.
    """
    opened = open_publication(lake, publication)
    tables = [table for table in opened.manifest.tables if table.content]
    tell = progress or (lambda what, done, total: None)
    findings: list[Finding] = []
    lake.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=lake.work, prefix="recompute-") as folder:
        tell("computing again from the landed bytes", 0, len(tables) + 1)
        made = Path(folder) / "made"
        made.mkdir()
        scratch = rebuild(opened.manifest, made)
        with workshop(Path(folder) / "spill") as connection:
            open_scratch(connection, scratch)
            for done, table in enumerate(tables, start=1):
                tell(f"comparing {table.name}", done, len(tables) + 1)
                findings += _compare(connection, opened.folder, table)
    return findings


def _compare(connection: duckdb.DuckDBPyConnection, folder: Path, table: Table) -> list[Finding]:
    source = relation(table.source or "")
    shown = f"publications/{folder.name}/tables/{table.name}"
    try:
        columns = describe(connection, source)
    except duckdb.Error as error:
        return [Finding("recomputed", shown, f"table {table.name}", f"not made: {str(error).splitlines()[0]}")]
    changed = {c for c in columns if c.name not in table.volatile} ^ set(table.content_columns)
    if changed:
        detail = f"columns differ: {sorted({c.name for c in changed})}"
        return [Finding("recomputed", shown, f"table {table.name}", detail)]
    made = {
        partition_name(**dict(zip(table.partition, map(str, values), strict=True))): stated
        for values, stated in digests(connection, source, table.content_columns, by=table.partition).items()
    }
    old = {part.name: part for part in table.partitions}
    findings = []
    for part in sorted(made.keys() | old.keys()):
        holds = f"table {table.name}" + (f", {part}" if part else "")
        if part not in old:
            findings.append(Finding("recomputed", shown, holds, "was not published, is computed now"))
        elif made.get(part) != (old[part].rows, old[part].digest):
            detail = _first_keys(connection, table, folder / old[part].path, part)
            findings.append(Finding("recomputed", f"publications/{folder.name}/{old[part].path}", holds, detail))
    return findings


def _first_keys(connection: duckdb.DuckDBPyConnection, table: Table, path: Path, part: str) -> str:
    picked = names(c.name for c in table.content_columns)
    fresh = f"SELECT {picked} FROM {relation(table.source or '')} WHERE {where(partition_values(part))}"
    published = f"SELECT {picked} FROM {parquet([path])}"
    rows = connection.execute(
        f"""SELECT {names(table.key)}, CASE WHEN count(DISTINCT side) = 2 THEN 'differs' ELSE min(side) END FROM (
            SELECT *, 'published, not computed' AS side FROM ({published} EXCEPT {fresh})
            UNION ALL SELECT *, 'computed, not published' AS side FROM ({fresh} EXCEPT {published})
        ) GROUP BY {names(table.key)} ORDER BY {names(table.key)} LIMIT {SHOWN_KEYS}"""
    ).fetchall()
    shown = "; ".join(f"{' '.join(str(value) for value in row[:-1])} ({row[-1]})" for row in rows)
    return f"first differing keys ({', '.join(table.key)}): {shown}"
