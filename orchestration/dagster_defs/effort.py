"""The evaluation by human effort as assets: one by series for scaling out, one for what dbt reads of all of them.

Both call the same step and share its store: what a partition has evaluated, the other one finds done. Does not belong
here: what a series is and how it is evaluated (``orchestration.evaluating``, ``evaluation``).
"""

# No postponed annotations: Dagster reads those of step functions as types.

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

from orchestration.dagster_defs.assets import SCRATCH_POOL
from orchestration.dagster_defs.names import EVALUATION, EVALUATION_SERIES
from orchestration.dagster_defs.resources import LakeResource
from orchestration.evaluating.tables import COLUMNS

# A pool of its own: how many series are evaluated at a time is a setting of the Dagster instance.
SERIES_POOL = "evaluation"
SERIES_PARTITIONS = dg.DynamicPartitionsDefinition(name="effort_series")


def inputs_of(manifest: Mapping[str, Any], translator: DagsterDbtTranslator) -> list[dg.AssetKey]:
    """The models that a series is taken from: those of the topic that lie before the evaluation."""
    nodes = manifest["nodes"].items()
    wanted = [uid for uid, node in nodes if node["fqn"][1:3] == ["topics", "effort"] and _is_input(node)]
    return [translator.get_asset_spec(manifest, uid, None).key for uid in sorted(wanted)]


def _is_input(node: Mapping[str, Any]) -> bool:
    return node["resource_type"] == "model" and not any(
        parent.startswith("source.ecolake.evaluation.") for parent in node["depends_on"]["nodes"]
    )


def series_asset(upstream: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """One partition a series: a backfill spreads them over whatever executor the instance has."""

    @dg.asset(
        key=EVALUATION_SERIES,
        deps=upstream,
        partitions_def=SERIES_PARTITIONS,
        description="努力评价的单个序列 / one evaluated series: theme/place/item; kept under the hash of its inputs",
        group_name=EVALUATION,
        kinds={"polars"},
        pool=SERIES_POOL,
    )
    def series(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
        from orchestration.dagster_defs import steps  # noqa: PLC0415 - definitions load without it

        done = steps.evaluate_series(steps.workshop(lake.open(), context.log), context.partition_key)
        return dg.MaterializeResult(metadata={"evaluated": done})

    return series


def results_asset(upstream: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """The tables of schema ``evaluation``: what is missing is evaluated first, here, within the memory there is."""
    specs = [dg.AssetSpec([EVALUATION, table], deps=upstream, group_name=EVALUATION) for table in COLUMNS]

    @dg.multi_asset(name=EVALUATION, specs=specs, pool=SCRATCH_POOL)
    def evaluation(context: dg.AssetExecutionContext, lake: LakeResource) -> Iterator[dg.MaterializeResult[Any]]:
        from orchestration.dagster_defs import steps  # noqa: PLC0415 - definitions load without it

        shop = steps.workshop(lake.open(), context.log)
        keys = steps.evaluate(shop)
        context.instance.add_dynamic_partitions("effort_series", sorted(keys))
        for spec in specs:
            yield dg.MaterializeResult(asset_key=spec.key, metadata={"series": len(keys)})

    return evaluation
