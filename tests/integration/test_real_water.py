"""Real files of automatic water sections: every record accounted for, repeats, corrections, the forms of the series.

Figures were counted on the files themselves with Python's csv and json modules, apart from the code under test.
"""

from __future__ import annotations

import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from catalog.lake import Lake
from ingest.card import all_cards
from ingest.core import Batch
from orchestration.pipeline.landing import land
from orchestration.pipeline.parsing import parse
from orchestration.pipeline.workshop import Workshop
from orchestration.report import Log
from quality.reading import live

CSV, API = "water__section_auto_4hourly", "water__section_auto_api"
SECTIONS = "cnemc_sections_zhejiang_202104.tar.xz"
CORRECTED = "浙江省/太湖流域/五杭运河大桥/2021-04/五杭运河大桥.csv"


@pytest.fixture(scope="module")
def sections(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workshop, list[Batch]]]:
    """A lake with the 103 files of April 2021."""
    shop = Workshop(Lake(tmp_path_factory.mktemp("lake")), Log(quiet=True), {CSV: all_cards()[CSV]})
    land(shop, [shared_data / "water" / SECTIONS])
    yield shop, parse(shop)


def rejects(shop: Workshop, batches: list[Batch]) -> pl.DataFrame:
    files = [(b.object_name, shop.lake.root / f.path) for b in batches for f in b.files if f.kind == "quarantine"]
    return pl.concat([pl.read_parquet(path).with_columns(file=pl.lit(name)) for name, path in files])


def accepted(shop: Workshop, batches: list[Batch]) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(shop.lake.root / f.path) for b in batches for f in b.files if f.kind == "core"])


def test_all_103_sections_are_read_and_every_value_is_accounted_for(sections: tuple[Workshop, list[Batch]]) -> None:
    shop, batches = sections
    assert len(batches) == 103
    assert {b.status for b in batches} == {"accepted"}
    assert all(sum(b.counts.values()) == b.rows_in for b in batches)
    totals = Counter[str]()
    for batch in batches:
        totals.update({"rows_in": batch.rows_in, **batch.counts, **batch.reasons})
    assert totals == {
        "rows_in": 27_227,
        "accepted": 24_771,
        "quarantined": 85,
        "duplicates": 2_371,
        "no_observation": 85,
        "duplicate_identical": 1_899,
        "duplicate_replaced": 472,
    }
    # 奉口 is under repair all the time and has no record with a time
    assert accepted(shop, batches).get_column("station_code").n_unique() == 102
    assert not any(b.drift for b in batches)


def test_266_records_repeat_a_time_of_their_file(sections: tuple[Workshop, list[Batch]]) -> None:
    """150 say the same again, 89 are corrected by a later line, 27 are one more `*` of a station that is idle."""
    table = rejects(*sections)
    repeated = table.filter(fate="duplicate").group_by("file", "line").agg(pl.col("reason") == "duplicate_replaced")
    corrected = repeated.filter(pl.col("reason").list.any()).height
    timeless = table.filter(reason="no_observation").group_by("file").len()
    more = int((timeless.get_column("len") - 1).sum())
    assert (repeated.height - corrected, corrected, more) == (150, 89, 27)
    assert repeated.height + more == 266


def test_the_later_line_speaks_and_the_earlier_stays_as_a_row(sections: tuple[Workshop, list[Batch]]) -> None:
    shop, batches = sections
    at = datetime(2021, 4, 1, 4, tzinfo=UTC)  # 12:00 in China
    mine = [b for b in batches if b.object_name == CORRECTED]
    now = accepted(shop, mine).filter(
        pl.col("interval_start_at") == at, pl.col("item").is_in(["codmn_mg_l", "tp_mg_l"])
    )
    assert dict(now.select("item", "value").iter_rows()) == {"codmn_mg_l": Decimal("3.23"), "tp_mg_l": Decimal("0.116")}
    earlier = rejects(shop, mine).filter(pl.col("raw").str.contains("value=3.39"))
    assert earlier.get_column("reason").to_list() == ["duplicate_replaced"]


def test_a_status_is_kept_beside_each_value(sections: tuple[Workshop, list[Batch]]) -> None:
    found = accepted(*sections)
    assert set(found.get_column("agency_flag").unique()) == {"正常", "维护"}
    # `*` is an instrument that is not there: no row; `--` is a value that is missing: a row without value
    assert found.filter(item="chlorophyll_a_mg_l").get_column("station_code").n_unique() < 103
    assert found.filter(pl.col("value").is_null()).height == 499


