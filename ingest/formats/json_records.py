"""JSON documents with records in them as a table of text cells: keys are columns, nested objects are ``a.b``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from ingest.parsing import UnreadableObjectError, decode


def load(raw: bytes, encoding: str = "utf-8") -> Any:
    """The document, numbers as they are written (no float is made of them).

    Raises:
        UnreadableObjectError: not JSON.
    """
    text = decode(raw, encoding)
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableObjectError("not_json", f"not JSON: {error}") from error


def read(raw: bytes, path: str = "", encoding: str = "utf-8") -> pl.DataFrame:
    """The records at a dotted path as text with ``line`` (1-based number of the record).

    Raises:
        UnreadableObjectError: not JSON, or no list of objects at the path.
    """
    document = load(raw, encoding)
    for step in filter(None, path.split(".")):
        if not isinstance(document, Mapping) or step not in document:
            raise UnreadableObjectError("unexpected_json", f"no {path!r} in the document: {step!r} is missing")
        document = document[step]
    if not isinstance(document, list) or not all(isinstance(record, Mapping) for record in document):
        raise UnreadableObjectError("unexpected_json", f"expected a list of objects at {path or 'the top'!r}")
    return table(document)


def table(records: list[Mapping[str, Any]]) -> pl.DataFrame:
    """Records as text cells; a key that a record lacks is null, lists and booleans are kept as JSON."""
    flat = [dict(_flat(record)) for record in records]
    names = list(dict.fromkeys(name for record in flat for name in record))
    columns = {name: pl.Series(name, [record.get(name) for record in flat], dtype=pl.String) for name in names}
    lines = pl.Series("line", range(1, len(flat) + 1), dtype=pl.Int64)
    return pl.DataFrame([lines, *(s.alias("line " if s.name == "line" else s.name) for s in columns.values())])


def _flat(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for key, value in record.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield (
                f"{prefix}{key}",
                value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False),
            )
