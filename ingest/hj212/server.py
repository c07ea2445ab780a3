"""The receiver: a TCP server that answers a packet only after its bytes are fsynced.

Every piece of every stream goes to the journal, the unusable ones too. Memory is bounded: one shared read buffer, one
unfinished frame a connection, a bounded queue before the disk. When the queue is full, or a peer does not read our
answers, reading stops and TCP makes the sender wait: nothing is dropped. Does not belong here: what a packet means.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import cast

from ingest.hj212.commit import MAX_PENDING_BYTES, GroupCommit
from ingest.hj212.dedup import Replays
from ingest.hj212.frame import MAX_SEGMENT_BYTES, Frame, Framer, Verdict
from ingest.hj212.journal import Journal
from ingest.hj212.packet import Head, PacketError, parse_packet
from ingest.hj212.record import encode, stamp
from ingest.hj212.reply import reply_to
from ingest.landing import now

READ_BUFFER_BYTES = 64 << 10
SWEEP_S = 1.0
# Says whether a sender may be answered; a stranger's packets are kept but not acknowledged.
Admits = Callable[[Head], bool]


@dataclass(frozen=True)
class Settings:
    """Limits of one receiver; each guards against one way of exhausting it."""

    host: str = "127.0.0.1"
    port: int = 2120
    max_connections: int = 5_000
    # Real-time data may be up to 3600 s apart (RtdInterval): twice that is a dead line.
    idle_timeout_s: float = 7_200
    # A peer that takes no answers for so long is gone.
    write_timeout_s: float = 30
    # A frame is at most 10 kB: 15 s is enough at 9600 baud.
    frame_timeout_s: float = 15
    # Noise in a row after which a connection is closed: it is not one of ours.
    max_noise_bytes: int = 64 << 10
    max_unread_reply_bytes: int = 64 << 10
    max_pending_bytes: int = MAX_PENDING_BYTES
    max_segment_bytes: int = MAX_SEGMENT_BYTES


class Receiver:
    """One listening socket, its connections, and the queue to the journal."""

    def __init__(
        self, journal: Journal, settings: Settings | None = None, *, replays: Replays | None = None,
        admits: Admits | None = None,
    ) -> None:  # fmt: skip
        self.settings = settings or Settings()
        self.journal = journal
        self.replays = replays if replays is not None else Replays()
        self.admits = admits
        self.connections: set[Connection] = set()
        # connections, refused, frames by verdict, stored, replays, answered, timeouts: for whoever watches
        self.counts: Counter[str] = Counter()
        self.read_buffer = memoryview(bytearray(READ_BUFFER_BYTES))
        self.commits = GroupCommit(
            journal,
            max_pending_bytes=self.settings.max_pending_bytes,
            on_full=self._on_full,
            on_room=self._read_on,
        )
        self._server: asyncio.Server | None = None
        self._stop = asyncio.Event()

    @property
    def port(self) -> int:
        """The port really listened on (settings may say 0)."""
        assert self._server is not None, "the receiver is not listening yet"
        return int(self._server.sockets[0].getsockname()[1])

    async def serve(self, on_ready: Callable[[Receiver], None] | None = None) -> None:
        """Receive until :meth:`stop`; then answer what is durable and seal the journal.

        Raises:
            JournalError: the disk does not take what arrives; the connections are cut without an answer.
            OSError: the address cannot be listened on.
        """
        self.replays.rebuild(reversed(self.journal.sealed()))
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self), self.settings.host, self.settings.port, backlog=1024
        )
        committing = asyncio.create_task(self.commits.run())
        sweeping = asyncio.create_task(self._sweep())
        stopping = asyncio.create_task(self._stop.wait())
        if on_ready is not None:
            on_ready(self)
        await asyncio.wait({committing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        self._stop.set()  # also when the disk failed
        self._server.close()
        stopping.cancel()
        sweeping.cancel()
        try:
            self._stop_reading()
            self.commits.stop()
            await committing
            await self._close_connections()
            self.journal.close()
        finally:
            for connection in list(self.connections):
                connection.abort()

    @property
    def is_stopping(self) -> bool:
        """No new connection is taken."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask :meth:`serve` to end; may be called from a signal handler of the loop."""
        self._stop.set()

    def take(self, connection: Connection, frames: list[Frame]) -> None:
        """Queue the pieces of one read; the answers follow once they are durable."""
        received_at = stamp(now())
        for frame in frames:
            self.counts[frame.verdict] += 1
            answer, known = (None, False)
            if frame.is_intact:
                answer, known = self._judge(frame)
            record = b"" if known else encode(received_at, connection.peer, frame.raw)
            self.counts["replays" if known else "stored"] += 1
            connection.waiting += 1
            self.commits.submit(record, partial(connection.answer, answer))

    def _judge(self, frame: Frame) -> tuple[bytes | None, bool]:
        """(answer, is it a replay) of an intact frame."""
        try:
            head = parse_packet(frame.segment).head
        except PacketError as error:
            self.counts[error.code] += 1
            return None, False
        if frame.verdict is not Verdict.OK:
            return None, self.replays.is_replay(head, frame.segment)
        if self.admits is not None and not self.admits(head):
            self.counts["not_admitted"] += 1
            return None, False
        return reply_to(head), self.replays.is_replay(head, frame.segment)

    def _on_full(self) -> None:
        self.counts["times_full"] += 1
        self._stop_reading()

    def _stop_reading(self) -> None:
        for connection in self.connections:
            connection.hold("journal")

    def _read_on(self) -> None:
        if not self._stop.is_set():
            for connection in self.connections:
                connection.release("journal")

    async def _sweep(self) -> None:
        """Once a second: time-outs, and a nudge so that an old segment is sealed while nobody sends."""
        while True:
            await asyncio.sleep(SWEEP_S)
            self.commits.submit(b"")
            instant = asyncio.get_running_loop().time()
            for connection in list(self.connections):
                connection.check_time(instant)

    async def _close_connections(self) -> None:
        """Hang up after the last answer is out, waiting at most the write time-out."""
        for connection in list(self.connections):
            connection.hang_up()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.settings.write_timeout_s):
                while self.connections:
                    await asyncio.sleep(0.01)
        # what the connections still held when they closed
        self.journal.append([record for record, _ in self.commits.take_rest() if record])


