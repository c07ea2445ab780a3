"""The shelf of publications: which there are, which one is current, who moved the pointer and why.

``publications/current`` is a relative symlink that one ``rename`` replaces: a reader sees the old or the new, never
neither. Writers hold a lock that dies with its process, so a ``.tmp-*`` found under the lock is a leftover. Does not
belong here: what is inside a publication.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from catalog.lake import Lake, fsync_dir
from catalog.publication.errors import BusyError, UnknownPublicationError
from catalog.publication.manifest import MANIFEST

CURRENT = "current"
EVENTS = "_events.jsonl"
LOCK = ".lock"
TEMPORARY = ".tmp-"


@dataclass(frozen=True)
class Event:
    """One move of the pointer. ``at`` is when it was decided; the move itself follows at once."""

    at: datetime
    action: Literal["publish", "rollback"]
    publication: str
    before: str | None
    content_hash_before: str | None
    by: str
    reason: str


def current_id(lake: Lake) -> str | None:
    """Id of the current publication: one ``readlink``, cheap enough to ask on every page view."""
    try:
        return (lake.publications / CURRENT).readlink().name
    except FileNotFoundError:
        return None


def publication_ids(lake: Lake) -> list[str]:
    """All publications, oldest first."""
    return sorted(p.parent.name for p in lake.publications.glob(f"[0-9]*/{MANIFEST}"))


def find(lake: Lake, publication: str | None = None) -> Path:
    """The real folder of a publication: by id, by an unambiguous part of it, or the current one.

    Raises:
        UnknownPublicationError: none such; the message lists those there are.
    """
    if publication in (None, CURRENT):
        current = current_id(lake)
        if current is None:
            raise UnknownPublicationError(f"nothing is published in {lake.root}; publish first: ecolake publish")
        if not (lake.publications / current).is_dir():
            raise UnknownPublicationError(
                f"{lake.publications / CURRENT} points to {current}, which is gone; "
                f"there are: {_listed(publication_ids(lake))}; choose one: ecolake rollback <id>"
            )
        return lake.publications / current
    known = publication_ids(lake)
    matches = [publication] if publication in known else [k for k in known if str(publication) in k]
    if len(matches) != 1:
        problem = "fits several publications" if matches else "is no publication"
        raise UnknownPublicationError(f"{publication!r} {problem}; there are: {_listed(matches or known)}")
    return lake.publications / matches[0]


def _listed(ids: list[str]) -> str:
    return ", ".join(ids[-8:]) + (f" (and {len(ids) - 8} older)" if len(ids) > 8 else "") if ids else "none"


@contextmanager
def writing(lake: Lake) -> Iterator[None]:
    """Be the only writer; leftovers of writers that died are removed first.

    Raises:
        BusyError: another process writes.
    """
    shelf = lake.publications
    shelf.mkdir(parents=True, exist_ok=True)
    with (shelf / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"another process is publishing in {shelf}; try again when it has finished") from error
        for leftover in shelf.glob(f"{TEMPORARY}*"):
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
        yield


def temporary(lake: Lake) -> Path:
    """A name for something unfinished, next to the publications so that one rename finishes it."""
    return lake.publications / f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}"


def point(lake: Lake, event: Event) -> None:
    """Record the event, then make its publication the current one; call under :func:`writing`."""
    _append(lake.publications / EVENTS, event)
    link = temporary(lake)
    link.symlink_to(event.publication)
    link.replace(lake.publications / CURRENT)
    fsync_dir(lake.publications)


def _append(path: Path, event: Event) -> None:
    record = json.dumps(asdict(event) | {"at": event.at.isoformat()}, ensure_ascii=False, sort_keys=True)
    with path.open("a+b") as handle:
        # A power cut may have left half a line: begin a new one, the half is skipped when read.
        handle.seek(0, os.SEEK_END)
        if handle.tell():
            handle.seek(-1, os.SEEK_END)
            if handle.read(1) != b"\n":
                handle.write(b"\n")
        handle.write(record.encode() + b"\n")
        handle.flush()
        os.fsync(handle.fileno())


def events(lake: Lake) -> list[Event]:
    """Every recorded move of the pointer, oldest first."""
    path = lake.publications / EVENTS
    if not path.exists():
        return []
    found: list[Event] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        found.append(Event(**record | {"at": datetime.fromisoformat(record["at"])}))
    return found


def withheld_hashes(lake: Lake) -> dict[str, Event]:
    """Content that a person rolled back from and did not return to: it must not come back by itself."""
    held: dict[str, Event] = {}
    for event in events(lake):
        if event.action == "rollback" and event.content_hash_before is not None:
            held[event.content_hash_before] = event
        held = {content: why for content, why in held.items() if why.before != event.publication}
    return held
