"""Asset checks of every core table: the gate on new batches, and the reconciliation of rows.

Does not belong here: what is checked (``quality``), how a verdict is told (``steps``); dbt's tests, which become checks
of their own (``dbt_graph``).
"""
# No postponed annotations: Dagster reads those of a step's function as types.

import dagster as dg

from ingest.card import Card
from orchestration.dagster_defs.names import core_key
from orchestration.dagster_defs.resources import LakeResource


def gate_check(card: Card) -> dg.AssetChecksDefinition:
    """Downstream waits for the verdict, and stops in the run in which a batch fails what the card's ``fail_on`` names.

    The batch is held from then on: later runs go on without it, and the check stays a warning until the batch is
    released or replaced.
    """

    @dg.asset_check(asset=core_key(card.id), name="gate", blocking=True, description=card.gate.why)
    def gate(context: dg.AssetCheckExecutionContext, lake: LakeResource) -> dg.AssetCheckResult:
        from orchestration.dagster_defs import steps  # noqa: PLC0415 - definitions load without it

        return steps.gate(steps.workshop(lake.open(), context.log), card)

    return gate


def reconciliation_check(card: Card) -> dg.AssetChecksDefinition:
    """Every row of every batch has gone somewhere, by the records and counted again in the files."""

    @dg.asset_check(
        asset=core_key(card.id),
        name="reconciliation",
        description="进 = 接收 + 隔离 + 重复 / rows in = accepted + quarantined + duplicates, in every batch",
    )
    def reconciliation(lake: LakeResource) -> dg.AssetCheckResult:
        from orchestration.dagster_defs import steps  # noqa: PLC0415 - definitions load without it

        return steps.reconcile(lake.open(), card)

    return reconciliation
