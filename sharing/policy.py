"""May this go? A feed held against a publication: columns, levels, rows. What is not listed is not given.

The answer is a :class:`Grant`: the rows as SQL and the columns with their words, or a refusal with the reason. Levels
are those of DB33/T 2350-2021; the higher of what the publication says and what is said today counts, and a column
without one counts as L4. Does not belong here: writing files (``package``).

Not in this form: aggregates of firms need a smallest cell (k >= 3 firms, largest share < 85 %), so a table of them must
not be given a level below L4 until that is checked here; the licences of the sources are named, not enforced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from catalog.publication.engine import name, text
from catalog.publication.manifest import Column, ColumnWords, Level, Table
from catalog.publication.reader import Publication
from sharing.errors import RefusedError
from sharing.feed import Feed

# "sensitive: not opened"; also what a column without a stated level counts as.
NEVER: Level = "L4"
REGISTER = "dim_region"
# Where a table says of which region a row speaks, and of which local day: the first that it has.
REGIONS = ("region_code", "station_code")
DAYS = {
    "local_date": '"local_date"',
    "period_start": '"period_start"::DATE',
    "interval_start_at": """timezone('Asia/Shanghai', "interval_start_at")::DATE""",
    "month": """("month" || '-01')::DATE""",
}
INDICATOR = "indicator_code"


@dataclass(frozen=True)
class Grant:
    """What a feed gives out of one publication; ``rows`` is a relation over it, with all columns of the table."""

    feed: Feed
    table: Table
    columns: tuple[Column, ...]
    words: Mapping[str, ColumnWords]
    levels: Mapping[str, Level]
    rows: str

    @property
    def highest(self) -> Level:
        """The highest level of its columns."""
        return max(self.levels.values())


def grant(
    feed: Feed,
    publication: Publication,
    connection: duckdb.DuckDBPyConnection,
    *,
    today: date,
    levels_today: Mapping[str, Level],
) -> Grant:
    """What the feed gives today. ``levels_today``: column → level as the catalog says now.

    Raises:
        RefusedError: the feed is not valid, or names what is not there, not classified, or above its ceiling.
    """
    _check_validity(feed, today)
    table = publication.manifest.table(feed.table)
    if table is None:
        known = ", ".join(t.name for t in publication.manifest.tables)
        raise RefusedError(f"table {feed.table} is not in publication {publication.id}; there are: {known}")
    there = {column.name: column for column in table.columns}
    if missing := [c for c in feed.columns if c not in there]:
        raise RefusedError(f"{feed.table} has no column {', '.join(missing)}; columns are: {', '.join(there)}")
    words = {word.name: word for word in table.words}
    levels = {c: level(words.get(c), levels_today.get(c)) for c in feed.columns}
    if not any(word.level for word in table.words):
        raise RefusedError(
            f"publication {publication.id} states no level for any column of {feed.table}: each counts as {NEVER}, "
            "which is not opened; state it (meta: level, in the model's yml), it comes with the next publication"
        )
    _check_ceiling(feed, words, levels)
    condition = _condition(feed, table, publication, connection)
    return Grant(
        feed=feed,
        table=table,
        columns=tuple(there[c] for c in feed.columns),
        words={c: words[c] for c in feed.columns},
        levels=levels,
        rows=f"(FROM {name(feed.table)} WHERE {condition})",
    )


def level(published: ColumnWords | None, today: Level | None) -> Level:
    """The level that counts: the higher of two (L1 < L2 < L3 < L4 as text too); L4 when the publication states none."""
    stated: Level = published.level if published and published.level else NEVER
    return max(stated, today or stated)


def _check_validity(feed: Feed, today: date) -> None:
    state = feed.state(today)
    if state == "expired":
        raise RefusedError(f"the feed expired: valid to {feed.valid_to}, today is {today}; renew the agreement first")
    if state == "not yet valid":
        raise RefusedError(f"the feed is not valid yet: from {feed.valid_from}, today is {today}")
    if state == "suspended":
        raise RefusedError("the feed is suspended (status in its card)")


def _check_ceiling(feed: Feed, words: Mapping[str, ColumnWords], levels: Mapping[str, Level]) -> None:
    above = [c for c in feed.columns if levels[c] > feed.ceiling or levels[c] == NEVER]
    if not above:
        return
    told = []
    for column in above:
        published = words[column].level if column in words else None
        since = "" if published in (None, levels[column]) else f", {published} when it was published"
        told.append(f"{column} ({levels[column]}{since if published else ', for no level is stated'})")
    ceiling = f"the ceiling {feed.ceiling}" if feed.ceiling < NEVER else f"what is ever opened ({NEVER} is not)"
    raise RefusedError(f"above {ceiling}: {', '.join(told)}; take them out of the feed's columns")


def _condition(feed: Feed, table: Table, publication: Publication, connection: duckdb.DuckDBPyConnection) -> str:
    """SQL of the filter. A table's region, day and indicator have to be limited: no limit is not "all"."""
    rows = feed.rows
    there = {column.name for column in table.columns}
    region = next((column for column in REGIONS if column in there), None)
    day = next((column for column in DAYS if column in there), None)
    if stray := sorted(set(rows.only) - there):
        raise RefusedError(f"rows.only: {feed.table} has no column {', '.join(stray)}")
    demanded = {
        region: (bool(rows.within) or region in rows.only, f"rows.within or rows.only.{region}"),
        day: (bool(rows.first_day), "rows.first_day"),
        INDICATOR if INDICATOR in there else None: (INDICATOR in rows.only, f"rows.only.{INDICATOR}"),
    }
    for column, (is_limited, how) in demanded.items():
        if column and not is_limited:
            raise RefusedError(f"{feed.table} has a column {column}: its card must limit it with {how}")
    if (rows.within and not region) or ((rows.first_day or rows.last_day) and not day):
        raise RefusedError(f"rows: {feed.table} has no region or no day to filter by")
    conditions = [f"{name(column)}::VARCHAR IN ({_listed(values)})" for column, values in sorted(rows.only.items())]
    if rows.within:
        conditions.append(f"{name(str(region))} IN ({_listed(_inside(rows.within, publication, connection))})")
    if rows.first_day:
        conditions.append(f"{DAYS[str(day)]} >= DATE {text(rows.first_day.isoformat())}")
    if rows.last_day:
        conditions.append(f"{DAYS[str(day)]} <= DATE {text(rows.last_day.isoformat())}")
    return " AND ".join(conditions) or "true"


def _inside(codes: list[str], publication: Publication, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The regions and everything that lies in them, by the publication's own register."""
    if publication.manifest.table(REGISTER) is None:
        raise RefusedError(f"rows.within needs table {REGISTER}, which publication {publication.id} does not have")
    found = connection.execute(
        f"""WITH RECURSIVE inside AS (
            SELECT region_code FROM {REGISTER} WHERE region_code IN ({_listed(codes)})
            UNION SELECT r.region_code FROM {REGISTER} AS r INNER JOIN inside AS i ON r.parent_code = i.region_code
        ) SELECT region_code FROM inside ORDER BY region_code"""
    ).fetchall()
    inside = [code for (code,) in found]
    if unknown := sorted(set(codes) - set(inside)):
        raise RefusedError(f"rows.within: {', '.join(unknown)} not in the register of publication {publication.id}")
    return inside


def _listed(values: list[str]) -> str:
    return ", ".join(text(value) for value in values)


def primary_key(given: Grant) -> tuple[str, ...]:
    """The table's key where all of it is given; without it rows may look alike."""
    shown = {column.name for column in given.columns}
    return given.table.key if set(given.table.key) <= shown else ()
