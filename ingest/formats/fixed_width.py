"""Fixed-width text as a table of text cells: positions come from the published format description."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ingest.parsing import REJECT_SCHEMA, decode


def read(raw: bytes, fields: Mapping[str, tuple[int, int]], *, least: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(cells with ``line``, rejects): ``fields`` = name → (start, length), counted from 0; cells are stripped.

    A line shorter than ``least`` characters is no record: reason ``short_line``.

    Raises:
        UnreadableObjectError: empty, wrong encoding, or HTML in place of data.
    """
    text = decode(raw, "utf-8")
    lines = pl.DataFrame({"raw": text.splitlines()}).with_row_index("line", offset=1).cast({"line": pl.Int64})
    lines = lines.filter(pl.col("raw").str.strip_chars() != "")
    whole = lines.filter(pl.col("raw").str.len_chars() >= least)
    short = lines.filter(pl.col("raw").str.len_chars() < least)
    cells = whole.select(
        "line",
        **{name: pl.col("raw").str.slice(start, length).str.strip_chars() for name, (start, length) in fields.items()},
    )
    return cells, short.select("line", reason=pl.lit("short_line"), raw="raw").cast(REJECT_SCHEMA)
