"""The systems and data needs named in the province's plan, and which datasets serve them.

``plan_systems.csv`` beside this file is the fact: one row a system, in the plan's own words. A system that sends nothing
says why; every other one needs a dataset whose card names it (``serves``). Does not belong here: cards (``ingest``) or
progress against the plan's targets (an indicator).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

FILE = Path(__file__).parent / "plan_systems.csv"


class PlanError(ValueError):
    """The list of systems is wrong; the message names the line and the field."""


class System(BaseModel):
    """One system: clause and chapter of the plan, what it is, the family of codes its indicators belong to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clause: str = Field(min_length=1)
    chapter: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    kind: str = Field(min_length=1)
    family: str = Field(min_length=1)
    no_feed_reason_zh: str
    no_feed_reason_en: str

    @model_validator(mode="after")
    def _reason_in_both_languages(self) -> Self:
        if bool(self.no_feed_reason_zh) != bool(self.no_feed_reason_en):
            raise ValueError(f"{self.name_zh}: give the reason why nothing is sent in both languages, or in none")
        return self


@dataclass(frozen=True)
class Coverage:
    """A system and the ids of the datasets that serve it, sorted."""

    system: System
    datasets: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Neither a dataset nor a reason."""
        return not self.datasets and not self.system.no_feed_reason_zh


@cache
def systems(path: Path = FILE) -> tuple[System, ...]:
    """All systems in the order of the plan.

    Raises:
        PlanError: a line does not fit the model, or a name stands twice.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        try:
            found = tuple(System.model_validate(row) for row in reader)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "row"
            raise PlanError(f"{path.name}, line {reader.line_num}: {field}: {first['msg']}") from error
    names = [system.name_zh for system in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PlanError(f"{path.name}: named twice: {twice}; one row a system")
    return found


def coverage(serves: Mapping[str, Iterable[str]]) -> list[Coverage]:
    """Every system with the datasets that serve it; ``serves``: dataset id → names of systems, as its card says."""
    pairs = sorted((name, dataset) for dataset, named in serves.items() for name in named)
    return [Coverage(s, tuple(dataset for name, dataset in pairs if name == s.name_zh)) for s in systems()]


def unknown(serves: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """(dataset, name) wherever a card names a system that the plan does not."""
    known = {system.name_zh for system in systems()}
    return sorted((dataset, name) for dataset, named in serves.items() for name in named if name not in known)
