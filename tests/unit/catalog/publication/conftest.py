"""A small world to publish: two cities, three stations, hours of four days in two months, and the files they come from.

Everything is real: landed CSV bytes, core Parquet, lineage, and a scratch database as dbt would leave it. Expected
numbers in the tests follow from ``pm25``.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from catalog import publication as pub
from catalog.lake import Lake

STATIONS = {"1223A": "330100", "1224A": "330100", "1225A": "330200"}
DAYS = {"2019-03": ("2019-03-04", "2019-03-05"), "2019-04": ("2019-04-01", "2019-04-02")}
DATASET = "air__cnemc_station_hourly"
RULES = "code-1"
T0 = datetime(2026, 1, 1, tzinfo=UTC)

SPECS = (
    pub.TableSpec(
        name="indicator_values",
        schema="indicators",
        key=("indicator_code", "edition", "region_code", "region_level", "period_type", "period_start"),
        grain="one row per indicator, edition, region and period",
        partition=("period_type", "month"),
        parquet_only=("period_type=hour",),
    ),
    pub.TableSpec(
        name="air_station_hour",
        schema="themes",
        key=("station_code", "interval_end_at"),
        grain="one row per station and hour",
        partition=("month",),
        in_duckdb=False,
    ),
    pub.TableSpec(
        name="air_city_day",
        schema="themes",
        key=("region_code", "local_date"),
        grain="one row per city and day",
        partition=("month",),
    ),
    pub.TableSpec(name="dim_region", schema="knowledge", key=("region_code",), grain="one row per region"),
    pub.TableSpec(name="catalog_indicators", key=("code",), grain="one row per indicator"),
    pub.TableSpec(name="lineage_inputs", key=("inputs_hash", "theme", "month"), grain="hash × theme × month"),
    pub.TableSpec(name="lineage_batches", key=("theme", "month", "dataset", "batch"), grain="theme × month × batch"),
    pub.TableSpec(name="batches", key=("dataset", "batch"), grain="one row per batch", volatile=("received_at",)),
)


def pm25(station: str, day: str, hour: int) -> int:
    """What a station measured in the hour that ends at ``hour`` (1–24)."""
    return 10 + int(station[:4]) - 1223 + int(day[-2:]) + hour


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


@dataclass
class World:
    """A lake, and a scratch database computed from what was received; ``corrected`` overrides single values."""

    lake: Lake
    scratch: Path
    months: tuple[str, ...] = ("2019-03", "2019-04")
    corrected: dict[tuple[str, str, int], int | None] = field(default_factory=dict)
    batches: list[pub.BatchFacts] = field(default_factory=list)
    clock: datetime = T0

    def value(self, station: str, day: str, hour: int) -> int | None:
        return self.corrected.get((station, day, hour), pm25(station, day, hour))

    def correct(self, station: str, day: str, hour: int, value: int | None) -> None:
        """A corrected file arrives."""
        self.corrected[station, day, hour] = value
        self.clock += timedelta(days=1)
        self.receive(day[:7])

    def receive(self, month: str) -> None:
        """Land the month's file as it is now known, and make its batch in core."""
        header = "date,hour,type," + ",".join(STATIONS)
        lines, cells = [header], []
        for day in DAYS[month]:
            for hour in range(1, 25):
                label = datetime.fromisoformat(day) + timedelta(hours=hour)
                values = [self.value(station, day, hour) for station in STATIONS]
                shown = ",".join("" if v is None else str(v) for v in values)
                lines.append(f"{label:%Y%m%d},{label.hour},PM2.5,{shown}")
                for station, v in zip(STATIONS, values, strict=True):
                    cells.append((station, "pm25_ug_m3", label, v, len(lines)))
        raw = ("\n".join(lines) + "\n").encode()
        digest = sha256(raw)
        landed = self.lake.landing(DATASET) / digest[:2] / f"{digest}.csv"
        landed.parent.mkdir(parents=True, exist_ok=True)
        landed.write_bytes(raw)
        batch = f"{digest[:16]}-abcd1234"
        core = self.lake.core(DATASET) / f"month={month}" / f"{batch}.parquet"
        core.parent.mkdir(parents=True, exist_ok=True)
        names = ["station_code", "item", "label", "value", "line"]
        label = pl.col("label").dt.replace_time_zone("Asia/Shanghai").dt.convert_time_zone("UTC")
        pl.DataFrame(cells, schema=names, orient="row").select(
            "station_code",
            "item",
            (label - timedelta(hours=1)).alias("interval_start_at"),
            label.alias("interval_end_at"),
            pl.col("value").cast(pl.Decimal(12, 4)),
            "line",
            batch=pl.lit(batch),
            received_at=pl.lit(self.clock),
        ).write_parquet(core)
        self.batches = [b for b in self.batches if f"/month={month}/" not in b.files[0].path]
        self.batches.append(
            pub.BatchFacts(
                batch=batch,
                dataset=DATASET,
                object_sha256=digest,
                object_name=f"china_sites_{month.replace('-', '')}.csv",
                landing_path=str(landed.relative_to(self.lake.root)),
                received_at=self.clock,
                build="abcd1234",
                files=(pub.FileFacts(path=str(core.relative_to(self.lake.root)), sha256=sha256(core.read_bytes())),),
            )
        )

    def fingerprint(self, month: str) -> str:
        """Hash of everything the numbers of a month depend on: its batches and the code."""
        mine = sorted(b.batch for b in self.batches if f"/month={month}/" in b.files[0].path)
        return sha256(f"{mine} {RULES}".encode())[:16]

    def compute(self) -> Path:
        """Make the scratch from the core files, as dbt does."""
        self.scratch.unlink(missing_ok=True)
        self.scratch.parent.mkdir(parents=True, exist_ok=True)
        files = [str(self.lake.root / b.files[0].path) for b in self.batches]
        with duckdb.connect(self.scratch) as c:
            c.execute("SET TimeZone = 'UTC'")
            for schema in ("themes", "indicators", "knowledge"):
                c.execute(f"CREATE SCHEMA {schema}")
            c.execute("CREATE TABLE months (month VARCHAR, inputs_hash VARCHAR)")
            c.executemany("INSERT INTO months VALUES (?, ?)", [(m, self.fingerprint(m)) for m in self.months])
            c.execute(f"CREATE VIEW core AS FROM read_parquet({files})")
            c.execute(COMPUTE)
            c.executemany(
                "INSERT INTO batches VALUES (?, ?, ?, ?, ?, 144, 144, 0, 0)",
                [(b.batch, b.dataset, b.object_sha256, b.object_name, b.received_at) for b in self.batches],
            )
            c.executemany(
                "INSERT INTO lineage_batches VALUES ('air', ?, ?, ?)",
                [(b.files[0].path.split("month=")[1][:7], b.dataset, b.batch) for b in self.batches],
            )
        return self.scratch

    def facts(self, *, vouch: bool = False) -> pub.PublicationFacts:
        """``vouch``: give fingerprints for what depends on one month only."""
        words = {}
        if vouch:
            for month in self.months:
                word = self.fingerprint(month)
                words |= {(t, f"month={month}"): word for t in ("air_station_hour", "air_city_day")}
                for kind in ("hour", "day"):
                    words["indicator_values", pub.partition_name(period_type=kind, month=month)] = word
        return pub.PublicationFacts(
            as_of=self.clock,
            built_at=self.clock + timedelta(hours=1),
            profile="live",
            simulated=False,
            code=pub.CodeFacts(commit="0" * 40, dirty=False, version="0.1.0"),
            editions=("in-force",),
            batches=tuple(self.batches),
            fingerprints=words,
        )

    def copy(self, root: Path) -> World:
        """The same world elsewhere, to be changed at will."""
        shutil.copytree(self.lake.root, root / "lake", symlinks=True)
        corrected, batches = dict(self.corrected), list(self.batches)
        return World(Lake(root / "lake"), root / "work" / "scratch.duckdb", self.months, corrected, batches, self.clock)

    def publish(self, *, vouch: bool = False, **changes: object) -> pub.Outcome:
        """Compute and publish."""
        facts = replace(self.facts(vouch=vouch), **changes)
        return pub.build(self.lake, scratch=self.compute(), tables=SPECS, facts=facts)


