"""What every dataset promises: a sound card, a pure parser, and a fixture whose rows all have a known fate.

``fixture/expected.yml`` beside each fixture says what the lake door must make of it, row for row in sum.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import yaml

from ingest.card import Card, all_cards, claim
from ingest.core import Admission
from ingest.landing import LandedObject
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
    register = REGISTER if card.resolve else None
    return admit(card, landed, card.parser()(raw, landed), register)


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
    suffix = {
        "ug/m3": "_ug_m3",
        "mg/m3": "_mg_m3",
        "degC": "_degc",
        "%": "_pct",
        "m/s": "_m_s",
        "h": "_h",
        "mm": "_mm",
        "Pa": "_pa",
        "deg": "_deg",
    }
    card = CARDS[dataset]
    units = {c.name: c.unit for c in card.columns} | {name: q.unit for name, q in card.quantities.items()}
    assert [n for n, unit in units.items() if unit not in (None, "1") and not n.endswith(suffix[unit])] == []
