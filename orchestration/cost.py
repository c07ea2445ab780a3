"""What the last computing cost, model by model: from dbt's own record of its last run, and what its process used.

Does not belong here: running dbt (``transform``), benchmarks against a reference (``bench``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalog.lake import Lake, write_json
from orchestration.dbt_graph import theme_of

# dbt's own words in manifest and run results
COUNTED = ("model", "seed", "test")


@dataclass(frozen=True)
class Process:
    """What dbt's process used; two of them added up where it ran in two halves."""

    wall_s: float
    cpu_s: float
    peak_mib: float


@dataclass(frozen=True)
class NodeCost:
    """One model, seed or test: its seconds, and how many rows its table holds now (None for views and tests)."""

    name: str
    kind: str
    theme: str | None
    seconds: float
    rows: int | None


@dataclass(frozen=True)
class Cost:
    """The last run: every node it ran, dearest first, and the process around them."""

    nodes: tuple[NodeCost, ...]
    process: Process

    @property
    def startup_s(self) -> float:
        """What is not spent on any node: dbt starting, reading the project, and opening the database."""
        return self.process.wall_s - sum(node.seconds for node in self.nodes)


def note_run(lake: Lake, process: Process, *, goes_on: bool = False) -> None:
    """Keep what a dbt process used, and dbt's record of its nodes; ``goes_on``: it is the second half of a run."""
    results = lake.work / "dbt" / "target" / "run_results.json"
    ran = json.loads(results.read_text(encoding="utf-8"))["results"] if results.exists() else []
    nodes = [[result["unique_id"], result["execution_time"]] for result in ran]
    before = _noted(lake) if goes_on and _path(lake).exists() else []
    write_json(_path(lake), [*before, {"process": asdict(process), "nodes": nodes}])


def last_cost(lake: Lake, scratch: Path) -> Cost:
    """The cost of the last dbt run of this lake, both halves where it ran in two.

    Raises:
        ValueError: nothing was computed here yet.
    """
    if not _path(lake).exists():
        raise ValueError(f"nothing was computed in {lake.root} yet: call `ecolake run`")
    noted = _noted(lake)
    rows = _rows(scratch)
    nodes = []
    for unique_id, seconds in (node for run in noted for node in run["nodes"]):
        kind, _, name = unique_id.split(".")[:3]
        if kind in COUNTED:
            nodes.append(NodeCost(name, kind, theme_of(name), seconds, rows.get(name)))
    used = [Process(**run["process"]) for run in noted]
    process = Process(sum(u.wall_s for u in used), sum(u.cpu_s for u in used), max(u.peak_mib for u in used))
    return Cost(tuple(sorted(nodes, key=lambda node: (-node.seconds, node.name))), process)


def _path(lake: Lake) -> Path:
    return lake.work / "dbt" / "runs.json"


def _noted(lake: Lake) -> list[dict[str, Any]]:
    noted: list[dict[str, Any]] = json.loads(_path(lake).read_text(encoding="utf-8"))
    return noted


def _rows(scratch: Path) -> dict[str, int]:
    """Rows of every table, as the database counts them for itself."""
    with duckdb.connect(str(scratch), read_only=True) as db:
        return dict(db.execute("SELECT table_name, estimated_size FROM duckdb_tables()").fetchall())
