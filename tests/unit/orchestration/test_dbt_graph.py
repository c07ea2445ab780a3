"""What the text of the dbt project says of its graph is what dbt itself makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from catalog.lake import Lake
from orchestration import dbt_graph
from orchestration.dagster_defs.manifest import ensure_manifest


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    found: Mapping[str, Any] = ensure_manifest(Lake(tmp_path_factory.mktemp("dbt_graph") / "lake"))
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def sources_behind(manifest: Mapping[str, Any], unique_id: str) -> set[str]:
    """Datasets that dbt finds upstream of a model."""
    if unique_id.startswith("source."):
        name = unique_id.rsplit(".", 1)[-1]
        return {name} if "__" in name else set()
    parents = manifest["parent_map"].get(unique_id, [])
    return set().union(*(sources_behind(manifest, parent) for parent in parents))


def test_a_theme_reads_what_dbt_finds_upstream_of_its_models(manifest: Mapping[str, Any]) -> None:
    themes: dict[str, set[str]] = {}
    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] == "model" and node["fqn"][1] == dbt_graph.KNOWLEDGE:
            themes.setdefault(dbt_graph.KNOWLEDGE, set()).update(sources_behind(manifest, unique_id))
        if node["resource_type"] == "model" and node["fqn"][1] in dbt_graph.LAYERS and len(node["fqn"]) == 4:
            themes.setdefault(node["fqn"][2], set()).update(sources_behind(manifest, unique_id))
            assert dbt_graph.theme_of(node["name"]) == node["fqn"][2]
    assert dbt_graph.datasets_by_theme() == {theme: frozenset(found) for theme, found in themes.items()}


def test_what_unites_themes_has_none() -> None:
    assert dbt_graph.theme_of("indicator_values") is None
    assert dbt_graph.theme_of("dim_period") is None
    assert dbt_graph.theme_of("lineage_batches") is None


def test_only_folders_that_are_there_are_named() -> None:
    assert dbt_graph.folders_of("air") == ["staging/air", "themes/air", "indicators/air"]
    assert dbt_graph.folders_of("no_such_theme") == []
