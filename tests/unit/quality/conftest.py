"""A lake with exactly the hours a test speaks of, through the real door and the real core zone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from catalog.lake import Lake
from ingest.card import Card, all_cards
from ingest.core import Batch, CoreZone
from ingest.landing import LandedObject
from ingest.parsing import ParseResult, no_rejects
from quality.door import DOOR_VERSION, admit

Hour = tuple[str, str, datetime, str]  # station, the source's name of the item, local label, text of the value
CommitHours = Callable[..., Batch]

RECEIVED_AT = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def card() -> Card:
    """The national hourly feed: long, labels at the end of the hour."""
    return all_cards()["air__cnemc_station_hourly"]


def landed_as(card: Card, name: str, content: str, received_at: datetime = RECEIVED_AT) -> LandedObject:
    """An arrival as the landing zone would have logged it."""
    digest = hashlib.sha256(content.encode()).hexdigest()
    return LandedObject(card.id, digest, name, name, "test", len(content), received_at)


@pytest.fixture
def commit_hours(lake: Lake, card: Card) -> CommitHours:
    """Commit hours as one batch: ``commit_hours("file.csv", hours, received_at=…)``."""

    def commit(name: str, hours: Iterable[Hour], received_at: datetime = RECEIVED_AT) -> Batch:
        columns = ("station_code", "item", "label_local", "value")
        schema = {"station_code": pl.String, "item": pl.String, "label_local": pl.Datetime("us"), "value": pl.String}
        rows = pl.DataFrame(list(hours), schema=schema, orient="row").with_row_index("line", offset=2)
        assert rows.columns[1:] == list(columns)
        landed = landed_as(card, name, f"{name} {received_at} {rows.rows()}", received_at)
        parsed = ParseResult(rows.cast({"line": pl.Int64}), no_rejects())
        return CoreZone(lake, card, DOOR_VERSION).commit(landed, admit(card, landed, parsed))

    return commit


@pytest.fixture
def commit_object(lake: Lake) -> Callable[..., Batch]:
    """Parse, admit and commit the bytes of one file: ``commit_object("air__city_daily_published", name, raw)``."""

    def commit(dataset: str, name: str, raw: bytes, received_at: datetime = RECEIVED_AT) -> Batch:
        card = all_cards()[dataset]
        landed = replace(landed_as(card, name, name, received_at), sha256=hashlib.sha256(raw).hexdigest())
        return CoreZone(lake, card, DOOR_VERSION).commit(landed, admit(card, landed, card.parser()(raw, landed)))

    return commit
