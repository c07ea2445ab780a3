"""Small demo feeds and lakes, made once per session by the real pipeline."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.lake import Lake
from ingest.simulate import SimulationTruth, simulate
from orchestration.report import Log
from orchestration.runner import RunOptions, Summary, execute


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
