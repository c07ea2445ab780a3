"""The definitions as Dagster's own programs see them: validated, served, and loaded without what only steps need."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from catalog.lake import Lake
from ingest.card import all_cards
from orchestration.dagster_defs.assets import is_flagged
from orchestration.dagster_defs.automation import CRON
from orchestration.dagster_defs.home import prepare_home
from orchestration.dagster_defs.manifest import ensure_manifest
from orchestration.evaluating.tables import COLUMNS
from orchestration.transform import manifest_path

pytestmark = pytest.mark.slow

MODULE = "orchestration.definitions"
REPOSITORY = Path(__file__).resolve().parents[2]
STARTING_SECONDS = 180


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with a manifest and a home, as `ecolake dev` prepares it."""
    lake = Lake(tmp_path_factory.mktemp("prepared") / "lake")
    ensure_manifest(lake)
    prepare_home(lake)
    return lake


def environment(lake: Lake) -> dict[str, str]:
    home = str(lake.work / "dagster")
    return {**os.environ, "ECOLAKE_LAKE": str(lake.root), "DAGSTER_HOME": home, "PYTHONPATH": str(REPOSITORY)}


def python(lake: Lake, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=REPOSITORY, env=environment(lake), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_manifest_is_parsed_when_it_is_stale_or_broken_and_else_only_read(prepared: Lake) -> None:
    path = manifest_path(prepared)
    parsed_at, nodes = path.stat().st_mtime_ns, ensure_manifest(prepared)["nodes"].keys()
    assert path.stat().st_mtime_ns == parsed_at
    for spoil in (lambda: os.utime(path, (0, 0)), lambda: path.write_text('{"metadata": ', encoding="utf-8")):
        spoil()
        assert ensure_manifest(prepared)["nodes"].keys() == nodes
        assert path.stat().st_mtime_ns > parsed_at


def test_dagster_finds_the_definitions_valid(prepared: Lake) -> None:
    assert "All code locations passed validation" in python(
        prepared, "-m", "dagster", "definitions", "validate", "-m", MODULE
    )


def test_definitions_load_without_parsing_and_without_what_only_steps_need(prepared: Lake) -> None:
    before = manifest_path(prepared).stat().st_mtime_ns
    heavy = "great_expectations", "dbt.parser", "polars", "dataframely", "orchestration.pipeline"
    loaded = python(prepared, "-c", f"import sys, {MODULE}; print([m for m in {heavy!r} if m in sys.modules])")
    assert loaded.splitlines()[-1] == "[]"
    assert manifest_path(prepared).stat().st_mtime_ns == before


def test_the_server_shows_the_whole_graph(prepared: Lake) -> None:
    nodes = {n["resource_type"]: 0 for n in ensure_manifest(prepared)["nodes"].values()}
    for node in ensure_manifest(prepared)["nodes"].values():
        nodes[node["resource_type"]] += 1
    with webserver(prepared) as ask:
        answer = ask("{ assetNodes { assetKey { path } dependencyKeys { path } isPartitioned groupName } }")
        shown = {"/".join(node["assetKey"]["path"]): node for node in answer["assetNodes"]}
        automation = ask(
            "{ repositoriesOrError { ... on RepositoryConnection { nodes { schedules { name } sensors { name } "
            "jobs { name } } } } }"
        )
    flagged, catalog_and_publication = sum(map(is_flagged, all_cards().values())), 2
    # the evaluation's tables, and its single series
    evaluated = len(COLUMNS) + 1
    expected = 2 * len(all_cards()) + flagged + nodes["model"] + nodes["seed"] + evaluated + catalog_and_publication
    assert len(shown) == expected
    assert {"path": ["indicators", "indicator_values"]} in shown["publication/current"]["dependencyKeys"]
    assert shown["core/air__cnemc_station_hourly"]["isPartitioned"]
    [repository] = automation["repositoriesOrError"]["nodes"]
    assert {s["name"] for s in repository["schedules"]} == {f"{cadence}_schedule" for cadence in CRON}
    assert "inbox" in {s["name"] for s in repository["sensors"]}
    assert {"everything", "hourly", "daily"} <= {j["name"] for j in repository["jobs"]}


@contextmanager
def webserver(lake: Lake) -> Iterator[Callable[[str], dict]]:
    """Dagster's web server over these definitions; yields a function that asks it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (lake.work / "webserver.log").open("w", encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "dagster_webserver", "-m", MODULE, "-h", "127.0.0.1", "-p", str(port)],
        cwd=REPOSITORY, env=environment(lake), stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip

    def ask(query: str) -> dict:
        body = json.dumps({"query": query}).encode()
        request = Request(f"http://127.0.0.1:{port}/graphql", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=60) as response:
            answer = json.load(response)
        assert "errors" not in answer, answer
        return answer["data"]

    try:
        give_up_at = time.monotonic() + STARTING_SECONDS
        while True:
            assert server.poll() is None, Path(log.name).read_text(encoding="utf-8")
            try:
                ask("{ version }")
                break
            except (URLError, ConnectionError):
                assert time.monotonic() < give_up_at, Path(log.name).read_text(encoding="utf-8")
                time.sleep(0.5)
        yield ask
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
        log.close()
