"""The log of exports: a line per grant and refusal, appended, never changed, each with the SHA-256 of the one before.

``lake/exports/log.jsonl``. A changed, removed or inserted line breaks the chain. Lines cut off at the *end* do not show
in the file itself: note the head that ``ecolake export --log`` prints somewhere else. Does not belong here: what is
granted.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from catalog.lake import Lake, fsync_dir
from sharing.errors import LogError

FIRST = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One export, or one that was refused. ``package``: SHA-256 of the package's ``SHA256SUMS``."""

    at: datetime
    by: str
    feed: str
    outcome: Literal["granted", "refused"]
    reason: str = ""
    recipient: str = ""
    agreement: str = ""
    publication: str = ""
    table: str = ""
    columns: Sequence[str] = ()
    level: str = ""
    rows: int = 0
    package: str = ""
    folder: str = ""


@dataclass(frozen=True)
class Reading:
    """The lines of the log, what is wrong with them, and the hash of the last one."""

    lines: tuple[Mapping[str, Any], ...]
    faults: tuple[str, ...]
    head: str


def path_of(lake: Lake) -> Path:
    """Where the log lies."""
    return lake.root / "exports" / "log.jsonl"


@contextmanager
def alone(lake: Lake) -> Iterator[None]:
    """Be the only one who exports; others wait. The lock dies with its process.

    Raises:
        LogError: the folder of the log cannot be written.
    """
    folder = path_of(lake).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("a")
    except OSError as error:
        raise LogError(f"{folder}: cannot be written ({error}); nothing leaves unlogged") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def append(lake: Lake, entry: Entry) -> None:
    """Add a line and make it durable; returns only when it is on disk. Call it under :func:`alone`.

    Raises:
        LogError: it cannot be written.
    """
    path = path_of(lake)
    try:
        with path.open("a+b") as handle:
            handle.seek(0)
            before = handle.read()
            if before and not before.endswith(b"\n"):  # a power cut left half a line: it stays, as a line of its own
                handle.write(b"\n")
            last = before.splitlines()[-1] if before else None
            facts = vars(entry) | {"at": entry.at.isoformat(), "columns": list(entry.columns)}
            record = facts | {"previous": _hash(last)}
            handle.write(json.dumps(record, ensure_ascii=False, sort_keys=True).encode() + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        fsync_dir(path.parent)
    except OSError as error:
        raise LogError(f"{path}: cannot be written ({error}); nothing leaves unlogged") from error


def read(lake: Lake) -> Reading:
    """Every line, and every place where the chain does not hold."""
    path = path_of(lake)
    raw = path.read_bytes().splitlines() if path.exists() else []
    lines, faults = [], []
    for number, (line, before) in enumerate(zip(raw, [None, *raw], strict=False), start=1):
        try:
            record = json.loads(line)
            stated = record["previous"]
        except (ValueError, KeyError, TypeError):
            faults.append(f"line {number}: no entry: cut off while it was written, or altered")
            continue
        if stated != _hash(before):
            what = f"line {number - 1} was altered" if before else "lines before it are gone"
            faults.append(f"line {number}: does not follow from the line before: {what}, or a line is missing or added")
        lines.append(record)
    return Reading(tuple(lines), tuple(faults), _hash(raw[-1] if raw else None))


def _hash(line: bytes | None) -> str:
    return FIRST if line is None else hashlib.sha256(line).hexdigest()
