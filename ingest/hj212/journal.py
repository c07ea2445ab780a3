"""Append-only segment files: what the receiver has promised to keep.

The open segment is ``hj212_….journal.part``, which file connectors pass over; a sealed one ``hj212_….journal``, which
they take. Sealing is one rename, by size or age. Does not belong here: who waits for the fsync (``commit``), what a
record holds (``record``).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from catalog.lake import Lake, fsync_dir
from ingest.hj212.record import Damage, decode
from ingest.landing import Delivery, now

SEALED, OPEN = ".journal", ".journal.part"
# Half of what a card accepts as one object (64 MiB).
MAX_BYTES = 32 << 20
# A reading reaches the hourly run at most this much later.
MAX_AGE_S = 600.0


class JournalError(RuntimeError):
    """The journal cannot be written; nothing more may be acknowledged. The message says what to do."""


def journal_folder(lake: Lake) -> Path:
    """``journal/hj212`` below the lake's root: not ``work``, which may be deleted at any time; these bytes may not."""
    return lake.root / "journal" / "hj212"


class Journal:
    """The journal of one receiver, written by one thread. ``sync`` makes a file's bytes durable."""

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int = MAX_BYTES,
        max_age_s: float = MAX_AGE_S,
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        self._folder, self._max_bytes, self._max_age_s, self._sync = folder, max_bytes, max_age_s, sync
        self._part: Path | None = None
        self._fd = -1
        self._size = 0
        self._opened_at = 0.0
        self.syncs = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(folder)
        self.cut_bytes = sum(_recover(part) for part in sorted(folder.glob(f"*{OPEN}")))

    def append(self, records: Sequence[bytes]) -> None:
        """Write all records and make them durable with one sync; also seals what is full or old.

        Raises:
            JournalError: disk full or broken. What was not synced must not be acknowledged.
        """
        try:
            if records:
                self._write(b"".join(records))
            if self._part is not None and (self._size >= self._max_bytes or self._age_s() >= self._max_age_s):
                self.seal()
        except OSError as error:
            raise JournalError(
                f"{self._folder}: {error.strerror or error}; make room or mend the disk, then start the receiver again "
                "(nothing unsynced was acknowledged, devices will send it again)"
            ) from error

    def seal(self) -> None:
        """Close the open segment and give it its final name."""
        if self._part is None:
            return
        os.close(self._fd)
        _rename(self._part)
        self._part, self._fd = None, -1

    def close(self) -> None:
        """Seal, and let another receiver in."""
        self.seal()
        os.close(self._lock)

    def sealed(self) -> list[Path]:
        """Finished segments, oldest first."""
        return sealed_segments(self._folder)

    def _age_s(self) -> float:
        return time.monotonic() - self._opened_at

    def _write(self, content: bytes) -> None:
        if self._part is None:
            self._open()
        view = memoryview(content)
        while view:
            view = view[os.write(self._fd, view) :]
        self._sync(self._fd)
        self.syncs += 1
        self._size += len(content)

    def _open(self) -> None:
        begun = now()
        for number in range(10_000):
            name = f"hj212_{begun:%Y%m%dT%H%M%S%fZ}_{number:04d}"
            part = self._folder / f"{name}{OPEN}"
            if not (self._folder / f"{name}{SEALED}").exists() and not part.exists():
                break
        self._fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o640)
        fsync_dir(self._folder)
        self._part, self._size, self._opened_at = part, 0, time.monotonic()


def sealed_segments(folder: Path) -> list[Path]:
    """Finished segments of a journal, oldest first."""
    return sorted(folder.glob(f"*{SEALED}"))


def deliveries(folder: Path) -> Iterator[Delivery]:
    """The sealed segments, to be landed; a sealed segment never changes."""
    for path in sealed_segments(folder):
        status = path.stat()
        yield Delivery(path.name, f"hj212/{path.name}", f"{status.st_size}-{status.st_mtime_ns}", path)


def prune(folder: Path, *, is_landed: Callable[[str, str], bool], older_than: datetime) -> list[Path]:
    """Remove sealed segments whose bytes the landing zone has, last changed before an instant; returns them.

    ``is_landed(origin, signature)``: ``LandingZone.is_unchanged``. What was not landed stays, however old.
    """
    landed = [d.path for d in deliveries(folder) if is_landed(d.origin, d.signature)]
    old = [path for path in landed if path.stat().st_mtime < older_than.timestamp()]
    for path in old:
        path.unlink()
    return old


def _recover(part: Path) -> int:
    """Seal what a killed receiver left open, without its torn tail; returns the bytes cut off.

    Only trailing damage is cut: it was never synced, so never acknowledged. Damage in the middle stays for the parser
    to report, with the whole records behind it.
    """
    content = part.read_bytes()
    last: object = None
    for last in decode(content):  # noqa: B007 - only the last matters
        pass
    kept = last.offset if isinstance(last, Damage) else len(content)
    if kept < len(content):
        os.truncate(part, kept)
    if kept == 0:
        part.unlink()
        return len(content)
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    _rename(part)
    return len(content) - kept


def _rename(part: Path) -> None:
    part.rename(part.with_name(part.name.removesuffix(OPEN) + SEALED))
    fsync_dir(part.parent)


def _lock(folder: Path) -> int:
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise JournalError(f"{folder}: another receiver writes here; stop it, or use another lake") from error
    return lock
