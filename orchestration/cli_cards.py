"""``ecolake cards …``: are the cards sound, do they keep their contracts, and the contracts for others to read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml

from ingest import contracts, odcs
from ingest.card import Card, readable_cards
from orchestration.cli import EXIT_FAILED, console, errors

app = typer.Typer(no_args_is_help=True)


@app.command()
def check() -> None:
    """Every card: fields, references, and no breaking change without a new version. Exit code 1 when one fails."""
    cards, faults = readable_cards()
    told = [str(fault) for fault in faults]
    told += [f"{card.id}: {fault}" for card in cards.values() for fault in [*_references(card, cards), *_kept(card)]]
    for line in told:
        errors.print(f"[red]{line}[/]", highlight=False)
    console.print(f"{len(cards)} cards sound, {len(told)} fault(s)")
    if told:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def accept() -> None:
    """Keep the present contracts (contract.json beside each card); breaking changes need a new version first."""
    cards, faults = readable_cards()
    failed = [str(fault) for fault in faults]
    for card in cards.values():
        try:
            written = contracts.accept(card)
        except contracts.ContractError as error:
            failed.append(str(error))
        else:
            if written:
                console.print(f"kept: {card.id} version {card.version}")
    for line in failed:
        errors.print(f"[red]{line}[/]", highlight=False)
    if failed:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="Folder for the contracts, one YAML file a dataset.")],
) -> None:
    """Write all contracts in the words of the Open Data Contract Standard 3.1."""
    cards, _ = readable_cards()
    out.mkdir(parents=True, exist_ok=True)
    for card in cards.values():
        text = yaml.safe_dump(odcs.contract(card), allow_unicode=True, sort_keys=False, width=118)
        (out / f"{card.id}.odcs.yaml").write_text(text, encoding="utf-8")
    console.print(f"{len(cards)} contracts in {out}")


def _kept(card: Card) -> list[str]:
    return contracts.check(card)


def _references(card: Card, cards: dict[str, Card]) -> list[str]:
    """What a card names must exist."""
    if card.resolve is not None and card.resolve.register_dataset not in cards:
        return [f"resolve.register names {card.resolve.register_dataset}, which is no dataset"]
    return []
