"""The receiver over real sockets: answers only after the fsync, back-pressure, replays, limits, graceful end."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.hj212.client import send
from ingest.hj212.commit import ENTRY_BYTES
from ingest.hj212.dedup import Replays
from ingest.hj212.frame import build_frame
from ingest.hj212.journal import Journal, JournalError, sealed_segments
from ingest.hj212.record import Record, decode
from ingest.hj212.server import Receiver, Settings

MN = "010000A8900016F000169DC0"


def packet(number: int, flag: int = 5, padding: int = 0) -> bytes:
    cp = f"DataTime=20261122083000;w01018-Rtd={number},w01018-Flag=N" + (f";x-Info={'x' * padding}" if padding else "")
    return build_frame(f"QN={number:017d};ST=32;CN=2011;PW=123456;MN={MN};Flag={flag};CP=&&{cp}&&".encode())


def answer(number: int) -> bytes:
    return build_frame(f"QN={number:017d};ST=91;CN=9014;PW=123456;MN={MN};Flag=4;CP=&&&&".encode())


class Disk:
    """A real fsync behind a gate; counts how often it was entered."""

    def __init__(self, *, is_free: bool = True) -> None:
        self.gate, self.entered = threading.Event(), threading.Event()
        if is_free:
            self.gate.set()

    def __call__(self, fd: int) -> None:
        self.entered.set()
        assert self.gate.wait(20)
        os.fsync(fd)


def serving(
    folder: Path,
    scene: Callable[[Receiver], Awaitable[None]],
    *,
    disk: Callable[[int], None] = os.fsync,
    replays: Replays | None = None,
    admits: Callable[[object], bool] | None = None,
    **limits: float,
) -> Receiver:
    """Play a scene against a running receiver, end it, and return it."""

    async def play() -> Receiver:
        receiver = Receiver(Journal(folder, sync=disk), Settings(port=0, **limits), replays=replays, admits=admits)  # type: ignore[arg-type]
        ready = asyncio.Event()
        running = asyncio.create_task(receiver.serve(lambda _: ready.set()))
        await asyncio.wait_for(ready.wait(), 10)
        try:
            await asyncio.wait_for(scene(receiver), 30)
        finally:
            receiver.stop()
            await asyncio.wait_for(running, 30)
        return receiver

    return asyncio.run(play())


def kept(folder: Path) -> list[bytes]:
    entries = [e for path in sealed_segments(folder) for e in decode(path.read_bytes())]
    return [e.raw if isinstance(e, Record) else b"damage" for e in entries]


def line(*frames: bytes) -> list[bytes]:
    return [f.rstrip(b"\r\n") for f in frames]


async def reply_bytes(reader: asyncio.StreamReader, seconds: float) -> bytes:
    """What comes within so many seconds."""
    try:
        return await asyncio.wait_for(reader.read(1 << 16), seconds)
    except TimeoutError:
        return b""


async def until_cut(reader: asyncio.StreamReader) -> bytes:
    """What comes until the receiver hangs up, however rudely."""
    with suppress(ConnectionResetError):
        return await reader.read()
    return b""


def test_an_upload_is_answered_and_kept(tmp_path: Path) -> None:
    async def scene(receiver: Receiver) -> None:
        sent = await send("127.0.0.1", receiver.port, [packet(n) for n in range(100)])
        assert (sorted(sent.answered), sent.silent, sent.resent) == ([f"{n:017d}" for n in range(100)], [], 0)

    serving(tmp_path, scene)
    assert kept(tmp_path) == line(*(packet(n) for n in range(100)))


def test_no_byte_of_an_answer_comes_before_the_fsync(tmp_path: Path) -> None:
    disk = Disk(is_free=False)

    async def scene(receiver: Receiver) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
        writer.write(packet(1))
        await asyncio.to_thread(disk.entered.wait, 10)
        writer.write(packet(1))  # a replay of what is not yet durable has to wait too
        assert await reply_bytes(reader, 0.5) == b""
        disk.gate.set()
        assert await reader.readexactly(2 * len(answer(1))) == answer(1) * 2
        writer.close()

    serving(tmp_path, scene, disk=disk)
    assert kept(tmp_path) == line(packet(1))


def test_when_the_disk_fails_nobody_is_answered_and_the_receiver_ends(tmp_path: Path) -> None:
    def fail(fd: int) -> None:
        raise OSError(28, "No space left on device")

    async def scene(receiver: Receiver) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
        writer.write(packet(1))
        assert await until_cut(reader) == b""

    with pytest.raises(JournalError, match="No space left on device"):
        serving(tmp_path, scene, disk=fail)


def test_everything_received_is_kept_wrong_frames_and_noise_too(tmp_path: Path) -> None:
    wrong = packet(2).replace(b"Flag=N", b"Flag=D")

    async def scene(receiver: Receiver) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
        writer.write(packet(1, flag=4) + wrong + b"GET / HTTP/1.1" + packet(3) + packet(4)[:50])
        assert await reader.readexactly(len(answer(3))) == answer(3)
        writer.write_eof()
        assert await reader.read() == b""

    receiver = serving(tmp_path, scene)
    assert kept(tmp_path) == [*line(packet(1, flag=4), wrong), b"GET / HTTP/1.1", *line(packet(3)), packet(4)[:50]]
    assert {k: receiver.counts[k] for k in ("ok", "bad_crc", "noise", "bad_length", "answered")} == {
        "ok": 2, "bad_crc": 1, "noise": 1, "bad_length": 1, "answered": 1,
    }  # fmt: skip


def test_a_replay_is_answered_again_and_kept_once_also_after_a_restart(tmp_path: Path) -> None:
    async def twice(receiver: Receiver) -> None:
        for _ in range(2):
            sent = await send("127.0.0.1", receiver.port, [packet(1)])
            assert sent.answered == [f"{1:017d}"]

    first = serving(tmp_path, twice)
    second = serving(tmp_path, twice)
    assert [first.counts["replays"], second.counts["replays"]] == [1, 2]
    assert kept(tmp_path) == line(packet(1))


def test_a_sender_is_told_when_its_connection_is_cut(tmp_path: Path) -> None:
    async def scene(receiver: Receiver) -> None:
        sending = asyncio.create_task(send("127.0.0.1", receiver.port, [packet(1)], timeout_s=10))
        while not receiver.connections:
            await asyncio.sleep(0.01)
        next(iter(receiver.connections)).abort()
        with pytest.raises(ConnectionError, match="the connection was cut"):
            await sending

    serving(tmp_path, scene, admits=lambda head: False)


def test_a_stranger_is_kept_but_not_answered(tmp_path: Path) -> None:
    async def scene(receiver: Receiver) -> None:
        sent = await send("127.0.0.1", receiver.port, [packet(1)], timeout_s=0.2, attempts=2)
        assert (sent.answered, sent.silent, sent.resent) == ([], [f"{1:017d}"], 1)

    serving(tmp_path, scene, admits=lambda head: False)
    assert kept(tmp_path)[0] == packet(1).rstrip(b"\r\n")


def test_a_full_queue_makes_senders_wait_and_loses_nothing(tmp_path: Path) -> None:
    disk = Disk(is_free=False)
    limit, count = 64 * 1024, 20_000
    frames = [packet(n, flag=4, padding=300) for n in range(count)]

    async def scene(receiver: Receiver) -> None:
        sending = [
            asyncio.create_task(send("127.0.0.1", receiver.port, frames[place::4], timeout_s=10)) for place in range(4)
        ]
        while not receiver.commits.is_full:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        taken = receiver.counts["ok"]
        await asyncio.sleep(0.3)
        # nothing more is read: 9 MB wait in the senders and the kernel
        assert receiver.counts["ok"] == taken < count / 4
        disk.gate.set()
        await asyncio.gather(*sending)
        while receiver.counts["ok"] < count:
            await asyncio.sleep(0.01)

    receiver = serving(tmp_path, scene, disk=disk, max_pending_bytes=limit)
    # the queue overshoots by one read (64 KiB, framed) at most
    assert receiver.commits.peak_bytes < limit + (64 << 10) + (64 << 10) // len(frames[0]) * (ENTRY_BYTES + 80) + 1024
    assert sorted(kept(tmp_path)) == sorted(line(*frames))


@pytest.mark.slow
def test_a_peer_that_reads_no_answers_is_read_no_more_and_dropped(tmp_path: Path) -> None:
    async def scene(receiver: Receiver) -> None:
        loop = asyncio.get_running_loop()
        peer = socket.socket()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.setblocking(False)
        await loop.sock_connect(peer, ("127.0.0.1", receiver.port))
        with pytest.raises(OSError, match=r"reset|pipe"):
            for number in range(1_000_000):
                await asyncio.wait_for(loop.sock_sendall(peer, packet(number)), 20)
        peer.close()
        assert receiver.counts["write_timeouts"] == 1
        others = await send("127.0.0.1", receiver.port, [packet(5_000_000)])
        assert others.answered == [f"{5_000_000:017d}"]

    serving(tmp_path, scene, write_timeout_s=0.5, max_unread_reply_bytes=4096)


def test_too_many_connections_silence_and_noise_are_turned_away(tmp_path: Path) -> None:
    async def scene(receiver: Receiver) -> None:
        first, second = [await asyncio.open_connection("127.0.0.1", receiver.port) for _ in range(2)]
        assert await until_cut(second[0]) == b""
        assert receiver.counts["refused"] == 1
        assert await first[0].read() == b""  # idle
        assert receiver.counts["idle_timeouts"] == 1
        reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
        writer.write(b"x" * 20_000)
        assert await reader.read() == b""
        assert receiver.counts["too_noisy"] == 1

    serving(tmp_path, scene, max_connections=1, idle_timeout_s=0.5, max_noise_bytes=10_000)
    assert sum(len(piece) for piece in kept(tmp_path)) == 20_000


def test_a_false_length_delays_the_next_packet_only_until_the_time_out(tmp_path: Path) -> None:
    async def scene(receiver: Receiver) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
        writer.write(b"##0999" + packet(1)[6:] + packet(2))
        assert await reader.readexactly(len(answer(2))) == answer(2)
        writer.close()

    serving(tmp_path, scene, frame_timeout_s=0.2)
    assert kept(tmp_path) == [b"##0999" + packet(1)[6:], *line(packet(2))]


def test_the_end_waits_for_answers_and_seals_the_journal(tmp_path: Path) -> None:
    disk = Disk(is_free=False)

    async def scene(receiver: Receiver) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
        writer.write(packet(1))
        await asyncio.to_thread(disk.entered.wait, 10)
        receiver.stop()
        await asyncio.sleep(0.1)
        disk.gate.set()
        assert await reader.read() == answer(1)
        writer.close()

    serving(tmp_path, scene, disk=disk)
    assert list(tmp_path.glob("*.part")) == []
    assert kept(tmp_path) == line(packet(1))
