"""What people say about values: events that raise a flag, lift an automatic one, or undo an earlier event.

An event is one JSON file below ``lake/flags/_events``, never changed and never removed. Does not belong here: which
flags hold for a value in the end (``flags``).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from catalog.lake import Lake, canonical_json, write_json
from ingest.card import Card, all_cards
from ingest.landing import now
from quality.reading import connect, literal, live, parquet
from quality.registry import Test, tests_of

EVENTS = "_events"
AUTOMATIC = ("row", "context")
NOT_ENTITY = ("item", "interval_end_at")


class FlagError(ValueError):
    """A flag that cannot be: the message says what was wrong and what was expected."""


@dataclass(frozen=True)
class Selector:
    """Which values: of one entity (a station, a city; None = all), one item or column (None = all), in a span of time.

    A value is meant when its interval lies in (``from_at``, ``to_at``]. Both are None for datasets without time.
    """

    entity: str | None = None
    item: str | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None


@dataclass(frozen=True)
class Event:
    """What a person said, when, and why. ``supersedes``: the event that an undo takes back."""

    event_id: str
    dataset: str
    selector: Selector
    test: str
    action: str  # raise | lift | undo
    by: str
    at: datetime
    reason: str
    supersedes: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values for the event file."""
        record = asdict(self)
        record["at"] = self.at.isoformat()
        for name in ("from_at", "to_at"):
            value = getattr(self.selector, name)
            record["selector"][name] = value.isoformat() if value else None
        return record

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Event:
        """The inverse of :meth:`to_json`."""
        chosen = record["selector"]
        for name in ("from_at", "to_at"):
            chosen[name] = datetime.fromisoformat(chosen[name]) if chosen[name] else None
        return cls(**record | {"at": datetime.fromisoformat(record["at"]), "selector": Selector(**chosen)})


def add(lake: Lake, dataset: str, test: str, selector: Selector, *, by: str, reason: str) -> Event:
    """Raise a person's flag. Raises FlagError when the dataset, test, station, item or span cannot be meant."""
    card = _card(dataset)
    _known_test(test, "raise", tests_of("person"))
    _check(lake, card, selector)
    return _record(lake, Event("", dataset, selector, test, "raise", by, now(), reason))


def lift(lake: Lake, dataset: str, test: str, selector: Selector, *, by: str, reason: str) -> Event:
    """Take an automatic test's flags off the selected values, as far as they were raised before now.

    A correction that arrives later is tested anew: nobody has looked at it yet.
    """
    card = _card(dataset)
    if test in tests_of("person"):
        raise FlagError(f"{test}: a person raised it by an event; take that event back: ecolake flag undo <event>")
    _known_test(test, "lift", tests_of(*AUTOMATIC))
    _check(lake, card, selector)
    return _record(lake, Event("", dataset, selector, test, "lift", by, now(), reason))


def undo(lake: Lake, event_id: str, *, by: str, reason: str) -> Event:
    """Take back an event, which may itself be an undo. Raises FlagError when there is none, or it is undone already."""
    events = {event.event_id: event for event in history(lake)}
    if event_id not in events:
        raise FlagError(f"no event {event_id!r}; `ecolake flag history` lists them")
    if event_id not in _standing(list(events.values())):
        by_whom = next(e for e in reversed(events.values()) if e.supersedes == event_id)
        raise FlagError(f"event {event_id} is undone already by {by_whom.event_id} ({by_whom.by}: {by_whom.reason})")
    old = events[event_id]
    return _record(lake, Event("", old.dataset, old.selector, old.test, "undo", by, now(), reason, event_id))


def history(lake: Lake, dataset: str | None = None, as_of: datetime | None = None) -> list[Event]:
    """All events, oldest first; ties end in the id. ``as_of`` leaves out what was said later."""
    files = sorted(lake.flags(EVENTS).glob("*.json"))
    events = (Event.from_json(json.loads(path.read_text(encoding="utf-8"))) for path in files)
    meant = (e for e in events if dataset in (None, e.dataset) and (as_of is None or e.at <= as_of))
    return sorted(meant, key=lambda e: (e.at, e.event_id))


