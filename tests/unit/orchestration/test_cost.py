"""What a run cost: every node from dbt's record, and the rest of the process as dbt's own start."""

from __future__ import annotations

import json

import duckdb
import pytest

from catalog.lake import Lake
from orchestration.cost import NodeCost, Process, last_cost, note_run


def test_dearest_first_with_rows_and_the_rest_is_start_up(lake: Lake) -> None:
    target = lake.work / "dbt" / "target"
    target.mkdir(parents=True)
    ran = [
        {"unique_id": "seed.ecolake.regions", "execution_time": 0.5},
        {"unique_id": "model.ecolake.air_city_day", "execution_time": 2.0},
        {"unique_id": "test.ecolake.unique_air_city_day.abc", "execution_time": 0.25},
        {"unique_id": "operation.ecolake.hook", "execution_time": 9.0},
    ]
    (target / "run_results.json").write_text(json.dumps({"results": ran}))
    note_run(lake, Process(wall_s=10.0, cpu_s=8.0, peak_mib=512.0))
    with duckdb.connect(str(lake.work / "scratch.duckdb")) as db:
        db.execute("CREATE TABLE air_city_day AS FROM range(7)")

    cost = last_cost(lake, lake.work / "scratch.duckdb")
    assert cost.nodes == (
        NodeCost("air_city_day", "model", "air", 2.0, 7),
        NodeCost("regions", "seed", None, 0.5, None),
        NodeCost("unique_air_city_day", "test", None, 0.25, None),
    )
    assert cost.startup_s == pytest.approx(10.0 - 2.75)
    assert cost.process.peak_mib == 512.0


def test_two_halves_of_a_run_are_told_as_one(lake: Lake) -> None:
    target = lake.work / "dbt" / "target"
    target.mkdir(parents=True)
    duckdb.connect(str(lake.work / "scratch.duckdb")).close()
    for name, goes_on in (("air_city_day", False), ("effort_score", True)):
        ran = [{"unique_id": f"model.ecolake.{name}", "execution_time": 2.0}]
        (target / "run_results.json").write_text(json.dumps({"results": ran}))
        note_run(lake, Process(wall_s=5.0, cpu_s=4.0, peak_mib=256.0), goes_on=goes_on)

    cost = last_cost(lake, lake.work / "scratch.duckdb")
    assert [node.name for node in cost.nodes] == ["air_city_day", "effort_score"]
    assert cost.process == Process(wall_s=10.0, cpu_s=8.0, peak_mib=256.0)
    assert cost.startup_s == pytest.approx(6.0)


def test_a_lake_that_computed_nothing_says_what_to_do(lake: Lake) -> None:
    with pytest.raises(ValueError, match="call `ecolake run`"):
        last_cost(lake, lake.work / "scratch.duckdb")
