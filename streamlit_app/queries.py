"""What the charts read: freshness, calendars, monthly series, the parts of an index, station points.

Each function asks one publication and returns a small frame. Does not belong here: single figures (``figures``),
lineage and quality facts (``provenance``), drawing (``components``).
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from catalog.publication import Publication
from streamlit_app.figures import edition_free
from streamlit_app.periods import Period
from streamlit_app.rules import IN_FORCE
from streamlit_app.source import cached

POLLUTANTS = ("pm25", "pm10", "o3", "no2", "so2", "co")


@cached
def latest_hour(publication: Publication) -> datetime | None:
    """End of the latest hour that any city has a value for."""
    with publication.connect() as db:
        found = db.execute("SELECT max(interval_end_at) FROM air_city_hour").fetchone()
    return found[0] if found else None


@cached
def calendar(publication: Publication, city: str, edition: str, year: int) -> pl.DataFrame:
    """Every day of a year: AQI, level, primary pollutants; ``known`` is false where no row is published."""
    query = """
        WITH days AS (
            SELECT unnest(generate_series(make_date($year, 1, 1), make_date($year, 12, 31), INTERVAL 1 DAY))::DATE
                AS local_date
        ),
        held AS (
            SELECT CAST(period_start AS DATE) AS local_date,
                max(value) FILTER (indicator_code = 'air_aqi') AS aqi,
                max(value) FILTER (indicator_code = 'air_aqi_level') AS level,
                max(value_text) FILTER (indicator_code = 'air_primary_pollutant') AS primary_pollutants,
                max(null_reason) FILTER (indicator_code = 'air_aqi') AS null_reason,
                max(status) FILTER (indicator_code = 'air_aqi') AS status
            FROM indicator_values
            WHERE region_code = $city AND edition = $edition AND period_type = 'day'
                AND indicator_code IN ('air_aqi', 'air_aqi_level', 'air_primary_pollutant')
                AND period_start >= make_date($year, 1, 1) AND period_start < make_date($year + 1, 1, 1)
            GROUP BY ALL
        )
        SELECT days.local_date, held.aqi::INTEGER AS aqi, held.level::INTEGER AS level, held.primary_pollutants,
            held.null_reason, held.status, held.local_date IS NOT NULL AS known
        FROM days LEFT JOIN held USING (local_date)
        ORDER BY days.local_date"""
    with publication.connect() as db:
        return db.execute(query, {"city": city, "edition": edition, "year": year}).pl()


@cached
def level_days(publication: Publication, regions: list[str], edition: str, period: Period) -> pl.DataFrame:
    """How many days (of all these cities together) fall into each AQI level; level null: no AQI that day."""
    query = """
        SELECT value::INTEGER AS level, count(*) AS days
        FROM indicator_values
        WHERE indicator_code = 'air_aqi_level' AND period_type = 'day' AND edition = ?
            AND list_contains(?, region_code) AND CAST(period_start AS DATE) BETWEEN ? AND ?
        GROUP BY ALL ORDER BY level NULLS LAST"""
    with publication.connect() as db:
        return db.execute(query, [edition, regions, period.start, period.end]).pl()


@cached
def monthly(publication: Publication, code: str, region: str, edition: str, years: tuple[int, int]) -> pl.DataFrame:
    """Monthly values of one indicator in two years: one row per published month."""
    under = IN_FORCE if code in edition_free(publication) else edition
    query = """
        SELECT CAST(period_start AS DATE) AS month_start, year(period_start)::INTEGER AS year,
            month(period_start)::INTEGER AS month, value, coverage, status, null_reason
        FROM indicator_values
        WHERE indicator_code = ? AND region_code = ? AND edition = ? AND period_type = 'month'
            AND year(period_start) IN (?, ?)
        ORDER BY period_start"""
    with publication.connect() as db:
        return db.execute(query, [code, region, under, *years]).pl()


@cached
def exceedance_by_month(publication: Publication, region: str, edition: str, year: int) -> pl.DataFrame:
    """Exceedance days of each pollutant in each month of a year."""
    query = """
        SELECT month(period_start)::INTEGER AS month, regexp_extract(indicator_code, 'air_(\\w+)_exceedance_days', 1)
            AS pollutant, value::INTEGER AS days, null_reason
        FROM indicator_values
        WHERE list_contains(?, indicator_code) AND region_code = ? AND edition = ? AND period_type = 'month'
            AND year(period_start) = ?
        ORDER BY period_start, pollutant"""
    with publication.connect() as db:
        return db.execute(query, [EXCEEDANCE_CODES, region, edition, year]).pl()


EXCEEDANCE_CODES = [f"air_{pollutant}_exceedance_days" for pollutant in POLLUTANTS]


@cached
def index_parts(publication: Publication, city: str, rulebook: str, period: Period) -> dict[str, float]:
    """Pollutant → its part C/S of the composite index; empty unless the parts add up to the published index.

    The sum is checked because weights other than 1 would make these parts the wrong ones.
    """
    query = """
        SELECT parts.pollutant, CAST(parts.value / parts.limit_grade2 AS DOUBLE), whole.composite_index
        FROM air_city_period_limit AS parts
        JOIN air_city_period_index AS whole USING (region_code, edition, period_type, period_start)
        WHERE region_code = ? AND edition = ? AND period_type = ? AND period_start = ? AND parts.is_valid
            AND (parts.statistic = 'mean' OR (parts.pollutant, parts.percentile) IN (('co', 0.95), ('o3', 0.90)))
        ORDER BY parts.pollutant"""
    with publication.connect() as db:
        rows = db.execute(query, [city, rulebook, period.type, period.start]).fetchall()
    if not rows or rows[0][2] is None:
        return {}
    parts = {pollutant: float(part) for pollutant, part, _ in rows}
    # Each part is a quotient cut to 9 decimals, six of them: any larger difference is another formula.
    return parts if abs(sum(parts.values()) - float(rows[0][2])) < 1e-6 else {}


@cached
def stations(publication: Publication, cities: list[str]) -> pl.DataFrame:
    """Station points of these cities: code, name, city and its code, longitude, latitude."""
    query = """
        SELECT s.region_code AS station_code, s.name_zh, c.name_zh AS city_zh,
            CASE c.region_level WHEN 'city' THEN c.region_code ELSE c.parent_code END AS code,
            s.lon_deg::DOUBLE AS lon_deg, s.lat_deg::DOUBLE AS lat_deg
        FROM dim_region AS s JOIN dim_region AS c ON c.region_code = s.parent_code
        WHERE s.region_level = 'station' AND s.lon_deg IS NOT NULL AND s.lat_deg IS NOT NULL
            AND (list_contains(?, s.parent_code) OR list_contains(?, c.parent_code))
        ORDER BY s.region_code"""
    with publication.connect() as db:
        return db.execute(query, [cities, cities]).pl()


def years_of(period: Period) -> tuple[int, int]:
    """The year of a period and the one before."""
    return period.start.year, period.start.year - 1
