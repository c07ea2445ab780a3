"""The profile of new batches: what a gate judges and a person reads, from aggregates only.

One bounded pass over the new batches and the 30 days before them. Does not belong here: what a figure must be
(``suites``), what follows from it (``gate``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

import catalog
from catalog.lake import Lake
from ingest.card import Card
from ingest.core import Batch
from quality.flag_events import entity_column
from quality.reading import connect, literal, live, parquet

SQL = Path(__file__).parent / "profile_sql"
EDITIONS = Path(catalog.__file__).parent / "editions"
HISTORY = timedelta(days=30)
WHOLE = "*"  # the subject of a row about the batch as a whole
POLLUTANTS = {
    "pm25": "pm25_ug_m3",
    "pm10": "pm10_ug_m3",
    "so2": "so2_ug_m3",
    "no2": "no2_ug_m3",
    "o3": "o3_ug_m3",
    "co": "co_mg_m3",
}
SUBJECT_SCHEMA = pl.Schema(
    {
        "batch": pl.String,
        "subject": pl.String,
        "n_rows": pl.Int64,
        "n_values": pl.Int64,
        "n_entities": pl.Int64,
        "null_share": pl.Float64,
        "n_expected": pl.Int64,
        "completeness": pl.Float64,
        "mean": pl.Float64,
        "deviation": pl.Float64,
        "q05": pl.Float64,
        "q50": pl.Float64,
        "q95": pl.Float64,
        "baseline_days": pl.Int64,
        "baseline_mean": pl.Float64,
        "baseline_deviation": pl.Float64,
        "shift_sigma": pl.Float64,
        "quarantine_share": pl.Float64,
        "age_hours": pl.Float64,
        "aqi_rows": pl.Int64,
        "aqi_equal_share": pl.Float64,
        "aqi_within1_share": pl.Float64,
    }
)


@dataclass(frozen=True)
class Profile:
    """``subjects``: a row per batch and item or column, and one per batch as a whole (subject ``*``).

    ``days``: values and entities per batch, label day and item or column.
    """

    subjects: pl.DataFrame
    days: pl.DataFrame


@dataclass(frozen=True)
class Period:
    """The labels a batch should hold: the first label's local day and how many labels there are."""

    first_day: date
    n_labels: int


def profile(lake: Lake, card: Card, batches: Sequence[Batch]) -> Profile:
    """Describe new batches against the calendar and the 30 days before each, as the lake knows them now."""
    known = live(lake, card)
    readable = [b for b in batches if any(f.kind == "core" for f in b.files)]
    earlier = [b for b in known if any(_is_before(b, new) for new in readable)]
    wholes = _wholes(card, batches, known)
    if not readable:
        return Profile(wholes, pl.DataFrame(schema={"batch": pl.String, "day": pl.Date, "subject": pl.String}))
    with connect(lake, card.time.zone if card.time else "UTC") as db:
        _load_cells(db, lake, card, readable, earlier)
        db.execute((SQL / "cell_days.sql").read_text(encoding="utf-8"))
        expected = card.gate.expected_entities
        subjects = db.execute((SQL / "subjects.sql").read_text(encoding="utf-8"), {"expected_entities": expected}).pl()
        days = db.execute(
            "SELECT batch, day, subject, sum(n_values)::BIGINT AS n_values, count(DISTINCT entity) AS n_entities "
            "FROM cell_day JOIN judged USING (batch) GROUP BY ALL ORDER BY ALL"
        ).pl()
        agreement = _aqi_agreement(db, lake, card, readable)
    wholes = _with_completeness(wholes, subjects).update(agreement, on="batch", how="left")
    table = pl.concat([wholes, _shaped(subjects)]).sort("batch", "subject")
    return Profile(table, days)


