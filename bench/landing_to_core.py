"""Landing → core of the 2019 archive against bare DuckDB on the same files.

Reference: ``read_csv(all_varchar) → UNPIVOT → COPY TO parquet (zstd)``, one COPY over the twelve files, no checks, no
types, no keys. Ours: the archive is opened, members are landed (hashed, fsynced), parsed, typed, checked, keyed,
deduplicated, flagged and committed. Asked for: ≤ 3 times the reference, ≤ 2 GB; a second run ≤ 2 s beyond start-up.
"""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path

from bench.measure import ARCHIVE, REGISTER, measure


def bare(folder: str) -> int:
    """The reference; returns the values written."""
    import duckdb

    with duckdb.connect() as db:
        db.execute("SET threads = 2")
        out = Path(folder, "bare.parquet")
        db.execute(
            f"COPY (UNPIVOT (FROM read_csv('{folder}/*.csv', all_varchar = true, union_by_name = true)) "
            f"ON COLUMNS(* EXCLUDE (date, hour, type)) INTO NAME station VALUE value) "
            f"TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
        )
        return int(db.execute(f"SELECT count(*) FROM '{out}'").fetchall()[0][0])


def ours(lake: str) -> int:
    """Land and parse what is new; returns the rows accepted in this run."""
    from catalog.lake import Lake
    from orchestration.pipeline import Workshop, land, parse

    shop = Workshop(Lake(Path(lake)))
    land(shop, [REGISTER, ARCHIVE])
    return sum(b.counts["accepted"] for b in parse(shop))


def main() -> None:
    """Print the three measurements and their ratios."""
    with tempfile.TemporaryDirectory() as scratch:
        csv = Path(scratch, "csv")
        with tarfile.open(ARCHIVE) as archive:
            # named so because Python 3.11.2 has no argument for it
            archive.extraction_filter = getattr(tarfile, "data_filter", None) or (lambda member, _: member)
            archive.extractall(csv)
        reference = measure(__name__, "bare", csv)
        first = measure(__name__, "ours", Path(scratch, "lake"))
        second = measure(__name__, "ours", Path(scratch, "lake"))
    print(f"bare DuckDB           {reference}  {reference.result:,} values")
    print(f"ecolake landing→core  {first}  {first.result:,} rows  ratio {first.wall_s / reference.wall_s:.2f} (≤ 3)")
    print(f"ecolake second run    {second}  {second.result:,} rows  (≤ 2 s)")
