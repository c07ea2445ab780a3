"""A wrong definition says at which node and field, what was expected, and how to mend it."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation.composite.definition import Definition, IndexDefinitionError
from evaluation.composite.reading import definition_schema, load_definition, parse_definition
from evaluation.composite.tree import codes, effective_weights, tree_of
from tests.unit.evaluation.composite.small import named, payload, small


def changed(where: str, number: int, **fields: Any) -> str:
    """The small index as YAML with fields of one node or leaf changed; None takes a field out."""
    whole = deepcopy(payload())
    entry = whole[where][number]
    entry.update(fields)
    for name in [name for name, value in fields.items() if value is None]:
        del entry[name]
    return yaml.safe_dump(whole, allow_unicode=True)


@pytest.mark.parametrize(
    ("text", "node", "field", "wrong", "mend"),
    [
        (changed("leaves", 0, weight=0.4), "air", "weight", "sum to 0.9, expected 1 (pm 0.4, ozone 0.5)", "+0.1"),
        (changed("leaves", 0, direction="up"), "pm", "direction", "given: 'up'", "'higher' or 'lower'"),
        (changed("leaves", 0, direction=None), "pm", "direction", "Field required", "add the field"),
        (changed("leaves", 0, wieght=0.5), "pm", "wieght", "not permitted", "correct its spelling"),
        (changed("leaves", 0, weight="half"), "pm", "weight", "given: 'half'", "JSON Schema"),
        (changed("leaves", 2, parent="air"), "climate", "leaves", "no leaf below it", "add a leaf"),
        (changed("leaves", 2, parent="climat"), "forest", "parent", "'climat' is not a node", "air, climate, index"),
        (changed("leaves", 2, parent="pm"), "forest", "parent", "'pm' is not a node but a leaf", "air, climate, index"),
        (changed("leaves", 1, code="pm"), "pm", "code", "stands 2 times", "a code of its own"),
        (changed("nodes", 0, parent="air"), "index", "parent", "index → air → index", "above all"),
        (changed("nodes", 1, parent=None), "air", "parent", "2 nodes have no parent (air, index)", "exactly one"),
        (changed("nodes", 0, aggregation="median"), "index", "aggregation", "given: 'median'", "'arithmetic'"),
        (changed("nodes", 0, aggregation="power"), "index", "exponent", "None with power", "geometric"),
        (changed("nodes", 0, exponent=2.0), "index", "exponent", "unused with arithmetic", "leave it out"),
        (
            changed("leaves", 0, normalisation={"method": "goalposts", "low": 9, "high": 3}),
            "pm",
            "normalisation",
            "low 9 is not below high 3",
            "swap them",
        ),
        (
            changed("leaves", 0, normalisation={"method": "threshold_score", "passing": 35, "goal": 75}),
            "pm",
            "normalisation",
            "goal 75 and passing 35 do not fit direction lower",
            "the better one",
        ),
        (
            changed("leaves", 0, normalisation={"method": "softmax"}),
            "pm",
            "normalisation",
            "softmax",
            "'goalposts'",
        ),
    ],
)
def test_a_wrong_definition_names_node_field_and_mend(text: str, node: str, field: str, wrong: str, mend: str) -> None:
    with pytest.raises(IndexDefinitionError) as caught:
        parse_definition(text, source="small.yml")
    error = caught.value
    assert (error.node, error.field.split(".")[0]) == (node, field)
    assert wrong in error.wrong
    assert mend in error.mend
    assert str(error).startswith(f"small.yml: node {node}, field {error.field}: ")


def test_a_missing_normalisation_and_weightless_children_are_errors_too() -> None:
    with pytest.raises(IndexDefinitionError, match="node pm, field normalisation: missing"):
        small(normalisation=None)
    whole = payload(weights_total=None)
    for leaf in whole["leaves"]:
        leaf["weight"] = 0
    with pytest.raises(IndexDefinitionError, match="node air, field weight: its children weigh nothing"):
        Definition.model_validate(whole)


@pytest.mark.parametrize("text", ["- a list", "code: [unclosed"])
def test_a_file_that_is_no_mapping_is_told_so(text: str) -> None:
    with pytest.raises(IndexDefinitionError, match="To mend"):
        parse_definition(text)


def test_a_definition_comes_back_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "small.yml"
    path.write_text(yaml.safe_dump(payload(), allow_unicode=True), encoding="utf-8")
    assert load_definition(path) == small()


def test_the_schema_lists_every_field_and_every_normalisation() -> None:
    schema = json.loads(definition_schema())
    assert {"code", "edition", "approver", "decided_on", "reason", "official", "nodes", "leaves"} <= set(
        schema["required"]
    )
    methods = schema["$defs"]["Leaf"]["properties"]["normalisation"]["anyOf"][0]["discriminator"]["mapping"]
    assert set(methods) == {
        "goalposts", "min_max", "z_score", "rank", "borda", "percentile", "target_distance", "threshold_score"
    }  # fmt: skip


def test_positions_run_from_leaves_to_the_root_and_weights_multiply_down() -> None:
    definition = small()
    assert codes(definition) == ["pm", "ozone", "forest", "air", "climate", "index"]
    assert effective_weights(tree_of(definition)).tolist() == pytest.approx([0.3, 0.3, 0.4, 0.6, 0.4, 1.0], abs=1e-15)


def test_what_if_weights_rescale_and_are_never_official() -> None:
    definition = small(official=True).with_weights({"air": 1.0, "climate": 3.0})
    assert (definition.official, definition.edition) == (False, "what-if")
    assert effective_weights(tree_of(definition))[:3].tolist() == [0.125, 0.125, 0.75]
    with pytest.raises(IndexDefinitionError, match="node water, field weight: no such node"):
        small().with_weights({"water": 1.0})


def test_a_deep_tree_is_ordered_children_first() -> None:
    deep = payload()
    deep["nodes"].append(named("forests", parent="climate", aggregation="arithmetic"))
    deep["leaves"][2]["parent"] = "forests"
    assert codes(Definition.model_validate(deep))[3:] == ["forests", "air", "climate", "index"]