COMPUTE = """
CREATE TABLE themes.air_station_hour AS
SELECT station_code, interval_start_at, interval_end_at,
    strftime(timezone('Asia/Shanghai', interval_start_at), '%Y-%m') AS month,
    timezone('Asia/Shanghai', interval_start_at)::DATE AS local_date, value AS pm25_ug_m3
FROM core ORDER BY month;

CREATE TABLE knowledge.dim_region AS FROM (VALUES
    ('330000', 'province', '浙江省', NULL), ('330100', 'city', '杭州市', '330000'),
    ('330200', 'city', '宁波市', '330000'), ('330106', 'county', '西湖区', '330100'),
    ('360103', 'county', '西湖区', '360100'), ('1223A', 'station', '和睦小学', '330100'),
    ('1224A', 'station', '西溪', '330100'), ('1225A', 'station', '太古小学', '330200')
) AS r(region_code, region_level, name_zh, parent_code);

CREATE TABLE themes.air_city_day AS
SELECT r.parent_code AS region_code, h.local_date, any_value(h.month) AS month,
    (sum(h.pm25_ug_m3) / nullif(count(h.pm25_ug_m3), 0))::DECIMAL(18, 4) AS pm25_ug_m3, now() AS computed_at
FROM themes.air_station_hour h JOIN knowledge.dim_region r ON r.region_code = h.station_code GROUP BY 1, 2;

CREATE TABLE indicators.indicator_values AS
WITH numbers AS (
    SELECT 'air_pm25_hour' AS indicator_code, station_code AS region_code, 'station' AS region_level,
        'hour' AS period_type, timezone('Asia/Shanghai', interval_start_at) AS period_start,
        pm25_ug_m3::DECIMAL(18, 4) AS value, month FROM themes.air_station_hour
    UNION ALL
    SELECT 'air_pm25_day', region_code, 'city', 'day', local_date, pm25_ug_m3, month FROM themes.air_city_day
    UNION ALL
    SELECT 'air_pm25_year', region_code, 'city', unnest(['year', 'ytd']), date '2019-01-01',
        (sum(pm25_ug_m3) / count(pm25_ug_m3))::DECIMAL(18, 4), unnest(['2019-12', max(month)])
    FROM themes.air_city_day GROUP BY region_code
)
SELECT n.indicator_code, 'in-force' AS edition, n.region_code, n.region_level, n.period_type,
    n.period_start::TIMESTAMP AS period_start, n.value, NULL::VARCHAR AS value_text, 'ug/m3' AS unit,
    NULL::DECIMAL(18, 4) AS lower, NULL::DECIMAL(18, 4) AS upper, NULL::DECIMAL(5, 4) AS confidence,
    1::DECIMAL(5, 4) AS coverage, 'provisional' AS status, 1 AS n_inputs,
    CASE WHEN n.period_type IN ('hour', 'day') THEN m.inputs_hash
         ELSE (SELECT md5(string_agg(inputs_hash, ',' ORDER BY month)) FROM months) END AS inputs_hash,
    CASE WHEN n.value IS NULL THEN 'missing' END AS null_reason, now() AS computed_at, n.month
FROM numbers n LEFT JOIN months m USING (month);

CREATE TABLE lineage_inputs AS
SELECT inputs_hash, 'air' AS theme, month FROM months
UNION ALL SELECT (SELECT md5(string_agg(inputs_hash, ',' ORDER BY month)) FROM months), 'air', month FROM months;

CREATE TABLE catalog_indicators AS FROM (VALUES
    ('air_pm25_hour', 'PM2.5小时值', 'PM2.5, hour', 'ug/m3', 'themes.air_station_hour', 'pm25_ug_m3'),
    ('air_pm25_day', 'PM2.5日均值', 'PM2.5, daily mean', 'ug/m3', 'themes.air_city_day', 'pm25_ug_m3'),
    ('air_pm25_year', 'PM2.5年均值', 'PM2.5, annual mean', 'ug/m3', 'themes.air_city_day', 'pm25_ug_m3')
) AS c(code, name_zh, name_en, unit, mart, mart_column);

CREATE TABLE batches (batch VARCHAR, dataset VARCHAR, object_sha256 VARCHAR, object_name VARCHAR,
    received_at TIMESTAMPTZ, rows_in BIGINT, accepted BIGINT, quarantined BIGINT, duplicates BIGINT);
CREATE TABLE lineage_batches (theme VARCHAR, month VARCHAR, dataset VARCHAR, batch VARCHAR);
"""


