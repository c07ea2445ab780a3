"""A feed: who gets which columns and rows of which published table, under which agreement, how long.

``catalog/exports/<feed>.yml`` is the only statement about it. Does not belong here: whether it may leave (``policy``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

import catalog
from catalog.publication.manifest import Level
from sharing.errors import FeedError

CARDS = Path(catalog.__file__).parent / "exports"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Code = Annotated[str, Field(min_length=1)]
State = Literal["active", "not yet valid", "expired", "suspended"]


class Model(BaseModel):
    """Frozen, and strict about unknown fields and about types: ``330000`` without quotes is no region code."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Model):
    """The same words in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def both(self) -> str:
        """For fields that hold one text."""
        return f"{self.zh} / {self.en}"


class Agreement(Model):
    """What the recipient signed, or the rule that needs no signature."""

    reference: str = Field(min_length=1)
    title: Text


class Rows(Model):
    """Which rows: every filter must hold. Days are of the province's clock, ``first_day`` and ``last_day`` included.

    ``within``: regions with everything that lies in them (``"330000"``: a province, its cities, counties, stations).
    ``only``: column → the values given (region, period or indicator codes, an edition).
    """

    within: list[Code] = []
    first_day: date | None = None
    last_day: date | None = None
    only: dict[Name, list[Code]] = {}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError(f"last_day {self.last_day} is before first_day {self.first_day}")
        if empty := sorted(column for column, values in self.only.items() if not values):
            raise ValueError(f"only: {empty} list no value; leave a column out or list what is given")
        return self


class Feed(Model):
    """One feed; its name is the name of its file.

    ``columns`` is the allow list. ``ceiling``: the highest level by DB33/T 2350-2021 that may be in it. ``sources``:
    who has to be named with the data, as the licences of the sources ask. Valid on ``valid_from`` and ``valid_to`` too.
    """

    title: Text
    recipient: Text
    purpose: Text
    owner: Text
    agreement: Agreement
    table: Name
    columns: list[Name] = Field(min_length=1)
    rows: Rows
    ceiling: Level
    sources: list[Text] = Field(min_length=1)
    valid_from: date
    valid_to: date
    status: Literal["active", "suspended"]

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        if twice := sorted({c for c in self.columns if self.columns.count(c) > 1}):
            raise ValueError(f"columns: {twice} stand twice")
        return self

    def state(self, today: date) -> State:
        """Whether it may be exported on a day, as far as the card says."""
        if self.status == "suspended":
            return "suspended"
        if today < self.valid_from:
            return "not yet valid"
        return "expired" if today > self.valid_to else "active"


@dataclass(frozen=True)
class Feeds:
    """All feeds by name, and what is wrong with the cards that could not be read: one does not hide the others."""

    good: Mapping[str, Feed]
    faulty: Mapping[str, FeedError]

    def find(self, name: str) -> Feed:
        """The feed of that name.

        Raises:
            FeedError: there is none, or its card is wrong.
        """
        if name in self.faulty:
            raise self.faulty[name]
        if name not in self.good:
            known = ", ".join(sorted(self.good)) or "none"
            raise FeedError(f"no feed {name!r}; there are: {known}; a feed is a card catalog/exports/<feed>.yml")
        return self.good[name]


def read_feeds(folder: Path = CARDS) -> Feeds:
    """Every card of a folder."""
    good: dict[str, Feed] = {}
    faulty: dict[str, FeedError] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            good[path.stem] = read_feed(path)
        except FeedError as error:
            faulty[path.stem] = error
    return Feeds(good, faulty)


def read_feed(path: Path) -> Feed:
    """One card.

    Raises:
        FeedError: naming the file and the field.
    """
    where = f"exports/{path.name}"
    try:
        return Feed.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FeedError(f"{where}: no YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        faults = [
            (".".join(map(str, e["loc"])) or "card", e["msg"].removeprefix("Value error, ")) for e in error.errors()
        ]
        raise FeedError(f"{where}: {'; '.join(f'{field}: {fault}' for field, fault in faults)}") from error
