"""One writer at a time: others wait, are told for whom, and a killed holder leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from catalog.lake import Lake
from orchestration.lock import BusyError, only_writer

HOLD = """
import sys, time
from pathlib import Path
from catalog.lake import Lake
from orchestration.lock import only_writer
with only_writer(Lake(Path(sys.argv[1]))):
    print('held', flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(lake: Lake) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock for a minute."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(lake.root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_a_second_writer_is_told_for_whom_it_waits_and_gives_up(lake: Lake, holder: subprocess.Popen[str]) -> None:
    told: list[str] = []
    with (
        pytest.raises(BusyError, match=rf"process {holder.pid} \(since .*\) is still at work"),
        only_writer(lake, patience_s=0.6, on_wait=told.append),
    ):
        pytest.fail("two writers")
    assert len(told) == 1
    assert told[0].startswith(f"waiting for process {holder.pid}")


def test_a_killed_holder_leaves_the_lock_free(lake: Lake, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    began = time.monotonic()
    with only_writer(lake, patience_s=5):
        pass
    with only_writer(lake, patience_s=0):  # and free again after us
        pass
    assert time.monotonic() - began < 5
