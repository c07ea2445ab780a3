"""What a publication holds of a theme: levels, periods, regions and editions with values, the newest period, a series.

Everything follows from ``indicator_values``, the cards and ``dim_region``: no theme is known by name here. Does not
belong here: single figures (``figures``), choosing (``theme_choice``).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from catalog.metrics import catalogued
from catalog.publication import Publication
from catalog.themes import Theme, in_order
from streamlit_app.figures import CHANGE, only_edition
from streamlit_app.periods import TYPES_ZH, Period, natural_end
from streamlit_app.places import Region
from streamlit_app.rules import IN_FORCE
from streamlit_app.source import cached
from streamlit_app.wording import LEVELS_ZH


@dataclass(frozen=True)
class Spot:
    """A region of a theme in one period; ``has_value``: at least one of its numbers is not null."""

    region: Region
    parent_code: str | None
    parent_zh: str | None
    has_value: bool


@cached
def metrics(publication: Publication) -> pl.DataFrame:
    """The catalog with what the publication holds of each indicator."""
    return catalogued(publication)


def themes_held(publication: Publication) -> list[Theme]:
    """Themes and topics with at least one value, in the order of the menu."""
    return in_order(set(metrics(publication).filter(pl.col("n_values") > 0)["theme"].to_list()))


def codes_of(publication: Publication, theme: str) -> list[str]:
    """Indicators of a theme that the publication has values of, without the same-period changes."""
    of_theme = (pl.col("theme") == theme) & ~pl.col("is_change") & (pl.col("n_values") > 0)
    return metrics(publication).filter(of_theme)["code"].to_list()


@cached
def spans(publication: Publication, theme: str) -> dict[str, dict[str, list[Period]]]:
    """Level → period type → periods with a value, newest first; from the whole to its parts, long periods first."""
    query = """
        SELECT v.region_level, v.period_type, CAST(v.period_start AS DATE) AS start, max(p.period_end) AS period_end
        FROM indicator_values AS v
        LEFT JOIN dim_period AS p
            ON p.theme = $theme AND p.period_type = v.period_type AND p.period_start = CAST(v.period_start AS DATE)
        WHERE list_contains($codes, v.indicator_code) AND v.value IS NOT NULL
        GROUP BY ALL ORDER BY start DESC"""
    with publication.connect() as db:
        rows = db.execute(query, {"theme": theme, "codes": codes_of(publication, theme)}).fetchall()
    held: dict[str, dict[str, list[Period]]] = {}
    for level, kind, start, end in rows:
        if kind in TYPES_ZH:
            held.setdefault(level, {}).setdefault(kind, []).append(Period(kind, start, end or natural_end(kind, start)))
    order = {level: n for n, level in enumerate(LEVELS_ZH)}
    levels = sorted(held, key=lambda level: (order.get(level, len(order)), level))
    return {level: {kind: held[level][kind] for kind in TYPES_ZH if kind in held[level]} for level in levels}


def newest(publication: Publication, theme: str) -> Period | None:
    """The period with a value that ends last, the shortest of those; None where there is no value."""
    every = [p for kinds in spans(publication, theme).values() for periods in kinds.values() for p in periods[:1]]
    # A year to date ends with the data, its year with the calendar: what has begun last is what is newest.
    return max(every, key=lambda p: (p.start, -p.days), default=None)


@cached
def editions_held(publication: Publication, theme: str) -> list[str]:
    """Editions that a theme's values can be seen under: those in force first; one, where nothing depends on it."""
    query = """
        SELECT DISTINCT edition FROM indicator_values
        WHERE list_contains(?, indicator_code) AND value IS NOT NULL ORDER BY edition"""
    dependent = sorted(set(codes_of(publication, theme)) - set(only_edition(publication)))
    with publication.connect() as db:
        found = [edition for (edition,) in db.execute(query, [dependent]).fetchall()]
    return sorted(found, key=lambda edition: edition != IN_FORCE) or [IN_FORCE]


@cached
def spots(publication: Publication, theme: str, level: str, period: Period) -> list[Spot]:
    """Every region of a level that the theme has a number or a reason for in this period, by code."""
    query = """
        WITH held AS (
            SELECT region_code, bool_or(value IS NOT NULL) AS has_value
            FROM indicator_values
            WHERE list_contains($codes, indicator_code) AND region_level = $level AND period_type = $kind
                AND CAST(period_start AS DATE) = $start
            GROUP BY region_code
        ),
        places AS (
            SELECT region_code, region_level, min(name_zh) AS name_zh, min(parent_code) AS parent_code
            FROM dim_region GROUP BY ALL
        ),
        parents AS (SELECT region_code, min(name_zh) AS name_zh FROM dim_region GROUP BY ALL)
        SELECT held.region_code, coalesce(places.name_zh, held.region_code), places.parent_code, parents.name_zh,
            held.has_value
        FROM held
        LEFT JOIN places ON places.region_code = held.region_code AND places.region_level = $level
        LEFT JOIN parents ON parents.region_code = places.parent_code
        ORDER BY held.region_code"""
    asked = {
        "codes": codes_of(publication, theme),
        "level": level,
        "kind": period.type,
        "start": period.start,
    }
    with publication.connect() as db:
        rows = db.execute(query, asked).fetchall()
    return [Spot(Region(code, level, name), parent, parent_zh, has) for code, name, parent, parent_zh, has in rows]


@cached
def series(publication: Publication, code: str, region: Region, kind: str, edition: str) -> pl.DataFrame:
    """One indicator of one region through all its periods of a type, oldest first; ``edition`` where it has several."""
    query = """
        SELECT CAST(period_start AS DATE) AS period_start, value, value_text, lower, upper, status, null_reason
        FROM indicator_values
        WHERE indicator_code = ? AND region_code = ? AND region_level = ? AND period_type = ? AND edition = ?
        ORDER BY period_start"""
    under = only_edition(publication).get(code, edition)
    with publication.connect() as db:
        return db.execute(query, [code, region.code, region.level, kind, under]).pl()


def with_changes(codes: list[str]) -> tuple[str, ...]:
    """The codes and those of their same-period changes."""
    return (*codes, *(code + CHANGE for code in codes))
