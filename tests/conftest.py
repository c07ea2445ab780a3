"""Fixtures shared by all tests: where real data lie, and an empty lake."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Tables that tests read must not depend on the width of whoever's terminal; rich looks once, when it is imported.
os.environ["COLUMNS"] = "200"

from catalog.lake import Lake

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data nobody here wrote; never copied into the project."""
    folder = Path(os.environ.get("ECOLAKE_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data absent: no folder {folder.name!r} beside the repository (set ECOLAKE_SHARED_DATA)")
    return folder


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake(tmp_path / "lake")
