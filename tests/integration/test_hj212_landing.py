"""From the socket to the core: what the receiver sealed is landed by the file connector, typed, and given its unit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from catalog.lake import Lake
from ingest.card import DATASETS_ROOT
from ingest.core import read_batches
from ingest.hj212.client import send
from ingest.hj212.frame import build_frame
from ingest.hj212.journal import Journal, journal_folder, prune
from ingest.hj212.server import Receiver, Settings
from ingest.landing import LandingZone, now
from orchestration.report import Log
from tests.integration.conftest import run

DATASET = "ecology__pollution_source_online"
REGISTER_DATASET = "ecology__outlet_register"
REGISTER = DATASETS_ROOT / "ecology" / "outlet_register" / "fixture" / "sim_outlet_register.csv"
MN = "SIM0000000000000000W0001"

pytestmark = pytest.mark.slow


async def receive(lake: Lake, frames: list[bytes]) -> None:
    receiver = Receiver(Journal(journal_folder(lake)), Settings(port=0))
    ready = asyncio.Event()
    running = asyncio.create_task(receiver.serve(lambda _: ready.set()))
    await ready.wait()
    sent = await send("127.0.0.1", receiver.port, frames)
    assert len(sent.answered) == len(frames)
    receiver.stop()
    await running


def test_a_packet_waits_for_the_register_and_becomes_rows_with_its_units(lake: Lake) -> None:
    cp = "DataTime=20260801080000;w00000-Cou=63.0,w00000-Avg=17.5,w00000-Flag=N;w99999-Avg=1.0,w99999-Flag=N"
    frame = build_frame(f"QN=20260801090000001;ST=32;CN=2061;PW=1;MN={MN};Flag=5;CP=&&{cp}&&".encode())
    asyncio.run(receive(lake, [frame]))
    log = Log(quiet=True)
    run(lake, journal_folder(lake), until="parse", log=log)
    waiting = f"waiting_for_register: 1 object(s) until {REGISTER_DATASET} has rows"
    assert ("warning", DATASET, waiting) in [(n.level, n.subject, n.message) for n in log.notes]
    assert read_batches(lake, DATASET) == []

    run(lake, REGISTER, until="parse")
    (batch,) = read_batches(lake, DATASET)
    assert (batch.rows_in, batch.counts) == (3, {"accepted": 2, "quarantined": 1, "duplicates": 0})
    assert batch.reasons == {"unresolved_name": 1}
    rows = pl.concat(pl.read_parquet(lake.root / f.path) for f in batch.files if f.kind == "core").sort("statistic")
    start, end = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 1, 1, tzinfo=UTC)
    columns = ["factor", "statistic", "value", "unit", "flag", "interval_start_at", "interval_end_at"]
    assert rows.select(columns).rows() == [
        ("w00000", "avg", Decimal("17.5"), "L/s", "N", start, end),
        ("w00000", "cou", Decimal("63"), "m3", "N", start, end),
    ]


def test_only_landed_segments_are_pruned(lake: Lake) -> None:
    folder = journal_folder(lake)
    frame = build_frame(f"QN=20260801090000001;ST=32;CN=2011;PW=1;MN={MN};Flag=5;CP=&&w00000-Rtd=1&&".encode())
    asyncio.run(receive(lake, [frame]))
    later = now() + timedelta(days=8)
    unlanded = LandingZone(lake, DATASET)
    assert prune(folder, is_landed=unlanded.is_unchanged, older_than=later) == []
    run(lake, REGISTER, folder, until="parse")
    landed = LandingZone(lake, DATASET)
    assert prune(folder, is_landed=landed.is_unchanged, older_than=later - timedelta(days=30)) == []
    assert len(prune(folder, is_landed=landed.is_unchanged, older_than=later)) == 1
    assert list(folder.glob("*.journal")) == []
    assert len(landed.objects) == 1
