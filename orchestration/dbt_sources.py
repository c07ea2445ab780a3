"""dbt's declaration of the core zone, written from the cards: ``_sources.yml`` is generated, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from ingest.card import Card
from quality.flag_events import entity_column

SOURCES_FILE = Path(__file__).parent.parent / "dbt_project" / "models" / "staging" / "_sources.yml"
HEADER = "# Generated from the cards by `ecolake docs sources`; do not edit.\n"
LAYOUT = {
    "batches": "Live batches, and who speaks for a key that several hold (greatest authority).",
    "months": "Local months with rows, and the hash of everything their numbers depend on.",
    "lineage_batches": "Which batches a month's numbers come from.",
    "flags": "Active flags on values, with the effect of their test.",
    "flag_events": "What people said about spans of values, and holds.",
    "catalog_indicators": "The indicator catalog.",
    "catalog_datasets": "The datasets' cards: title, owner, level, and the plan's systems they serve.",
    "catalog_indicator_inputs": "Which datasets a catalogued indicator is computed from.",
}


def _meta(card: Card) -> dict[str, object]:
    """What macro ``newest_rows`` has to know of a dataset: its key, who it speaks of, and what may be emptied."""
    measured = [c.name for c in card.columns if c.type in ("decimal", "integer") and c.name not in card.key]
    return {
        "key": card.key,
        "entity": entity_column(card),
        "is_long": card.is_long,
        "is_dated": card.time is not None,
        "emptied": ["value"] if card.is_long else measured,
    }


def render(cards: Mapping[str, Card]) -> str:
    """The text of ``_sources.yml`` for these cards."""
    tables: list[dict[str, object]] = [{"name": name, "description": text} for name, text in LAYOUT.items()]
    tables += [
        {
            "name": card.id,
            "description": f"{card.title.zh} / {card.title.en}. {card.description.en}".strip(),
            "config": {"meta": _meta(card)},
            "columns": [
                {"name": c.name, "description": f"{c.title.zh} / {c.title.en}" + (f" [{c.unit}]" if c.unit else "")}
                for c in card.columns
            ],
        }
        for card in sorted(cards.values(), key=lambda c: c.id)
    ]
    document = {"version": 2, "sources": [{"name": "core", "schema": "core", "tables": tables}]}
    return HEADER + yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=118)
