"""Generated files are what their generator writes now: run ``ecolake docs`` when this fails."""

from __future__ import annotations

from ingest.card import CARD_SCHEMA_FILE, all_cards, card_schema_text
from orchestration.dbt_sources import SOURCES_FILE, render


def test_dbt_sources_follow_from_the_cards() -> None:
    assert SOURCES_FILE.read_text(encoding="utf-8") == render(all_cards())


def test_the_card_schema_follows_from_the_model() -> None:
    assert CARD_SCHEMA_FILE.read_text(encoding="utf-8") == card_schema_text()
