"""A dataset's card: the only hand-written statement of fact about a dataset.

``ingest/datasets/<family>/<dataset>/dataset.yml`` is read into :class:`Card`; ids, paths, asset keys, row rules,
gates, dbt sources and documentation are derived from it. Does not belong here: reading data (``parse.py`` beside
the card) or judging them (``quality``).
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, Self

import yaml
from pydantic import (
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from catalog.quantities import Quantity, quantities
from ingest.delivery import Delivery
from ingest.fields import Column, Identifier, Model, Text, TimeConvention
from ingest.parser_code import code_hash

try:  # libyaml reads the 110 cards in a tenth of the time
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment] # the same to its callers, another class to mypy

if TYPE_CHECKING:
    from ingest.landing import LandedObject
    from ingest.parsing import ParseResult

DATASETS_ROOT = Path(__file__).parent / "datasets"
# Columns of every core table or of the way to it.
OURS = frozenset(
    {"line", "row", "month", "batch", "received_at", "authority", "interval_start_at", "interval_end_at", "label_local"}
    | {"end_local", "subject", "unread"}
)
CARD_SCHEMA_FILE = Path(__file__).parent / "dataset.schema.json"


class CardError(ValueError):
    """A card is wrong; the message names the file, the field, and what was expected."""


class Provider(Text):
    """Who sends the data."""

    url: str | None = None


class Licence(Model):
    """What may be done with the data."""

    name: str
    redistribute: bool
    note: str | None = None


class Migration(Model):
    """What changed when the contract got this version, and what its readers have to do."""

    version: int = Field(ge=2)
    note: Text


class Resolve(Model):
    """Names to a code through a register: rows whose names are unknown are quarantined."""

    register_dataset: Identifier = Field(alias="register")
    match: list[Identifier]
    to: Identifier


class Gate(Model):
    """What a new batch must satisfy; each figure carries its reason in ``why``."""

    expected_entities: int | None = None
    min_completeness: float = Field(default=0.75, ge=0, le=1)
    max_null_share: float = Field(default=0.25, ge=0, le=1)
    max_shift_sigma: float = Field(default=6.0, gt=0)
    max_quarantine_share: float = Field(default=0.02, ge=0, le=1)
    freshness_hours: float | None = None
    aqi_from_pollutants: float | None = Field(default=None, ge=0, le=1)
    fail_on: list[str] = []
    why: str


class Card(Model):
    """Everything known about one dataset; ``id`` = ``<family>__<name>`` comes from the folder.

    ``owner`` answers for the dataset, ``steward`` is the unit that keeps it; ``level`` is its class by DB33/T
    2350-2021. ``serves``: the systems of the plan that need it (``ecolake plan coverage``). ``lateness_hours``: how
    late a value may be known after its interval has ended; with ``cadence`` the service level of ``ecolake sources``.
    ``first_month`` (YYYY-MM): the local month of the oldest interval; the calendar of partitions begins there.
    ``items`` (long datasets): quantity name → what the source calls it. ``agency_flags``: the agency's own marks and
    their meaning; they stay in the rows, beside ours. ``ignored``: source columns that are known and not taken over.
    ``limits_why``: the reason of all limits that have none of their own. ``precedence``: when several datasets know the
    same station-hour, the lowest number speaks.
    """

    title: Text
    description: Text
    version: int = Field(default=1, ge=1)
    migrations: list[Migration] = []
    provider: Provider
    licence: Licence
    owner: Text
    steward: Text
    level: Literal["L1", "L2", "L3", "L4"]
    grain: Text
    serves: list[str] = []
    fixture: Literal["real_format", "simulated"]
    delivery: Delivery
    time: TimeConvention | None = None
    cadence: Literal["minutes", "hourly", "four_hourly", "daily", "monthly", "quarterly", "yearly", "irregular"]
    lateness_hours: float | None = Field(default=None, ge=0)
    first_month: str | None = Field(default=None, pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    key: list[Identifier] = Field(min_length=1)
    columns: list[Column] = Field(min_length=1)
    items: dict[Identifier, str] = {}
    sentinels: list[str] = []
    agency_flags: dict[str, Text] = {}
    ignored: list[str] = []
    limits_why: str | None = None
    resolve: Resolve | None = None
    precedence: int = 100
    gate: Gate
    known_issues: list[Text] = []

    _folder: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [c.name for c in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"columns named twice: {sorted({n for n in names if names.count(n) > 1})}")
        if taken := sorted(OURS & set(names)):
            raise ValueError(f"columns {taken} have names that the lake gives to columns of its own; choose others")
        known = {*names, *(["interval_end_at"] if self.time else [])}
        if missing := [k for k in self.key if k not in known]:
            raise ValueError(f"key columns {missing} are not among the columns {sorted(known)}")
        if self.first_month is not None and self.time is None:
            raise ValueError(f"first_month {self.first_month} needs time: a dataset without a calendar has no months")
        if self.items and not {"item", "value"} <= set(names):
            raise ValueError("a card with items needs the columns 'item' and 'value'")
        if self.items and self.key != ["station_code", "item", "interval_end_at"]:
            raise ValueError(
                "a card with items has the key [station_code, item, interval_end_at]: whose value, of what"
            )
        limited = [c.name for c in self.columns if not c.why and (c.minimum is not None or c.maximum is not None)]
        if limited and not self.limits_why:
            raise ValueError(f"limits of {limited} have no reason: say why at the column, or limits_why for all")
        noted = {m.version for m in self.migrations}
        if missing_notes := sorted(set(range(2, self.version + 1)) - noted):
            raise ValueError(f"version {self.version} has no migration note for {missing_notes}")
        if unknown := sorted(set(self.items) - set(quantities())):
            raise ValueError(f"items {unknown} are not in catalog/quantities; define them there first")
        return self

    @property
    def family(self) -> str:
        """Family of the source, such as ``air`` or ``weather``."""
        return self._folder.parent.name

    @property
    def name(self) -> str:
        """Dataset name within the family."""
        return self._folder.name

    @property
    def id(self) -> str:
        """``<family>__<name>``: the name of folders, tables and assets."""
        return f"{self.family}__{self.name}"

    @property
    def folder(self) -> Path:
        """Where card, parser and fixture lie."""
        return self._folder

    @property
    def is_long(self) -> bool:
        """One row per measured value (``item``, ``value``)."""
        return bool(self.items)

    @property
    def quantities(self) -> dict[str, Quantity]:
        """What the items are, by item name."""
        return {name: quantities()[name] for name in self.items}

    @property
    def compared_items(self) -> dict[str, Quantity]:
        """Items that are compared with their neighbours in time and space: hourly, measured, with credible changes."""
        if self.time is None or self.time.interval != "PT1H":
            return {}
        return {
            name: quantity
            for name, quantity in self.quantities.items()
            if not quantity.published and quantity.max_step is not None and quantity.repeat_hours is not None
        }

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        return next(c for c in self.columns if c.name == name)

    def build_id(self) -> str:
        """Version of the way from bytes to rows: parser source and the structural part of the card, hashed.

        Titles, descriptions and gates are left out: rewording a card does not parse the lake again.
        """
        structure = self.model_dump(
            mode="json", include={"delivery", "time", "key", "columns", "items", "sentinels", "resolve"}
        )
        structure["delivery"] = {"encoding": self.delivery.encoding}
        for column in structure["columns"]:
            for field in ("title", "good", "bad", "barred", "why"):
                column.pop(field)
        structure["limits"] = {name: q.model_dump(exclude={"zh", "en"}) for name, q in self.quantities.items()}
        digest = hashlib.sha256(json.dumps(structure, sort_keys=True, ensure_ascii=False).encode())
        digest.update(code_hash(self._folder / "parse.py").encode())
        corrections = self._folder / "corrections.yml"
        if corrections.exists():
            digest.update(corrections.read_bytes())
        return digest.hexdigest()

    def period_of(self, object_name: str) -> tuple[int, int] | None:
        """(year, month) that an object's name speaks of, or None when the name does not say."""
        if self.delivery.period_pattern is None:
            return None
        found = re.search(self.delivery.period_pattern, object_name)
        return (int(found["year"]), int(found["month"])) if found else None

    def parser(self) -> Callable[[bytes, LandedObject], ParseResult]:
        """The pure function ``parse(raw, meta)`` beside the card."""
        module = importlib.import_module(f"ingest.datasets.{self.family}.{self.name}.parse")
        parse: Callable[[bytes, LandedObject], ParseResult] = module.parse
        return parse


