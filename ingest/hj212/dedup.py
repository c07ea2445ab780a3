"""Packets sent again because our answer was lost: known, answered again, stored once.

A replay is the same (MN, QN, CN, PNO) with the same content. The content counts because devices exist that send
different factors under one QN: by the key alone the second packet would be lost. Packets without a QN cannot be
answered, so they are not replays; equal rows of theirs meet at the lake door.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from ingest.hj212.frame import judge
from ingest.hj212.packet import Head, PacketError, parse_packet
from ingest.hj212.record import Record, decode
from ingest.landing import now

# About 90 bytes each. 400,000 are 80 s at 5,000 packets/s: all the resends of the standard (3 times, 10 s apart).
CAPACITY = 400_000
WINDOW = timedelta(hours=1)
# What is forgotten costs disk, not truth: the lake door counts equal rows as duplicates.


class Replays:
    """The packets of the last while, in two generations: when the young one is full or old, the old one is dropped."""

    def __init__(
        self, capacity: int = CAPACITY, window: timedelta = WINDOW, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._half, self._window_s, self._clock = max(1, capacity // 2), window.total_seconds(), clock
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()
        self._turned_at = clock()

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def is_replay(self, head: Head, segment: bytes) -> bool:
        """True when this packet was seen before; from now on it has been."""
        if not head.qn:
            return False
        digest = _digest(segment)
        if digest in self._young:
            return True
        known = digest in self._old
        self._remember(digest)
        return known

    def rebuild(self, segments: Iterable[Path]) -> int:
        """Remember what a journal holds, newest segment first, within window and capacity; returns how many."""
        since = (now() - timedelta(seconds=self._window_s)).timestamp()
        read = 0
        for path in segments:
            if path.stat().st_mtime < since or read >= self._half:
                break
            for entry in decode(path.read_bytes()):
                if isinstance(entry, Record) and datetime.fromisoformat(entry.received_at).timestamp() >= since:
                    read += self._rebuild_one(entry.raw)
        return read

    def _rebuild_one(self, raw: bytes) -> bool:
        frame = judge(raw)  # a frame that came damaged is no earlier copy of the sound one
        if not frame.is_intact:
            return False
        try:
            head = parse_packet(frame.segment).head
        except PacketError:
            return False
        self.is_replay(head, frame.segment)
        return True

    def _remember(self, digest: bytes) -> None:
        if len(self._young) >= self._half or self._clock() - self._turned_at >= self._window_s:
            self._old, self._young, self._turned_at = self._young, set(), self._clock()
        self._young.add(digest)


def _digest(segment: bytes) -> bytes:
    """The segment holds MN, QN, CN and PNO: its digest is the key and the content in one."""
    return blake2b(segment, digest_size=16).digest()