def active(lake: Lake, dataset: str | None = None, as_of: datetime | None = None) -> list[Event]:
    """The raises and lifts that hold: not undone, or their undo is undone."""
    events = history(lake, dataset, as_of)
    standing = _standing(events)
    return [e for e in events if e.action != "undo" and e.event_id in standing]


def entity_column(card: Card) -> str:
    """The key column that says whose value it is: such as station_code or region_code."""
    return next(k for k in card.key if k not in NOT_ENTITY)


def instant(card: Card, text: str) -> datetime:
    """An instant as a person writes it, in the dataset's zone unless an offset is given. Raises FlagError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise FlagError(f"{text!r} is no instant; expected e.g. 2026-01-31T13:00 (24-hour clock)") from error
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=ZoneInfo(card.time.zone) if card.time else UTC)


def _standing(events: list[Event]) -> set[str]:
    """Ids of the events that are not undone, newest first: an undo that is undone takes nothing back."""
    undone: dict[str, list[str]] = {}
    for event in events:
        if event.supersedes:
            undone.setdefault(event.supersedes, []).append(event.event_id)

    def stands(event_id: str) -> bool:
        return not any(stands(other) for other in undone.get(event_id, []))

    return {event.event_id for event in events if stands(event.event_id)}


def _card(dataset: str) -> Card:
    cards = all_cards()
    if dataset not in cards:
        raise FlagError(f"no dataset {dataset!r}; there are {', '.join(sorted(cards))}")
    return cards[dataset]


def _known_test(test: str, verb: str, allowed: dict[str, Test]) -> None:
    if test not in allowed:
        raise FlagError(f"{test!r} is no test a person can {verb}; expected one of {', '.join(allowed)}")


def _check(lake: Lake, card: Card, chosen: Selector) -> None:
    """The selector can mean something in this dataset."""
    items = list(card.items) if card.is_long else [c.name for c in card.columns if c.name not in card.key]
    if chosen.item is not None and chosen.item not in items:
        raise FlagError(f"{card.id} has no item {chosen.item!r}; there are {', '.join(items)}")
    if card.time is None:
        if chosen.from_at or chosen.to_at:
            raise FlagError(f"{card.id} has no time: leave the span out")
    elif chosen.from_at is None or chosen.to_at is None:
        raise FlagError(f"{card.id}: a flag needs its span, from and to")
    elif chosen.to_at <= chosen.from_at:
        raise FlagError(
            f"the span must end after it begins: from {chosen.from_at:%F %H:%M}, to {chosen.to_at:%F %H:%M}"
        )
    column = entity_column(card)
    if chosen.entity is not None and not _is_known(lake, card, column, chosen.entity):
        rule = card.column(column).pattern
        looks_wrong = rule is not None and not re.search(rule, chosen.entity)
        hint = f"; codes look like {rule}" if looks_wrong else "; none of its rows has it"
        raise FlagError(f"{card.id} knows no {column} {chosen.entity!r}{hint}")


def _is_known(lake: Lake, card: Card, column: str, entity: str) -> bool:
    files = [lake.root / f.path for b in live(lake, card) for f in b.files if f.kind == "core"]
    if not files:
        return False
    with connect(lake) as db:
        question = f"SELECT 1 FROM {parquet(files)} WHERE {column} = {literal(entity)} LIMIT 1"
        return db.execute(question).fetchone() is not None


def _record(lake: Lake, said: Event) -> Event:
    """Write the event under an id made of its instant and its content."""
    if not said.by.strip() or not said.reason.strip():
        raise FlagError("a flag needs who says it (by) and why (reason)")
    # The number of events before it tells apart two that say the same in one (possibly frozen) instant.
    content = canonical_json([len(history(lake)), said.to_json()])
    digest = hashlib.sha256(content.encode()).hexdigest()[:10]
    event = replace(said, event_id=f"{said.at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{digest}")
    write_json(lake.flags(EVENTS) / f"{event.event_id}.json", event.to_json())
    return event
