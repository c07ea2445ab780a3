"""A card as a contract with its readers: what they rely on is kept in ``contract.json`` beside it, by version.

A change that breaks them (a column gone, another type, unit or meaning of time, another key) is refused until the card
has a new version with a migration note; then the file is written anew. Does not belong here: whether a card is sound by
itself (``card``), what a feed does against its contract (``drift``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from catalog.lake import write_json
from ingest.card import Card

FILE = "contract.json"


class ContractError(ValueError):
    """A breaking change without a new version; the message names each."""


def promised(card: Card) -> dict[str, Any]:
    """What readers rely on: version, key, meaning of time, columns with type and unit, items with unit."""
    return {
        "version": card.version,
        "key": card.key,
        "time": card.time.model_dump() if card.time else None,
        "columns": {c.name: _column(c.type, c.digits, c.unit, required=c.required) for c in card.columns},
        "items": {name: quantity.unit for name, quantity in sorted(card.quantities.items())},
    }


def _column(kind: str, digits: tuple[int, int], unit: str | None, *, required: bool) -> dict[str, Any]:
    return {"type": kind, "digits": list(digits) if kind == "decimal" else None, "unit": unit, "required": required}


def kept(card: Card) -> dict[str, Any] | None:
    """The contract as it was last accepted; None for a card that never was."""
    path = card.folder / FILE
    found: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return found


def breaking(card: Card) -> list[str]:
    """How the card differs from its kept contract in what readers rely on; additions are no breach."""
    before = kept(card)
    return list(_breaches(before, promised(card))) if before else []


def check(card: Card) -> list[str]:
    """Faults of a card as a contract: breaches under an unchanged version, a version that runs back, a stale file."""
    before, now = kept(card), promised(card)
    if before is None:
        return [f"no {FILE}: `ecolake cards accept` writes it"]
    if card.version < before["version"]:
        return [f"version {card.version} is below the accepted {before['version']}"]
    breaches = breaking(card)
    if breaches and card.version == before["version"]:
        advice = f"raise version to {card.version + 1} and add a migration note, or take the change back"
        return [f"{breach}: {advice}" for breach in breaches]
    return [] if before == now else [f"{FILE} is stale: `ecolake cards accept` writes it"]


def accept(card: Card) -> Path | None:
    """Keep the card's present contract; returns the file if it changed.

    Raises:
        ContractError: a breaking change, and the version is still the same.
    """
    before, now = kept(card), promised(card)
    if before == now:
        return None
    if before is not None and card.version <= before["version"] and (breaches := breaking(card)):
        raise ContractError(f"{card.id}: " + "; ".join(check(card) if card.version == before["version"] else breaches))
    path = card.folder / FILE
    write_json(path, now)
    return path


def _breaches(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if before["key"] != now["key"]:
        yield f"key was {before['key']}, is {now['key']}"
    old_time, new_time = before["time"] or {}, now["time"] or {}
    for fact in sorted({*old_time, *new_time}):
        if old_time.get(fact) != new_time.get(fact):
            yield f"time.{fact} was {old_time.get(fact)}, is {new_time.get(fact)}"
    for name, old in before["columns"].items():
        new = now["columns"].get(name)
        if new is None:
            yield f"column {name} is gone"
            continue
        for fact in ("type", "digits", "unit"):
            if old[fact] != new[fact]:
                yield f"{fact} of {name} was {old[fact]}, is {new[fact]}"
        if old["required"] and not new["required"]:
            yield f"{name} may be empty now"
    for name, unit in before["items"].items():
        if name not in now["items"]:
            yield f"item {name} is gone"
        elif now["items"][name] != unit:
            yield f"unit of item {name} was {unit}, is {now['items'][name]}"
