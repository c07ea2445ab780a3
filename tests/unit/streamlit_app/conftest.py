"""A publication small enough to know by heart: 浙江 with two cities and 江苏 with one, March of 2025 and of 2026.

It is built by ``catalog.publication.build``, from tables as dbt leaves them. PM2.5 of 杭州市 is 30 in March 2025 and 27
in March 2026; the composite index rises under the rules in force (the limits became stricter on 2026-03-01) and falls
under either edition alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from catalog import publication as pub
from catalog.indicators import catalog_rows
from catalog.lake import Lake
from streamlit_app.figures import Card, Figure
from streamlit_app.periods import Period, month_period
from streamlit_app.places import Region

HANGZHOU = Region("330100", "city", "杭州市")
MARCH_2026 = month_period(2026, 3)
SMALL_WORLD = Path(__file__).with_name("small_world.sql")
THEME_WORLD = Path(__file__).with_name("theme_world.sql")
SPECS = tuple(
    pub.TableSpec(name=name, key=key, grain=grain)
    for name, key, grain in (
        (
            "indicator_values",
            ("indicator_code", "edition", "region_code", "region_level", "period_type", "period_start"),
            "one row per indicator, edition, region and period",
        ),
        ("catalog_indicators", ("code",), "one row per indicator"),
        ("dim_region", ("region_code",), "one row per region"),
        ("dim_edition", ("edition", "applies_from"), "one row per edition and span"),
        ("air_city_hour", ("region_code", "interval_end_at"), "one row per city and hour"),
        ("air_city_day", ("region_code", "local_date"), "one row per city and day"),
        ("dim_period", ("theme", "period_type", "period_start"), "one row per period"),
        ("air_rulebooks", ("edition",), "one row per rulebook"),
        ("air_limits", ("limits_edition", "pollutant", "averaging"), "one row per limit"),
        ("air_validity", ("assessment_edition", "rule"), "one row per rule"),
        (
            "air_city_period_limit",
            ("region_code", "edition", "period_type", "period_start", "pollutant", "statistic"),
            "one row per city, period and statistic",
        ),
        ("air_city_period_index", ("region_code", "edition", "period_type", "period_start"), "one row per city"),
        ("batches", ("dataset", "batch"), "one row per batch"),
        ("lineage_inputs", ("inputs_hash", "theme", "month"), "one row per inputs hash and month"),
        ("lineage_batches", ("theme", "month", "dataset", "batch"), "one row per month and batch"),
    )
)

PLAN_WORLD = Path(__file__).with_name("plan_world.sql")
PLAN_TARGETS = pub.TableSpec(name="plan_targets", key=("code",), grain="one row per target")
PLAN_SPECS = (
    PLAN_TARGETS,
    *(
        pub.TableSpec(name=name, key=key, grain="one row per key")
        for name, key in (
            ("plan_clauses", ("clause",)),
            ("plan_rules", ("rule",)),
            ("plan_coverage", ("name_zh",)),
            ("catalog_datasets", ("dataset",)),
            ("kb_entity", ("entity_id",)),
            ("kb_relation", ("subject_id", "relation", "object_id")),
            ("kb_upstream", ("entity_id", "upstream_id")),
            ("kb_region_change", ("group_code", "entity_id")),
            ("kb_term", ("term_zh",)),
            ("kb_document", ("doc_id",)),
            ("kb_posting", ("doc_id", "token")),
        )
    ),
    pub.TableSpec(
        name="plan_progress",
        key=("code", "month"),
        grain="one row per target and month",
        words=(pub.ColumnWords(name="path_value", zh="路径值"), pub.ColumnWords(name="datasets", zh="数据集")),
    ),
)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> pub.Publication:
    """The publication itself."""
    return publish(Lake(tmp_path_factory.mktemp("lake")), index=None)


@pytest.fixture(scope="session")
def themed(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake whose publication holds, besides the air, the invented theme of ``theme_world.sql``."""
    lake = Lake(tmp_path_factory.mktemp("themed"))
    publish(lake, index=None, more=THEME_WORLD, tables=(PLAN_TARGETS,))
    return lake


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake whose publication holds, besides the air, the plan and the library of ``plan_world.sql``."""
    lake = Lake(tmp_path_factory.mktemp("planned"))
    publish(lake, index=None, more=PLAN_WORLD, tables=PLAN_SPECS)
    return lake


def publish(
    lake: Lake, *, index: str | None, more: Path | None = None, tables: tuple[pub.TableSpec, ...] = ()
) -> pub.Publication:
    """Build it below ``lake``; ``index`` replaces 杭州市's composite index of March 2026 (a correction)."""
    lake.root.mkdir(parents=True, exist_ok=True)
    scratch = lake.root / "scratch.duckdb"
    scratch.unlink(missing_ok=True)
    with duckdb.connect(str(scratch)) as db:
        cards = pl.DataFrame(catalog_rows())  # noqa: F841 - DuckDB reads it by name
        db.execute("CREATE TABLE catalog_indicators AS FROM cards")
        db.execute(SMALL_WORLD.read_text(encoding="utf-8"))
        if more is not None:
            db.execute(more.read_text(encoding="utf-8"))
        if index is not None:
            db.execute(
                "UPDATE indicator_values SET value = ? WHERE indicator_code = 'air_composite_index' "
                "AND edition = 'in-force' AND period_start = '2026-03-01'",
                [Decimal(index)],
            )
    facts = pub.PublicationFacts(
        as_of=datetime(2026, 4, 1, tzinfo=UTC),
        built_at=datetime(2026, 4, 1, 2, tzinfo=UTC),
        profile="demo",
        simulated=True,
        code=pub.CodeFacts(commit="abc", dirty=False, version="0.1.0"),
    )
    return pub.build(lake, scratch=scratch, tables=(*SPECS, *tables), facts=facts).publication


def card(code: str) -> Card:
    """A card as the repository's catalog has it."""
    row = next(r for r in catalog_rows() if r["code"] == code)
    return Card(**{name: row[name] for name in Card.__dataclass_fields__})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def make() -> Callable[..., Figure]:
    """Make a figure: ``make("air_pm25_mean", "27", region=HANGZHOU, reason=None)``."""

    def figure(
        code: str,
        value: str | None,
        *,
        region: Region = HANGZHOU,
        period: Period = MARCH_2026,
        reason: str | None = None,
        text: str | None = None,
        edition: str = "in-force",
        lower: str | None = None,
        upper: str | None = None,
    ) -> Figure:
        return Figure(
            card=card(code),
            region=region,
            period=period,
            edition=edition,
            value=None if value is None else Decimal(value),
            text=text,
            lower=None if lower is None else Decimal(lower),
            upper=None if upper is None else Decimal(upper),
            coverage=Decimal("1.0000"),
            status="provisional",
            n_inputs=31,
            inputs_hash="hash-2026-03",
            null_reason=reason,
        )

    return figure


@pytest.fixture(scope="session")
def days_frame() -> Callable[..., pl.DataFrame]:
    """A calendar frame from (date, AQI, level, primary pollutants, null reason)."""

    def frame(*rows: tuple[date, int | None, int | None, str | None, str | None]) -> pl.DataFrame:
        names = ("local_date", "aqi", "level", "primary_pollutants", "null_reason")
        records = [dict(zip(names, row, strict=True)) | {"status": "provisional"} for row in rows]
        return pl.DataFrame(records, infer_schema_length=None)

    return frame


@pytest.fixture(scope="session")
def publish_again() -> Callable[..., pub.Publication]:
    """Publish into a lake of one's own; ``index`` is a corrected composite index."""
    return publish