def period(card: Card, batch: Batch) -> Period | None:
    """What the object's name says it covers, up to its arrival; else the span of its rows.

    An object with a single label is a snapshot of that label, whatever day its name speaks of.
    """
    if card.time is None or batch.first_at is None or batch.last_at is None:
        return None
    length, zone = card.time.length, ZoneInfo(card.time.zone)
    if card.time.months is not None:
        return _calendar_period(card.time.months, batch.first_at.astimezone(zone), batch.last_at.astimezone(zone))
    if length is None:
        return None
    shift = length if card.time.label == "end" else timedelta(0)
    first = (batch.first_at + shift).astimezone(zone)
    n_labels = (batch.last_at - batch.first_at) // length
    named = re.search(card.delivery.period_pattern, batch.object_name) if card.delivery.period_pattern else None
    if named is None or n_labels <= 1:
        return Period(first.date(), n_labels)
    parts = named.groupdict()
    year, month, day = int(parts["year"]), int(parts["month"]), int(parts.get("day") or 0)
    begin = datetime(year, month, day or 1, tzinfo=zone)
    end = begin + timedelta(days=1) if day else datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
    due = min(end, batch.received_at + shift)
    return Period(begin.date(), max(1, (due - begin) // length))


def _calendar_period(months: int, first: datetime, last: datetime) -> Period:
    """Months, quarters or years from the first to the last row's; what the name says is not asked."""
    return Period(first.date(), max(1, ((last.year - first.year) * 12 + last.month - first.month) // months))


def _is_before(batch: Batch, new: Batch) -> bool:
    """It has rows in the 30 days before the new batch begins."""
    if batch.name == new.name or not (batch.first_at and batch.last_at and new.first_at):
        return False
    return batch.first_at < new.first_at and batch.last_at >= new.first_at - HISTORY


def _wholes(card: Card, batches: Sequence[Batch], known: Sequence[Batch]) -> pl.DataFrame:
    """What commit records alone say about each batch."""
    newest = max((b.last_at for b in known if b.last_at), default=None)
    rows = [
        {
            "batch": b.name,
            "subject": WHOLE,
            "n_rows": b.counts["accepted"],
            "quarantine_share": b.counts["quarantined"] / b.rows_in if b.rows_in else None,
            # History is not late: only the batch that brings the newest value is judged for its age.
            "age_hours": (b.received_at - b.last_at) / timedelta(hours=1)
            if b.last_at and b.last_at == newest
            else None,
        }
        for b in batches
    ]
    return pl.DataFrame(rows, schema=SUBJECT_SCHEMA)


def _with_completeness(wholes: pl.DataFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    """Batches as a whole: the measured subjects together."""
    measured = subjects.group_by("batch").agg(
        pl.col("n_values").sum(),
        pl.col("n_entities").max(),
        pl.col("n_expected").sum().replace(0, None),
        found=(pl.col("completeness") * pl.col("n_expected")).sum(),
    )
    measured = measured.with_columns(completeness=pl.col("found") / pl.col("n_expected"))
    return wholes.update(_shaped(measured).drop("subject"), on="batch", how="left")


def _shaped(table: pl.DataFrame) -> pl.DataFrame:
    """The table with all columns of the profile, missing ones null."""
    absent = [pl.lit(None).alias(name) for name in SUBJECT_SCHEMA if name not in table.columns]
    return table.with_columns(absent).select(SUBJECT_SCHEMA.names()).cast(SUBJECT_SCHEMA, strict=False)


def _subjects(card: Card) -> dict[str, bool]:
    """Items or number columns, and whether they are measured (not computed by the agency, not barred)."""
    if card.is_long:
        return {name: not quantity.published for name, quantity in card.quantities.items()}
    numbers = [c for c in card.columns if c.type in ("decimal", "integer") and c.name not in card.key]
    return {c.name: c.barred is None for c in numbers}


def _label_day(card: Card) -> str:
    if card.time is None:
        return "NULL::DATE"
    return "interval_end_at::DATE" if card.time.label == "end" else "interval_start_at::DATE"


def _load_cells(
    db: duckdb.DuckDBPyConnection, lake: Lake, card: Card, new: Sequence[Batch], earlier: Sequence[Batch]
) -> None:
    """Create cell, judged, subject and quantile, which the SQL files read."""
    subjects = _subjects(card)
    sources = [_cells(lake, card, new, list(subjects))]
    if others := [b for b in earlier if b.name not in {n.name for n in new}]:
        # Of the past only what is measured is compared: 6 of CNEMC's 15 types.
        sources.append(_cells(lake, card, others, [name for name, measured in subjects.items() if measured]))
    db.execute(f"CREATE TEMP VIEW cell AS {' UNION ALL '.join(sources)}")
    db.execute("CREATE TEMP TABLE judged (batch VARCHAR, first_day DATE, n_labels BIGINT)")
    periods = [(b.name, period(card, b)) for b in new]
    db.executemany(
        "INSERT INTO judged VALUES (?, ?, ?)",
        [(name, p.first_day if p else None, p.n_labels if p else None) for name, p in periods],
    )
    db.execute("CREATE TEMP TABLE subject (subject VARCHAR, is_measured BOOLEAN)")
    if subjects:
        db.executemany("INSERT INTO subject VALUES (?, ?)", list(subjects.items()))
    db.execute(
        "CREATE TEMP TABLE quantile AS SELECT batch, subject, q[1] AS q05, q[2] AS q50, q[3] AS q95 FROM "
        "(SELECT batch, subject, quantile_cont(value, [0.05, 0.5, 0.95]) AS q FROM cell SEMI JOIN judged USING (batch) "
        "GROUP BY ALL)"
    )


def _cells(lake: Lake, card: Card, batches: Sequence[Batch], subjects: list[str]) -> str:
    """A SELECT of (batch, entity, day, subject, value), one row a value, of long and wide datasets alike."""
    files = parquet(lake.root / f.path for b in batches for f in b.files if f.kind == "core")
    where = f"batch, {entity_column(card)} AS entity, {_label_day(card)} AS day"
    if card.is_long:
        wanted = ", ".join(map(literal, subjects))
        return f"SELECT {where}, item AS subject, value::DOUBLE AS value FROM {files} WHERE item IN ({wanted})"
    if not subjects:  # a register of words: nothing to describe but its rows
        return f"SELECT {where}, NULL::VARCHAR AS subject, NULL::DOUBLE AS value FROM {files} WHERE false"
    numbers = ", ".join(f'"{name}"::DOUBLE AS "{name}"' for name in subjects)
    quoted = ", ".join(f'"{name}"' for name in subjects)
    pivoted = f"(SELECT {where}, {numbers} FROM {files})"
    return (
        "SELECT batch, entity, day, subject, value "
        f"FROM {pivoted} UNPIVOT INCLUDE NULLS (value FOR subject IN ({quoted}))"
    )


def _aqi_agreement(db: duckdb.DuckDBPyConnection, lake: Lake, card: Card, new: Sequence[Batch]) -> pl.DataFrame:
    """How often the published AQI follows from the row's own pollutants; empty unless the card asks for it."""
    columns = {"batch": pl.String, "aqi_rows": pl.Int64, "aqi_equal_share": pl.Float64, "aqi_within1_share": pl.Float64}
    if card.gate.aqi_from_pollutants is None or card.time is None:
        return pl.DataFrame(schema=columns)
    files = parquet(lake.root / f.path for b in new for f in b.files if f.kind == "core")
    entity, day = entity_column(card), _label_day(card)
    named = {"aqi": "aqi", **POLLUTANTS}
    if card.is_long:
        picked = ", ".join(f"max(value) FILTER (item = '{item}') AS {name}" for name, item in named.items())
        rows = f"SELECT batch, {day} AS day, {picked} FROM {files} GROUP BY batch, {entity}, interval_end_at, {day}"
    else:
        picked = ", ".join(f"{item}::DECIMAL(12,4) AS {name}" for name, item in named.items())
        rows = f"SELECT batch, {day} AS day, {picked} FROM {files}"
    sound = " AND ".join(f"{name} >= 0" for name in named)
    db.execute(f"CREATE TEMP VIEW aqi_row AS SELECT *, row_number() OVER () AS id FROM ({rows}) WHERE {sound}")
    db.execute(
        (SQL / "aqi_agreement.sql").read_text(encoding="utf-8"),
        {
            "rulebooks": str(EDITIONS / "air_rulebooks.csv"),
            "rules": str(EDITIONS / "air_aqi_rules.csv"),
            "breakpoints": str(EDITIONS / "aqi_breakpoints.csv"),
            "report": "hour" if card.time.interval == "PT1H" else "day",
        },
    )
    return db.execute("FROM aqi_agreement").pl().cast(columns)  # type: ignore[arg-type]
