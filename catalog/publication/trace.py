"""The way of one number, walked backwards: value → definition → mart row → months → batches → bytes as received.

``trace`` answers for one indicator, region and period of one publication. Does not belong here: drawing the answer
(``tree``), or judging whether all bytes are sound (``verify``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

import duckdb

from catalog.lake import Lake
from catalog.publication import region as regions
from catalog.publication.engine import name
from catalog.publication.errors import QuestionError
from catalog.publication.lineage import CoreRow, RawLine, TracedBatch, batches_of, core_rows, months_of, raw_lines
from catalog.publication.manifest import Manifest, Table
from catalog.publication.period import Period, parse_period
from catalog.publication.question import Question, Row, answer, rows_of
from catalog.publication.reader import open_publication
from catalog.publication.restate import local

CARDS = "catalog_indicators"
LINEAGE = ("lineage_inputs", "lineage_batches")
REGION_COLUMNS = ("region_code", "station_code", "city_code", "province_code")
TIME_TYPES = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
MART_ROWS = 20
CORE_ROWS = 500
RAW_LINES = 3


@dataclass(frozen=True)
class MartRows:
    """The rows of the mart a value was computed from: how many, and the first of them."""

    table: str
    column: str | None
    grain: str
    n_rows: int
    rows: list[Row]


@dataclass
class Trace:
    """Everything between a published number and the bytes it came from; ``notes`` say what could not be followed."""

    publication: str
    simulated: bool
    question: dict[str, str | None]
    region: regions.Region
    value: Row
    card: Row | None = None
    mart: MartRows | None = None
    months: list[str] = field(default_factory=list)
    batches: list[TracedBatch] = field(default_factory=list)
    n_core_rows: int = 0
    core_rows: list[CoreRow] = field(default_factory=list)
    raw_lines: list[RawLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        """For machines; decimals as text, so no digit is lost."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def trace(
    lake: Lake,
    indicator: str,
    region: str,
    period: str,
    *,
    edition: str | None = None,
    publication: str | None = None,
) -> Trace:
    """Walk back from one number; see ``period`` and ``region`` for what may be asked.

    Raises:
        QuestionError: no such number, or several; the message lists what comes near.
    """
    opened = open_publication(lake, publication)
    asked = parse_period(period)
    if opened.manifest.table(regions.TABLE) is None:
        raise QuestionError(f"publication {opened.id} holds no {regions.TABLE}: regions cannot be looked up")
    with opened.connect() as connection:
        place = regions.resolve(connection, region)
        found = Trace(
            publication=opened.id,
            simulated=opened.simulated,
            question={"indicator": indicator, "region": region, "period": period, "edition": edition},
            region=place,
            value=answer(connection, opened, Question(indicator, place, asked, edition)),
        )
        _add_definition(connection, opened.manifest, found, asked)
        _add_lineage(connection, lake, opened.manifest, found, asked)
    return found


def _add_definition(connection: duckdb.DuckDBPyConnection, manifest: Manifest, found: Trace, asked: Period) -> None:
    if manifest.table(CARDS) is None:
        found.notes.append(f"the publication holds no {CARDS}: no definition, no mart")
        return
    code = found.value["indicator_code"]
    cards = rows_of(connection, f"FROM {CARDS} WHERE code = ?", [code])
    if not cards:
        found.notes.append(f"{code} is not in {CARDS}")
        return
    found.card = cards[0]
    mart = str(found.card.get("mart") or "").rsplit(".", 1)[-1]
    table = manifest.table(mart)
    if table is None:
        found.notes.append(f"the mart {mart or '(none named)'} of {code} is not part of this publication")
        return
    found.mart = _mart_rows(connection, table, found, asked)


def _mart_rows(connection: duckdb.DuckDBPyConnection, table: Table, found: Trace, asked: Period) -> MartRows:
    """Rows of the mart within the value's region, edition and period, by what its key columns are."""
    conditions: list[str] = []
    parameters: list[object] = []
    kinds = {c.name: c.type for c in table.columns}
    for column in table.key:
        kind = kinds[column]
        if column in REGION_COLUMNS:
            conditions.append(f"list_contains(?, {name(column)})")
            parameters.append(_codes(connection, found.region, column))
        elif column in ("edition", "region_level", "period_type"):
            conditions.append(f"{name(column)} = ?")
            parameters.append(found.value[column])
        elif kind in TIME_TYPES:
            moment = local(name(column), kind)
            bounds = (">", "<=") if "end" in column else (">=", "<")
            conditions.append(f"{moment} {bounds[0]} ? AND {moment} {bounds[1]} ?")
            parameters += [asked.start, asked.end]
        elif column == "month" and kind == "VARCHAR":
            conditions.append(f"{name(column)} BETWEEN ? AND ?")
            parameters += asked.months
        elif words := _named_in_code(connection, table, column, found.value["indicator_code"]):
            conditions.append(f"list_contains(?, {name(column)})")
            parameters.append(words)
    relation = f"FROM {name(table.name)} WHERE {' AND '.join(conditions) or 'true'}"
    total = rows_of(connection, f"SELECT count(*) AS n {relation}", parameters)[0]["n"]
    order = ", ".join(name(column) for column in table.key)
    rows = rows_of(connection, f"SELECT * {relation} ORDER BY {order} LIMIT {MART_ROWS}", parameters)
    named = found.card.get("mart_column") if found.card else None
    return MartRows(table.name, named, table.grain, total, rows)


def _codes(connection: duckdb.DuckDBPyConnection, place: regions.Region, column: str) -> list[str]:
    """Whose rows a region's number is made of: its stations', or its own, a province's from its cities'."""
    if column == "station_code":
        return regions.stations_of(connection, place)
    return [place.code, *regions.children_of(connection, place)] if place.level == "province" else [place.code]


def _named_in_code(connection: duckdb.DuckDBPyConnection, table: Table, column: str, indicator_code: str) -> list[str]:
    """Values of a key column that the indicator's code names: ``pm25`` for ``air_pm25_mean``."""
    words = indicator_code.split("_")
    named = f"list_contains(?, {name(column)}::VARCHAR)"
    query = f"SELECT DISTINCT {name(column)} AS word FROM {name(table.name)} WHERE {named} ORDER BY word"
    return [row["word"] for row in rows_of(connection, query, [words])]


def _add_lineage(
    connection: duckdb.DuckDBPyConnection, lake: Lake, manifest: Manifest, found: Trace, asked: Period
) -> None:
    if missing := [table for table in LINEAGE if manifest.table(table) is None]:
        found.notes.append(f"the publication holds no {', '.join(missing)}: inputs cannot be followed")
        return
    found.months = months_of(connection, found.value["inputs_hash"])
    if not found.months:
        found.notes.append(f"inputs hash {found.value['inputs_hash']} is not in lineage_inputs")
        return
    found.batches = batches_of(connection, lake, manifest, found.value["inputs_hash"])
    if asked.period_type not in ("hour", "day") or found.region.level == "province":
        return
    named = {(b.dataset, b.batch) for b in found.batches}
    facts = [b for b in manifest.batches if (b.dataset, b.batch) in named]
    stations = regions.stations_of(connection, found.region)
    found.n_core_rows, found.core_rows = core_rows(
        connection, lake, facts, stations, (asked.start, asked.end), CORE_ROWS
    )
    found.raw_lines = raw_lines(lake, found.batches, found.core_rows, RAW_LINES)
