"""Real files of 2019: what the contextual tests find, and how broken files are told."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from catalog.lake import Lake
from ingest.card import all_cards
from ingest.core import Batch, CoreZone
from ingest.landing import Delivery, LandingZone
from quality import context, gate, reconciliation
from quality.door import DOOR_VERSION, admit

pytestmark = pytest.mark.slow
DATASET = "air__cnemc_station_hourly"


def members(archive: Path, folder: Path, wanted: str) -> Iterator[Path]:
    """Extract the members whose name contains ``wanted``."""
    with tarfile.open(archive) as packed:
        # named so because Python 3.11.2 has no argument for it
        packed.extraction_filter = getattr(tarfile, "data_filter", None) or (lambda member, _: member)
        for member in packed:
            if wanted in member.name and member.isfile():
                packed.extract(member, folder)
                yield folder / member.name


def ingest(lake: Lake, files: Iterator[Path]) -> list[Batch]:
    card = all_cards()[DATASET]
    zone, core = LandingZone(lake, card.id), CoreZone(lake, card, DOOR_VERSION)
    batches = []
    for file in files:
        landed = zone.put(Delivery(file.name, file.name, "1", file))
        assert landed is not None
        batches.append(core.commit(landed, admit(card, landed, card.parser()(zone.read(landed), landed))))
    return batches


class TestFebruary2019:
    """Yangtze Delta, 222 stations with data, 11 million values a year."""

    @pytest.fixture(scope="class")
    def flags(self, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
        folder = tmp_path_factory.mktemp("february")
        lake = Lake(folder / "lake")
        archive = shared_data / "air" / "cnemc_sites_2019_yangtze_delta_monthly.tar.xz"
        batches = ingest(lake, members(archive, folder, "201902"))
        results = context.refresh(lake, all_cards()[DATASET], batches, ["2019-02"])
        return pl.concat([pl.read_parquet(r.path) for r in results])

    def test_the_lake_station_1225a_stands_out_and_nothing_else_is_too_regular(self, flags: pl.DataFrame) -> None:
        local_day = (pl.col("interval_end_at").dt.convert_time_zone("Asia/Shanghai") - timedelta(hours=1)).dt.date()
        found = flags.filter(test="too_regular").select("station_code", "item", day=local_day).unique()
        days = [9, 10, 13, 14, 15, 21, 22]
        assert sorted(found.rows()) == [("1225A", "pm10_ug_m3", date(2019, 2, day)) for day in days]

    def test_its_longest_run_is_51_hours_at_16(self, flags: pl.DataFrame) -> None:
        run = flags.filter(test="repeated", station_code="1225A", item="pm10_ug_m3", detail="51 h of one value")
        assert (run.height, run.get_column("raw").unique().to_list()) == (51, ["16.0000"])


def test_the_ten_broken_days_close_and_those_with_missing_hours_are_told(
    lake: Lake, shared_data: Path, tmp_path: Path
) -> None:
    archive = shared_data / "air" / "cnemc_china_sites_2019_irregular_days.tar.xz"
    batches = ingest(lake, members(archive, tmp_path, ".csv"))
    assert len(batches) == 10
    assert reconciliation.report(lake).select(pl.col("closes").all(), pl.len()).row(0) == (True, 10)
    verdicts = {v.object_name: v for v in gate.run_gate(lake, all_cards()[DATASET], batches)}
    cut = verdicts["china_sites_20190220.csv"]
    assert cut.findings[0].en.endswith("211,968 values due, 27.5% there, at least 75% expected")
