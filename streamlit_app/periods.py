"""Periods a publication holds, and how they are named: in Chinese for people, as the command line writes them.

Does not belong here: the values of a period (``figures``).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from catalog.publication import Publication
from streamlit_app.source import cached

TYPES_ZH = {"year": "全年", "ytd": "年初至今", "quarter": "季度", "month": "月度", "day": "单日"}
QUARTERS_ZH = "一二三四"


@dataclass(frozen=True)
class Period:
    """One period; ``has_values``: at least one number of the province or its cities is not null."""

    type: str
    start: date
    end: date
    has_values: bool = True

    @property
    def code(self) -> str:
        """As ``ecolake trace`` takes it: 2026, 2026-ytd, 2026-Q3, 2026-10, 2026-10-31."""
        year = self.start.year
        return {
            "year": f"{year}",
            "ytd": f"{year}-ytd",
            "quarter": f"{year}-Q{self.quarter}",
            "month": f"{self.start:%Y-%m}",
            "day": f"{self.start:%Y-%m-%d}",
        }[self.type]

    @property
    def quarter(self) -> int:
        """1 to 4."""
        return (self.start.month + 2) // 3

    @property
    def label(self) -> str:
        """For people."""
        year = f"{self.start.year}年"
        return {
            "year": year,
            "ytd": f"{year}1月1日至{self.end.month}月{self.end.day}日",
            "quarter": f"{year}第{QUARTERS_ZH[self.quarter - 1]}季度",
            "month": f"{year}{self.start.month}月",
            "day": f"{year}{self.start.month}月{self.start.day}日",
        }[self.type]

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.end - self.start).days + 1

    @property
    def before(self) -> Period:
        """The same period of the year before."""
        start, end = _year_earlier(self.start), _year_earlier(self.end)
        if self.type == "month":
            end = end.replace(day=monthrange(end.year, end.month)[1])
        return Period(self.type, start, end, self.has_values)


def _year_earlier(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, day.month, 28 if is_leap_day else day.day)


def day_period(day: date) -> Period:
    """One day as a period."""
    return Period("day", day, day)


def month_period(year: int, month: int) -> Period:
    """One month as a period."""
    return Period("month", date(year, month, 1), date(year, month, monthrange(year, month)[1]))


@cached
def available(publication: Publication, province: str) -> dict[str, list[Period]]:
    """Period type → periods, newest first (all but days)."""
    query = """
        WITH held AS (
            SELECT period_type, CAST(period_start AS DATE) AS period_start, bool_or(value IS NOT NULL) AS has_values
            FROM indicator_values
            WHERE period_type IN ('year', 'ytd', 'quarter', 'month') AND edition = 'in-force'
                AND (region_code = $1 OR region_code IN (SELECT region_code FROM dim_region WHERE parent_code = $1))
            GROUP BY ALL
        )
        SELECT period_type, period_start, period_end, has_values
        FROM held JOIN (FROM dim_period WHERE theme = 'air') USING (period_type, period_start)
        ORDER BY period_start DESC"""
    found: dict[str, list[Period]] = {}
    with publication.connect() as db:
        for row in db.execute(query, [province]).fetchall():
            found.setdefault(row[0], []).append(Period(*row))
    return found


@cached
def day_range(publication: Publication) -> tuple[date, date] | None:
    """First and last day with city values."""
    with publication.connect() as db:
        first, last = db.execute("SELECT min(local_date), max(local_date) FROM air_city_day").fetchall()[0]
    return None if first is None else (first, last)


def natural_end(kind: str, start: date) -> date:
    """Last day of a period by its type alone; of a year to date, the year's."""
    months = {"day": 0, "month": 1, "quarter": 3, "year": 12, "ytd": 12}[kind]
    last = start.month + months - 1
    return start if not months else date(start.year, last, monthrange(start.year, last)[1])


def default_period(periods: list[Period]) -> Period:
    """The newest one with values, else the newest."""
    return next((p for p in periods if p.has_values), periods[0])
