"""Kill −9 at 25 random moments: the rerun ends in the same content, no reader ever sees an error or a mixture."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from catalog.lake import Lake
from catalog.publication.reader import open_publication
from ingest.simulate import SimulationTruth
from tests.integration.conftest import run

pytestmark = pytest.mark.slow

KILLS = 25
SEED = 20261122


class Reader(threading.Thread):
    """Polls ``current`` as a page does: resolve, open, read totals that belong together."""

    def __init__(self, lake: Lake, allowed: dict[str, int]) -> None:
        super().__init__(daemon=True)
        self.lake, self.allowed = lake, allowed
        self.looks, self.faults = 0, list[str]()
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            try:
                publication = open_publication(self.lake)
                with publication.connect() as db:
                    rows = db.execute("SELECT count(*) FROM indicator_values").fetchall()[0][0]
                if self.allowed.get(publication.manifest.content_hash) != rows:
                    self.faults.append(f"{publication.id}: {rows} rows")
            except Exception as error:
                self.faults.append(repr(error))
            self.looks += 1
            time.sleep(0.1)

    def stop(self) -> None:
        self._over.set()
        self.join()


def total(lake: Lake) -> tuple[str, int]:
    publication = open_publication(lake)
    with publication.connect() as db:
        return publication.manifest.content_hash, db.execute("SELECT count(*) FROM indicator_values").fetchall()[0][0]


def start(lake: Lake, *sources: Path) -> subprocess.Popen[bytes]:
    options = [word for source in sources for word in ("--source", str(source))]
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from orchestration.cli import main; main()",
            "run",
            "--no-tests",
            "--json-log",
            *options,
        ],
        env={**os.environ, "ECOLAKE_LAKE": str(lake.root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def test_killed_runs_end_the_same_and_readers_see_no_mixture(
    feeds: SimulationTruth, published: Lake, tmp_path: Path
) -> None:
    sources = (feeds.folder / "corrections",)
    reference = Lake(shutil.copytree(published.root, tmp_path / "reference", symlinks=True))
    began = time.monotonic()
    run(reference, *sources)
    whole_run_s = time.monotonic() - began + 3  # a process of its own also imports
    expected = total(reference)
    allowed = dict([total(published), expected])
    moments = random.Random(SEED)
    for kill in range(KILLS):
        lake = Lake(shutil.copytree(published.root, tmp_path / f"lake-{kill}", symlinks=True))
        reader = Reader(lake, allowed)
        reader.start()
        process = start(lake, *sources)
        time.sleep(moments.uniform(0.5, whole_run_s))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        run(lake, *sources)
        reader.stop()
        assert reader.faults == [], f"kill {kill}"
        assert reader.looks > 5
        assert total(lake) == expected, f"kill {kill}"
        shutil.rmtree(lake.root)
