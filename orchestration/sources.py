"""State of every source: how fresh, how much, what went wrong last, and whether that is within what its card promises.

Looked up in the lake's own records. Does not belong here: judging the data (``quality``), printing (``cli_catalog``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from catalog.lake import Lake
from ingest.card import Card, all_cards
from ingest.core import Batch, read_batches
from ingest.fields import CADENCES
from ingest.landing import LandedObject, LandingZone, now

State = Literal["ok", "late", "never"]
# told, but no error of the source
HARMLESS = ("unclaimed", "growing")


@dataclass(frozen=True)
class SourceState:
    """One dataset's source. ``sla`` is cadence + allowed lateness, None where the card promises no time.

    ``newest_at`` is the end of the newest interval, ``lag`` the time since then (since the newest arrival, where rows
    have no time). ``drift``: how the newest object's columns differ from the card. ``last_error`` is newer than the
    last success; ``last_error_at`` says when.
    """

    dataset: str
    family: str
    transport: str
    cadence: str
    sla: timedelta | None
    state: State
    newest_at: datetime | None
    arrived_at: datetime | None
    lag: timedelta | None
    objects: int
    bytes: int
    rows: int
    quarantined: int
    unreadable: int
    drift: tuple[str, ...]
    last_error: str | None
    last_error_at: datetime | None
    owner: str
    owner_en: str

    def to_json(self) -> dict[str, Any]:
        """Plain values; spans in hours."""
        record: dict[str, Any] = dict(vars(self))
        for name in ("newest_at", "arrived_at", "last_error_at"):
            record[name] = record[name].isoformat() if record[name] else None
        for name in ("sla", "lag"):
            span = record.pop(name)
            record[f"{name}_hours"] = round(span.total_seconds() / 3600, 3) if span is not None else None
        return record


def source_states(lake: Lake, cards: dict[str, Card] | None = None) -> list[SourceState]:
    """One per dataset, whether or not anything has arrived."""
    return [source_state(lake, card) for card in (all_cards() if cards is None else cards).values()]


def source_state(lake: Lake, card: Card) -> SourceState:
    """The state of one dataset's source."""
    landed = LandingZone(lake, card.id).objects
    # one per object: a lake parsed by a newer build has the batches of the older ones as well
    batches = list({b.object_key: b for b in read_batches(lake, card.id)}.values())
    newest = max((b.last_at for b in batches if b.last_at), default=None)
    arrived = landed[-1].received_at if landed else None
    since = newest if card.time is not None else arrived
    lag = now() - since if since is not None else None
    sla = _sla(card)
    error = _last_error(lake, card, landed, batches)
    return SourceState(
        dataset=card.id,
        family=card.family,
        transport=card.delivery.transport,
        cadence=card.cadence,
        sla=sla,
        state="never" if not landed else "late" if lag is None or (sla is not None and lag > sla) else "ok",
        newest_at=newest,
        arrived_at=arrived,
        lag=lag,
        objects=len(landed),
        bytes=sum({o.sha256: o.size_bytes for o in landed}.values()),
        rows=sum(b.counts["accepted"] for b in batches),
        quarantined=sum(b.counts["quarantined"] for b in batches),
        unreadable=sum(b.status == "unreadable" for b in batches),
        drift=_drift(batches),
        last_error=error[1] if error else None,
        last_error_at=error[0] if error else None,
        owner=card.owner.zh,
        owner_en=card.owner.en,
    )


def _drift(batches: list[Batch]) -> tuple[str, ...]:
    newest = max((b for b in batches if b.status == "accepted"), key=lambda b: (b.received_at, b.name), default=None)
    return tuple(f"{change['kind']} {change['column']}" for change in newest.drift) if newest else ()


def _sla(card: Card) -> timedelta | None:
    cadence = CADENCES.get(card.cadence)
    return cadence.longest + timedelta(hours=card.lateness_hours or 0) if cadence is not None else None


def _last_error(
    lake: Lake, card: Card, landed: list[LandedObject], batches: list[Batch]
) -> tuple[datetime, str] | None:
    """The newest refusal or unreadable batch, unless something was taken and read after it."""
    unreadable = {b.object_key for b in batches if b.status == "unreadable"}
    success = max((o.received_at for o in landed if o.key not in unreadable), default=None)
    errors = [
        (b.received_at, f"{', '.join(b.reasons)}: {b.object_name}: {b.message or ''}")
        for b in batches
        if b.status == "unreadable"
    ]
    # names of refusals begin with their time: the newest that is an error is all that has to be read
    for path in sorted((lake.landing(card.id) / "_refused").glob("*.json"), reverse=True):
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["code"] not in HARMLESS:
            errors.append((datetime.fromisoformat(record["at"]), f"{record['code']}: {record['message']}"))
            break
    newest = max(errors, default=None)
    return newest if newest is not None and (success is None or newest[0] >= success) else None
