"""HJ 212 over loopback: 1,000 connections against one receiver; packets per second with and without fsync, and kill −9.

Asked for: ≥ 5,000 packets/s sustained for 60 s on 2 cores, zero loss, every acknowledged packet on disk after kill −9.
The receiver runs in a process of its own, the data loggers in another: each sends its next packet when the last one
was answered (window 1), so the rate is what the receiver sustains.

``python -m bench.hj212_load [seconds] [connections]``
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

SECONDS, CONNECTIONS = 60.0, 1_000
ASKED = 5_000
CP = (
    "DataTime=20261122083000;w01018-Rtd=36.91,w01018-Flag=N;w21003-Rtd=1.803,w21003-Flag=N;"
    "w21011-Rtd=0.231,w21011-Flag=N;w00000-Rtd=17.5,w00000-Flag=N"
)


def receive(folder: str, sync: str) -> None:
    """The receiver's process: prints its port, runs until it is killed."""
    from ingest.hj212.journal import Journal
    from ingest.hj212.server import Receiver, Settings

    journal = Journal(Path(folder), sync=os.fsync if sync == "fsync" else lambda fd: None)
    receiver = Receiver(journal, Settings(port=0))
    asyncio.run(receiver.serve(lambda ready: print(ready.port, flush=True)))


class Logger(asyncio.Protocol):
    """One data logger: sends the next packet when the last one was answered."""

    def __init__(self, number: int, acknowledged: list[bytes], waits: list[float]) -> None:
        self.mn, self.acknowledged, self.waits = f"{number:024X}", acknowledged, waits
        self.sent = 0
        self.is_running = True
        self.answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.next()

    def next(self) -> None:
        """One more packet."""
        from ingest.hj212.frame import build_frame

        self.sent += 1
        self.qn = b"%017d" % self.sent
        head = f"QN={self.sent:017d};ST=32;CN=2011;PW=123456;MN={self.mn};Flag=5;CP=&&"
        self.sent_at = time.perf_counter()
        self.transport.write(build_frame(head.encode() + CP.encode() + b"&&"))

    def data_received(self, data: bytes) -> None:
        """The answer, which names the QN."""
        self.answer += data
        if not self.answer.endswith(b"\r\n"):
            return
        assert self.answer[9:26] == self.qn, self.answer
        self.waits.append(time.perf_counter() - self.sent_at)
        self.acknowledged.append(b"%b %b" % (self.mn.encode(), self.qn))
        self.answer = b""
        if self.is_running:
            self.next()


