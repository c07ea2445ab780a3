"""``check``: the gate on new batches, then contextual flags on what it let through.

Does not belong here: expectations and tests (``quality``).
"""

from __future__ import annotations

from ingest.card import Card
from ingest.core import live_batches, read_batches
from orchestration.pipeline.workshop import Workshop, registers_first
from orchestration.report import Level
from quality import context
from quality.gate import GateResult, run_gate
from quality.gate import results as gate_results


def check(shop: Workshop) -> None:
    """The gate on every batch without a verdict, then contextual flags on what it let through."""
    with shop.log.step("check", len(shop.cards), zh="门禁与标记") as advance:
        for card in registers_first(shop.cards):
            judge(shop, card)
            flag(shop, card)
            advance(1, card.id)


def judge(shop: Workshop, card: Card) -> list[GateResult]:
    """The gate on live batches that have no verdict yet; what fails is held from now on. Returns the new verdicts."""
    judged = {(r.batch, r.rules) for r in gate_results(shop.lake, card.id)}
    candidates = live_batches(read_batches(shop.lake, card.id), shop.core(card).build)
    new = [r for r in run_gate(shop.lake, card, candidates) if (r.batch, r.rules) not in judged]
    for result in new:
        if result.status != "pass":
            level: Level = "error" if result.status == "fail" else "warning"
            shop.log.note(level, "gate", f"{card.id} {result.batch}", result.summary)
    return new


def flag(shop: Workshop, card: Card) -> list[str]:
    """Contextual flags of the live batches; returns the months that had to be computed.

    Comes after :func:`judge`: flags are computed beside the batches that count, and a held one does not.
    """
    months = [r.month for r in context.refresh(shop.lake, card, shop.live(card)) if r.computed]
    for month in months:
        shop.log.note("info", "flags", f"{card.id} {month}", "contextual tests done")
    return months
