"""Themes (主题) and topics (专题): what each is called, in the order people see them, and the plan's system for it.

``themes.csv`` beside this file is the only place that names them; an indicator's card says which one it belongs to
(``theme``). ``system_zh`` is a name out of ``plan/systems.csv``, empty where the plan names no system of that subject.
Does not belong here: what a theme holds (``metrics`` asks a publication).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FILE = Path(__file__).with_name("themes.csv")


class ThemeError(ValueError):
    """The table of themes is wrong; the message names the line and the field."""


class Theme(BaseModel):
    """One theme or topic."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[a-z][a-z_]*$")
    kind: Literal["theme", "topic"]
    title_zh: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    system_zh: str


@cache
def themes(path: Path = FILE) -> dict[str, Theme]:
    """All themes and topics by code, in the order of the file.

    Raises:
        ThemeError: a line does not fit the model, or a code stands twice.
    """
    found: dict[str, Theme] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                theme = Theme.model_validate(row)
            except ValidationError as error:
                first = error.errors()[0]
                field = ".".join(str(part) for part in first["loc"]) or "row"
                raise ThemeError(f"{path.name}, line {number}: {field}: {first['msg']}") from error
            if theme.code in found:
                raise ThemeError(f"{path.name}, line {number}: code {theme.code} stands twice; one row a theme")
            found[theme.code] = theme
    return found


def theme_of(code: str) -> Theme:
    """The theme of a code; one that a publication holds and this table lacks goes by its code, so it is seen."""
    return themes().get(code) or Theme(code=code, kind="theme", title_zh=code, title_en=code, system_zh="")


def in_order(codes: set[str]) -> list[Theme]:
    """The themes of these codes in the order of the table; unknown ones last."""
    known = [theme for code, theme in themes().items() if code in codes]
    return [*known, *(theme_of(code) for code in sorted(codes - set(themes())))]


def addresses(held: list[Theme]) -> dict[str, str]:
    """Theme → address of its page; the first of the menu opens first: Streamlit serves that one at the root only."""
    return {theme.code: theme.code if place else "./" for place, theme in enumerate(held)}
