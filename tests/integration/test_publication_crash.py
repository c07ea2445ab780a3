"""Publishing while others read, and being killed while publishing: readers see one whole publication, always."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from catalog import publication as pub
from catalog.lake import Lake

pytestmark = pytest.mark.slow

T0 = datetime(2026, 1, 1, tzinfo=UTC)
SPECS = (
    pub.TableSpec(name="city_day", key=("region_code", "day"), grain="-", partition=("month",)),
    pub.TableSpec(name="station_hour", key=("station", "hour"), grain="-", partition=("month",), in_duckdb=False),
    pub.TableSpec(name="region", key=("region_code",), grain="-"),
)
# Every row carries the version it belongs to, so that a mixture of two publications shows.
SCRATCH = """
CREATE TABLE city_day AS SELECT r::VARCHAR AS region_code, date '2019-03-01' + d::INT AS day, {version} AS version,
    strftime(date '2019-03-01' + d::INT, '%Y-%m') AS month FROM range(11) r(r), range(61) d(d);
CREATE TABLE station_hour AS SELECT s::VARCHAR AS station, h AS hour, {version} AS version,
    CASE WHEN h < 744 THEN '2019-03' ELSE '2019-04' END AS month FROM range(5) s(s), range(1464) h(h);
CREATE TABLE region AS SELECT r::VARCHAR AS region_code, 'same' AS name FROM range(11) r(r);
"""

# The n-th change of the disk that Python is about to make is the last: `kill -9` before it.
PUBLISHER = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from test_publication_crash import publish
from catalog.lake import Lake
from pathlib import Path

CHANGES = {{"os.rename", "os.link", "os.symlink", "os.mkdir", "os.chmod", "os.remove", "os.rmdir"}}
seen, last = 0, int(sys.argv[3])

def count(event, arguments):
    global seen
    writes = event == "open" and isinstance(arguments[1], str) and arguments[1][0] in "wax"
    if (event in CHANGES or writes) and {shelf!r} in str(arguments[0]):
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
publish(Lake(Path(sys.argv[1])), Path(sys.argv[2]), 1)
print(seen)
"""

READER = """
import json, sys
from pathlib import Path
from catalog import publication as pub
from catalog.lake import Lake

lake, stop = Lake(Path(sys.argv[1])), Path(sys.argv[2])
looks, seen, faults = 0, [], []
while True:
    ending = stop.exists()
    try:
        opened = pub.open_publication(lake)
        with opened.connect() as c:
            both = "(SELECT version FROM city_day UNION ALL SELECT version FROM station_hour)"
            versions = {v for (v,) in c.sql(f"SELECT DISTINCT version FROM {both}").fetchall()}
            rows = c.sql(f"SELECT count(*) FROM {both}").fetchone()[0]
            told = c.sql("SELECT id FROM publication").fetchone()[0]
        if len(versions) != 1 or rows != 7991 or told != opened.id:
            faults.append([opened.id, sorted(versions), rows, told])
        elif seen[-1:] != [min(versions)]:
            seen.append(min(versions))
    except Exception as error:
        faults.append(repr(error))
    looks += 1
    if ending:
        break
print(json.dumps({"looks": looks, "seen": seen, "faults": faults}))
"""


def make_scratch(path: Path, version: int) -> Path:
    path.unlink(missing_ok=True)
    with duckdb.connect(path) as c:
        c.execute(SCRATCH.format(version=version))
    return path


def publish(lake: Lake, scratch: Path, days: int) -> pub.Outcome:
    at = T0 + timedelta(days=days)
    code = pub.CodeFacts(commit=None, dirty=False, version="0")
    facts = pub.PublicationFacts(as_of=at, built_at=at, profile="demo", simulated=True, code=code)
    return pub.build(lake, scratch=scratch, tables=SPECS, facts=facts)


def run_publisher(lake: Lake, scratch: Path, last: int) -> subprocess.CompletedProcess[str]:
    script = PUBLISHER.format(tests=str(Path(__file__).parent), shelf=str(lake.publications))
    command = [sys.executable, "-c", script, str(lake.root), str(scratch), str(last)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_killed_anywhere_readers_see_a_whole_publication_and_the_rerun_ends_the_same(tmp_path: Path) -> None:
    base = Lake(tmp_path / "base")
    old = publish(base, make_scratch(tmp_path / "old.duckdb", 1), 0).publication
    scratch = make_scratch(tmp_path / "new.duckdb", 2)

    def fresh(name: str) -> Lake:
        shutil.copytree(base.root, tmp_path / name, symlinks=True)
        return Lake(tmp_path / name)

    whole = fresh("whole")
    done = run_publisher(whole, scratch, 0)
    assert done.returncode == 0, done.stderr
    changes = int(done.stdout)
    wanted = pub.open_publication(whole).manifest.content_hash
    assert changes > 20
    seen_current = set()
    # All of the last ten, where the folder appears and the pointer moves; every sixth before that.
    for last in [*range(1, changes - 9, 6), *range(changes - 9, changes + 1)]:
        lake = fresh(f"killed{last}")
        killed = run_publisher(lake, scratch, last)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        current = pub.open_publication(lake)
        seen_current.add("old" if current.id == old.id else "new")
        assert current.manifest.content_hash in (old.manifest.content_hash, wanted)
        assert pub.verify(lake).findings == []
        again = publish(lake, scratch, 2)
        assert pub.open_publication(lake).manifest.content_hash == wanted
        assert pub.verify(lake).findings == []
        assert again.kind in ("built", "adopted", "unchanged")
        assert list(lake.publications.glob(".tmp-*")) == []
        shutil.rmtree(lake.root)
    assert "old" in seen_current


def test_a_polling_reader_sees_twenty_publications_one_after_the_other_and_never_a_mixture(tmp_path: Path) -> None:
    lake, stop = Lake(tmp_path / "lake"), tmp_path / "stop"
    publish(lake, make_scratch(tmp_path / "scratch.duckdb", 0), 0)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(lake.root), str(stop)], stdout=subprocess.PIPE, text=True
    )
    try:
        for version in range(1, 21):
            assert publish(lake, make_scratch(tmp_path / "scratch.duckdb", version), version).kind == "built"
    finally:
        stop.touch()
        told, _ = reader.communicate(timeout=60)
    found = json.loads(told)
    assert found["faults"] == []
    assert found["seen"] == sorted(found["seen"])
    assert found["seen"][-1] == 20
    assert found["looks"] >= 20
