"""A dbt model's own SQL without dbt: the file and the project's macros rendered for DuckDB, as in a full build.

``ref`` and ``source`` become plain table names, ``newest_rows`` takes every row of its dataset, as in a dbt unit test.
Made for tests that run a model hundreds of times on small tables. Does not belong here: what a model ought to say.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
from jinja2 import Environment

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = REPOSITORY / "dbt_project"
EDITIONS = REPOSITORY / "catalog" / "editions"


@cache
def sql_of(model: str) -> str:
    """The SELECT of a model."""
    path = next(PROJECT.glob(f"models/**/{model}.sql"))
    macros = "".join(p.read_text(encoding="utf-8") for p in sorted(PROJECT.glob("macros/*.sql")))
    template = _environment().from_string(macros + path.read_text(encoding="utf-8"))
    return template.render(
        {
            "ref": _same,
            "source": lambda _schema, dataset: dataset,
            "config": lambda **_settings: "",
            "return": _same,
            "execute": True,
            "graph": {},
            "is_incremental": lambda: False,
            "var": lambda _name: {},
            "model": SimpleNamespace(fqn=["ecolake", "themes", "any", model]),
            "adapter": SimpleNamespace(dispatch=lambda name: getattr(_dialect(), f"default__{name}")),
        }
    )


def _environment() -> Environment:
    return Environment(extensions=["jinja2.ext.do"], autoescape=False)


@cache
def _dialect() -> Any:
    text = (PROJECT / "macros" / "dialect.sql").read_text(encoding="utf-8")
    return _environment().from_string(text).make_module({"return": _same})


def _same(name: str) -> str:
    return name


def load_edition(db: duckdb.DuckDBPyConnection, name: str, **types: str) -> None:
    """The seed as a table of the same name."""
    listed = ", ".join(f"'{column}': '{kind}'" for column, kind in types.items())
    db.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM read_csv('{EDITIONS / name}.csv', types = {{{listed}}})"
    )


def build(db: duckdb.DuckDBPyConnection, *models: str) -> None:
    """Each model as a table of its name, in the order given."""
    for model in models:
        db.execute(f"CREATE OR REPLACE TEMP TABLE {model} AS {sql_of(model)}")
