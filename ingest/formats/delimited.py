"""Delimited text (CSV, TSV) as a table of text cells under the header's own names."""

from __future__ import annotations

import polars as pl

from ingest.parsing import UnreadableObjectError, decode


def read(
    raw: bytes, *, encoding: str = "utf-8", separator: str = ",", skip_lines: int = 0, comment: str | None = None
) -> pl.DataFrame:
    """All cells as text with ``line`` (1-based record number, header = 1 + ``skip_lines``); short records end in nulls.

    Names are stripped; a column without a name is called ``column_<n>``, a repeated one gets ``_2``, ``_3``.

    Raises:
        UnreadableObjectError: empty, wrong encoding, HTML in place of data, or not delimited text at all.
    """
    text = decode(raw, encoding).replace("\r\n", "\n").replace("\r", "\n")
    try:
        table = pl.read_csv(
            text.encode(),
            has_header=False,
            skip_lines=skip_lines,
            separator=separator,
            infer_schema=False,
            truncate_ragged_lines=True,
            comment_prefix=comment,
        )
    except pl.exceptions.PolarsError as error:
        raise UnreadableObjectError("not_delimited", f"not delimited text: {str(error).splitlines()[0]}") from error
    names = unique_names(list(table.row(0))) if table.height else []
    body = table[1:].rename(dict(zip(table.columns, names, strict=True)))
    return body.with_row_index("line", offset=2 + skip_lines).cast({"line": pl.Int64})


def unique_names(header: list[str | None]) -> list[str]:
    """Header cells as column names: stripped, never empty, never twice, never ``line``."""
    names: list[str] = []
    for number, cell in enumerate(header, start=1):
        base = " ".join((cell or "").split()) or f"column_{number}"
        base = "line " if base == "line" else base
        name, again = base, 1
        while name in names:
            again += 1
            name = f"{base}_{again}"
        names.append(name)
    return names
