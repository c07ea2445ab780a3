"""Which flags hold: the automatic ones that were not lifted, what people said as spans, and a hash of both.

Does not belong here: raising automatic flags (``door``, ``context``), what a person may say (``flag_events``), using
flags (``dbt_project``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from catalog.lake import Lake, canonical_json
from ingest.card import Card
from ingest.core import Batch
from quality import context
from quality.flag_events import AUTOMATIC, Selector, active, entity_column
from quality.reading import literal, parquet
from quality.registry import tests, tests_of


def view_sql(
    lake: Lake,
    card: Card,
    batches: Sequence[Batch],
    context_files: Iterable[Path],
    as_of: datetime | None = None,
) -> str:
    """A SELECT of the automatic flags that hold, for the live ``batches`` and their contextual flags.

    Columns: dataset, the card's key, item, month, test, effect, raised_by, raised_at, detail, batch. ``batch`` is the
    one whose row was flagged: a reader that takes a corrected value must not take the flag of the value it replaced.
    What people raised is in :func:`events_sql`.
    """
    keys = [k for k in card.key if k != "item"]
    known = [b for b in batches if any(f.kind == "flags" for f in b.files)]
    parts = []
    if known:
        arrivals = ", ".join(f"({literal(b.name)}, {literal(b.received_at)})" for b in known)
        parts.append(
            f"SELECT {', '.join(keys)}, item, month, test, 'door' AS raised_by, raised_at, raw AS detail, batch "
            f"FROM {parquet(lake.root / f.path for b in known for f in b.files if f.kind == 'flags')} "
            f"JOIN (VALUES {arrivals}) AS arrival (batch, raised_at) USING (batch)"
        )
    if files := sorted(context_files):
        parts.append(
            f"SELECT {', '.join(keys)}, item, month, test, 'context' AS raised_by, raised_at, detail, batch "
            f"FROM {parquet(files)}"
        )
    if not parts:
        parts.append(_no_flags(keys))
    effects = ", ".join(f"({literal(t.test)}, {literal(t.effect)})" for t in tests_of(*AUTOMATIC).values())
    return (
        f"SELECT {literal(card.id)} AS dataset, {', '.join(keys)}, item, month, flag.test, effect, raised_by, "
        f"raised_at, detail, batch FROM ({' UNION ALL '.join(parts)}) AS flag "
        f"JOIN (VALUES {effects}) AS known (test, effect) USING (test)" + _unless_lifted(lake, card, as_of)
    )


def events_sql(lake: Lake, card: Card, as_of: datetime | None = None) -> str:
    """A SELECT of what people said and holds, as spans of time.

    Columns: dataset, <entity column> (null = all), item (null = all), from_at, to_at, action, test, effect, raised_by,
    raised_at, reason, event_id. A value is meant when ``interval_end_at > from_at AND interval_end_at <= to_at``.
    """
    names = (
        f"dataset, {entity_column(card)}, item, from_at, to_at, action, test, effect, "
        "raised_by, raised_at, reason, event_id"
    )
    rows = [
        (
            *(e.dataset, e.selector.entity, e.selector.item, e.selector.from_at, e.selector.to_at),
            *(e.action, e.test, tests()[e.test].effect, e.by, e.at, e.reason, e.event_id),
        )
        for e in active(lake, card.id, as_of)
    ]
    empty = (
        "(NULL::VARCHAR, NULL::VARCHAR, NULL::VARCHAR, NULL::TIMESTAMPTZ, NULL::TIMESTAMPTZ, NULL::VARCHAR, "
        "NULL::VARCHAR, NULL::VARCHAR, NULL::VARCHAR, NULL::TIMESTAMPTZ, NULL::VARCHAR, NULL::VARCHAR)"
    )
    values = ", ".join([empty, *(f"({', '.join(map(literal, row))})" for row in rows)])
    return f"SELECT * FROM (VALUES {values}) AS event ({names}) WHERE event_id IS NOT NULL"


def fingerprint(lake: Lake, card: Card, batches: Sequence[Batch], month: str, as_of: datetime | None = None) -> str:
    """Hash of every flag that touches a month of a dataset, and of what the tests do: same hash, same flags.

    Contextual flags that are missing for these batches are computed; their content counts, not when it was computed.
    """
    known = [f.sha256 for b in batches if month in b.months for f in b.files if f.kind == "flags"]
    contextual = [_content(found.path) for found in context.refresh(lake, card, batches, [month])]
    said = [e.to_json() for e in active(lake, card.id, as_of) if _touches(card, e.selector, month)]
    effects = {t.test: t.effect for t in tests().values() if t.level != "batch"}
    content = canonical_json([sorted(known), contextual, said, effects])
    return hashlib.sha256(content.encode()).hexdigest()


def _content(path: Path) -> str:
    """Hash of the flags in a file without the instants they were raised at: those are when, not what."""
    rows = pl.read_parquet(path).drop("raised_at")
    return hashlib.sha256(rows.sort(rows.columns).write_csv().encode()).hexdigest()


def _unless_lifted(lake: Lake, card: Card, as_of: datetime | None) -> str:
    """The WHERE clause that leaves out lifted flags; empty when nothing was lifted."""
    lifting = [e for e in active(lake, card.id, as_of) if e.action == "lift" or tests()[e.test].effect == "lift"]
    if not lifting:
        return ""
    rows = ", ".join(
        "("
        + ", ".join(
            f"{literal(value)}::{kind}"
            for value, kind in (
                (e.test if e.action == "lift" else None, "VARCHAR"),
                (e.selector.entity, "VARCHAR"),
                (e.selector.item, "VARCHAR"),
                (e.selector.from_at, "TIMESTAMPTZ"),
                (e.selector.to_at, "TIMESTAMPTZ"),
                (e.at, "TIMESTAMPTZ"),
            )
        )
        + ")"
        for e in lifting
    )
    column = entity_column(card)
    span = "" if card.time is None else "AND interval_end_at > lifted.from_at AND interval_end_at <= lifted.to_at "
    return (
        f" WHERE NOT EXISTS (SELECT 1 FROM (VALUES {rows}) AS lifted (test, entity, item, from_at, to_at, said_at) "
        f"WHERE coalesce(lifted.test = flag.test, true) AND coalesce(lifted.entity = flag.{column}, true) "
        f"AND coalesce(lifted.item = flag.item, true) {span}AND flag.raised_at <= lifted.said_at)"
    )


def _touches(card: Card, chosen: Selector, month: str) -> bool:
    if card.time is None or chosen.from_at is None or chosen.to_at is None:
        return True
    zone = ZoneInfo(card.time.zone)
    return f"{chosen.from_at.astimezone(zone):%Y-%m}" <= month <= f"{chosen.to_at.astimezone(zone):%Y-%m}"


def _no_flags(keys: list[str]) -> str:
    times = {"interval_end_at": "TIMESTAMPTZ"}
    columns = ", ".join(f"NULL::{times.get(k, 'VARCHAR')} AS {k}" for k in keys)
    return (
        f"SELECT {columns}, NULL::VARCHAR AS item, NULL::VARCHAR AS month, NULL::VARCHAR AS test, NULL::VARCHAR AS "
        "raised_by, NULL::TIMESTAMPTZ AS raised_at, NULL::VARCHAR AS detail, NULL::VARCHAR AS batch WHERE false"
    )
