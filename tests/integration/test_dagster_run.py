"""Dagster and ``ecolake run`` are two ways of calling the same steps: same scratch, same numbers, same hashes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from catalog.lake import Lake
from catalog.publication.reader import open_publication
from ingest.card import all_cards
from ingest.core import read_batches
from ingest.simulate import SimulationTruth
from orchestration import pipeline
from orchestration.dagster_defs import steps
from orchestration.dagster_defs.build import build_defs
from orchestration.dagster_defs.resources import LakeResource
from tests.integration.conftest import run

pytestmark = pytest.mark.slow

HOURLY = "air__cnemc_station_hourly"
RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
LINES = logging.getLogger("ecolake-test")


class Page:
    """What a person would click in Dagster's page, over one lake; ``prepared`` is one that holds dbt's manifest."""

    def __init__(self, lake: Lake, prepared: Lake) -> None:
        self.defs = build_defs(prepared, resources={"lake": LakeResource(root=str(lake.root))})
        self.instance = dg.DagsterInstance.ephemeral()

    def run(
        self,
        *keys: str,
        sources: list[Path] | None = None,
        months: tuple[str, str] | None = None,
    ) -> dg.ExecuteInProcessResult:
        """Materialize the assets named (default: all), for some months or whatever is new."""
        job = self.defs.resolve_implicit_global_asset_job_def() if keys else self.defs.resolve_job_def("everything")
        config: Mapping[str, Any] = {"ops": {"landing": {"config": {"sources": [str(path) for path in sources or []]}}}}
        return job.execute_in_process(
            instance=self.instance,
            asset_selection=[dg.AssetKey(key.split("/")) for key in keys] or None,
            run_config=config if sources else None,
            tags=dict(zip(RANGE, months, strict=True)) if months else None,
        )

    def months(self, key: str) -> set[str]:
        """Partitions that Dagster knows to be materialized."""
        return self.instance.get_materialized_partitions(dg.AssetKey(key.split("/")))


def files_below(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


def content_hash(lake: Lake) -> str:
    return open_publication(lake).manifest.content_hash


def test_one_run_of_everything_publishes_what_the_command_line_publishes(
    feeds: SimulationTruth, published: Lake, lake: Lake
) -> None:
    page = Page(lake, published)
    result = page.run(sources=[feeds.folder / "air", feeds.folder / "weather"])
    assert result.success
    assert content_hash(lake) == content_hash(published)
    held_by_core = {p.name.removeprefix("month=") for p in lake.core(HOURLY).glob("month=*")}
    assert page.months(f"core/{HOURLY}") == held_by_core
    evaluated = {check.asset_check_key for check in result.get_asset_check_evaluations()}
    assert evaluated == set(page.defs.resolve_asset_graph().asset_check_keys)
    # The command line goes on where Dagster stopped: nothing is left to be computed.
    again = run(lake)
    assert (again.batches, again.months_built, again.outcome) == ((), (), "unchanged")


def test_a_second_run_finds_nothing_to_do_and_says_so_of_every_table(
    published: Lake, fresh_copy: Callable[[Lake], Lake]
) -> None:
    lake = fresh_copy(published)
    before = open_publication(lake).id
    result = Page(lake, published).run()
    told = {e.asset_key.to_user_string(): e for e in result.get_asset_materialization_events()}
    assert told["themes/air_city_day"].step_materialization_data.materialization.metadata["unchanged"].value is True
    assert (
        told["publication/current"].step_materialization_data.materialization.metadata["outcome"].value == "unchanged"
    )
    assert open_publication(lake).id == before


def test_a_backfill_parses_the_months_asked_for_and_nothing_twice(
    feeds: SimulationTruth, published: Lake, lake: Lake
) -> None:
    page = Page(lake, published)
    assert page.run(
        "landing/air__cnemc_station_hourly", sources=[feeds.folder / "air", feeds.folder / "weather"]
    ).success
    months = sorted(p.name.removeprefix("month=") for p in published.core(HOURLY).glob("month=*"))
    first = (months[1], months[1])
    assert page.run(f"core/{HOURLY}", months=first).success
    parsed = files_below(lake.core(HOURLY))
    expected = {
        landed.name
        for landed in steps.LandingZone(lake, HOURLY).objects
        if all_cards()[HOURLY].period_of(landed.name) == tuple(map(int, months[1].split("-")))
    }
    assert {b.object_name for b in read_batches(lake, HOURLY)} == expected
    assert page.run(f"core/{HOURLY}", months=first).success
    assert files_below(lake.core(HOURLY)) == parsed
    # A range that holds the month again, then all: the same batches as if nothing had been done by halves.
    assert page.run(f"core/{HOURLY}", months=(months[0], months[-1])).success
    assert parsed.items() <= files_below(lake.core(HOURLY)).items()
    assert page.run().success
    assert content_hash(lake) == content_hash(published)


def test_some_tables_alone_leave_the_rest_to_be_computed(
    feeds: SimulationTruth, published: Lake, fresh_copy: Callable[[Lake], Lake]
) -> None:
    lake = fresh_copy(published)
    run(lake, feeds.folder / "corrections", until="check")
    assert Page(lake, published).run("knowledge/dim_region").success
    assert not pipeline.lay_out(steps.workshop(lake, LINES)).todo.is_nothing


def test_a_failing_batch_stops_the_run_that_finds_it_and_only_warns_later(
    published: Lake, fresh_copy: Callable[[Lake], Lake]
) -> None:
    shop = steps.workshop(fresh_copy(published), LINES)
    card = shop.cards[HOURLY]
    strict = card.model_copy(update={"gate": card.gate.model_copy(update={"fail_on": ["completeness"]})})
    all_live = {batch.name for batch in shop.live(card)}
    first, later = steps.gate(shop, strict), steps.gate(shop, strict)
    assert (first.passed, first.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert (later.passed, later.severity) == (False, dg.AssetCheckSeverity.WARN)
    held = set(first.metadata["held"].value)
    assert held
    assert {batch.name for batch in shop.live(strict)} == all_live - held
