"""Parser of the automatic sections' API: an HTML table in JSON, with tags and tooltips in its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from ingest.card import card_beside
from ingest.formats import cnemc_sections, json_records
from ingest.formats.delimited import unique_names
from ingest.landing import LandedObject
from ingest.parsing import REJECT_SCHEMA, ParseResult, UnreadableObjectError


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """As the CSV, with the unrounded value, city and river from the tooltips; ``line`` is the number of the record."""
    document = json_records.load(raw)
    head, body = (document.get(part) if isinstance(document, dict) else None for part in ("thead", "tbody"))
    if not (isinstance(head, list) and isinstance(body, list) and all(isinstance(cells, list) for cells in body)):
        raise UnreadableObjectError(
            "unexpected_json", "expected an object with the lists 'thead' and 'tbody' (of lists)"
        )
    names = unique_names(pl.Series(head, dtype=pl.String, strict=False).str.replace_all(r"<[^>]*>", "").to_list())
    whole = [(line, cells) for line, cells in enumerate(body, start=1) if len(cells) == len(names)]
    records: list[Mapping[str, Any]] = [dict(zip(names, cells, strict=True)) for _, cells in whole]
    lines = pl.Series("line", [line for line, _ in whole], dtype=pl.Int64)
    table = (
        json_records.table(records).with_columns(lines)
        if records
        else pl.DataFrame(schema={"line": pl.Int64, **dict.fromkeys(names, pl.String)})
    )
    broken = [
        (n, "wrong_cell_count", str(cells)[:200]) for n, cells in enumerate(body, start=1) if len(cells) != len(names)
    ]
    found = cnemc_sections.long_rows(card_beside(__file__), table, meta)
    return replace(found, rejects=pl.concat([found.rejects, pl.DataFrame(broken, schema=REJECT_SCHEMA, orient="row")]))
