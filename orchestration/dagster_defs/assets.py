"""Assets from cards: landing → core → flags of each dataset, and the publication at the end.

One short factory a kind; each body calls one or two functions of ``pipeline`` and reports what there is afterwards. The
tables between flags and publication are dbt's (``dbt_graph``).
"""

# No postponed annotations: Dagster reads those of step functions as types.

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from ingest.card import Card
from ingest.core import COUNT_NAMES, Batch
from ingest.landing import LandingZone
from orchestration import pipeline, runner
from orchestration.dagster_defs import card_facts
from orchestration.dagster_defs.months import months_of
from orchestration.dagster_defs.names import CORE, FLAGS, LANDING, PUBLICATION, core_key, flags_key, landing_key
from orchestration.dagster_defs.resources import WorkshopResource
from quality import context as contextual

# Assets that write the scratch database or read it whole; one at a time, also across runs.
SCRATCH_POOL = "scratch"


class LandingConfig(dg.Config):
    """What a run brings in: these files and folders besides the inbox, the cards' addresses, the demo feeds."""

    sources: list[str] = []
    live: bool = False
    demo: bool = False


def landing_assets(cards: Mapping[str, Card]) -> dg.AssetsDefinition:
    """One step for all datasets: a file in the inbox belongs to whichever card claims it."""
    specs = [
        dg.AssetSpec(
            landing_key(card.id),
            description=card_facts.description(card),
            group_name=LANDING,
            owners=card_facts.owners(card),
            tags=card_facts.tags(card),
            kinds=card_facts.landed_kinds(card),
        )
        for card in cards.values()
    ]

    @dg.multi_asset(name=LANDING, specs=specs, can_subset=True)
    def landing(
        context: dg.AssetExecutionContext, config: LandingConfig, workshop: WorkshopResource
    ) -> Iterator[dg.MaterializeResult[Any]]:
        shop = workshop.open(context.log)
        selected = [key.path[-1] for key in context.selected_asset_keys]
        options = runner.RunOptions(sources=tuple(map(Path, config.sources)), live=config.live, demo=config.demo)
        pipeline.land(shop, runner.sources(shop.lake, options, shop))
        pipeline.land(shop.select(selected), [], live=config.live)
        for dataset in sorted(selected):
            yield dg.MaterializeResult(asset_key=landing_key(dataset), metadata=_landed(shop, dataset))

    return landing


def core_asset(card: Card, calendar: dg.MonthlyPartitionsDefinition) -> dg.AssetsDefinition:
    """Typed rows of one dataset, by month if it is dated; a dataset that resolves names waits for its register."""
    upstream = [landing_key(card.id), *([core_key(card.resolve.register_dataset)] if card.resolve else [])]

    with _quiet_about_beta():

        @dg.asset(
            key=core_key(card.id),
            deps=upstream,
            partitions_def=calendar if card.time is not None else None,
            backfill_policy=dg.BackfillPolicy.single_run() if card.time is not None else None,
            description=card_facts.description(card),
            group_name=CORE,
            owners=card_facts.owners(card),
            tags=card_facts.tags(card),
            kinds={"parquet", "polars"},
            code_version=card.build_id()[:12],
            metadata={"dagster/column_schema": card_facts.table_schema(card)},
        )
        def core(context: dg.AssetExecutionContext, workshop: WorkshopResource) -> dg.MaterializeResult[Any]:
            shop = workshop.open(context.log).select([card.id])
            asked = months_of(context)
            new = [b for b in pipeline.parse(shop, asked) if b.dataset == card.id]
            _report_months(context, calendar, asked, (month for batch in new for month in batch.months))
            return dg.MaterializeResult(metadata=_parsed(shop, card, new))

    return core