class Connection(asyncio.BufferedProtocol):
    """One device's connection."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver, self._settings = receiver, receiver.settings
        self._framer = Framer(self._settings.max_segment_bytes)
        self._held: set[str] = set()
        self._noise_bytes = 0
        self._ended = False
        self._read_at = self._unfinished_since = self._unread_since = 0.0
        self.peer = "?"
        self.waiting = 0
        """Pieces queued and not yet durable."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or turn it away when there are too many."""
        self._transport = cast(asyncio.Transport, transport)
        self._loop = asyncio.get_running_loop()
        receiver = self._receiver
        if receiver.is_stopping or len(receiver.connections) >= self._settings.max_connections:
            receiver.counts["refused"] += 1
            self._transport.abort()
            return
        receiver.connections.add(self)
        receiver.counts["connections"] += 1
        host, port = self._transport.get_extra_info("peername")[:2]
        self.peer = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._transport.set_write_buffer_limits(high=self._settings.max_unread_reply_bytes)
        self._read_at = self._loop.time()
        if receiver.commits.is_full:
            self.hold("journal")

    def get_buffer(self, sizehint: int) -> memoryview:
        """One buffer for all: a selector loop fills it and hands it over before it reads the next socket."""
        return self._receiver.read_buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes have come."""
        self._read_at = self._loop.time()
        self._take(self._framer.feed(bytes(self._receiver.read_buffer[:nbytes])))
        if not self._framer.pending:
            self._unfinished_since = 0.0
        elif not self._unfinished_since:
            self._unfinished_since = self._read_at

    def eof_received(self) -> bool:
        """The peer sends no more, but may still read: answer what is queued, then hang up."""
        self._take(self._framer.close())
        self._ended = True
        self._hang_up_when_done()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """Keep what was half received."""
        if self in self._receiver.connections:
            self._take(self._framer.close())
            self._receiver.connections.discard(self)

    def pause_writing(self) -> None:
        """The peer does not read our answers: take nothing more from it."""
        self._unread_since = self._loop.time()
        self.hold("answers")

    def resume_writing(self) -> None:
        """It reads again."""
        self._unread_since = 0.0
        self.release("answers")

    def answer(self, reply: bytes | None) -> None:
        """A piece is durable: send its answer, if it gets one."""
        self.waiting -= 1
        if reply is not None and not self._transport.is_closing():
            self._transport.write(reply)
            self._receiver.counts["answered"] += 1
        self._hang_up_when_done()

    def hold(self, reason: str) -> None:
        """Stop reading for a reason; all reasons must be released before reading goes on."""
        if not self._held and not self._transport.is_closing():
            self._transport.pause_reading()
        self._held.add(reason)

    def release(self, reason: str) -> None:
        """A reason not to read has gone."""
        self._held.discard(reason)
        if not self._held and not self._transport.is_closing():
            # we were the ones who were silent
            self._read_at = self._loop.time()
            self._transport.resume_reading()

    def hang_up(self) -> None:
        """Close once everything queued is answered."""
        self._ended = True
        self.hold("closing")
        self._hang_up_when_done()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def check_time(self, instant: float) -> None:
        """Time-outs: an unfinished frame is given up, a peer that is silent or does not read is dropped."""
        limits = self._settings
        if self._unread_since and instant - self._unread_since > limits.write_timeout_s:
            self._receiver.counts["write_timeouts"] += 1
            self.abort()
        elif not self._held and instant - self._read_at > limits.idle_timeout_s:
            self._receiver.counts["idle_timeouts"] += 1
            self.hang_up()
        elif self._unfinished_since and instant - self._unfinished_since > limits.frame_timeout_s:
            self._unfinished_since = 0.0
            self._take(self._framer.give_up())
            if self._framer.pending:
                self._unfinished_since = instant

    def _take(self, frames: list[Frame]) -> None:
        if not frames:
            return
        self._receiver.take(self, frames)
        for frame in frames:
            self._noise_bytes = 0 if frame.is_intact else self._noise_bytes + len(frame.raw)
        if self._noise_bytes > self._settings.max_noise_bytes:
            self._receiver.counts["too_noisy"] += 1
            self._noise_bytes = 0
            self.hang_up()

    def _hang_up_when_done(self) -> None:
        if self._ended and self.waiting == 0:
            self._transport.close()
