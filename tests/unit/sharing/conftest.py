"""A small publication to give from: two provinces, three days, hours of two stations, one firm's figures.

Expected bytes in the tests follow from these rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from catalog import publication as pub
from catalog.lake import Lake
from sharing import Feed

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)

SCRATCH = """
CREATE TABLE dim_region AS FROM (VALUES
    ('330000', 'province', NULL), ('330100', 'city', '330000'), ('330200', 'city', '330000'),
    ('330106', 'county', '330100'), ('1223A', 'station', '330106'),
    ('320000', 'province', NULL), ('320100', 'city', '320000'), ('1146A', 'station', '320100')
) AS r (region_code, region_level, parent_code);

CREATE TABLE air_city_day AS FROM (VALUES
    ('330200', DATE '2019-01-02', '宁波, "港城"', 7.25::DECIMAL(18, 9), true),
    ('330100', DATE '2019-01-02', '杭州', NULL, NULL),
    ('330100', DATE '2019-01-01', '杭州', 35.5, false),
    ('330100', DATE '2018-12-31', '杭州', 99, false),
    ('320100', DATE '2019-01-01', '南京', 50, false)
) AS d (region_code, local_date, name_zh, pm25_ug_m3, attained);

CREATE TABLE air_station_hour AS FROM (VALUES
    ('1223A', TIMESTAMPTZ '2019-01-01 00:00:00+08', 12.5::DECIMAL(12, 4), '2019-01'),
    ('1223A', TIMESTAMPTZ '2018-12-31 23:00:00+08', 11, '2018-12'),
    ('1146A', TIMESTAMPTZ '2019-01-01 00:00:00+08', 60, '2019-01')
) AS h (station_code, interval_start_at, pm25_ug_m3, month);

CREATE TABLE firm_year AS FROM (VALUES ('91330100X', 2025, 12.0)) AS f (credit_code, year, emission_t);
CREATE TABLE indicator_values AS FROM (VALUES
    ('air_pm25_day', '330100', 'day', TIMESTAMP '2019-01-01', '2019-01', 35.5::DECIMAL(18, 4), '', 'verified')
) AS i (indicator_code, region_code, period_type, period_start, month, value, value_text, status);
"""


def words(level: str | None, *columns: str, **levels: str | None) -> tuple[pub.ColumnWords, ...]:
    units = {"pm25_ug_m3": "ug/m3"}
    return tuple(
        pub.ColumnWords(name=c, zh=f"{c}的中文", en=f"{c} in words", unit=units.get(c), level=levels.get(c, level))
        for c in columns
    )


CITY_DAY = ("region_code", "local_date", "name_zh", "pm25_ug_m3", "attained")
SPECS = (
    pub.TableSpec("dim_region", ("region_code",), "region"),
    pub.TableSpec("air_city_day", ("region_code", "local_date"), "region × day", words=words("L1", *CITY_DAY)),
    pub.TableSpec(
        "air_station_hour",
        ("station_code", "interval_start_at"),
        "station × hour",
        partition=("month",),  # files by month, so that their order is not the key's
        in_duckdb=False,
        words=words("L1", "station_code", "interval_start_at", "pm25_ug_m3", pm25_ug_m3="L2"),
    ),
    pub.TableSpec(
        "firm_year",
        ("credit_code", "year"),
        "firm × year",
        words=words(None, "credit_code", "emission_t", credit_code="L3"),
    ),
    pub.TableSpec(
        "indicator_values",
        ("indicator_code", "region_code", "period_type", "period_start"),
        "indicator × region × period",
        words=words("L1", "indicator_code", "region_code", "period_start", "value"),
    ),
)

CARD = """\
title: {zh: 城市日, en: City days}
recipient: {zh: 长三角, en: Yangtze Delta}
purpose: {zh: 比较, en: Comparison}
owner: {zh: 监测处, en: Monitoring}
agreement: {reference: A-1, title: {zh: 协议, en: Agreement}}
table: air_city_day
columns: [region_code, local_date, name_zh, pm25_ug_m3, attained]
rows: {within: ["330000"], first_day: 2019-01-01}
ceiling: L1
sources: [{zh: 总站, en: CNEMC}]
valid_from: 2026-01-01
valid_to: 2026-12-31
status: active
"""


@dataclass(frozen=True)
class World:
    """A lake with one publication."""

    lake: Lake
    publication: pub.Publication

    @property
    def out(self) -> Path:
        return self.lake.root / "exports" / "packages"


def make_world(root: Path, *, simulated: bool = False) -> World:
    root.mkdir(parents=True, exist_ok=True)
    scratch, lake = root / "scratch.duckdb", Lake(root / "lake")
    with duckdb.connect(scratch) as db:
        db.execute(SCRATCH)
    facts = pub.PublicationFacts(
        as_of=datetime(2026, 1, 1, tzinfo=UTC),
        built_at=datetime(2026, 1, 2, tzinfo=UTC),
        profile="demo" if simulated else "live",
        simulated=simulated,
        code=pub.CodeFacts(commit="0" * 40, dirty=False, version="0.1.0"),
        editions=("air_limits",),
    )
    return World(lake, pub.build(lake, scratch=scratch, tables=SPECS, facts=facts).publication)


@pytest.fixture(scope="session")
def card() -> str:
    return CARD


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    from sharing import read_feed

    path = tmp_path / "city_days.yml"
    path.write_text(CARD, encoding="utf-8")
    return read_feed(path)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Read only: shared by all tests."""
    return make_world(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("simulated"), simulated=True)


@pytest.fixture
def today() -> date:
    return date(2026, 11, 23)


@pytest.fixture
def at() -> datetime:
    """The instant of an export; 12:00 in Hangzhou."""
    return AT