def flags_asset(card: Card, calendar: dg.MonthlyPartitionsDefinition) -> dg.AssetsDefinition:
    """Contextual flags of one hourly dataset, by month.

    All months that lack them are computed, whatever was asked for: a month's flags depend on its neighbours too.
    """
    with _quiet_about_beta():

        @dg.asset(
            key=flags_key(card.id),
            deps=[core_key(card.id)],
            partitions_def=calendar,
            backfill_policy=dg.BackfillPolicy.single_run(),
            description=f"Contextual tests on **{card.title.zh}** / {card.title.en}",
            group_name=FLAGS,
            owners=card_facts.owners(card),
            tags=card_facts.tags(card),
            kinds={"parquet", "duckdb"},
        )
        def flags(context: dg.AssetExecutionContext, workshop: WorkshopResource) -> dg.MaterializeResult[Any]:
            months = pipeline.flag(workshop.open(context.log), card)
            _report_months(context, calendar, months_of(context), months)
            return dg.MaterializeResult(metadata={"months_computed": len(months)})

    return flags


def is_flagged(card: Card) -> bool:
    """True for datasets that have contextual tests: hourly ones with measured items."""
    return bool(contextual.parameters(card))


def publication_asset(upstream: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The released numbers. What upstream steps left undone (a subset, a killed run) is computed first."""

    @dg.asset(
        key=PUBLICATION,
        deps=upstream,
        description="当前发布 / the current publication: immutable folder and one pointer, read by pages and analysts",
        group_name=PUBLICATION.path[0],
        kinds={"duckdb", "parquet"},
        pool=SCRATCH_POOL,
    )
    def publication(context: dg.AssetExecutionContext, workshop: WorkshopResource) -> dg.MaterializeResult[Any]:
        shop = workshop.open(context.log)
        outcome = pipeline.publish(shop, pipeline.transform_months(shop), by=f"dagster run {context.run_id}")
        return dg.MaterializeResult(
            metadata={
                "publication": outcome.publication.id,
                "outcome": outcome.kind,
                "reason": outcome.reason,
                "content_hash": outcome.publication.manifest.content_hash,
                "simulated": outcome.publication.simulated,
                "folder": dg.MetadataValue.path(outcome.publication.folder),
            },
            data_version=dg.DataVersion(outcome.publication.manifest.content_hash),
        )

    return publication


def _report_months(
    context: dg.AssetExecutionContext,
    calendar: dg.MonthlyPartitionsDefinition,
    asked: tuple[str, str] | None,
    touched: Iterable[str],
) -> None:
    """Tell Dagster of months that changed without having been asked for; those asked for it notes itself."""
    for month in sorted(set(touched)):
        is_asked = asked is not None and asked[0] <= month <= asked[1]
        if not is_asked and calendar.has_partition_key(month):
            context.log_event(dg.AssetMaterialization(context.asset_key, partition=month))


def _landed(shop: pipeline.Workshop, dataset: str) -> dict[str, Any]:
    objects = LandingZone(shop.lake, dataset).objects
    newest = max((o.received_at for o in objects), default=None)
    return {
        "objects": len(objects),
        "bytes": sum(o.size_bytes for o in objects),
        **({"newest_received_at": dg.MetadataValue.timestamp(newest)} if newest else {}),
    }


def _parsed(shop: pipeline.Workshop, card: Card, new: Sequence[Batch]) -> dict[str, Any]:
    live = shop.live(card)
    newest = max((b.last_at for b in live if b.last_at), default=None)
    return {
        "dagster/row_count": sum(b.counts["accepted"] for b in live),
        "batches": len(live),
        "new_batches": len(new),
        "new_rows": sum(b.rows_in for b in new),
        **{f"new_{fate}": sum(b.counts[fate] for b in new) for fate in COUNT_NAMES},
        **({"newest_interval_end_at": dg.MetadataValue.timestamp(newest)} if newest else {}),
    }


def _quiet_about_beta() -> warnings.catch_warnings:  # type: ignore[type-arg]
    """A backfill in one run instead of one a month is marked beta in Dagster 1.13; said here once, not at every start."""
    quiet = warnings.catch_warnings(action="ignore", category=dg.BetaWarning)
    return quiet
