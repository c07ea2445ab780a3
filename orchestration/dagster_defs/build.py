"""Assembly: from cards, dbt's manifest and settings to the definitions that Dagster loads."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import dagster as dg

from catalog.lake import Lake
from ingest.card import Card, readable_cards
from orchestration.dagster_defs import assets, automation, checks, effort
from orchestration.dagster_defs.dbt_graph import EcolakeTranslator, dbt_step, published_keys
from orchestration.dagster_defs.manifest import ensure_manifest
from orchestration.dagster_defs.months import calendar_of
from orchestration.dagster_defs.names import INDICATOR_CATALOG
from orchestration.dagster_defs.resources import LakeResource, dbt_resource, executor


def build_defs(lake: Lake, resources: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Everything, for the lake whose work folder holds the manifest; ``resources`` override those of this machine.

    A card that cannot be read is logged and left out: it never hides the others.
    """
    cards, faults = readable_cards()
    for fault in faults:
        logging.getLogger("ecolake").error("%s", fault)
    manifest = ensure_manifest(lake)
    translator = EcolakeTranslator(cards)
    before, after = dbt_step(manifest, translator, "before"), dbt_step(manifest, translator, "after")
    starts_from = effort.inputs_of(manifest, translator)
    series, evaluation = effort.series_asset(starts_from), effort.results_asset(starts_from)
    publication = assets.publication_asset(published_keys(manifest, translator))
    results = dg.AssetSelection.assets(before, evaluation, after, publication)
    everything = automation.everything_job()
    cadences = [c for c in automation.CRON if any(card.cadence == c for card in cards.values())]
    jobs = {cadence: automation.cadence_job(cadence, cards, results) for cadence in cadences}
    computed = [before, series, evaluation, after, publication]
    graph: list[Any] = [_catalog(), assets.landing_assets(cards), *_dataset_assets(cards), *computed]
    return dg.Definitions(
        assets=dg.map_asset_specs(lambda spec: automation.with_freshness(spec, cards), graph),
        asset_checks=[check(c) for c in cards.values() for check in (checks.gate_check, checks.reconciliation_check)],
        jobs=[everything, automation.series_job(), *jobs.values()],
        schedules=[automation.cadence_schedule(cadence, job) for cadence, job in jobs.items()],
        sensors=[automation.inbox_sensor(everything)],
        resources={"lake": LakeResource(), "dbt": dbt_resource(), **(resources or {})},
        executor=executor(),
    )


def _dataset_assets(cards: Mapping[str, Card]) -> list[dg.AssetsDefinition]:
    calendar = calendar_of(cards.values())
    core = [assets.core_asset(card, calendar) for card in cards.values()]
    return [*core, *(assets.flags_asset(card) for card in cards.values() if assets.is_flagged(card))]


def _catalog() -> dg.AssetSpec:
    """The indicator catalog is text in the repository: Dagster shows it, and makes nothing."""
    return dg.AssetSpec(
        INDICATOR_CATALOG,
        description="指标目录 / the indicator catalog: catalog/indicators/**/*.yml",
        group_name=INDICATOR_CATALOG.path[0],
        kinds={"yaml"},
    )
