"""What no bytes may do to a parser: raise, depend on chance, lose a row, or turn one away without a reason."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.card import Card, all_cards
from ingest.core import Admission
from ingest.landing import LandedObject
from ingest.parsing import UnreadableObjectError
from quality.door import admit
from tests.contract.test_datasets import fixture_files

CARDS = all_cards()
NOBODY = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def outcome(card: Card, raw: bytes) -> Admission | str:
    """Rows by fate, or the code of what makes the object unreadable."""
    name = fixture_files(card)[0].name
    landed = LandedObject(card.id, "0" * 64, name, name, "s", len(raw), datetime(2026, 11, 22, tzinfo=UTC))
    rule = card.resolve
    register = pl.DataFrame(schema=dict.fromkeys([*rule.match, rule.to], pl.String)) if rule else None
    try:
        return admit(card, landed, card.parser()(raw, landed), register)
    except UnreadableObjectError as error:
        return error.code


def holds(card: Card, raw: bytes) -> None:
    """Twice the same; rows in = rows out; every reject has a reason."""
    once, again = outcome(card, raw), outcome(card, raw)
    if isinstance(once, str) or isinstance(again, str):
        assert once == again
        assert once
        return
    assert once.rows.equals(again.rows)
    assert once.rejects.equals(again.rejects)
    assert sum(once.counts().values()) == once.rows_in
    assert once.rejects.get_column("reason").null_count() == 0


def damaged(raw: bytes, seed: int) -> bytes:
    """A file with something cut out, doubled, overwritten or put in."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(raw) + 1)
        to = min(len(raw), at + chance.choice([1, 3, 40, 400]))
        middle = chance.choice([b"", raw[at:to] * 2, chance.randbytes(to - at), b'"', b",,,\n", b"\x00", "—".encode()])
        raw = raw[:at] + middle + raw[to:]
    return raw


@pytest.mark.parametrize("dataset", sorted(CARDS))
@NOBODY
@given(raw=st.binary(max_size=200))
def test_arbitrary_bytes_are_rows_or_unreadable(dataset: str, raw: bytes) -> None:
    holds(CARDS[dataset], raw)


@pytest.mark.parametrize("dataset", sorted(CARDS))
@NOBODY
@given(seed=st.integers(0, 2**32))
def test_damaged_files_are_rows_or_unreadable(dataset: str, seed: int) -> None:
    card = CARDS[dataset]
    for path in fixture_files(card):
        holds(card, damaged(path.read_bytes(), seed))
