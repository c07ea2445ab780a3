"""``ecolake profile``: what the last computing cost, model by model."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from catalog.lake import Lake
from orchestration.cli import UsageError, console


def profile(
    top: Annotated[int, typer.Option(help="How many of the dearest to show; 0 = all.")] = 25,
    as_json: Annotated[bool, typer.Option("--json", help="For machines: everything, one JSON object.")] = False,
) -> None:
    """Time of every model, seed and test of the last computing, its rows, and what dbt itself took."""
    from orchestration.cost import last_cost
    from orchestration.pipeline.computing import scratch_path

    lake = Lake.from_env()
    try:
        cost = last_cost(lake, scratch_path(lake))
    except ValueError as error:
        raise UsageError(str(error)) from error
    if as_json:
        typer.echo(json.dumps(asdict(cost) | {"startup_s": cost.startup_s}, indent=1))
        return
    table = Table("what", "kind", "theme", "rows", "s", "share")
    for name in ("rows", "s", "share"):
        next(c for c in table.columns if c.header == name).justify = "right"
    for node in cost.nodes[: top or None]:
        rows = "" if node.rows is None else f"{node.rows:,}"
        share = f"{node.seconds / cost.process.wall_s:.1%}"
        table.add_row(node.name, node.kind, node.theme or "", rows, f"{node.seconds:.2f}", share)
    console.print(table)
    used = cost.process
    console.print(
        f"{len(cost.nodes)} nodes in {used.wall_s:.1f} s wall, {used.cpu_s:.1f} s CPU, peak {used.peak_mib:,.0f} MiB; "
        f"dbt's own start {cost.startup_s:.1f} s"
    )
