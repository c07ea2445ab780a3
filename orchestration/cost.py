"""What the last computing cost, model by model: from dbt's own record of its last run, and what its process used.

Does not belong here: running dbt (``transform``), benchmarks against a reference (``bench``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from catalog.lake import Lake, write_json
from orchestration.dbt_graph import theme_of

# dbt's own words in manifest and run results
COUNTED = ("model", "seed", "test")


@dataclass(frozen=True)
class Process:
    """What the dbt process used in all."""

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


def note_process(lake: Lake, process: Process) -> None:
    """Keep what the dbt process used; beside dbt's own record, which says nothing of memory."""
    write_json(_process_path(lake), asdict(process))


def last_cost(lake: Lake, scratch: Path) -> Cost:
    """The cost of the last dbt run of this lake.

    Raises:
        ValueError: nothing was computed here yet.
    """
    results = lake.work / "dbt" / "target" / "run_results.json"
    if not results.exists() or not _process_path(lake).exists():
        raise ValueError(f"nothing was computed in {lake.root} yet: call `ecolake run`")
    ran = json.loads(results.read_text(encoding="utf-8"))["results"]
    rows = _rows(scratch)
    nodes = []
    for result in ran:
        kind, _, name = result["unique_id"].split(".")[:3]
        if kind in COUNTED:
            nodes.append(NodeCost(name, kind, theme_of(name), result["execution_time"], rows.get(name)))
    process = Process(**json.loads(_process_path(lake).read_text(encoding="utf-8")))
    return Cost(tuple(sorted(nodes, key=lambda node: (-node.seconds, node.name))), process)


def _process_path(lake: Lake) -> Path:
    return lake.work / "dbt" / "process.json"


def _rows(scratch: Path) -> dict[str, int]:
    """Rows of every table, as the database counts them for itself."""
    with duckdb.connect(str(scratch), read_only=True) as db:
        return dict(db.execute("SELECT table_name, estimated_size FROM duckdb_tables()").fetchall())