def test_a_corrected_file_gives_the_newer_value_now_and_the_older_one_as_of_before(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Workshop(Lake(tmp_path / "lake"), Log(quiet=True), {CSV: all_cards()[CSV]})
    with tarfile.open(shared_data / "water" / SECTIONS) as archive:
        name = next(n for n in archive.getnames() if n.endswith(CORRECTED))
        member = archive.extractfile(name)
        assert member is not None
        raw = member.read()
    file = tmp_path / "inbox" / CORRECTED
    file.parent.mkdir(parents=True)
    early, late = datetime(2021, 4, 6, tzinfo=UTC), datetime(2021, 4, 20, tzinfo=UTC)
    for instant, content in ((early, raw), (late, raw.replace(b"3.23", b"2.23"))):
        file.write_bytes(content)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(instant.timestamp())))
        land(shop, [tmp_path / "inbox"])
        parse(shop)

    def codmn(as_of: datetime | None) -> list[Decimal]:
        batches = live(shop.lake, shop.cards[CSV], as_of)
        assert [b.object_name for b in batches] == [CORRECTED]
        at = datetime(2021, 4, 1, 4, tzinfo=UTC)
        found = accepted(shop, batches).filter(pl.col("interval_start_at") == at, item="codmn_mg_l")
        return found.get_column("value").to_list()

    assert codmn(None) == [Decimal("2.23")]
    assert codmn(datetime(2021, 4, 19, tzinfo=UTC)) == [Decimal("3.23")]


@pytest.mark.slow
def test_all_330_payloads_of_the_series_are_read(shared_data: Path, tmp_path: Path) -> None:
    """Both forms; 35,946 records; where CSV and API speak of the same cycle they agree in 172 of 174 values."""
    shop = Workshop(Lake(tmp_path / "lake"), Log(quiet=True), {d: all_cards()[d] for d in (CSV, API)})
    land(shop, [shared_data / "water"])
    batches = parse(shop)
    api = [b for b in batches if b.dataset == API]
    assert len(api) == 330  # two of them lie beside the archive too, byte for byte
    assert {b.status for b in api} == {"accepted"}
    totals = Counter[str]()
    for batch in api:
        assert sum(batch.counts.values()) == batch.rows_in
        totals.update({"rows_in": batch.rows_in, **batch.counts, **batch.reasons})
    assert totals == {
        "rows_in": 276_525,
        "accepted": 267_314,
        "quarantined": 9_189,
        "duplicates": 22,
        "no_observation": 9_189,
        "duplicate_replaced": 22,
    }
    found = accepted(shop, api)
    # records with a time (26,757), less two of a second 临淮乡 that the later line replaces
    assert found.select("station_code", "interval_start_at", "batch").n_unique() == 26_755
    assert found.filter(agency_flag="极值过滤").height == 2_861
    # plain names until 2020-05-09, tooltips with city and river since
    dated = found.select("batch", "interval_start_at", has_city=pl.col("city_name").is_not_null())
    assert dated.group_by("batch").agg(pl.col("has_city").any()).get_column("has_city").sum() == 328
    both = accepted(shop, [b for b in batches if b.dataset == CSV]).join(
        found, on=["station_code", "item", "interval_end_at"], suffix="_api"
    )
    assert both.height == 174
    assert both.filter(pl.col("value").eq_missing(pl.col("value_api"))).height == 172


@pytest.mark.slow
def test_the_published_class_follows_from_five_published_values(shared_data: Path, tmp_path: Path) -> None:
    """An oracle for the assessment: worst of pH, oxygen, CODMn, NH3-N and phosphorus by GB 3838, limits of rivers.

    95.8 % agree. Half of the others are lakes and reservoirs (other limits for phosphorus), the rest differ by oxygen.
    """
    shop = Workshop(Lake(tmp_path / "lake"), Log(quiet=True), {CSV: all_cards()[CSV]})
    land(shop, [shared_data / "water" / SECTIONS])
    found = accepted(shop, parse(shop)).filter(agency_flag="正常")
    wide = found.pivot("item", index=["station_code", "interval_end_at"], values="value").drop_nulls(
        ["water_class_published", "ph", "dissolved_oxygen_mg_l", "codmn_mg_l", "nh3n_mg_l", "tp_mg_l"]
    )
    limits = {
        "codmn_mg_l": (2, 4, 6, 10, 15),
        "nh3n_mg_l": (0.15, 0.5, 1.0, 1.5, 2.0),
        "tp_mg_l": (0.02, 0.1, 0.2, 0.3, 0.4),
    }
    over = [1 + pl.sum_horizontal(pl.col(item) > limit for limit in bounds) for item, bounds in limits.items()]
    oxygen = 1 + pl.sum_horizontal(pl.col("dissolved_oxygen_mg_l") < limit for limit in (7.5, 6, 5, 3, 2))
    acid = pl.when((pl.col("ph") < 6) | (pl.col("ph") > 9)).then(6).otherwise(1)
    wide = wide.with_columns(computed=pl.max_horizontal(*over, oxygen, acid))
    equal = wide.filter(pl.col("computed") == pl.col("water_class_published")).height
    assert (wide.height, equal) == (2_269, 2_174)