def load_card(folder: Path) -> Card:
    """Read ``folder/dataset.yml``.

    Raises:
        CardError: the file is missing, not YAML, or does not fit the model.
    """
    path = folder / "dataset.yml"
    where = "/".join(path.parts[-3:])
    try:
        payload: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)
    except FileNotFoundError as error:
        raise CardError(f"{where}: no card; every dataset folder needs a dataset.yml") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CardError(f"{where}: not readable as YAML: {error}") from error
    try:
        card = Card.model_validate(payload)
    except ValidationError as error:
        faults = "\n".join(
            f"  {'.'.join(str(p) for p in e['loc']) or 'card'}: {e['msg']} (found {str(e['input'])[:60]!r})"
            for e in error.errors()
        )
        raise CardError(f"{where}: {error.error_count()} fault(s)\n{faults}") from error
    card._folder = folder
    return card


@cache
def card_beside(parser: str) -> Card:
    """The card in a parser's own folder: ``card_beside(__file__)``."""
    return load_card(Path(parser).parent)


def card_folders(root: Path = DATASETS_ROOT) -> list[Path]:
    """Every ``<family>/<dataset>`` folder below ``root``, sorted."""
    return sorted(p.parent for p in root.glob("*/*/dataset.yml"))


@cache
def all_cards(root: Path = DATASETS_ROOT) -> dict[str, Card]:
    """All cards by id. Raises CardError at the first wrong one: use :func:`readable_cards` to go on without it."""
    return {card.id: card for card in map(load_card, card_folders(root))}


