"""A card in the words of the Open Data Contract Standard 3.1: for catalogues and partners that speak it.

Translation only: every fact is the card's. Source: Bitol, ODCS v3.1.0, JSON Schema ``odcs-json-schema-v3.1.0``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from ingest.card import Card
from ingest.fields import CADENCES, Column

API_VERSION = "v3.1.0"
# Version 5 UUIDs of one namespace: the same dataset has the same id in every export.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "ecolake.zhejiang.contract")
LOGICAL = {"string": "string", "decimal": "number", "integer": "integer", "date": "date", "datetime": "timestamp"}
PHYSICAL = {"string": "VARCHAR", "integer": "BIGINT", "date": "DATE", "datetime": "TIMESTAMP WITH TIME ZONE"}


def contract(card: Card) -> dict[str, Any]:
    """The contract of one dataset as a document of the standard."""
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": str(uuid.uuid5(NAMESPACE, card.id)),
        "name": card.id,
        "version": f"{card.version}.0.0",
        "status": "active",
        "domain": card.family,
        "dataProduct": card.title.en,
        "tenant": "zhejiang",
        "description": {
            "purpose": card.description.en,
            "usage": f"{card.licence.name}; level {card.level} (DB33/T 2350-2021)",
            "limitations": "; ".join(issue.en for issue in card.known_issues) or "none known",
        },
        "schema": [_table(card)],
        "slaProperties": list(_service_level(card)),
        "team": {
            "name": card.owner.en,
            "members": [
                {"username": card.owner.zh, "role": "owner"},
                {"username": card.steward.zh, "role": "steward"},
            ],
        },
        "customProperties": [
            {"property": "provider", "value": card.provider.en},
            {"property": "licence", "value": card.licence.name},
            {"property": "redistribute", "value": card.licence.redistribute},
            {"property": "classificationLevel", "value": card.level},
            {"property": "fixture", "value": card.fixture},
            *({"property": f"migration{m.version}", "value": m.note.en} for m in card.migrations),
        ],
    }


def _table(card: Card) -> dict[str, Any]:
    columns = [*(_property(card, c) for c in card.columns), *_interval(card)]
    return {
        "name": card.id,
        "physicalName": f"core/{card.id}",
        "physicalType": "parquet",
        "logicalType": "object",
        "businessName": card.title.zh,
        "description": card.title.en,
        "dataGranularityDescription": card.grain.en,
        "tags": sorted(card.serves),
        "properties": columns,
        "quality": [
            {"type": "text", "name": "gate", "description": card.gate.why},
            {
                "type": "library",
                "metric": "rowCount",
                "dimension": "completeness",
                "mustBeGreaterThan": 0,
                "description": "A batch without an accepted row is told",
            },
        ],
    }


def _property(card: Card, column: Column) -> dict[str, Any]:
    decimal = f"DECIMAL({column.digits[0]},{column.digits[1]})"
    options: dict[str, Any] = {"pattern": column.pattern} if column.pattern else {}
    limits = {"minimum": column.minimum, "maximum": column.maximum}
    options |= {name: value for name, value in limits.items() if value is not None and column.type != "string"}
    facts = {"unit": column.unit, "sourceName": column.source_name, "barred": column.barred and column.barred.en}
    return {
        "name": column.name,
        "businessName": column.title.zh,
        "description": column.title.en,
        "logicalType": LOGICAL[column.type],
        "physicalType": PHYSICAL.get(column.type, decimal),
        "required": column.required or column.name in card.key,
        "classification": card.level,
        **_key(card, column.name),
        **({"logicalTypeOptions": options} if options else {}),
        **({"examples": list(column.good)} if column.good else {}),
        "customProperties": [{"property": name, "value": value} for name, value in facts.items() if value is not None],
    }


def _key(card: Card, name: str) -> dict[str, Any]:
    return {"primaryKey": True, "primaryKeyPosition": card.key.index(name) + 1} if name in card.key else {}


def _interval(card: Card) -> Iterator[dict[str, Any]]:
    if card.time is None:
        return
    for name, words in (("interval_start_at", "Start"), ("interval_end_at", "End")):
        yield {
            "name": name,
            "description": f"{words} of the interval ({card.time.interval}, published label: its {card.time.label})",
            "logicalType": "timestamp",
            "physicalType": "TIMESTAMP WITH TIME ZONE",
            "required": True,
            "classification": card.level,
            **_key(card, name),
        }


def _service_level(card: Card) -> Iterator[dict[str, Any]]:
    if (cadence := CADENCES.get(card.cadence)) is not None:
        yield {"property": "frequency", "value": cadence.every, "unit": cadence.unit, "element": card.id}
    if card.lateness_hours is not None:
        yield {"property": "latency", "value": card.lateness_hours, "unit": "h", "element": card.id}
    yield {"property": "retention", "value": "unlimited", "element": card.id}
