"""Which rules apply, as the publication has them: editions, the rulebook in force on a day, limits, what is doubtful.

Does not belong here: judging attainment of a year (published as ``air_*_attained``), colours of levels (``levels``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.publication import Publication
from streamlit_app.periods import Period
from streamlit_app.source import cached

IN_FORCE = "in-force"
IN_FORCE_ZH = "现行标准（按观测日期）"
STATISTIC = re.compile(r"air_(pm25|pm10|so2|no2|co|o3)_(mean|p\d\d|day)")
TARGETS = "plan_targets"
TARGET_COLUMNS = ("code", "target_zh", "value", "unit", "year", "comparison")
# Columns of a rule table that are not part of the rule.
ABOUT_A_RULE = ("certainty", "source")


@dataclass(frozen=True)
class Limit:
    """A grade II limit: the number, what it averages over, and the edition it stands in."""

    value: Decimal
    averaging: str
    edition: str

    @property
    def text(self) -> str:
        """The number without trailing zeros."""
        return f"{self.value.normalize():f}"


@dataclass(frozen=True)
class Target:
    """A quantified target of the plan; ``year`` is None where the plan sets none."""

    code: str
    zh: str
    value: Decimal
    unit: str
    year: int | None
    comparison: str


@dataclass(frozen=True)
class DoubtfulRule:
    """A rule that no text of the standard has confirmed yet."""

    table: str
    content: str
    source: str


@cached
def editions(publication: Publication) -> dict[str, str]:
    """Edition → Chinese name: 'in-force' first, then each single one by age."""
    with publication.connect() as db:
        found = db.execute("SELECT edition, zh FROM air_rulebooks ORDER BY valid_from").fetchall()
    return {IN_FORCE: IN_FORCE_ZH, **dict(found)}


def edition_name(publication: Publication, edition: str) -> str:
    """Chinese name; an edition without one keeps its code."""
    return editions(publication).get(edition, edition)


@cached
def rulebook_at(publication: Publication, edition: str, day: date) -> str:
    """The single edition that ``edition`` means on a day: itself, or for 'in-force' the one valid then."""
    query = "SELECT rulebook FROM dim_edition WHERE edition = ? AND ? BETWEEN applies_from AND applies_to"
    with publication.connect() as db:
        found = db.execute(query, [edition, day]).fetchone()
    return str(found[0]) if found else edition


def rulebooks_touched(publication: Publication, period: Period) -> list[str]:
    """Rulebooks in force at the bounds of a period and of the same period a year before; the last one applies now."""
    days = (period.before.start, period.before.end, period.start, period.end)
    return [rulebook_at(publication, IN_FORCE, day) for day in days]


def limit_of(publication: Publication, code: str, edition: str, day: date) -> Limit | None:
    """The limit an indicator is held against under an edition on a day; None where none exists for it."""
    found = STATISTIC.fullmatch(code)
    if found is None:
        return None
    pollutant, statistic = found.groups()
    if statistic == "mean":
        averaging = "annual"
    else:
        averaging = "daily_max_8h" if pollutant == "o3" else "24h"
    return _limits(publication, rulebook_at(publication, edition, day)).get((pollutant, averaging))


@cached
def _limits(publication: Publication, rulebook: str) -> dict[tuple[str, str], Limit]:
    query = """
        SELECT pollutant, averaging, grade2, limits_edition
        FROM air_limits JOIN air_rulebooks USING (limits_edition) WHERE edition = ?"""
    with publication.connect() as db:
        rows = db.execute(query, [rulebook]).fetchall()
    return {(pollutant, averaging): Limit(value, averaging, edition) for pollutant, averaging, value, edition in rows}


@cached
def targets(publication: Publication) -> dict[str, Target]:
    """The plan's targets by code; empty where the publication has no table of them."""
    table = publication.manifest.table(TARGETS)
    if table is None or not table.has_columns(*TARGET_COLUMNS):
        return {}
    query = f"SELECT {', '.join(TARGET_COLUMNS)} FROM {TARGETS} ORDER BY code"
    with publication.connect() as db:
        rows = db.execute(query).fetchall()
    return {
        code: Target(code, zh, Decimal(str(value)), unit, int(year) if year else None, comparison)
        for code, zh, value, unit, year, comparison in rows
        if value is not None
    }


@cached
def doubtful(publication: Publication) -> list[DoubtfulRule]:
    """Every rule of the publication that is marked doubtful, in whatever rule table it stands."""
    found = []
    tables = [table for table in publication.manifest.tables if table.has_columns(*ABOUT_A_RULE) and table.in_duckdb]
    with publication.connect() as db:
        for table in tables:
            content = ", ".join(c.name for c in table.columns if c.name not in ABOUT_A_RULE)
            query = f"""
                SELECT concat_ws(' · ', {content}), source FROM {table.name}
                WHERE certainty = 'doubtful' ORDER BY ALL"""
            found += [DoubtfulRule(table.name, *row) for row in db.execute(query).fetchall()]
    return found
