"""How far a feed has been taken: reading, comparing and keeping its cursor.

Kept as one small JSON in the landing zone, written atomically after everything before it is landed. Not derived from
the landing log: pages of one moment tie there, a page whose bytes are known makes no entry, and a cursor beyond the
newest record (one was withdrawn) would be lost. A crash before the write asks again and lands nothing twice.

Does not belong here: what a cursor is sent as (each transport).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from catalog.lake import write_json
from ingest.connectors.refusing import RefusedError, shown
from ingest.delivery import Cursor
from ingest.landing import now

Position = datetime | int


@dataclass(frozen=True)
class Keeper:
    """The cursor of one feed in ``path``; ``settings`` (the feed's, without secrets) name what it is a cursor of.

    Other settings ask another question: its answer begins anew.
    """

    path: Path
    settings: str

    def load(self, rule: Cursor) -> Position:
        """The newest position taken, the start if none was."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            if kept["settings"] == self._fingerprint:
                return read(rule, kept["newest"])
        except (OSError, ValueError, KeyError, TypeError, RefusedError):
            pass  # not there, or not ours: to begin anew costs time, and lands nothing twice
        return read(rule, rule.start)

    def save(self, position: Position) -> None:
        """Everything up to ``position`` is landed."""
        write_json(self.path, {"settings": self._fingerprint, "newest": plain(position)})

    @property
    def _fingerprint(self) -> str:
        return hashlib.sha256(self.settings.encode()).hexdigest()[:16]


def read(rule: Cursor, value: object) -> Position:
    """A position as a feed writes it. Raises RefusedError (``unreadable_cursor``)."""
    try:
        if isinstance(value, datetime):
            found = value
        elif rule.kind == "integer":
            return int(str(value))
        else:
            found = datetime.fromisoformat(str(value))
        zoned = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(rule.zone))
        return zoned.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        kind = "an integer" if rule.kind == "integer" else "an ISO 8601 timestamp"
        raise RefusedError(
            "unreadable_cursor", f"{rule.field} holds {shown(repr(value))} where {kind} was expected"
        ) from error


def newest(rule: Cursor, before: Position, values: Iterable[object]) -> Position:
    """The newest of ``before`` and those ``values`` that are readable and not of the future.

    A provider whose clock runs ahead stamps records of the future: with such a cursor, all that comes until then
    would be passed over. A record with an unreadable stamp is the parser's affair; it must not hold up the rest.

    Raises:
        RefusedError: (``unreadable_cursor``) not one of the values can be read.
    """
    found: list[Position] = []
    fault: RefusedError | None = None
    for value in values:
        try:
            found += [read(rule, value)] if value is not None else []
        except RefusedError as error:
            fault = error
    if fault is not None and not found:
        raise fault
    return max([before, *(p for p in found if isinstance(p, int) or p <= now())], key=_order)


def asked_from(rule: Cursor, position: Position) -> Position:
    """Where to ask from: the position less the overlap."""
    if isinstance(position, int):
        return position
    return position - timedelta(seconds=rule.overlap_s)


def _order(position: Position) -> float:
    return position.timestamp() if isinstance(position, datetime) else position


def plain(position: Position) -> str:
    """A position as text that :func:`read` reads."""
    return position.isoformat() if isinstance(position, datetime) else str(position)


def in_name(position: Position | None) -> str:
    """A position as part of a file name: ``20261122T080000``."""
    if isinstance(position, datetime):
        return re.sub(r"[^0-9T]", "", position.replace(tzinfo=None).isoformat())
    return "all" if position is None else str(position)
