"""What the ymls beside the models say of a table's columns: words, unit, and the level by DB33/T 2350-2021.

``meta: {level: L1}`` of a model or seed holds for all its columns, a column's own ``level`` for that column. Written
there and nowhere else; every publication carries it in its manifest. A level is never inherited from a folder: a new
mart has none until somebody states one. Does not belong here: who may have which level (``sharing``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from catalog.publication.manifest import ColumnWords, Level

ROOT = Path(__file__).parent.parent
FOLDERS = (ROOT / "dbt_project" / "models", ROOT / "catalog" / "editions")


def words_of(meta: Mapping[str, Any], columns: Iterable[Mapping[str, Any]]) -> tuple[ColumnWords, ...]:
    """The words of one table, from its ``meta`` and its columns as they stand in the yml or in dbt's manifest."""
    return tuple(_words(column, _meta(column), meta.get("level")) for column in columns)


def words_today(table: str) -> tuple[ColumnWords, ...]:
    """What the yml of a table says now; empty for a table without one.

    A publication keeps what was said when it was made; a column may have been given a higher level since.
    """
    for folder in FOLDERS:
        for path in sorted(folder.glob(f"**/{table}.yml")):
            payload = yaml.safe_load(path.read_text(encoding="utf-8"))
            for entry in (*payload.get("models", ()), *payload.get("seeds", ())):
                if entry["name"] == table:
                    return words_of(_meta(entry), entry.get("columns", ()))
    return ()


def _words(column: Mapping[str, Any], meta: Mapping[str, Any], level: Level | None) -> ColumnWords:
    return ColumnWords(
        name=column["name"],
        zh=meta.get("zh", ""),
        en=" ".join((column.get("description") or "").split()),
        unit=meta.get("unit"),
        level=meta.get("level", level),
    )


def _meta(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (entry.get("config") or {}).get("meta") or {}
    return found
