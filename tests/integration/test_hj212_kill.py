"""Kill −9 on ``ecolake hj212 serve``: what was acknowledged is in the journal, the next start is clean."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.lake import Lake
from ingest.hj212.frame import Framer, build_frame, judge
from ingest.hj212.journal import Journal, journal_folder
from ingest.hj212.packet import parse_packet
from ingest.hj212.record import Record, decode

pytestmark = pytest.mark.slow

CONNECTIONS, KILLS = 50, 3


def start(lake: Lake) -> tuple[subprocess.Popen[str], int]:
    code = "from orchestration.cli_hj212 import app; app()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--port", "0"],
        env={**os.environ, "ECOLAKE_LAKE": str(lake.root)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    while "listening on" not in (line := process.stderr.readline()):
        assert process.poll() is None, line
    return process, int(line.rsplit(":", 1)[1])


async def pump(port: int, mn: str, first: int, acknowledged: set[tuple[str, str]]) -> None:
    """Send packet after packet until the receiver is gone; note what it acknowledged."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    framer, number = Framer(), first
    while True:
        for _ in range(5):
            number += 1
            head = f"QN={number:017d};ST=32;CN=2011;PW=1;MN={mn};Flag=5;"
            writer.write(build_frame(f"{head}CP=&&DataTime=20261122083000;w01018-Rtd={number}&&".encode()))
        try:
            data = await reader.read(1 << 16)
        except ConnectionResetError:
            return
        if not data:
            return
        acknowledged |= {(mn, parse_packet(f.segment).head.qn) for f in framer.feed(data)}


async def until_killed(process: subprocess.Popen[str], port: int, first: int) -> set[tuple[str, str]]:
    acknowledged = set[tuple[str, str]]()
    pumps = [asyncio.create_task(pump(port, f"{n:024X}", first, acknowledged)) for n in range(CONNECTIONS)]
    await asyncio.sleep(1)
    process.send_signal(signal.SIGKILL)
    await asyncio.gather(*pumps)
    return acknowledged


def test_what_was_acknowledged_is_on_disk(lake: Lake) -> None:
    acknowledged = set[tuple[str, str]]()
    for kill in range(KILLS):
        process, port = start(lake)
        before = len(acknowledged)
        acknowledged |= asyncio.run(until_killed(process, port, first=kill * 1_000_000))
        process.wait()
        assert len(acknowledged) - before > 100
    journal = Journal(journal_folder(lake))
    entries = [e for path in journal.sealed() for e in decode(path.read_bytes())]
    kept = [parse_packet(judge(e.raw).segment).head for e in entries if isinstance(e, Record)]
    assert len(kept) == len(entries)
    assert len({(head.mn, head.qn) for head in kept}) == len(kept)
    assert acknowledged - {(head.mn, head.qn) for head in kept} == set()


def test_a_stopped_receiver_seals_its_journal_and_ends_well(lake: Lake, tmp_path: Path) -> None:
    process, port = start(lake)
    segment = "QN=20261122083000001;ST=32;CN=2011;PW=1;MN=A;Flag=5;CP=&&DataTime=20261122083000;w01018-Rtd=1&&"
    code = "from orchestration.cli_hj212 import app; app()"
    sent = subprocess.run(
        [sys.executable, "-c", code, "send", segment, "--to", f"127.0.0.1:{port}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (sent.returncode, sent.stderr) == (
        0,
        "sent: 1 answered, 0 not answered, 0 asked for no answer, 0 sent again\n",
    )
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    (sealed,) = journal_folder(lake).glob("*.journal")
    replayed = subprocess.run(
        [sys.executable, "-c", code, "replay", str(sealed), "--json"], capture_output=True, text=True, check=False
    )
    assert replayed.returncode == 0
    assert replayed.stdout == (
        '{"packet": 1, "verdict": "ok", "bytes": 105, "mn": "A", "cn": "2011", "qn": "20261122083000001", '
        '"edition": 2017}\n'
    )
