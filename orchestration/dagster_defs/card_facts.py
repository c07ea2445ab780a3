"""What Dagster's pages show of a card: words, owner, tags, kinds, columns. Only translation, no new fact."""

from __future__ import annotations

from pathlib import PurePath

import dagster as dg

from ingest.card import Card
from ingest.fields import Column

INSTANT = "instant"
# Columns that every core table has besides those of its card (see ``ingest.core``).
INTERVAL = {"interval_start_at": "Start of the averaging interval", "interval_end_at": "End of the averaging interval"}
PROVENANCE = {
    "line": ("integer", "Line of the object that the row was read from"),
    "batch": ("string", "Object and build of the parser that the row comes from"),
    "received_at": (INSTANT, "When the row was known here"),
}


def spec(card: Card, key: dg.AssetKey, kinds: set[str]) -> dg.AssetSpec:
    """An asset of the dataset in the zone that its key begins with: words, owner and tags are the card's."""
    return dg.AssetSpec(
        key,
        description=_description(card),
        group_name=key.path[0],
        owners=[f"team:{card.owner.zh}"],
        tags={"family": card.family, "cadence": card.cadence, "fixture": card.fixture},
        kinds=kinds,
    )


def _description(card: Card) -> str:
    """Title and description in both languages, and what is known to be wrong."""
    issues = [f"- {issue.zh} / {issue.en}" for issue in card.known_issues]
    heading = ["", "Known issues:"] if issues else []
    lines = [f"**{card.title.zh}** / {card.title.en}", "", card.description.zh, "", card.description.en]
    return "\n".join([*lines, *heading, *issues])


def landed_kinds(card: Card) -> set[str]:
    """File types that the card claims."""
    return {suffix for pattern in card.delivery.patterns if (suffix := PurePath(pattern).suffix[1:])} or {"file"}


def table_schema(card: Card) -> dg.TableSchema:
    """Columns of the core table with type, unit and rules."""
    dated = INTERVAL if card.time is not None else {}
    return dg.TableSchema(
        columns=[
            *(_column(column) for column in card.columns),
            *(_required(name, INSTANT, text) for name, text in dated.items()),
            *(_required(name, kind, text) for name, (kind, text) in PROVENANCE.items()),
        ]
    )


def _column(column: Column) -> dg.TableColumn:
    rules = {
        "unit": column.unit,
        "pattern": column.pattern,
        "allowed": column.allowed,
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    barred = f"; barred from indicators: {column.barred.zh} / {column.barred.en}" if column.barred else ""
    return dg.TableColumn(
        column.name,
        column.type,
        f"{column.title.zh} / {column.title.en}{barred}",
        dg.TableColumnConstraints(
            nullable=not column.required,
            other=[f"{name}: {value}" for name, value in rules.items() if value is not None],
        ),
    )


def _required(name: str, kind: str, text: str) -> dg.TableColumn:
    return dg.TableColumn(name, kind, text, dg.TableColumnConstraints(nullable=False))
