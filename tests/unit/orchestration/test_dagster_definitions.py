"""What Dagster is told: every card and model from landing to publication, with checks, calendars and schedules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.freshness import TimeWindowFreshnessPolicy
from dagster_dbt import DbtCliResource

from catalog.lake import Lake
from ingest.card import Card, all_cards
from orchestration.dagster_defs.assets import unasked
from orchestration.dagster_defs.build import build_defs
from orchestration.dagster_defs.card_facts import table_schema
from orchestration.dagster_defs.dbt_graph import unchanged
from orchestration.dagster_defs.manifest import ensure_manifest
from orchestration.dagster_defs.months import calendar_of
from orchestration.dagster_defs.resources import OfflineDbt, executor
from orchestration.dbt_graph import datasets_read

HOURLY = "air__cnemc_station_hourly"
REGISTER = "air__station_register"
PUBLICATION = dg.AssetKey(["publication", "current"])
# Evaluated series by series for scaling out; the other jobs evaluate what is missing themselves.
SERIES = "evaluation/series"


@pytest.fixture(scope="session")
def manifest_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(tmp_path_factory.mktemp("dagster") / "lake")


@pytest.fixture(scope="session")
def defs(manifest_lake: Lake) -> dg.Definitions:
    return build_defs(manifest_lake)


@pytest.fixture(scope="session")
def manifest(defs: dg.Definitions, manifest_lake: Lake) -> Mapping[str, Any]:
    return ensure_manifest(manifest_lake)


@pytest.fixture(scope="session")
def specs(defs: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def parents(specs: Mapping[str, dg.AssetSpec], key: str) -> set[str]:
    return {dep.asset_key.to_user_string() for dep in specs[key].deps}


def ancestors(specs: Mapping[str, dg.AssetSpec], key: str) -> set[str]:
    found: set[str] = set()
    open_ends = {key}
    while open_ends:
        open_ends = {p for end in open_ends for p in parents(specs, end)} - found
        found |= open_ends
    return found


def test_the_definitions_are_sound(defs: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(defs)


def test_every_card_has_its_assets_named_by_its_id(specs: dict[str, dg.AssetSpec]) -> None:
    cards = all_cards()
    found: dict[str, set[str]] = {"landing": set(), "core": set(), "flags": set()}
    for spec in specs.values():
        if spec.key.path[0] in found:
            found[spec.key.path[0]].add(spec.key.path[1])
    assert found["landing"] == found["core"] == set(cards)
    flagged = {name for name in found["flags"] if cards[name].family == "air"}
    assert flagged == {HOURLY, "air__cnemc_station_live", "air__station_hourly_long"}


def test_every_core_table_has_a_gate_that_downstream_waits_for_and_a_reconciliation(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for dataset in all_cards():
        checks = {key.name for key in graph.get_check_keys_for_assets([dg.AssetKey(["core", dataset])])}
        assert checks == {"gate", "reconciliation"}, dataset
        assert graph.get_check_spec(dg.AssetCheckKey(dg.AssetKey(["core", dataset]), "gate")).blocking


def test_every_model_and_seed_is_an_asset_in_the_group_of_its_folder(
    specs: dict[str, dg.AssetSpec], manifest: Mapping[str, Any]
) -> None:
    made = {n["name"] for n in manifest["nodes"].values() if n["resource_type"] in ("model", "seed")}
    groups = ("staging", "themes", "topics", "knowledge", "indicators", "editions")
    assert {spec.key.path[1] for spec in specs.values() if spec.group_name in groups} == made
    assert {spec.group_name for spec in specs.values()} == {
        *("landing", "core", "flags", *groups, "catalog", "evaluation", "publication")
    }
    assert specs["themes/air_city_day"].group_name == "themes"
    assert specs["editions/air_limits"].group_name == "editions"


def test_tests_of_dbt_are_checks_of_the_model_they_are_about(defs: dg.Definitions) -> None:
    checks = defs.resolve_asset_graph().get_check_keys_for_assets([dg.AssetKey(["indicators", "indicator_values"])])
    assert "indicator_values_key" in {key.name for key in checks}


@pytest.mark.parametrize(
    ("upstream", "downstream"),
    [
        (f"landing/{HOURLY}", f"core/{HOURLY}"),
        (f"core/{HOURLY}", f"flags/{HOURLY}"),
        (f"core/{HOURLY}", f"staging/stg_{HOURLY}"),
        (f"staging/stg_{HOURLY}", "themes/air_station_hour"),
        (f"flags/{HOURLY}", "themes/air_station_hour"),
        ("themes/air_station_hour", "themes/air_station_day"),
        ("indicators/ind_air__day", "indicators/indicator_rows"),
        ("indicators/indicator_rows", "indicators/indicator_values"),
        ("catalog/indicators", "indicators/indicator_values"),
        ("indicators/indicator_values", "publication/current"),
        (f"core/{REGISTER}", "core/air__station_hourly_long"),
        (f"core/{REGISTER}", "knowledge/dim_station"),
        ("editions/air_limits", "themes/air_station_day"),
        ("themes/air_city_day", "topics/effort_air_day"),
        ("topics/effort_air_day", "evaluation/series"),
        ("topics/effort_air_day", "evaluation/scores"),
        ("topics/effort_water_sample", "evaluation/scores"),
        ("evaluation/scores", "topics/effort_score"),
        ("indicators/ind_effort__period", "indicators/indicator_rows"),
    ],
)
def test_lineage(specs: dict[str, dg.AssetSpec], upstream: str, downstream: str) -> None:
    assert upstream in parents(specs, downstream)


def test_the_publication_goes_back_to_the_landing_zones_its_numbers_come_from_and_to_nothing_unknown(
    specs: dict[str, dg.AssetSpec],
) -> None:
    behind = ancestors(specs, "publication/current")
    assert {key for key in behind if key.startswith("landing/")} == {f"landing/{name}" for name in datasets_read()}
    assert {f"landing/{HOURLY}", f"landing/{REGISTER}", "landing/weather__city_daily"} <= behind <= set(specs)


def test_the_publication_waits_for_every_model_that_is_released(
    specs: dict[str, dg.AssetSpec], manifest: Mapping[str, Any]
) -> None:
    released = {
        n["name"]
        for n in manifest["nodes"].values()
        if n["resource_type"] == "model" and n["config"]["meta"].get("publish")
    }
    assert released
    assert {key.rsplit("/", 1)[-1] for key in parents(specs, "publication/current")} == released


def test_dated_datasets_have_the_months_from_the_oldest_card_to_the_running_month(
    specs: dict[str, dg.AssetSpec],
) -> None:
    calendar = specs[f"core/{HOURLY}"].partitions_def
    assert isinstance(calendar, dg.MonthlyPartitionsDefinition)
    keys = calendar.get_partition_keys(current_time=datetime(2026, 11, 30, 16, 30, tzinfo=UTC))
    # 16:30 UTC is half past midnight in Hangzhou: December has begun.
    assert (keys[0], keys[-1]) == (min(c.first_month for c in all_cards().values() if c.first_month), "2026-12")
    assert specs[f"core/{REGISTER}"].partitions_def is None
    dated = {key: spec.partitions_def for key, spec in specs.items() if key != SERIES}
    assert set(dated.values()) == {None, calendar}


def test_cards_without_a_first_month_begin_with_the_national_network() -> None:
    register: Card = all_cards()[REGISTER]
    assert calendar_of([register]).get_first_partition_key() == "2013-01"


def test_months_that_changed_unasked_are_told_those_asked_for_and_those_off_the_calendar_are_not() -> None:
    calendar = dg.MonthlyPartitionsDefinition(start_date="2024-01", fmt="%Y-%m")
    touched = ["2024-03", "2024-01", "2024-02", "1999-12"]
    assert unasked(calendar, None, touched) == ["2024-01", "2024-02", "2024-03"]
    assert unasked(calendar, ("2024-02", "2024-03"), touched) == ["2024-01"]


def test_columns_are_those_of_the_card_and_of_every_core_table() -> None:
    schema = table_schema(all_cards()["air__city_daily_published"])
    names = [column.name for column in schema.columns]
    assert names[:3] == ["region_code", "category_zh", "aqi"]
    assert names[-5:] == ["interval_start_at", "interval_end_at", "line", "batch", "received_at"]
    aqi = schema.columns[2]
    assert (aqi.type, aqi.constraints.nullable) == ("integer", True)
    assert aqi.constraints.other == ["unit: 1", "minimum: 0.0", "maximum: 500.0"]
    assert "barred from indicators" in (aqi.description or "")


def test_how_old_an_asset_may_become_is_said_once_from_the_cards(specs: dict[str, dg.AssetSpec]) -> None:
    hours = {
        key: spec.freshness_policy.fail_window.to_timedelta().total_seconds() / 3600
        for key, spec in specs.items()
        if isinstance(spec.freshness_policy, TimeWindowFreshnessPolicy)
    }
    expected = {
        HOURLY: 3.0,
        "air__cnemc_station_live": 2.0,
        "air__city_daily_published": 36.0,
        "weather__city_daily": 36,
    }
    zones = {f"{zone}/{dataset}": limit for dataset, limit in expected.items() for zone in ("landing", "core")}
    air = {key: limit for key, limit in hours.items() if "/air__" in key or key.split("/")[1] in expected}
    assert air == zones
    # the most urgent of all that any model reads: sources that send every few minutes
    assert hours["publication/current"] == 1.0
    fresh = {f"core/{c.id}" for c in all_cards().values() if c.cadence in ("minutes", "hourly", "four_hourly", "daily")}
    assert {key for key in hours if key.startswith("core/")} >= fresh


@pytest.mark.parametrize(("name", "cron"), [("hourly", "40 * * * *"), ("daily", "30 6 * * *")])
def test_each_cadence_has_a_schedule_that_fetches_and_computes_all_results(
    defs: dg.Definitions, specs: dict[str, dg.AssetSpec], name: str, cron: str
) -> None:
    schedule = defs.resolve_schedule_def(f"{name}_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == (cron, "Asia/Shanghai")
    [request] = schedule.evaluate_tick(dg.build_schedule_context()).run_requests or []
    job = defs.resolve_job_def(name)
    dg.validate_run_config(job, request.run_config)
    assert request.run_config["ops"]["landing"]["config"] == {"live": True}
    asked = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    datasets = {card.id for card in all_cards().values() if card.cadence == name}
    assert {key.split("/")[1] for key in asked if key.startswith(("landing/", "core/"))} == datasets
    results = {key for key, spec in specs.items() if spec.group_name not in ("landing", "core", "flags", "catalog")}
    assert results - {SERIES} <= asked


def test_one_job_makes_everything(defs: dg.Definitions, specs: dict[str, dg.AssetSpec]) -> None:
    job = defs.resolve_job_def("everything")
    made = {spec.key.to_user_string() for spec in specs.values()} - {"catalog/indicators", SERIES}
    assert {key.to_user_string() for key in job.asset_layer.selected_asset_keys} == made
    assert job.partitions_def == specs[f"core/{HOURLY}"].partitions_def


def test_a_series_is_evaluated_by_a_job_of_its_own(defs: dg.Definitions) -> None:
    job = defs.resolve_job_def("evaluate_series")
    assert {key.to_user_string() for key in job.asset_layer.selected_asset_keys} == {SERIES}
    assert isinstance(job.partitions_def, dg.DynamicPartitionsDefinition)


def test_unchanged_tables_are_told_in_the_order_they_are_built_in() -> None:
    a, b, c = (dg.AssetKey(name) for name in "abc")
    upstream = {a: {b}, b: {c}, c: {dg.AssetKey("core")}}
    assert [result.asset_key for result in unchanged(upstream, {a, b, c})] == [c, b, a]


def test_the_executor_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ECOLAKE_EXECUTOR", raising=False)
    assert executor() is dg.in_process_executor
    monkeypatch.setenv("ECOLAKE_EXECUTOR", "multiprocess")
    assert executor() is dg.multiprocess_executor
    monkeypatch.setenv("ECOLAKE_EXECUTOR", "dagster:multi_or_in_process_executor")
    assert executor() is dg.multi_or_in_process_executor
    for wrong in ("k8s", "dagster:no_such", "dagster:asset"):
        monkeypatch.setenv("ECOLAKE_EXECUTOR", wrong)
        with pytest.raises(ValueError, match=f"ECOLAKE_EXECUTOR={wrong}"):
            executor()


def test_dbt_is_not_asked_for_its_version_which_would_ask_the_network() -> None:
    # If dagster-dbt renames what we override, dbt would go online before every run: then this fails.
    assert "_cli_version" in vars(DbtCliResource)
    assert "_cli_version" in vars(OfflineDbt)
