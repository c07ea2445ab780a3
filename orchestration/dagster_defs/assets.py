"""Assets from cards: landing → core → flags of each dataset, and the publication at the end.

One short factory a kind. The tables between flags and publication are dbt's (``dbt_graph``). Does not belong here: what
a step does and reports (``steps``), when it runs (``automation``).
"""
# No postponed annotations: Dagster reads those of a step's function as types.

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from ingest.card import Card
from orchestration.dagster_defs import card_facts
from orchestration.dagster_defs.months import months_of
from orchestration.dagster_defs.names import CORE, FLAGS, LANDING, PUBLICATION, core_key, flags_key, landing_key
from orchestration.dagster_defs.resources import LakeResource

# Steps that write the scratch database or read it whole: one at a time, also across runs.
SCRATCH_POOL = "scratch"


class LandingConfig(dg.Config):
    """What a run brings in: these files and folders besides the inbox, the cards' addresses, the demo feeds."""

    sources: list[str] = []
    live: bool = False
    demo: bool = False


def landing_assets(cards: Mapping[str, Card]) -> dg.AssetsDefinition:
    """One step for all datasets: a file in the inbox belongs to whichever card claims it."""
    specs = [card_facts.spec(card, landing_key(card.id), card_facts.landed_kinds(card)) for card in cards.values()]

    @dg.multi_asset(name=LANDING, specs=specs, can_subset=True)
    def landing(
        context: dg.AssetExecutionContext, config: LandingConfig, lake: LakeResource
    ) -> Iterator[dg.MaterializeResult[Any]]:
        from orchestration.dagster_defs import steps  # noqa: PLC0415 - definitions load without it

        shop = steps.workshop(lake.open(), context.log)
        datasets = sorted(key.path[-1] for key in context.selected_asset_keys)
        steps.land(shop, datasets, config.sources, live=config.live, demo=config.demo)
        for dataset in datasets:
            yield dg.MaterializeResult(asset_key=landing_key(dataset), metadata=steps.landed(shop, dataset))

    return landing


def core_asset(card: Card, calendar: dg.MonthlyPartitionsDefinition) -> dg.AssetsDefinition:
    """Typed rows of one dataset, by month if it is dated; a dataset that resolves names waits for its register."""
    register = [core_key(card.resolve.register_dataset)] if card.resolve else []
    spec = card_facts.spec(card, core_key(card.id), {"parquet", "polars"}).replace_attributes(
        deps=[landing_key(card.id), *register],
        partitions_def=calendar if card.time else None,
        code_version=card.build_id()[:12],
        metadata={"dagster/column_schema": card_facts.table_schema(card)},
    )

    # A backfill is one run for all its months: a month takes less time than a run takes to start.
    one_run = dg.BackfillPolicy.single_run() if card.time else None

    with _quiet_about_beta():

        @dg.multi_asset(name=f"{CORE}__{card.id}", specs=[spec], backfill_policy=one_run)
        def core(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
            from orchestration.dagster_defs import steps  # noqa: PLC0415 - definitions load without it

            asked = months_of(context)
            metadata, touched = steps.parse(steps.workshop(lake.open(), context.log), card, asked)
            for month in unasked(calendar, asked, touched) if card.time else []:
                context.log_event(dg.AssetMaterialization(spec.key, partition=month))
            return dg.MaterializeResult(metadata=metadata)

    return core


def flags_asset(card: Card) -> dg.AssetsDefinition:
    """Contextual flags of one hourly dataset; not by month, for a month's flags depend on its neighbours too."""
    spec = card_facts.spec(card, flags_key(card.id), {"parquet", "duckdb"}).replace_attributes(deps=[core_key(card.id)])

    @dg.multi_asset(name=f"{FLAGS}__{card.id}", specs=[spec])
    def flags(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
        from orchestration.dagster_defs import steps  # noqa: PLC0415 - definitions load without it

        months = steps.flag(steps.workshop(lake.open(), context.log), card)
        return dg.MaterializeResult(metadata={"months_computed": months})

    return flags


def is_flagged(card: Card) -> bool:
    """True for datasets that contextual tests look at."""
    return bool(card.compared_items)


def publication_asset(upstream: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The released numbers."""

    @dg.asset(
        key=PUBLICATION,
        deps=upstream,
        description="当前发布 / the current publication: an immutable folder behind one pointer, read by all readers",
        group_name=PUBLICATION.path[0],
        kinds={"duckdb", "parquet"},
        pool=SCRATCH_POOL,
    )
    def publication(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
        from orchestration.dagster_defs import steps  # noqa: PLC0415 - definitions load without it

        outcome = steps.publish(steps.workshop(lake.open(), context.log), by=f"dagster run {context.run_id}")
        content_hash = outcome.publication.manifest.content_hash
        return dg.MaterializeResult(
            metadata={
                "publication": outcome.publication.id,
                "outcome": outcome.kind,
                "reason": outcome.reason,
                "content_hash": content_hash,
                "simulated": outcome.publication.simulated,
                "folder": dg.MetadataValue.path(outcome.publication.folder),
            },
            data_version=dg.DataVersion(content_hash),
        )

    return publication


def unasked(
    calendar: dg.MonthlyPartitionsDefinition, asked: tuple[str, str] | None, touched: Iterable[str]
) -> list[str]:
    """Partitions that changed without having been asked for: Dagster notes by itself only those it asked for."""
    unasked = (month for month in touched if asked is None or not asked[0] <= month <= asked[1])
    return sorted(filter(calendar.has_partition_key, unasked))


def _quiet_about_beta() -> Any:
    """Backfill policies are beta in Dagster 1.13, which it would say for every dataset at every start."""
    return warnings.catch_warnings(action="ignore", category=dg.BetaWarning)
