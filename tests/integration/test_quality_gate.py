"""The gate on new batches, with Great Expectations as it runs; one import of it (8 s) serves the whole file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from catalog.lake import Lake
from ingest.card import Card, CardError, all_cards
from ingest.core import Batch, CoreZone
from ingest.landing import Delivery, LandedObject, LandingZone
from ingest.parsing import ParseResult, no_rejects
from quality.door import DOOR_VERSION, admit
from quality.gate import GateError, GateResult, held_batches, release, results, run_gate

RECEIVED_AT = datetime(2026, 7, 1, tzinfo=UTC)
ITEMS = ("PM2.5", "PM10", "SO2", "NO2", "O3", "CO")
SCHEMA = {"station_code": pl.String, "item": pl.String, "label_local": pl.Datetime("us"), "value": pl.String}
CommitDay = Callable[..., Batch]


@pytest.fixture
def card() -> Card:
    return all_cards()["air__cnemc_station_hourly"]


@pytest.fixture
def commit_day(lake: Lake, card: Card) -> CommitDay:
    """Commit a day of hours of two stations: ``commit_day("2026-03-10", hours=24, value="50")``."""

    def commit(day: str, hours: int = 24, value: str = "50") -> Batch:
        begin = datetime.fromisoformat(day)
        cells = [
            (s, i, begin + timedelta(hours=n), value) for s in ("1223A", "1224A") for i in ITEMS for n in range(hours)
        ]
        rows = (
            pl.DataFrame(cells, schema=SCHEMA, orient="row").with_row_index("line", offset=2).cast({"line": pl.Int64})
        )
        name = f"china_sites_{begin:%Y%m%d}.csv"
        digest = f"{begin:%Y%m%d}{hours:02d}".ljust(16, "0") + value.encode().hex().rjust(48, "0")
        landed = LandedObject(card.id, digest, name, name, "test", 1, RECEIVED_AT)
        return CoreZone(lake, card, DOOR_VERSION).commit(landed, admit(card, landed, ParseResult(rows, no_rejects())))

    return commit


def with_gate(card: Card, **changes: object) -> Card:
    """The card with other words at its gate; figures that the tests are not about are opened."""
    calm = {"freshness_hours": None, **changes}
    changed = card.model_copy(update={"gate": card.gate.model_copy(update=calm)})
    changed._folder = card.folder
    return changed


def told(verdicts: list[GateResult]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(v.status, [(f.test, f.subject) for f in v.findings]) for v in verdicts]


def test_each_batch_gets_its_own_verdict_from_one_run(lake: Lake, card: Card, commit_day: CommitDay) -> None:
    batches = [commit_day("2026-03-10"), commit_day("2026-03-11", hours=12), commit_day("2026-03-12")]
    found = run_gate(lake, with_gate(card), batches)
    missing = ["*", "co_mg_m3", "no2_ug_m3", "o3_ug_m3", "pm10_ug_m3", "pm25_ug_m3", "so2_ug_m3"]
    assert told(found) == [("pass", []), ("warn", [("completeness", name) for name in missing]), ("pass", [])]
    whole = found[1].findings[0]
    assert (whole.observed, whole.minimum, whole.severity) == (0.5, 0.75, "warn")
    assert whole.zh == "应有数据不全（整批）：应有 288 个值，实有 50.0%，下限 75%"
    assert (
        whole.en
        == "Values missing against the calendar (whole batch): 288 values due, 50.0% there, at least 75% expected"
    )
    assert found[1].summary == f"{whole.en} (and 6 more)"


def test_a_verdict_is_given_once_and_again_when_the_rules_change(lake: Lake, card: Card, commit_day: CommitDay) -> None:
    batches = [commit_day("2026-03-11", hours=12)]
    first = run_gate(lake, with_gate(card), batches)
    record = lake.core(card.id) / "_gates" / f"{batches[0].name}.json"
    stamp = record.stat().st_mtime_ns
    assert (run_gate(lake, with_gate(card, why="said otherwise"), batches), record.stat().st_mtime_ns) == (first, stamp)
    assert told(run_gate(lake, with_gate(card, min_completeness=0.5), batches)) == [("pass", [])]
    assert [r.status for r in results(lake, card.id)] == ["pass"]


def test_a_shifted_unit_is_told_with_both_means(lake: Lake, card: Card, commit_day: CommitDay) -> None:
    for n in range(1, 9):
        commit_day(f"2026-03-0{n}", value=f"{50 + n % 2}")
    (verdict,) = run_gate(lake, with_gate(card), [commit_day("2026-03-09", value="500")])
    assert {f.test for f in verdict.findings} == {"shift"}
    assert verdict.findings[0].en.startswith(
        "Mean shifted against the last 30 days (CO 1-h): mean 500, last 30 days 50.5: "
    )


class TestHeld:
    """What the card names in fail_on is held back until somebody takes it on himself."""

    @pytest.fixture
    def strict(self, card: Card) -> Card:
        return with_gate(card, fail_on=["completeness"])

    def test_a_failed_batch_is_held_until_it_is_released(self, lake: Lake, strict: Card, commit_day: CommitDay) -> None:
        half = commit_day("2026-03-11", hours=12)
        assert [v.status for v in run_gate(lake, strict, [half])] == ["fail"]
        assert held_batches(lake, strict.id) == {half.name}
        release(lake, strict.id, half.name, by="张三", reason="停电半天，已核实")
        assert held_batches(lake, strict.id) == set()
        record = json.loads(
            (lake.core(strict.id) / "_gates" / f"{half.name}.released.json").read_text(encoding="utf-8")
        )
        assert (record["by"], record["reason"]) == ("张三", "停电半天，已核实")

    def test_a_release_holds_for_the_rules_it_was_given_under(
        self, lake: Lake, card: Card, strict: Card, commit_day: CommitDay
    ) -> None:
        half = commit_day("2026-03-11", hours=12)
        run_gate(lake, strict, [half])
        release(lake, strict.id, half.name, by="张三", reason="已核实")
        run_gate(lake, with_gate(card, fail_on=["completeness"], min_completeness=0.9), [half])
        assert held_batches(lake, strict.id) == {half.name}

    def test_only_what_is_held_is_released_by_a_named_person(
        self, lake: Lake, strict: Card, commit_day: CommitDay
    ) -> None:
        half = commit_day("2026-03-11", hours=12)
        with pytest.raises(GateError, match="is not held back; held: none"):
            release(lake, strict.id, half.name, by="张三", reason="x")
        run_gate(lake, strict, [half])
        with pytest.raises(GateError, match="who takes it on himself"):
            release(lake, strict.id, half.name, by="", reason="x")

    def test_a_card_that_names_an_unknown_test_is_wrong(self, lake: Lake, card: Card, commit_day: CommitDay) -> None:
        with pytest.raises(CardError, match=r"gate\.fail_on names \['completness'\]; there are rows, completeness, "):
            run_gate(lake, with_gate(card, fail_on=["completness"]), [commit_day("2026-03-11")])


class TestHangzhou:
    """The aggregator's file whose AQI does not follow from its own pollutants: found by the gate itself."""

    DATASET = "air__city_daily_published"

    @pytest.fixture
    def batch(self, lake: Lake, shared_data: Path) -> Batch:
        card = all_cards()[self.DATASET]
        zone, core = LandingZone(lake, card.id), CoreZone(lake, card, DOOR_VERSION)
        file = shared_data / "air" / "hangzhou_daily_aqi_20131028_20181218_gbk.csv"
        landed = zone.put(Delivery(file.name, file.name, "1", file))
        assert landed is not None
        return core.commit(landed, admit(card, landed, card.parser()(zone.read(landed), landed)))

    def test_it_is_let_through_with_a_warning_because_the_card_bars_the_column(self, lake: Lake, batch: Batch) -> None:
        (verdict,) = run_gate(lake, all_cards()[self.DATASET], [batch])
        assert told([verdict]) == [("warn", [("aqi_from_pollutants", "*")])]
        (finding,) = verdict.findings
        assert round(finding.observed, 3) == 0.115
        assert "it is equal in 11% of 1,868 rows and within 1 in 35%" in finding.en
        assert finding.en.endswith(
            "the column `aqi` does not follow from its own pollutants and is barred from every indicator "
            "(columns[].barred in the card)"
        )
        assert "1,868 行中 11% 相等、35% 相差不超过1" in finding.zh
        assert "已在数据集卡片中禁用" in finding.zh
        assert held_batches(lake, self.DATASET) == set()

    def test_without_the_bar_in_the_card_it_fails(self, lake: Lake, batch: Batch) -> None:
        card = all_cards()[self.DATASET]
        unbarred = card.model_copy(update={"columns": [c.model_copy(update={"barred": None}) for c in card.columns]})
        unbarred._folder = card.folder
        (verdict,) = run_gate(lake, unbarred, [batch])
        assert told([verdict]) == [("fail", [("aqi_from_pollutants", "*"), ("aqi_barred", "*")])]
        assert "write `barred` with the reason at column aqi of the card" in verdict.findings[1].en
        assert held_batches(lake, self.DATASET) == {batch.name}


def test_loading_the_gate_does_not_load_great_expectations() -> None:
    """It takes 8 s to import: definitions and a run without news must not pay for it."""
    code = "import quality.gate, quality.data_docs, sys; print('great_expectations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
