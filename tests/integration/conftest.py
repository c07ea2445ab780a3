"""Small demo feeds and lakes, made once per session by the real pipeline; a scripted server and one that asks it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.lake import Lake
from ingest.connectors.http import HttpLimits, HttpRequest, Unchanged, fetch
from ingest.landing import Delivery, Refusal
from ingest.simulate import SimulationTruth, simulate
from orchestration.report import Log
from orchestration.runner import RunOptions, Summary, execute
from tests.integration.scripted_server import FAST, HostileServer


@pytest.fixture(scope="session")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> SimulationTruth:
    """The demo feeds with one station a city and the last 73 days."""
    return simulate(tmp_path_factory.mktemp("feeds"), scale=0.1)


def run(lake: Lake, *sources: Path, until: str = "publish", log: Log | None = None, tests: bool = False) -> Summary:
    """One headless run; dbt's tests have a test of their own."""
    return execute(lake, RunOptions(sources=sources, until=until, tests=tests), log or Log(quiet=True))


@pytest.fixture(scope="session")
def published(feeds: SimulationTruth, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with these feeds, published once. Read only: copy it with ``fresh_copy``."""
    lake = Lake(tmp_path_factory.mktemp("published") / "lake")
    run(lake, feeds.folder / "air", feeds.folder / "weather")
    return lake


@pytest.fixture
def fresh_copy(tmp_path: Path) -> Callable[[Lake], Lake]:
    """Copy a lake, so that a test may change it."""

    def copy(lake: Lake) -> Lake:
        target = tmp_path / f"lake-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(lake.root, target, symlinks=True)
        return Lake(target)

    return copy


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """A server on loopback; the test says what it answers."""
    served = HostileServer()
    yield served
    served.close()


@pytest.fixture
def get(server: HostileServer, tmp_path: Path) -> Callable[..., Delivery | Unchanged | Refusal]:
    """Ask the server for ``/a.csv`` under the fast limits."""

    def ask(
        path: str = "/a.csv", previous: str | None = None, limits: HttpLimits = FAST, **request: object
    ) -> Delivery | Unchanged | Refusal:
        asked = HttpRequest(f"{server.url}{path}", limits=limits, **request)  # type: ignore[arg-type]
        return fetch(asked, scratch=tmp_path, previous_signature=previous)

    return ask
