"""Answers of the Yangtze Delta sharing gateway: records inside an envelope that says who shares them and on what terms.

``{"code", "message", "provider": {"province", "licence", "sharedAt"}, "data": [...], "nextPageToken"}``. Provinces name
fields differently; what is known of that is a dialect, what is not is told as drift. Does not belong here: what a
record holds (the cards), which names a province has for it (the parsers that use this).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from ingest.card import Card
from ingest.formats import json_records, measured, records
from ingest.parsing import ParseResult, UnreadableObjectError

ZONE = "Asia/Shanghai"
WALL_CLOCK = "%Y-%m-%d %H:%M:%S"
Dialects = Mapping[str, Mapping[str, str]]


def by_card(card: Card, raw: bytes, dialects: Dialects, *, label_local: pl.Expr | None = None) -> ParseResult:
    """One row a record, or an item of it where the card has items; ``label_local`` where it speaks of a time.

    Raises:
        UnreadableObjectError: no share of that form, or a required field is missing.
    """
    table = read(raw, dialects)
    shared_at, updated_at = wall_clock("sharedAt"), wall_clock("updatedAt")
    if label_local is None:
        return records.by_card(card, table, shared_at=shared_at, updated_at=updated_at)
    rows_by = measured.by_card if card.is_long else records.by_card
    return rows_by(card, table, label_local=label_local, shared_at=shared_at, updated_at=updated_at)


def read(raw: bytes, dialects: Dialects) -> pl.DataFrame:
    """The records as text with ``province``, ``licence``, ``sharedAt`` of their envelope.

    ``dialects``: province → its name of a field → the common name; applied where the common name is absent.

    Raises:
        UnreadableObjectError: no envelope of that form, or the gateway answered with an error.
    """
    document = json_records.load(raw)
    provider = document.get("provider") if isinstance(document, Mapping) else None
    if not isinstance(provider, Mapping):
        raise UnreadableObjectError("unexpected_json", "no 'provider' in the answer: who shares these records?")
    if (code := _text(document.get("code"))) not in ("0", "200"):
        raise UnreadableObjectError("gateway_error", f"the gateway answered code {code}: {document.get('message')!r}")
    data = document.get("data")
    if not isinstance(data, list) or not all(isinstance(record, Mapping) for record in data):
        raise UnreadableObjectError("unexpected_json", "expected a list of objects at 'data'")
    table = json_records.table(data)
    province = _text(provider.get("province"))
    names = {theirs: ours for theirs, ours in dialects.get(province or "", {}).items() if theirs in table.columns}
    table = table.rename({theirs: ours for theirs, ours in names.items() if ours not in table.columns})
    envelope = {"province": province, "licence": provider.get("licence"), "sharedAt": provider.get("sharedAt")}
    return table.drop(*envelope, strict=False).with_columns(
        pl.lit(_text(value), dtype=pl.String).alias(name) for name, value in envelope.items()
    )


def wall_clock(name: str) -> pl.Expr:
    """An ISO 8601 instant with its offset (``…Z``, ``…+08:00``) as wall-clock text of Shanghai, or null."""
    instant = (
        pl.col(name).str.replace(r"Z$", "+00:00").str.to_datetime("%Y-%m-%dT%H:%M:%S%z", strict=False, time_unit="us")
    )
    return instant.dt.convert_time_zone(ZONE).dt.strftime(WALL_CLOCK)


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, Mapping | list) else str(value)
