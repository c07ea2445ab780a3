"""One writer at a time: the scratch database, the landing zone's incoming folder and the pointer have one owner.

A headless run and Dagster's, or two scheduled runs, wait for each other instead of failing in the middle. The lock is
the kernel's: it is gone with the process that held it, however that ended. Does not belong here: what is done under it.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from catalog.lake import Lake
from ingest.landing import now

FILE = "writer.lock"
# An hourly run that has waited so long would meet the next one.
PATIENCE_S = 3000.0
POLL_S = 0.5


class BusyError(RuntimeError):
    """Another writer did not finish in time; the message says who and since when."""


@contextmanager
def only_writer(
    lake: Lake, *, patience_s: float = PATIENCE_S, on_wait: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the lake's writer lock; ``on_wait`` is told once whom we wait for.

    Raises:
        BusyError: the lock was not free within ``patience_s``.
    """
    path = lake.work / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    give_up_at = time.monotonic() + patience_s
    with path.open("a+", encoding="utf-8") as handle:
        told = False
        while not _try(handle.fileno()):
            handle.seek(0)
            holder = _holder(handle.read())
            if not told and on_wait is not None:
                on_wait(f"waiting for {holder}")
            told = True
            if time.monotonic() >= give_up_at:
                raise BusyError(f"{path.name}: {holder} is still at work; wait for it, or stop it and run again")
            time.sleep(POLL_S)
        handle.seek(0)
        handle.truncate()
        handle.write(json.dumps({"pid": os.getpid(), "since": now().isoformat(timespec="seconds")}))
        handle.flush()
        yield


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(text: str) -> str:
    """Who holds the lock, as it wrote itself; another machine's process on a shared disk counts as unknown."""
    try:
        record = json.loads(text)
        return f"process {record['pid']} (since {record['since']})"
    except (ValueError, KeyError, TypeError):
        return "another process"
