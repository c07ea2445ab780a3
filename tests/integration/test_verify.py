"""One flipped byte anywhere is found and named; a publication is computed again from its raw bytes, equal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog.lake import Lake
from catalog.publication import recompute, verify
from catalog.publication.reader import open_publication
from ingest.simulate import SimulationTruth
from orchestration.rebuild import from_landed_bytes
from tests.integration.conftest import run

pytestmark = pytest.mark.slow


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0x01
    path.chmod(0o644)
    path.write_bytes(bytes(raw))


def largest(folder: Path, pattern: str) -> Path:
    return max(folder.rglob(pattern), key=lambda p: (p.stat().st_size, str(p)))


@pytest.mark.parametrize(
    ("zone", "pattern"),
    [("landing", "*.csv"), ("core", "*.parquet"), ("publications", "*.parquet"), ("publications", "ecolake.duckdb")],
)
def test_one_flipped_byte_is_found_and_named(
    published: Lake, fresh_copy: Callable[[Lake], Lake], zone: str, pattern: str
) -> None:
    lake = fresh_copy(published)
    assert verify(lake).ok
    damaged = largest(lake.root / zone, pattern)
    flip(damaged)
    result = verify(lake)
    assert not result.ok
    assert any(f.path == str(damaged.relative_to(lake.root)) for f in result.findings), result.findings


def test_a_publication_is_computed_again_from_the_landed_bytes(
    feeds: SimulationTruth, published: Lake, fresh_copy: Callable[[Lake], Lake], monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = fresh_copy(published)
    monkeypatch.setenv("ECOLAKE_LAKE", str(lake.root))
    before = open_publication(lake).id
    run(lake, feeds.folder / "corrections")
    after = open_publication(lake).id
    assert before != after
    assert recompute(lake, before, from_landed_bytes) == []
    assert recompute(lake, after, from_landed_bytes) == []


def test_trace_leads_from_a_city_day_to_the_lines_of_the_landed_file(
    published: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.cli import app
    from orchestration.cli_publications import register

    monkeypatch.setenv("ECOLAKE_LAKE", str(published.root))
    if not any(c.name == "trace" for c in app.registered_commands):
        register(app)
    told = CliRunner().invoke(app, ["trace", "air_pm25_day", "杭州", "2026-10-20", "--json"])
    assert told.exit_code == 0, told.output
    trace = json.loads(told.stdout)
    assert "sim_cnemc_sites_" in json.dumps(trace)
