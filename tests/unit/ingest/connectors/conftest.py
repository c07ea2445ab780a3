"""What tests of connectors share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.ingest.connectors.packing import Taken


@pytest.fixture
def taken(tmp_path: Path) -> Taken:
    return Taken(tmp_path / "scratch")
