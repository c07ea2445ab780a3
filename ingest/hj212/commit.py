"""Group commit: whatever arrived while one fsync ran is written by the next one, and then all of it is answered.

Does not belong here: files (``journal``), sockets (``server``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ingest.hj212.journal import Journal

# About 10,000 packets: two seconds of the rate asked for.
MAX_PENDING_BYTES = 8 << 20
# What an entry costs beside its bytes, so that replays (no bytes) fill the queue too.
ENTRY_BYTES = 256
Done = Callable[[], None]


def _nothing() -> None:
    return


class GroupCommit:
    """A bounded queue before the journal.

    ``on_full`` is called when the queue has no more room: the caller stops reading; ``on_room`` when half of it is
    free again. What was submitted is never refused: the bound holds because nobody reads on.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        max_pending_bytes: int = MAX_PENDING_BYTES,
        on_full: Done = _nothing,
        on_room: Done = _nothing,
    ) -> None:
        self._journal, self._max, self._on_full, self._on_room = journal, max_pending_bytes, on_full, on_room
        self._pending: list[tuple[bytes, Done]] = []
        self._work = asyncio.Event()
        self._stopping = False
        self.pending_bytes = self.peak_bytes = 0
        self.is_full = False

    def submit(self, record: bytes, done: Done = _nothing) -> None:
        """Queue a record; ``done`` is called once it and everything before it is durable. A record may be empty."""
        self._pending.append((record, done))
        self.pending_bytes += len(record) + ENTRY_BYTES
        self.peak_bytes = max(self.peak_bytes, self.pending_bytes)
        self._work.set()
        if not self.is_full and self.pending_bytes >= self._max:
            self.is_full = True
            self._on_full()

    def stop(self) -> None:
        """Let :meth:`run` return once everything submitted is durable."""
        self._stopping = True
        self._work.set()

    def take_rest(self) -> list[tuple[bytes, Done]]:
        """What was submitted after :meth:`run` returned."""
        rest, self._pending = self._pending, []
        return rest

    async def run(self) -> None:
        """Commit until stopped. Raises JournalError: then nothing waiting is answered."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="hj212-journal") as thread:
            while self._pending or not self._stopping:
                await self._work.wait()
                self._work.clear()
                batch, self._pending = self._pending, []
                await loop.run_in_executor(thread, self._journal.append, [record for record, _ in batch if record])
                self.pending_bytes -= sum(len(record) + ENTRY_BYTES for record, _ in batch)
                for _, done in batch:
                    done()
                if self.is_full and self.pending_bytes <= self._max // 2:
                    self.is_full = False
                    self._on_room()