def load(port: str, seconds: str, connections: str, target: str) -> None:
    """The data loggers' process: writes what was acknowledged to ``target``, prints its figures.

    With ``seconds`` 0 it sends until the receiver dies.
    """
    acknowledged: list[bytes] = []
    waits: list[float] = []

    async def run() -> tuple[list[Logger], float, list[int]]:
        loop = asyncio.get_running_loop()
        loggers = [Logger(n, acknowledged, waits) for n in range(int(connections))]
        began = time.perf_counter()
        for logger in loggers:
            await loop.create_connection(lambda logger=logger: logger, "127.0.0.1", int(port))  # type: ignore[misc] # mypy cannot infer a lambda with a default
        print("connected", flush=True)
        per_second = []
        while not all(logger.transport.is_closing() for logger in loggers):
            before = len(acknowledged)
            await asyncio.sleep(1)
            per_second.append(len(acknowledged) - before)
            if float(seconds) and time.perf_counter() - began >= float(seconds):
                break
        took = time.perf_counter() - began
        for logger in loggers:
            logger.is_running = False
        if float(seconds):  # the last packets on the way
            deadline = time.perf_counter() + 30
            while sum(g.sent for g in loggers) > len(acknowledged) and time.perf_counter() < deadline:
                await asyncio.sleep(0.05)
        return loggers, took, per_second

    loggers, took, per_second = asyncio.run(run())
    Path(target).write_bytes(b"\n".join(acknowledged))
    waits.sort()
    figures = {
        "sent": sum(logger.sent for logger in loggers),
        "acknowledged": len(acknowledged),
        "seconds": took,
        "slowest_second": min(per_second[1:-1] or per_second),
        "wait_median_ms": 1000 * waits[len(waits) // 2],
        "wait_99_ms": 1000 * waits[int(len(waits) * 0.99)],
        "cpu_s": time.process_time(),
    }
    print(json.dumps(figures), flush=True)


def _process(function: str, *arguments: object) -> subprocess.Popen[str]:
    code = f"import sys; from bench.hj212_load import {function}; {function}(*sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _on_disk(folder: Path) -> Counter[bytes]:
    """(MN, QN) in the journal, after the recovery a new receiver does."""
    from ingest.hj212.frame import judge
    from ingest.hj212.journal import Journal
    from ingest.hj212.packet import parse_packet
    from ingest.hj212.record import Record, decode

    journal = Journal(folder)
    found: Counter[bytes] = Counter()
    for path in journal.sealed():
        for entry in decode(path.read_bytes()):
            assert isinstance(entry, Record), entry
            head = parse_packet(judge(entry.raw).segment).head
            found[f"{head.mn} {head.qn}".encode()] += 1
    journal.close()
    return found


def _measured(scratch: Path, sync: str, seconds: float, connections: int) -> dict[str, float]:
    """One load of full length; the receiver is killed −9 after the last answer."""
    folder, target = scratch / sync, scratch / f"{sync}.acknowledged"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    receiver = _process("receive", folder, sync)
    loggers = _process("load", int(_line(receiver)), seconds, connections, target)
    _line(loggers)
    figures: dict[str, float] = json.loads(_line(loggers))
    loggers.wait()
    peak_kb = _peak_kb(receiver.pid)
    receiver.kill()
    receiver.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = _on_disk(folder)
    acknowledged = target.read_bytes().split(b"\n")
    figures["receiver_cpu_s"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime - figures["cpu_s"]
    figures["receiver_peak_mb"] = peak_kb / 1024
    figures["lost"] = figures["sent"] - len(found)
    figures["acknowledged_not_on_disk"] = sum(1 for key in acknowledged if found[key] != 1)
    return figures


def _killed(scratch: Path, after_s: float, connections: int) -> tuple[int, int]:
    """Kill −9 in full flight; returns (acknowledged, of these not on disk)."""
    folder, target = scratch / "killed", scratch / "killed.acknowledged"
    receiver = _process("receive", folder, "fsync")
    loggers = _process("load", int(_line(receiver)), 0, connections, target)
    _line(loggers)
    time.sleep(after_s)
    os.kill(receiver.pid, signal.SIGKILL)
    receiver.wait()
    _line(loggers)
    loggers.wait()
    found = _on_disk(folder)
    acknowledged = target.read_bytes().split(b"\n")
    return len(acknowledged), sum(1 for key in acknowledged if found[key] != 1)


def _peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    return next((int(x.split()[1]) for x in status.read_text().splitlines() if x.startswith("VmHWM")), 0)


def main(seconds: float = SECONDS, connections: int = CONNECTIONS) -> None:
    """Print rate, waits, losses, and the ratio of the rates."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * connections)), hard))
    rates = {}
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        for sync in ("fsync", "no fsync"):
            figures = _measured(scratch, sync, seconds, connections)
            rates[sync] = figures["acknowledged"] / figures["seconds"]
            print(
                f"{sync:9} {rates[sync]:7,.0f} packets/s over {figures['seconds']:.0f} s on {connections} connections, "
                f"slowest second {figures['slowest_second']:,}; answer after {figures['wait_median_ms']:.0f} ms "
                f"(99 %: {figures['wait_99_ms']:.0f} ms)\n"
                f"{'':9} {figures['sent']:,} sent, {figures['lost']:.0f} lost, "
                f"{figures['acknowledged_not_on_disk']:.0f} acknowledged but not on disk after kill -9; "
                f"receiver {figures['receiver_cpu_s']:.1f} s CPU, {figures['receiver_peak_mb']:.0f} MB peak"
            )
        acknowledged, missing = _killed(scratch, min(5.0, seconds / 2), connections)
    print(f"kill -9 in full flight: {acknowledged:,} acknowledged, {missing} of them not on disk")
    print(f"rate with fsync (asked for: >= {ASKED:,}/s)  {rates['fsync']:,.0f}/s")
    print(f"ratio with/without fsync  {rates['fsync'] / rates['no fsync']:.2f}")


if __name__ == "__main__":
    main(*(convert(text) for convert, text in zip((float, int), sys.argv[1:], strict=False)))
