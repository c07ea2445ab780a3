"""The knowledge library's hand-written facts: what no register sends and no formula computes.

One CSV a kind, one row a fact, each with how sure it is and where it comes from; dbt reads them as seeds and the
models ``kb_*`` join them to the registers. ``dataset_serves.csv`` alone is generated (``ecolake kb cards``). Does not
belong here: limits and weights (``catalog/editions``), the plan (``catalog/plan``), questions to a publication
(``catalog.kb``).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
DATASET_SERVES = FOLDER / "dataset_serves.csv"


def facts(kind: str) -> list[dict[str, str]]:
    """The rows of ``<kind>.csv``, as written."""
    with (FOLDER / f"{kind}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def dataset_serves_text(serves: Mapping[str, Iterable[str]]) -> str:
    """What ``dataset_serves.csv`` has to say for these cards: dataset id → names of systems, as its card says."""
    pairs = sorted((dataset, system) for dataset, named in serves.items() for system in named)
    return "dataset,system_zh\n" + "".join(f"{dataset},{system}\n" for dataset, system in pairs)
