"""What every parser returns and may use: structure only, as text.

A parser is a pure function ``parse(raw: bytes, meta: LandedObject) -> ParseResult``: no clock, no network, no
environment. It finds rows and cells; it does not type, range-check or convert them: ``quality.door`` does that from
the card, the same way for every dataset.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

import polars as pl

REJECT_SCHEMA = pl.Schema({"line": pl.Int64, "reason": pl.String, "raw": pl.String})
DRIFT_SCHEMA = pl.Schema({"kind": pl.String, "column": pl.String, "detail": pl.String})
EXTRA_SCHEMA = pl.Schema({"line": pl.Int64, "column": pl.String, "raw": pl.String})


class UnreadableObjectError(ValueError):
    """The object as a whole is not what its card says; ``code`` is stable, the message is for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class ParseResult:
    """Rows found in one object.

    ``rows``: the card's columns as text, plus ``line`` (1-based record number in the file, header = 1) and, for dated
    data, ``label_local`` (naive datetime of the published label in the card's zone; null when unreadable), for
    intervals that vary also ``end_local``. ``rejects``: records without the structure of a row (``line``, ``reason``,
    ``raw``).
    ``drift``: how the object's columns differ from the card (``kind``: new, lost, renamed; ``column``, ``detail``);
    ``extra``: the cells of columns no card speaks of (``line``, ``column``, ``raw``), set aside.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    drift: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DRIFT_SCHEMA))
    extra: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXTRA_SCHEMA))

    @property
    def n_in(self) -> int:
        """Everything found, sound or not: what the reconciliation must add up to."""
        return self.rows.height + self.rejects.height


def no_rejects() -> pl.DataFrame:
    """An empty reject table."""
    return pl.DataFrame(schema=REJECT_SCHEMA)


def decode(raw: bytes, encoding: str) -> str:
    """Text of a published file, without byte-order mark.

    Raises:
        UnreadableObjectError: empty, not in the declared encoding, or an HTML page in place of data.
    """
    if not raw.strip():
        raise UnreadableObjectError("empty_file", "the file holds no data (0 bytes or white space only)")
    head = raw[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise UnreadableObjectError(
            "html_instead_of_data",
            "an HTML page came in place of data: an error or login page of the provider?",
        )
    try:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableObjectError(
            "wrong_encoding",
            f"not {encoding}: byte 0x{raw[error.start]:02x} at line {line}; if the provider changed its encoding, "
            "change delivery.encoding in the card",
        ) from error


def read_header(text: str, expected: list[str]) -> list[str]:
    """First record of a CSV.

    Raises:
        UnreadableObjectError: a column that the parser needs is missing.
    """
    header = next(csv.reader(io.StringIO(text[: text.find("\n") + 1] or text)), [])
    header = [name.strip() for name in header]
    if missing := [name for name in expected if name not in header]:
        raise UnreadableObjectError(
            "unexpected_header",
            f"header has no column {missing}; found {header[:8]}{'…' if len(header) > 8 else ''}",
        )
    return header


def read_text_table(text: str, header: list[str], *, quoted: bool = True) -> pl.DataFrame:
    """A CSV as text columns plus ``line``; short records are filled with null, quoted newlines are kept.

    ``quoted=False`` for formats that never quote: a stray quotation mark is a character of its cell, no more.

    Raises:
        UnreadableObjectError: the text is no CSV, such as one with a quotation that never ends.
    """
    if text.count("\n") == 0 or not text[text.index("\n") :].strip():
        return pl.DataFrame(schema={"line": pl.Int64, **dict.fromkeys(header, pl.String)})
    try:
        table = pl.read_csv(
            text.encode(),
            has_header=False,
            skip_rows=1,
            schema=dict.fromkeys(header, pl.String),
            truncate_ragged_lines=True,
            quote_char='"' if quoted else None,
        )
    except pl.exceptions.PolarsError as error:
        raise UnreadableObjectError("not_delimited", f"not delimited text: {str(error).splitlines()[0]}") from error
    return table.with_row_index("line", offset=2).cast({"line": pl.Int64})
