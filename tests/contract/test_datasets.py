"""What every dataset promises: a sound card, a pure parser, and a fixture whose rows all have a known fate.

``fixture/expected.yml`` beside each fixture says what the lake door must make of it, row for row in sum.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
import yaml
from polars.testing import assert_frame_equal

from ingest.card import Card, all_cards, claim
from ingest.core import Admission
from ingest.landing import LandedObject
from ingest.simulate.feeds import World, feeds, is_simulated
from quality.door import admit

CARDS = all_cards()
REGISTER = pl.DataFrame(
    {"city": ["杭州", "杭州"], "station_name": ["样例一号", "样例二号"], "station_code": ["9901A", "9902A"]}
)


def fixture_files(card: Card) -> list[Path]:
    return sorted(p for p in (card.folder / "fixture").iterdir() if p.name != "expected.yml")


def admit_file(card: Card, path: Path) -> Admission:
    raw = path.read_bytes()
    landed = LandedObject(card.id, "0" * 64, path.name, path.name, "s", len(raw), datetime(2026, 11, 22, tzinfo=UTC))
    return admit(card, landed, card.parser()(raw, landed), fixture_register(card))


def fixture_register(card: Card) -> pl.DataFrame | None:
    """The register a fixture's names are resolved by: the fixture of the register's own dataset."""
    if card.resolve is None or card.resolve.register_dataset == "air__station_register":
        return REGISTER if card.resolve else None
    register = CARDS[card.resolve.register_dataset]
    return pl.concat(admit_file(register, path).rows for path in fixture_files(register))


@pytest.mark.parametrize("dataset", sorted(CARDS))
def test_every_row_of_the_fixture_has_the_fate_written_beside_it(dataset: str) -> None:
    card = CARDS[dataset]
    expected = yaml.safe_load((card.folder / "fixture" / "expected.yml").read_text(encoding="utf-8"))
    for path in fixture_files(card):
        admission = admit_file(card, path)
        found = {
            "rows_in": admission.rows_in,
            **admission.counts(),
            "reasons": dict(sorted(admission.rejects.group_by("reason").len().iter_rows())),
            "flags": {
                f"{item} {test}": n
                for item, test, n in sorted(admission.flags.group_by("item", "test").len().iter_rows())
            },
        }
        assert found == expected[path.name]


@pytest.mark.parametrize("dataset", sorted(CARDS))
def test_a_parser_is_pure(dataset: str) -> None:
    card = CARDS[dataset]
    for path in fixture_files(card):
        assert admit_file(card, path).rows.equals(admit_file(card, path).rows)


@pytest.mark.parametrize("dataset", sorted(CARDS))
def test_a_fixture_is_claimed_by_its_own_dataset(dataset: str) -> None:
    card = CARDS[dataset]
    for path in fixture_files(card):
        parent = card.delivery.parents[0] if card.delivery.parents else "any"
        assert claim(f"{parent}/{path.name}", CARDS.values()) is card


@pytest.mark.parametrize("dataset", sorted(CARDS))
def test_accepted_rows_have_exactly_the_cards_columns(dataset: str) -> None:
    card = CARDS[dataset]
    interval = ["interval_start_at", "interval_end_at"] if card.time else []
    for path in fixture_files(card):
        assert sorted(admit_file(card, path).rows.columns) == sorted(
            [*(c.name for c in card.columns), *interval, "line", "month"]
        )


@pytest.mark.parametrize("dataset", sorted(CARDS))
def test_names_with_a_unit_end_in_it(dataset: str) -> None:
    card = CARDS[dataset]
    units = {c.name: c.unit for c in card.columns} | {name: q.unit for name, q in card.quantities.items()}
    assert [n for n, unit in units.items() if unit not in (None, "1") and not n.endswith(suffix(unit))] == []


def suffix(unit: str) -> str:
    """A unit as a name ends in it: ``ug/m3`` → ``_ug_m3``, ``%`` → ``_pct``."""
    return "_" + re.sub(r"[^a-z0-9]+", "_", unit.lower().replace("%", "pct"))


SMALL_WORLD = World(first=date(2026, 1, 1), last=date(2026, 3, 31), scale=0.3)
SIMULATED = sorted(d for d, card in CARDS.items() if is_simulated(card))


def simulated_register(card: Card) -> pl.DataFrame | None:
    """The register a card resolves by, as its own simulator knows it."""
    if card.resolve is None:
        return None
    register = CARDS[card.resolve.register_dataset]
    known = pl.concat([feed.truth for feed in feeds(register, SMALL_WORLD)])
    return known.select(*card.resolve.match, card.resolve.to)


@pytest.mark.parametrize("dataset", SIMULATED)
def test_a_simulated_feed_becomes_the_rows_that_are_true(dataset: str) -> None:
    card = CARDS[dataset]
    register = simulated_register(card)
    sent = list(feeds(card, SMALL_WORLD))
    assert len({feed.name for feed in sent}) == len(sent) > 0
    for feed in sent:
        landed = LandedObject(card.id, "0" * 64, feed.name, feed.name, "s", 0, datetime(2026, 11, 22, tzinfo=UTC))
        assert claim(f"{card.id}/{feed.name}", CARDS.values()) is card
        admission = admit(card, landed, card.parser()(feed.content, landed), register)
        reasons = dict(admission.rejects.group_by("reason").len().iter_rows())
        assert reasons == {**feed.quarantined, **feed.duplicates}, feed.name
        assert {column: kind for kind, column, _ in admission.drift.iter_rows()} == feed.drift, feed.name
        columns = feed.truth.columns
        found = admission.rows.select(columns).sort(columns)
        told = feed.truth.cast({name: found.schema[name] for name in columns}).sort(columns)
        assert_frame_equal(found, told)


@pytest.mark.parametrize("dataset", SIMULATED)
def test_the_same_world_sends_the_same_bytes(dataset: str) -> None:
    once, again = ([(f.name, f.content) for f in feeds(CARDS[dataset], SMALL_WORLD)] for _ in range(2))
    assert once == again


def test_a_card_says_simulated_exactly_when_no_real_file_was_at_hand() -> None:
    own_world = {"air", "weather"}  # simulated together, by ingest.simulate.run
    assert {d for d, c in CARDS.items() if c.fixture == "simulated" and c.family not in own_world} <= set(SIMULATED)
