"""Proof 3: a source that fails at random, fed in 50 loads, leaves the lake that one without faults leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from catalog.lake import Lake
from ingest.card import Card, all_cards
from ingest.core import read_batches
from ingest.delivery import Api, LimitsOverride, Paging
from ingest.landing import LandingZone
from orchestration.pipeline import Workshop, land, parse
from orchestration.report import Log
from tests.integration.hostile_source import HostileSource, paged

LOADS = 50
DATASETS = 10
# a hanging answer costs read_s, a dripping one total_s; a busy machine must not look like either
LIMITS = LimitsOverride(
    attempts=5,
    total_s=0.8,
    connect_s=1.0,
    read_s=0.2,
    backoff_initial_s=0.001,
    backoff_max_s=0.004,
    jitter_s=0.001,
    retry_after_max_s=0.1,
)
RATE = 0.3
MAX_ROUNDS = 12
PAGED = "air__cnemc_station_live"
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
TEXT = (".csv", ".json", ".txt")


def fixture_of(card: Card) -> Path | None:
    found = sorted(p for p in (card.folder / "fixture").glob("*") if p.suffix in TEXT)
    return found[0] if found else None


def chosen() -> list[Card]:
    """Real cards whose fixture is text, so that line ends behind it make a new file and no new row."""
    fed = [card for card in all_cards().values() if fixture_of(card) is not None]
    needed = {c.resolve.register_dataset for c in fed if c.resolve is not None}
    return sorted(fed, key=lambda c: (c.id != PAGED, c.id not in needed, c.family != "air", c.id))[:DATASETS]


def fed_by(card: Card, url: str) -> Card:
    """The card with an address: page by page for the one that is a list, a file for the others."""
    fixture = fixture_of(card)
    assert fixture is not None
    rule: dict[str, Any] = {
        "url": None,
        "api": None,
        "database": None,
        "object_store": None,
        "sftp": None,
        "headers": {},
    }
    if card.id == PAGED:
        paging = Paging(style="page", parameter="page", total="total")
        name = f"{fixture.stem}_{{page:02d}}.json"
        rule["api"] = Api(url=f"{url}/{card.id}", name=name, records="features", paging=paging)
    else:
        rule |= {"url": f"{url}/{card.id}/{fixture.name}", "url_name": None}
    return card.model_copy(update={"delivery": card.delivery.model_copy(update={**rule, "limits": LIMITS})})


def publish(source: HostileSource, cards: list[Card], load: int) -> None:
    for card in cards:
        fixture = fixture_of(card)
        assert fixture is not None
        raw = fixture.read_bytes()
        if card.id == PAGED:
            features = json.loads(raw)["features"]
            source.pages[f"/{card.id}"] = paged(features, size=1, type="FeatureCollection", load=load)
        else:
            source.files[f"/{card.id}/{fixture.name}"] = raw + b"\n" * load


def has_all(lake: Lake, source: HostileSource, cards: list[Card], load: int) -> bool:
    """Whether what is published now is what the lake has as newest."""
    for card in cards:
        objects = LandingZone(lake, card.id).objects
        if card.id == PAGED:
            if not objects or json.loads(LandingZone(lake, card.id).read(objects[-1]))["load"] != load:
                return False
            continue
        fixture = fixture_of(card)
        assert fixture is not None
        if not objects or objects[-1].sha256 != sha256(source.files[f"/{card.id}/{fixture.name}"]).hexdigest():
            return False
    return True


@contextmanager
def fed(root: Path, rate: float, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Lake, HostileSource, int]]:
    """A lake after all loads, its source, and how many rounds of asking it took."""
    lake, rounds = Lake(root), 0
    with closing(HostileSource(rate=rate, seed=20261122)) as source:
        cards = [fed_by(card, source.url) for card in chosen()]
        shop = Workshop(lake, Log(quiet=True), {card.id: card for card in cards})
        for load in range(LOADS):
            instant = FIRST + timedelta(hours=load)
            monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(instant.timestamp())))
            publish(source, cards, load)
            for _ in range(MAX_ROUNDS):
                rounds += 1
                land(shop, [], live=True)
                if has_all(lake, source, cards, load):
                    break
            else:
                pytest.fail(f"load {load} did not arrive in {MAX_ROUNDS} rounds: {shop.log.notes[-3:]}")
        parse(shop)
        yield lake, source, rounds


def landed(lake: Lake, cards: list[Card]) -> dict[str, list[tuple[str, str, int, str]]]:
    return {
        card.id: [
            (o.name, o.sha256, o.occurrence, o.received_at.isoformat()) for o in LandingZone(lake, card.id).objects
        ]
        for card in cards
    }


def core(lake: Lake, cards: list[Card]) -> dict[str, list[tuple[str, dict[str, int], list[tuple[str, str]]]]]:
    return {
        card.id: [(b.name, b.counts, [(f.path, f.sha256) for f in b.files]) for b in read_batches(lake, card.id)]
        for card in cards
    }


@pytest.mark.slow
def test_a_hostile_source_leaves_the_same_lake_hash_for_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = chosen()
    assert len(cards) == DATASETS
    with fed(tmp_path / "fair", 0.0, monkeypatch) as (fair, _, fair_rounds):
        expected = landed(fair, cards), core(fair, cards)
    with fed(tmp_path / "hostile", RATE, monkeypatch) as (hostile, source, rounds):
        assert (landed(hostile, cards), core(hostile, cards)) == expected
        spoilt, asked = dict(sorted(source.spoilt.items())), len(source.asked)
    assert fair_rounds == LOADS
    assert len(spoilt) == 13, f"every kind of fault came: {spoilt}"
    pages = len(json.loads(fixture_of(all_cards()[PAGED]).read_bytes())["features"])  # type: ignore[union-attr]
    assert {name: len(found) for name, found in expected[0].items()} == {
        card.id: LOADS * (pages if card.id == PAGED else 1) for card in cards
    }
    print(f"\n{asked} requests, {sum(spoilt.values())} spoilt in {rounds} rounds: {spoilt}")  # noqa: T201
