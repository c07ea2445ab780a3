"""What the dbt project reads, from its text: themes, and the datasets that each theme's models go back to.

Read without dbt, which takes seconds to parse. Holds because every ``ref``, ``source`` and ``newest_rows`` is written
out (a test compares with dbt's own manifest). Does not belong here: what Dagster shows of the graph
(``dagster_defs.dbt_graph``).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

MODELS = Path(__file__).parent.parent / "dbt_project" / "models"
LAYERS = ("staging", "themes", "topics", "indicators")
KNOWLEDGE = "knowledge"
_REF = re.compile(r"ref\('(\w+)'\)")
_SOURCE = re.compile(r"source\('core', '(\w+__\w+)'\)")
_NEWEST_ROWS = re.compile(r"newest_rows\('(\w+__\w+)'")
_STAGED = re.compile(r"stg_(\w+__\w+)")


@cache
def datasets_by_theme() -> dict[str, frozenset[str]]:
    """Theme or topic → the datasets that its models go back to; the knowledge library counts as one theme."""
    themes: dict[str, set[str]] = {}
    for path in MODELS.glob("**/*.sql"):
        parts = path.relative_to(MODELS).parts
        theme = parts[1] if parts[0] in LAYERS and len(parts) == 3 else KNOWLEDGE if parts[0] == KNOWLEDGE else None
        if theme is not None:
            themes.setdefault(theme, set()).update(datasets_of(path.stem))
    return {theme: frozenset(datasets) for theme, datasets in sorted(themes.items())}


def datasets_read() -> frozenset[str]:
    """Datasets that any theme is computed from."""
    return frozenset(dataset for datasets in datasets_by_theme().values() for dataset in datasets)


@cache
def datasets_of(model: str) -> frozenset[str]:
    """The datasets that one model goes back to; none for a name that is no model."""
    return frozenset(_datasets(model, _texts()))


def folders_of(theme: str) -> list[str]:
    """The theme's folders below ``models``, those there are; none for knowledge, which every build lays out anew."""
    return [f"{layer}/{theme}" for layer in LAYERS if (MODELS / layer / theme).is_dir()]


@cache
def theme_of(model: str) -> str | None:
    """The theme whose folder a model lies in; None for what unites themes, and for tables that are no model."""
    found = next((path for layer in LAYERS for path in MODELS.glob(f"{layer}/*/{model}.sql")), None)
    return found.parent.name if found else None


@cache
def _texts() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in MODELS.glob("**/*.sql")}


def _datasets(model: str, texts: dict[str, str]) -> set[str]:
    """Datasets behind a model, through all models it refers to."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [model]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in texts:
            continue
        seen.add(name)
        if staged := _STAGED.fullmatch(name):
            found.add(staged[1])
        found.update(_SOURCE.findall(texts[name]))
        found.update(_NEWEST_ROWS.findall(texts[name]))
        waiting += _REF.findall(texts[name])
    return found