def make_world(root: Path) -> World:
    """Both months received, nothing published."""
    world = World(Lake(root / "lake"), root / "work" / "scratch.duckdb")
    for month in world.months:
        world.receive(month)
    return world


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Received, not published."""
    return make_world(tmp_path)


@pytest.fixture(scope="session")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_world(tmp_path_factory.mktemp("published"))
    world.publish()
    return world


@pytest.fixture(scope="session")
def corrected_once(published_once: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = published_once.copy(tmp_path_factory.mktemp("corrected"))
    world.correct("1223A", "2019-03-05", 13, 100)
    world.publish()
    return world


@pytest.fixture
def published(published_once: World, tmp_path: Path) -> World:
    """Published once."""
    return published_once.copy(tmp_path)


@pytest.fixture
def corrected(corrected_once: World, tmp_path: Path) -> World:
    """Published, and again after a correction: 1223A on 2019-03-05 at 13:00 was 28, is 100."""
    return corrected_once.copy(tmp_path)


@pytest.fixture(scope="session")
def specs() -> dict[str, pub.TableSpec]:
    return {spec.name: spec for spec in SPECS}


@pytest.fixture
def flip() -> Callable[[Path], None]:
    """Change one byte in the middle of a file, as a failing disk does."""

    def flip_byte(path: Path) -> None:
        path.chmod(0o644)
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 0x01
        path.write_bytes(raw)

    return flip_byte
