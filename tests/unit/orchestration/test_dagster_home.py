"""Dagster's folder: inside the lake unless somebody says otherwise, and never written over."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from catalog.lake import Lake
from orchestration.dagster_defs.home import prepare_home


def test_one_machine_runs_one_run_at_a_time_and_tells_nobody(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    home = prepare_home(lake)
    assert home == (lake.work / "dagster").resolve()
    settings = yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8"))
    assert settings["telemetry"] == settings["nux"] == {"enabled": False}
    assert settings["concurrency"]["runs"] == {"max_concurrent_runs": 1}


def test_a_home_of_ones_own_is_used_as_it_is(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: true}\n", encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    assert prepare_home(lake) == tmp_path.resolve()
    assert (tmp_path / "dagster.yaml").read_text(encoding="utf-8") == "telemetry: {enabled: true}\n"
