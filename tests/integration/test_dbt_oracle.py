"""CNEMC computes an AQI and daily values of its own: January 2019 recomputed from its hourly pollutants must agree.

The agency's published items are an oracle nobody here wrote; no indicator uses them.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import duckdb
import pytest

from catalog.lake import Lake
from tests.integration.conftest import run

pytestmark = pytest.mark.slow

ARCHIVE = "cnemc_sites_2019_yangtze_delta_monthly.tar.xz"
MEMBER = "yrd_sites_201901.csv"
# Over the whole year 98.3 (O3) to 99.7 % (SO2) of complete station-days agree, in January all of them do.
DAILY = {
    "pm25_24h_ug_m3": "pm25_ug_m3",
    "pm10_24h_ug_m3": "pm10_ug_m3",
    "so2_24h_ug_m3": "so2_ug_m3",
    "no2_24h_ug_m3": "no2_ug_m3",
    "co_24h_mg_m3": "co_mg_m3",
    "o3_8h_24h_ug_m3": "o3_mda8_ug_m3",
}


@pytest.fixture(scope="module")
def january(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scratch database built from January 2019 and the station register, all data tests passed."""
    home = tmp_path_factory.mktemp("oracle")
    with tarfile.open(shared_data / "air" / ARCHIVE) as archive:
        # named so because Python 3.11.2 has no argument for it
        archive.extraction_filter = getattr(tarfile, "data_filter", None) or (lambda member, _: member)
        archive.extract(MEMBER, home)
    lake = Lake(home / "lake")
    run(lake, home / MEMBER, shared_data / "air" / "yangtze_delta_station_list.csv", until="transform", tests=True)
    return lake.work / "scratch.duckdb"


def test_hourly_aqi_is_cnemcs_own(january: Path) -> None:
    with duckdb.connect(str(january), read_only=True) as db:
        complete, with_oracle, equal = db.execute(
            "SELECT count(*), count(published_aqi), count(*) FILTER (WHERE aqi = published_aqi) "
            "FROM themes.air_station_hour WHERE pollutants_present = 6"
        ).fetchall()[0]
    assert (complete, with_oracle, equal) == (131_984, 131_984, 131_984)


@pytest.mark.parametrize(("published", "ours"), DAILY.items())
def test_daily_value_is_cnemcs_own_at_midnight(january: Path, published: str, ours: str) -> None:
    """On days with all 24 hours; CNEMC's value stands at 00:00 of the next day and is rounded, so half a step apart."""
    pollutant = published.split("_", maxsplit=1)[0]
    half_step = 0.05 if pollutant == "co" else 0.5
    with duckdb.connect(str(january), read_only=True) as db:
        days, agreeing = db.execute(
            f"SELECT count(*), count(*) FILTER (WHERE abs(days.{ours} - oracle.value) <= {half_step}) "
            "FROM themes.air_station_day AS days JOIN core.air__cnemc_station_hourly AS oracle "
            "ON oracle.station_code = days.station_code "
            "AND timezone('Asia/Shanghai', oracle.interval_end_at) = days.local_date + 1 "
            f"WHERE oracle.item = '{published}' AND oracle.value IS NOT NULL AND days.{pollutant}_hours = 24"
        ).fetchall()[0]
    assert days > 3_000
    assert agreeing == days