def readable_cards(root: Path = DATASETS_ROOT) -> tuple[dict[str, Card], list[CardError]]:
    """The cards that are sound, and an error for each that is not: one bad card never stops the others."""
    cards: dict[str, Card] = {}
    faults: list[CardError] = []
    for folder in card_folders(root):
        try:
            card = load_card(folder)
        except CardError as error:
            faults.append(error)
        else:
            cards[card.id] = card
    return cards, faults


def claim(path: str, cards: Iterable[Card]) -> Card | None:
    """The card that claims a file by its path: below a folder named like the dataset's id, or by name pattern.

    The longest pattern wins, ties end in the id.
    """
    *parents, name = PurePosixPath(path.replace("!", "/")).parts  # archive!member
    matches: list[tuple[int, str, Card]] = []
    for card in cards:
        if card.id in parents:
            return card
        rule = card.delivery
        if rule.parents and not _below(rule, parents):
            continue
        matches += [(len(pattern), card.id, card) for pattern in rule.patterns if fnmatchcase(name, pattern)]
    return max(matches, key=lambda m: m[:2])[2] if matches else None


def published_name(card: Card, name: str, origin: str) -> str:
    """The name a file is known by: two objects of one name are versions of one file.

    The last parts of the path where the card says so and claims by folder, else the name it was delivered under.
    """
    parts = PurePosixPath(origin.replace("!", "/")).parts
    by_folder = card.delivery.name_parts > 1 and _below(card.delivery, parts[:-1])
    return "/".join(parts[-card.delivery.name_parts :]) if by_folder else name


def _below(rule: Delivery, parents: Sequence[str]) -> bool:
    return bool(parents) and any(fnmatchcase(parents[-1], glob) for glob in rule.parents)


def card_schema_text() -> str:
    """JSON Schema of a card, for editors; generated, never edited."""
    return json.dumps(Card.model_json_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
