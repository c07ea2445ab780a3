"""The dbt project as assets and checks: one translator, and one step for each half around the evaluation.

The steps run dbt as ``ecolake run`` does: same scratch database, same arguments, same memory of what was built. Does
not belong here: what the models compute (``dbt_project``), what they read (``scratch``), the evaluation (``effort``).
"""

# No postponed annotations: Dagster reads those of step functions as types.

import os
from collections.abc import Iterable, Iterator, Mapping, Set
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, DbtProject, dbt_assets

from ingest.card import Card
from orchestration import transform
from orchestration.dagster_defs.assets import SCRATCH_POOL, is_flagged
from orchestration.dagster_defs.names import CORE, INDICATOR_CATALOG, core_key, flags_key
from orchestration.dagster_defs.resources import LakeResource
from orchestration.dbt_graph import datasets_read
from orchestration.lock import only_writer

SEED_GROUP = "editions"


class EcolakeTranslator(DagsterDbtTranslator):
    """Groups by folder, and dependencies on what the tables of schema ``core`` are made from.

    A dataset's table is its core asset by name; the others are laid out from several assets, or from the catalog.
    """

    def __init__(self, cards: Mapping[str, Card]) -> None:
        super().__init__()
        read = [card for name, card in cards.items() if name in datasets_read()]
        flagged = [flags_key(card.id) for card in read if is_flagged(card)]
        batches = [core_key(card.id) for card in read]
        self._laid_out = {
            dg.AssetKey([CORE, table]): origins
            for table, origins in {
                "flags": flagged,
                "flag_events": flagged,
                "batches": batches,
                "months": batches,
                "lineage_batches": batches,
                "catalog_indicators": [INDICATOR_CATALOG],
                "catalog_datasets": [INDICATOR_CATALOG],
                "catalog_indicator_inputs": [INDICATOR_CATALOG],
            }.items()
        }

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """Dagster's own spec, with our group and dependencies."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        return spec.replace_attributes(group_name=group(props), deps=self._deps(spec)).merge_attributes(
            metadata=grain(props)
        )

    def _deps(self, spec: dg.AssetSpec) -> list[dg.AssetDep]:
        direct = [dep for dep in spec.deps if dep.asset_key not in self._laid_out]
        behind = {origin for dep in spec.deps for origin in self._laid_out.get(dep.asset_key, [])}
        return [*direct, *(dg.AssetDep(key) for key in sorted(behind - {dep.asset_key for dep in direct}))]


def group(props: Mapping[str, Any]) -> str:
    """The folder below ``models/``; seeds are the editions of the catalog."""
    return SEED_GROUP if props["resource_type"] == "seed" else str(props["fqn"][1])


def grain(props: Mapping[str, Any]) -> dict[str, str]:
    """What one row is, where the model says so."""
    found = props["config"].get("meta", {}).get("grain")
    return {"grain": found} if found else {}


def published_keys(manifest: Mapping[str, Any], translator: DagsterDbtTranslator) -> list[dg.AssetKey]:
    """The models that are released (``meta.publish``)."""
    return [
        translator.get_asset_spec(manifest, unique_id, None).key
        for unique_id, node in sorted(manifest["nodes"].items())
        if node["resource_type"] == "model" and node["config"]["meta"].get("publish")
    ]


def dbt_step(
    manifest: Mapping[str, Any], translator: DagsterDbtTranslator, half: transform.Half
) -> dg.AssetsDefinition:
    """Every model and seed of one half as an asset, every test as a check, in one run of dbt."""

    @dbt_assets(
        manifest=manifest,
        dagster_dbt_translator=translator,
        name=f"dbt_{half}_evaluation",
        pool=SCRATCH_POOL,
        select=transform.AFTER_EVALUATION if half == "after" else "fqn:*",
        exclude=transform.AFTER_EVALUATION if half == "before" else None,
    )
    def dbt_models(context: dg.AssetExecutionContext, dbt: DbtCliResource, lake: LakeResource) -> Iterator[Any]:
        from orchestration.dagster_defs import steps  # noqa: PLC0415 - definitions load without it

        shop = steps.workshop(lake.open(), context.log)
        with only_writer(shop.lake):
            built = steps.lay_out(shop)
            if built.todo.is_nothing:
                yield from unchanged(context.assets_def.asset_deps, context.selected_asset_keys)
                return
            # dbt is handed this process's environment and no other.
            os.environ[transform.SCRATCH_ENV] = str(built.scratch)
            target = transform.manifest_path(shop.lake).parent
            arguments = transform.build_arguments(built.todo, half=half)
            yield from dbt.cli(arguments, context=context, target_path=target).stream()
            # the second half runs in the same run after the first, or not at all
            if half == "after" and not context.is_subset:
                transform.remember(built.scratch, built.todo, built.states)

    return dbt_models


def unchanged(
    upstream: Mapping[dg.AssetKey, Iterable[dg.AssetKey]], selected: Set[dg.AssetKey]
) -> Iterator[dg.MaterializeResult[Any]]:
    """Nothing new went in: the tables stand, tested when they were built. Told in the order they were built in."""
    for key in TopologicalSorter({key: selected & set(upstream[key]) for key in selected}).static_order():
        yield dg.MaterializeResult(asset_key=key, metadata={"unchanged": True})
