"""A sender of HJ 212: what a data logger does, for ``ecolake hj212 send``, replays and load tests.

Sends packets over one connection and waits for the answer of each that asks for one; what is not answered in time is
sent again, as the standard has it. Does not belong here: making up data.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.hj212.frame import Framer, judge
from ingest.hj212.packet import Head, PacketError, parse_packet
from ingest.hj212.reply import reply_to

# HJ 212-2017: OverTime 10 s, ReCount 3
TIMEOUT_S = 10.0
ATTEMPTS = 3
# packets on the way at once; one at a time is what devices do
WINDOW = 32


@dataclass
class Sent:
    """What became of the packets: their QNs by fate, and how often something was sent again."""

    answered: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    unasked: int = 0
    resent: int = 0


def asks(frame: bytes) -> Head | None:
    """The head of a packet that waits for an answer; None for one that does not, or is not readable."""
    judged = judge(frame.rstrip(b"\r\n"))
    if not judged.is_intact:
        return None
    try:
        head = parse_packet(judged.segment).head
    except PacketError:
        return None
    return head if head.qn and reply_to(head) is not None else None


async def send(
    host: str, port: int, frames: Iterable[bytes], *, timeout_s: float = TIMEOUT_S, attempts: int = ATTEMPTS,
    window: int = WINDOW,
) -> Sent:  # fmt: skip
    """Send frames in order over one connection.

    Raises:
        OSError: no connection, or it was cut.
    """
    reader, writer = await asyncio.open_connection(host, port)
    sender = _Sender(reader, writer, timeout_s, attempts, window)
    try:
        return await sender.run(frames)
    except BaseExceptionGroup as group:
        faults = group.subgroup(OSError)
        if faults is None:
            raise
        raise ConnectionError(f"the connection was cut: {faults.exceptions[0]}") from group
    finally:
        writer.close()


class _Sender:
    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, timeout_s: float, attempts: int, window: int
    ) -> None:
        self._reader, self._writer = reader, writer
        self._timeout_s, self._attempts = timeout_s, attempts
        self._room = asyncio.Semaphore(window)
        self._answers: dict[str, asyncio.Event] = {}
        self._sent = Sent()

    async def run(self, frames: Iterable[bytes]) -> Sent:
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen())
            exchanges = set[asyncio.Task[None]]()
            for frame in frames:
                head = asks(frame)
                if head is None:
                    self._writer.write(frame)
                    await self._writer.drain()
                    self._sent.unasked += 1
                    continue
                await self._room.acquire()
                exchange = tasks.create_task(self._exchange(head.qn, frame))
                exchanges.add(exchange)
                exchange.add_done_callback(exchanges.discard)
            while exchanges:
                await asyncio.wait(exchanges)
            listening.cancel()
        return self._sent

    async def _exchange(self, qn: str, frame: bytes) -> None:
        answered = self._answers.setdefault(qn, asyncio.Event())
        try:
            for attempt in range(self._attempts):
                self._sent.resent += attempt > 0
                self._writer.write(frame)
                await self._writer.drain()
                try:
                    await asyncio.wait_for(answered.wait(), self._timeout_s)
                except TimeoutError:
                    continue
                self._sent.answered.append(qn)
                return
            self._sent.silent.append(qn)
        finally:
            self._answers.pop(qn, None)
            self._room.release()

    async def _listen(self) -> None:
        framer = Framer()
        while data := await self._reader.read(1 << 16):
            for frame in framer.feed(data):
                if frame.is_intact and (event := self._answers.get(parse_packet(frame.segment).head.qn)) is not None:
                    event.set()
        raise ConnectionResetError("the receiver closed the connection")
