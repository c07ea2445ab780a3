"""CONTRIBUTING's five steps: a scaffolded dataset runs before a word of it is changed."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

import ingest.datasets
from ingest.card import load_card
from ingest.landing import LandedObject
from ingest.scaffold import ScaffoldError, new_dataset
from quality.door import admit


def test_a_new_dataset_runs_as_it_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new_dataset(tmp_path, "noise__city_daily")
    monkeypatch.setattr(ingest.datasets, "__path__", [*ingest.datasets.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    card = load_card(folder)
    sample = folder / "fixture" / "city_daily_sample.csv"
    raw = sample.read_bytes()
    landed = LandedObject(card.id, "0" * 64, sample.name, sample.name, "1", len(raw), datetime(2026, 2, 1, tzinfo=UTC))
    admission = admit(card, landed, card.parser()(raw, landed))
    expected = yaml.safe_load((folder / "fixture" / "expected.yml").read_text(encoding="utf-8"))[sample.name]
    assert {"rows_in": admission.rows_in, **admission.counts()} == {
        name: expected[name] for name in ("rows_in", "accepted", "quarantined", "duplicates")
    }


@pytest.mark.parametrize("name", ["noise", "Noise__x", "noise__x-y", "__x"])
def test_a_wrong_id_is_refused_with_an_example(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScaffoldError, match="such as water__cnemc_section_4hourly"):
        new_dataset(tmp_path, name)


def test_an_existing_dataset_is_not_overwritten(tmp_path: Path) -> None:
    new_dataset(tmp_path, "noise__city_daily")
    with pytest.raises(ScaffoldError, match="is there already"):
        new_dataset(tmp_path, "noise__city_daily")
