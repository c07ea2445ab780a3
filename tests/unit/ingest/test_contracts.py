"""A card as a contract: additions are free, breaches need a version and a note, and the export is the standard's."""

from __future__ import annotations

import importlib.resources
import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from ingest import contracts, odcs
from ingest.card import Card, all_cards, load_card
from ingest.scaffold import new_dataset

CARDS = all_cards()


@pytest.fixture
def card(tmp_path: Path) -> Card:
    """A card whose contract was accepted."""
    found = load_card(new_dataset(tmp_path, "water__example"))
    assert contracts.check(found) == ["no contract.json: `ecolake cards accept` writes it"]
    assert contracts.accept(found) == found.folder / "contract.json"
    assert contracts.check(found) == []
    return found


def changed(card: Card, old: str, new: str) -> Card:
    path = card.folder / "dataset.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load_card(card.folder)


def test_a_reworded_card_is_the_same_contract(card: Card) -> None:
    assert contracts.check(changed(card, "en: Value}", "en: Measured value}")) == []


def test_a_new_column_makes_the_file_stale_and_is_accepted(card: Card) -> None:
    column = "  - {name: remark, type: string, title: {zh: 备注, en: Remark}}\ngate:"
    wider = changed(card, "gate:", column)
    assert contracts.check(wider) == ["contract.json is stale: `ecolake cards accept` writes it"]
    assert contracts.accept(wider) is not None
    assert contracts.check(wider) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("type: decimal, unit: mm", "type: integer, unit: mm", "type of value_mm was decimal, is integer"),
        ("type: decimal, unit: mm", "type: decimal, unit: cm", "unit of value_mm was mm, is cm"),
        ("[station_code, interval_end_at]", "[station_code]", "key was ['station_code', 'interval_end_at']"),
        ("label: start", "label: end", "time.label was start, is end"),
        ("name: value_mm", "name: rain_mm", "column value_mm is gone"),
    ],
)
def test_a_breach_needs_a_version_and_a_note(card: Card, old: str, new: str, told: str) -> None:
    broken = changed(card, old, new)
    assert contracts.check(broken)[0].startswith(told)
    assert "raise version to 2 and add a migration note" in contracts.check(broken)[0]
    with pytest.raises(contracts.ContractError, match="raise version to 2"):
        contracts.accept(broken)

    with pytest.raises(ValueError, match=r"version 2 has no migration note for \[2\]"):
        changed(broken, "fixture: simulated", "fixture: simulated\nversion: 2")
    note = "version: 2\nmigrations: [{version: 2, note: {zh: 已改, en: changed}}]"
    renewed = changed(broken, "version: 2", note)
    assert contracts.accept(renewed) is not None
    assert contracts.check(renewed) == []


def test_a_version_never_runs_back(card: Card) -> None:
    kept = json.loads((card.folder / "contract.json").read_text(encoding="utf-8"))
    (card.folder / "contract.json").write_text(json.dumps(kept | {"version": 3}), encoding="utf-8")
    assert contracts.check(card) == ["version 1 is below the accepted 3"]


@pytest.mark.parametrize("dataset", sorted(CARDS))
def test_every_card_keeps_its_contract(dataset: str) -> None:
    assert contracts.check(CARDS[dataset]) == []


@pytest.mark.parametrize("dataset", sorted(CARDS))
def test_every_contract_is_valid_odcs_3_1(dataset: str) -> None:
    document = odcs.contract(CARDS[dataset])
    schema = json.loads(importlib.resources.files("open_data_contract_standard").joinpath("schema.json").read_text())
    jsonschema.validate(document, schema)
    read = OpenDataContractStandard.from_string(yaml.safe_dump(document, allow_unicode=True))
    assert read.apiVersion == "v3.1.0"
    keys = [p.name for p in (read.schema_ or [])[0].properties or [] if p.primaryKey]
    assert sorted(k for k in keys if k) == sorted(CARDS[dataset].key)


def test_the_export_has_the_cards_facts() -> None:
    document = odcs.contract(CARDS["air__cnemc_station_hourly"])
    columns = {p["name"]: p for p in document["schema"][0]["properties"]}
    assert document["schema"][0]["dataGranularityDescription"] == "one row per station, item and hour"
    assert {"property": "latency", "value": 24.0, "unit": "h", "element": document["name"]} in document["slaProperties"]
    assert columns["interval_end_at"]["primaryKeyPosition"] == 3
    assert columns["value"]["physicalType"] == "DECIMAL(12,4)"
