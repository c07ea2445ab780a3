"""The knowledge library's hand-written facts: what no register sends and no formula computes.

One CSV a kind, one row a fact, each with how sure it is and where it comes from; dbt reads them as seeds and the
models ``kb_*`` join them to the registers. Does not belong here: limits and weights (``catalog/editions``), the plan
(``catalog/plan``), what a card says, questions to a publication (``catalog.kb``).
"""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).parent


def facts(kind: str) -> list[dict[str, str]]:
    """The rows of ``<kind>.csv``, as written."""
    with (FOLDER / f"{kind}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
