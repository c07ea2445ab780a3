"""dbt macros as Python functions that return SQL, for tests of single expressions without a dbt run.

Only macros that need no dbt context (no ``ref``, ``var``, ``adapter``) can be called; a test that needs more runs dbt.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros"


def macros(*stems: str) -> Any:
    """The macros of these files as attributes; later files see earlier ones.

    Raises:
        FileNotFoundError: there is no such file of macros.
    """
    text = "\n".join((MACROS / f"{stem}.sql").read_text(encoding="utf-8") for stem in stems)
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    return environment.from_string(text).module
