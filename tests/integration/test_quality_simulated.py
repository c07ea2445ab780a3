"""Every defect that the simulator plants is flagged, hour by hour, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from catalog.lake import Lake
from ingest.card import all_cards
from ingest.core import CoreZone
from ingest.landing import Delivery, LandingZone
from ingest.simulate import simulate
from quality import context, flags
from quality.door import DOOR_VERSION, admit
from quality.reading import connect, live

DATASET = "air__cnemc_station_hourly"
# What each planted defect must be found by.
TEST_OF = {
    "sentinel": "sentinel",
    "negative": "out_of_range",
    "unit_error": "unit_suspect",
    "frozen": "repeated",
    "spike": "step",
    "tampered": "too_regular",
}
KEY = ["station_code", "item", "label"]


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eleven stations, 146 days."""
    return simulate(tmp_path_factory.mktemp("simulated"), seed=20260301, scale=0.2).folder


@pytest.fixture(scope="module")
def flagged(feeds: Path) -> pl.DataFrame:
    """(station_code, item, local label, test) of every automatic flag."""
    lake, card = Lake(feeds / "lake"), all_cards()[DATASET]
    zone, core = LandingZone(lake, card.id), CoreZone(lake, card, DOOR_VERSION)
    for file in sorted((feeds / "air").glob("sim_cnemc_sites_*.csv")):
        landed = zone.put(Delivery(file.name, file.name, "1", file))
        assert landed is not None
        core.commit(landed, admit(card, landed, card.parser()(zone.read(landed), landed)))
    batches = live(lake, card)
    view = flags.view_sql(lake, card, batches, [r.path for r in context.refresh(lake, card, batches)])
    with connect(lake, "Asia/Shanghai") as db:
        return db.execute(f"SELECT station_code, item, interval_end_at::TIMESTAMP AS label, test FROM ({view})").pl()


def planted(feeds: Path, kind: str) -> pl.DataFrame:
    """The hours of a planted defect."""
    defects = pl.read_csv(feeds / "truth" / "defects.csv").filter(kind=kind)
    moments = pl.datetime_ranges(
        pl.col("first_label").str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us"),
        pl.col("last_label").str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us"),
        "1h",
    )
    return defects.select("station_code", "item", label=moments).explode("label")


@pytest.mark.parametrize("kind", [kind for kind in TEST_OF if kind != "tampered"])
def test_a_planted_defect_is_found_hour_by_hour(feeds: Path, flagged: pl.DataFrame, kind: str) -> None:
    expected = planted(feeds, kind)
    assert expected.height > 0
    found = flagged.filter(test=TEST_OF[kind]).select(KEY)
    assert found.sort(KEY).rows() == expected.sort(KEY).rows()


def test_the_tampered_station_is_found_on_every_whole_day(feeds: Path, flagged: pl.DataFrame) -> None:
    truth, found = planted(feeds, "tampered"), flagged.filter(test="too_regular").select(KEY)
    assert found.select("station_code", "item").unique().rows() == truth.select("station_code", "item").unique().rows()
    local_day = (pl.col("label") - timedelta(hours=1)).dt.date()
    whole_days = truth.filter(pl.len().over(local_day) == 24)
    assert whole_days.height == 27 * 24
    assert found.sort(KEY).rows() == whole_days.sort(KEY).rows()


def test_nothing_else_is_flagged(flagged: pl.DataFrame) -> None:
    counts = dict(flagged.group_by("test").len().iter_rows())
    # The spike of 1850 is above the full scale of an ordinary instrument too.
    assert counts == {
        "sentinel": 6, "out_of_range": 3, "unit_suspect": 24, "repeated": 30, "step": 1, "implausible": 1,
        "too_regular": 648,
    }  # fmt: skip
