"""Schema drift: new, lost, renamed and retyped columns are told; nothing is guessed, nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from catalog.lake import Lake
from ingest.card import Card, load_card
from ingest.core import CoreZone
from ingest.drift import align
from ingest.formats import delimited, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult, UnreadableObjectError
from ingest.scaffold import new_dataset
from quality.door import admit


@pytest.fixture
def card(tmp_path: Path) -> Card:
    """station, date (required by the key), value_mm once called 数值, and a pump nobody takes over."""
    folder = new_dataset(tmp_path, "water__example")
    path = folder / "dataset.yml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("    type: string\n", "    type: string\n    source_name: station\n", 1)
    text = text.replace("{name: value_mm,", "{name: value_mm, source_name: 测量值, was: [数值],")
    path.write_text(text.replace("gate:", "ignored: [pump]\ngate:"), encoding="utf-8")
    return load_card(folder)


def parse(card: Card, text: str) -> ParseResult:
    return records.by_card(card, delimited.read(text.encode()), label_local=records.day("date"))


def told(card: Card, header: list[str]) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in align(card, header).drift.iter_rows()]


def test_the_header_of_the_card_is_no_drift(card: Card) -> None:
    assert told(card, ["station", "测量值", "pump"]) == []


@pytest.mark.parametrize("name", ["数值", "测量值 ", "（测量值）", "测 量 值"])
def test_a_renamed_column_is_read_under_its_meaning_and_told(card: Card, name: str) -> None:
    assert told(card, ["station", name]) == [("renamed", "value_mm")]
    assert align(card, ["station", name]).names["value_mm"] == name


def test_a_lost_column_is_empty_and_told(card: Card) -> None:
    found = parse(card, "date,station\n2026-01-01,A1\n")
    assert found.rows.get_column("value_mm").to_list() == [None]
    assert [row[:2] for row in found.drift.iter_rows()] == [("lost", "value_mm")]


def test_a_lost_key_makes_the_object_unreadable(card: Card) -> None:
    with pytest.raises(UnreadableObjectError, match=r"header has no column \['station'\]; found \['测量值'\]"):
        parse(card, "date,测量值\n2026-01-01,1\n")


def test_a_new_column_is_set_aside_cell_by_cell(card: Card, lake: Lake) -> None:
    found = parse(card, "date,station,测量值,site\n2026-01-01,A1,1,upper\n2026-01-02,A1,2,\n")
    assert found.extra.rows() == [(2, "site", "upper")]
    landed = LandedObject(card.id, "0" * 64, "x.csv", "x.csv", "s", 9, datetime(2026, 11, 22, tzinfo=UTC))
    batch = CoreZone(lake, card, "1").commit(landed, admit(card, landed, found))
    assert batch.rows_in == batch.counts["accepted"] == 2
    assert [(change["kind"], change["column"]) for change in batch.drift] == [("new", "site")]
    aside = next(f for f in batch.files if f.kind == "extra")
    assert pl.read_parquet(lake.root / aside.path).height == 1


def test_a_column_that_became_text_is_told_as_retyped_and_its_rows_are_kept(card: Card) -> None:
    text = "date,station,测量值\n2026-01-01,A1,high\n2026-01-02,A1,low\n2026-01-03,A1,3\n"
    landed = LandedObject(card.id, "0" * 64, "x.csv", "x.csv", "s", 9, datetime(2026, 11, 22, tzinfo=UTC))
    admission = admit(card, landed, parse(card, text))
    assert ("retyped", "value_mm", "2 of 3 cells are no numbers") in admission.drift.rows()
    assert admission.counts() == {"accepted": 3, "quarantined": 0, "duplicates": 0}
