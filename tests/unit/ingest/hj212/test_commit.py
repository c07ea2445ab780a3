"""Group commit: what waits is answered together, in order, and only when it is durable; the queue is bounded."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from ingest.hj212.commit import ENTRY_BYTES, GroupCommit
from ingest.hj212.journal import Journal, JournalError


class Disk:
    """A sync that waits until it is let go."""

    def __init__(self) -> None:
        self.free, self.entered = threading.Event(), threading.Event()

    def __call__(self, fd: int) -> None:
        self.entered.set()
        assert self.free.wait(10)


def test_everything_that_came_during_one_sync_shares_the_next(tmp_path: Path) -> None:
    async def scene() -> None:
        disk = Disk()
        journal = Journal(tmp_path, sync=disk)
        commits = GroupCommit(journal)
        done: list[int] = []
        running = asyncio.create_task(commits.run())
        commits.submit(b"0", lambda: done.append(0))
        await asyncio.to_thread(disk.entered.wait, 10)
        for n in range(1, 101):
            commits.submit(b"" if n == 50 else b"x", lambda n=n: done.append(n))  # type: ignore[misc]
        await asyncio.sleep(0.05)
        assert done == []
        disk.free.set()
        commits.stop()
        await running
        assert done == list(range(101))
        assert journal.syncs == 2
        assert commits.pending_bytes == 0

    asyncio.run(scene())


def test_a_full_queue_stops_the_readers_until_half_is_free(tmp_path: Path) -> None:
    async def scene() -> None:
        disk, told = Disk(), list[str]()
        journal = Journal(tmp_path, sync=disk)
        commits = GroupCommit(
            journal,
            max_pending_bytes=10 * ENTRY_BYTES,
            on_full=lambda: told.append("full"),
            on_room=lambda: told.append("room"),
        )
        running = asyncio.create_task(commits.run())
        for _ in range(9):
            commits.submit(b"")
        assert told == []
        commits.submit(b"x")
        commits.submit(b"x")
        assert (told, commits.is_full) == (["full"], True)
        disk.free.set()
        commits.stop()
        await running
        assert (told, commits.is_full) == (["full", "room"], False)
        assert commits.peak_bytes == 11 * ENTRY_BYTES + 2

    asyncio.run(scene())


def test_a_failing_disk_ends_it_and_nobody_is_answered(tmp_path: Path) -> None:
    def fail(fd: int) -> None:
        raise OSError(5, "Input/output error")

    async def scene() -> None:
        done: list[int] = []
        commits = GroupCommit(Journal(tmp_path, sync=fail))
        commits.submit(b"x", lambda: done.append(1))
        with pytest.raises(JournalError, match="Input/output error"):
            await commits.run()
        assert done == []

    asyncio.run(scene())
