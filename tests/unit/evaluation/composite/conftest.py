"""ASEM, where the shared reference data are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.composite.scoring import Scores, score
from tests.unit.evaluation.composite.asem import Asem


@pytest.fixture(scope="session")
def asem(shared_data: Path) -> Asem:
    return Asem(shared_data / "index" / "asem")


@pytest.fixture(scope="session")
def asem_scores(asem: Asem) -> Scores:
    return score(asem.definition(), asem.table, asem.groups)
