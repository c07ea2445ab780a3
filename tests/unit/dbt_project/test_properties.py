"""Every model and every edition has its pair: what one row is, its key, and every column in words and unit."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[3]
MODELS = REPOSITORY / "dbt_project" / "models"
EDITIONS = REPOSITORY / "catalog" / "editions"
LAYERS = {
    "staging": "staging",
    "themes": "theme",
    "topics": "topic",
    "knowledge": "knowledge",
    "indicators": "indicator",
}
NUMBERS = ("decimal", "integer", "bigint", "double")
# A row of these speaks in the unit another column names.
UNIT_ELSEWHERE = {
    "by indicator",
    "by item",
    "by target",
    "by unit column",
    "by variable",
    "by statement",
    "ug/m3, CO mg/m3",
}
UNITS = {
    "%",
    "1",
    "1/L",
    "100M kWh",
    "100M m3",
    "100M yuan",
    "10k persons",
    "10k tce",
    "10k yuan",
    "Mt",
    "cm",
    "d",
    "dB",
    "dBA",
    "deg",
    "degC",
    "h",
    "hPa",
    "ha",
    "kW",
    "kWh",
    "kg",
    "km",
    "km2",
    "m/s",
    "m3",
    "m3/s",
    "percentage point",
    "ug/L",
    "mg/L",
    "mg/kg",
    "mg/m3",
    "min",
    "mm",
    "nGy/h",
    "t",
    "t/a",
    "ug/m3",
    "yuan",
    "yuan/km2",
    "yuan/t",
    "yuan/t/a",
}

Node = dict[str, Any]


@cache
def _pair(path: Path, kind: str) -> Node:
    """The one node that the yml beside ``path`` describes."""
    properties = path.with_suffix(".yml")
    assert properties.is_file(), f"{path.name} has no {properties.name} beside it"
    nodes = yaml.safe_load(properties.read_text(encoding="utf-8"))[kind]
    assert [n["name"] for n in nodes] == [path.stem]
    node: Node = nodes[0]
    return node


def _meta(node: Node) -> Node:
    meta: Node = node["config"]["meta"]
    return meta


def _keys_tested(node: Node) -> list[list[str]]:
    tests = [t["unique_key"] for t in node.get("data_tests", []) if isinstance(t, dict) and "unique_key" in t]
    return [t["arguments"]["columns"] for t in tests]


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*.sql")), ids=lambda p: p.stem)
def test_model_says_what_a_row_is(path: Path) -> None:
    node = _pair(path, "models")
    meta = _meta(node)
    assert node["description"].startswith("One row ")
    assert meta["layer"] == LAYERS[path.relative_to(MODELS).parts[0]]
    assert meta["zh"] and meta["grain"]
    assert set(meta["key"]) <= {c["name"] for c in node["columns"]}
    assert node["config"]["contract"] == {"enforced": True}
    # Not counted twice: a batch holds a key once (the door sees to it), parts of indicator_values are tested in it.
    elsewhere = meta["layer"] == "staging" or path.stem.startswith(("ind_", "indicator_rows"))
    assert _keys_tested(node) == ([] if elsewhere else [meta["key"]])
    text = path.read_text(encoding="utf-8")
    if "materialized='incremental'" in text:
        assert node["config"]["on_schema_change"] == "fail"
        by_period = "forget_periods(" in text
        assert ({"period_type", "period_start"} if by_period else {"month"}) <= {c["name"] for c in node["columns"]}


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*.sql")), ids=lambda p: p.stem)
def test_model_describes_every_column(path: Path) -> None:
    columns = _pair(path, "models")["columns"]
    for column in columns:
        meta = _meta(column)
        assert column["description"] and re.search(r"[\u4e00-\u9fff]|AQI|PM", meta["zh"]), column["name"]
        is_number = column["data_type"].startswith(NUMBERS)
        assert ("unit" in meta) == is_number, f"{column['name']}: a number has a unit, nothing else has"
        if is_number:
            assert meta["unit"] in UNITS | UNIT_ELSEWHERE, column["name"]
    names = [c["name"] for c in columns]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("suffix", "unit"),
    [("_ug_m3", "ug/m3"), ("_mg_m3", "mg/m3"), ("_hours", "h"), ("_days", "d"), ("_pct", "%"), ("_hpa", "hPa")],
)
def test_unit_in_the_name_is_the_unit_in_the_meta(suffix: str, unit: str) -> None:
    found = {
        _meta(column).get("unit")
        for path in MODELS.rglob("*.sql")
        for column in _pair(path, "models")["columns"]
        if column["name"].endswith(suffix)
    }
    assert found == {unit}


@pytest.mark.parametrize("path", sorted(EDITIONS.glob("*.csv")), ids=lambda p: p.stem)
def test_edition_describes_its_columns(path: Path) -> None:
    node = _pair(path, "seeds")
    meta = _meta(node)
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    header = list(rows[0])
    assert [c["name"] for c in node["columns"]] == header
    assert all(c["description"] and _meta(c)["zh"] for c in node["columns"])
    assert {_meta(c).get("unit", "1") for c in node["columns"]} <= UNITS | UNIT_ELSEWHERE
    assert meta["layer"] == "edition" and meta["zh"] and meta["grain"]
    assert _keys_tested(node) == [meta["key"]]
    assert {"certainty", "source"} <= set(header), "every figure says where it comes from and how sure we are"
    may_be_empty = {c["name"] for c in node["columns"] if "empty" in c["description"]}
    assert {name for row in rows for name, cell in row.items() if cell == ""} == may_be_empty
