"""Asset checks of every core table: the gate on new batches, and the reconciliation of rows.

Does not belong here: what is checked (``quality``); dbt's tests, which become checks of their own (``dbt_graph``).
"""

# No postponed annotations: Dagster reads those of step functions as types.

from collections.abc import Sequence

import dagster as dg

from ingest.card import Card
from orchestration import pipeline
from orchestration.dagster_defs.names import core_key
from orchestration.dagster_defs.resources import WorkshopResource
from quality.gate import GateResult, held_batches

# Rows of a table in a check's metadata: a person reads the first few, the data docs hold them all.
SHOWN = 20


def gate_check(card: Card) -> dg.AssetChecksDefinition:
    """Downstream waits for the verdict, and stops when a new batch fails what the card's ``fail_on`` names.

    The failed batch is held from then on: the next run goes on without it, and this check stays a warning until the
    batch is released or replaced.
    """

    @dg.asset_check(asset=core_key(card.id), name="gate", blocking=True, description=card.gate.why)
    def gate(context: dg.AssetCheckExecutionContext, workshop: WorkshopResource) -> dg.AssetCheckResult:
        shop = workshop.open(context.log)
        verdicts = pipeline.judge(shop, card)
        held = held_batches(shop.lake, card.id)
        return dg.AssetCheckResult(
            passed=not held and all(v.status == "pass" for v in verdicts),
            severity=_severity([v.status for v in verdicts]),
            metadata={"judged": len(verdicts), "held": sorted(held), "findings": _findings(verdicts)},
        )

    return gate


def reconciliation_check(card: Card) -> dg.AssetChecksDefinition:
    """Rows in = accepted + quarantined + duplicates, counted again in the files."""

    @dg.asset_check(
        asset=core_key(card.id),
        name="reconciliation",
        description="进 = 接收 + 隔离 + 重复 / rows in = accepted + quarantined + duplicates, in every batch",
    )
    def reconciliation(workshop: WorkshopResource) -> dg.AssetCheckResult:
        from quality.reconciliation import report  # noqa: PLC0415 - used by this step only

        batches = report(workshop.lake, [card.id])
        problems = batches.filter(~batches["closes"])["problem_en"].to_list()
        return dg.AssetCheckResult(
            passed=not problems,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"batches": batches.height, "rows_in": int(batches["rows_in"].sum()), "problems": problems},
        )

    return reconciliation


def _severity(statuses: Sequence[str]) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if "fail" in statuses else dg.AssetCheckSeverity.WARN


def _findings(verdicts: Sequence[GateResult]) -> dg.MetadataValue:
    lines = [f"- {v.status} · {v.object_name}: {v.summary}" for v in verdicts if v.status != "pass"]
    more = [f"- … {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return dg.MetadataValue.md("\n".join([*lines[:SHOWN], *more]) or "-")
