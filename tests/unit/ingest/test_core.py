"""Core zone: a batch becomes visible whole or not at all, and every row is accounted for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from catalog.lake import Lake
from ingest.card import all_cards
from ingest.core import Admission, Batch, CoreZone, ReconciliationError, live_batches, read_batches
from ingest.landing import LandedObject

CARD = all_cards()["air__cnemc_station_hourly"]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REJECTS = pl.DataFrame(schema={"line": pl.Int64, "fate": pl.String, "reason": pl.String, "raw": pl.String})


def landed(name: str = "f.csv", sha: str = "ab" * 32, hours: int = 0) -> LandedObject:
    return LandedObject(CARD.id, sha, name, name, "1", 1, NOON + timedelta(hours=hours))


def admission(rows_in: int = 2) -> Admission:
    ends = [datetime(2019, 1, 31, 16, tzinfo=UTC), datetime(2019, 1, 31, 17, tzinfo=UTC)]
    rows = pl.DataFrame(
        {
            "line": [2, 3],
            "station_code": ["9001A", "9001A"],
            "item": ["pm25_ug_m3"] * 2,
            "value": [10, 11],
            "interval_start_at": [e - timedelta(hours=1) for e in ends],
            "interval_end_at": ends,
            "month": ["2019-01", "2019-02"],
        }
    )
    return Admission(rows, pl.DataFrame(), REJECTS, rows_in)


def test_a_batch_is_split_by_local_month_and_named_by_object_and_build(lake: Lake) -> None:
    core = CoreZone(lake, CARD, "1")
    batch = core.commit(landed(), admission())
    assert [f.path for f in batch.files] == [
        f"core/{CARD.id}/month=2019-01/{batch.name}.parquet",
        f"core/{CARD.id}/month=2019-02/{batch.name}.parquet",
    ]
    assert batch.name == f"{'ab' * 8}-{core.build[:8]}"
    assert batch.counts == {"accepted": 2, "quarantined": 0, "duplicates": 0}


def test_a_commit_record_reads_back_as_it_was_written(lake: Lake) -> None:
    batch = CoreZone(lake, CARD, "1").commit(landed(), admission())
    assert read_batches(lake, CARD.id) == [batch]


def test_rows_that_do_not_add_up_are_not_committed(lake: Lake) -> None:
    core = CoreZone(lake, CARD, "1")
    with pytest.raises(ReconciliationError, match="3 rows in, 2 accounted for"):
        core.commit(landed(), admission(rows_in=3))
    assert read_batches(lake, CARD.id) == []


def test_an_object_that_cannot_be_read_is_recorded_and_not_tried_again(lake: Lake) -> None:
    core = CoreZone(lake, CARD, "1")
    core.commit_unreadable(landed(), "html_instead_of_data", "an HTML page came")
    assert core.is_committed(landed())
    assert live_batches(core.batches(), core.build) == []


def test_the_newest_object_of_a_name_is_the_live_one(lake: Lake) -> None:
    core = CoreZone(lake, CARD, "1")
    first = core.commit(landed(sha="aa" * 32), admission())
    second = core.commit(landed(sha="bb" * 32, hours=5), admission())
    assert live_batches(core.batches(), core.build) == [second]
    assert live_batches(core.batches(), core.build, as_of=NOON + timedelta(hours=1)) == [first]


def test_the_current_build_speaks_for_an_object_parsed_twice(lake: Lake) -> None:
    new = CoreZone(lake, CARD, "2").commit(landed(), admission())
    CoreZone(lake, CARD, "1").commit(landed(), admission())
    core = CoreZone(lake, CARD, "2")
    assert live_batches(core.batches(), core.build) == [new]


def test_writing_a_batch_again_gives_the_same_bytes(lake: Lake) -> None:
    core = CoreZone(lake, CARD, "1")
    first: Batch = core.commit(landed(), admission())
    assert core.commit(landed(), admission()) == first
