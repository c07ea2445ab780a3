"""Periods: named for people, named for the command line, and compared with the same period a year earlier."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.publication import Publication
from catalog.publication.period import parse_period
from streamlit_app import periods
from streamlit_app.periods import Period

CASES = [
    (Period("year", date(2026, 1, 1), date(2026, 12, 31)), "2026", "2026年"),
    (Period("ytd", date(2026, 1, 1), date(2026, 10, 31)), "2026-ytd", "2026年1月1日至10月31日"),
    (Period("quarter", date(2026, 7, 1), date(2026, 9, 30)), "2026-Q3", "2026年第三季度"),
    (periods.month_period(2026, 10), "2026-10", "2026年10月"),
    (periods.day_period(date(2026, 3, 1)), "2026-03-01", "2026年3月1日"),
]


@pytest.mark.parametrize(("period", "code", "label"), CASES)
def test_a_period_has_a_name_and_a_code_that_trace_understands(period: Period, code: str, label: str) -> None:
    assert (period.code, period.label) == (code, label)
    asked = parse_period(code)
    assert (asked.period_type, asked.start.date()) == (period.type, period.start)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (periods.month_period(2025, 2), date(2024, 2, 1), date(2024, 2, 29)),
        (periods.month_period(2024, 2), date(2023, 2, 1), date(2023, 2, 28)),
        (periods.day_period(date(2024, 2, 29)), date(2023, 2, 28), date(2023, 2, 28)),
        (Period("ytd", date(2026, 1, 1), date(2026, 10, 31)), date(2025, 1, 1), date(2025, 10, 31)),
        (Period("year", date(2026, 1, 1), date(2026, 12, 31)), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_the_same_period_a_year_before(period: Period, start: date, end: date) -> None:
    assert (period.before.type, period.before.start, period.before.end) == (period.type, start, end)


def test_the_publication_says_which_periods_there_are(published: Publication) -> None:
    held = periods.available(published, "330000")
    assert [(p.code, p.has_values) for p in held["month"]] == [("2026-03", True), ("2025-03", True)]
    assert [(p.code, p.has_values) for p in held["year"]] == [("2026", False)]
    assert held["year"][0].end == date(2026, 12, 31)
    assert periods.day_range(published) == (date(2025, 3, 1), date(2026, 3, 31))


def test_the_newest_period_with_values_is_shown_first() -> None:
    empty = Period("year", date(2026, 1, 1), date(2026, 12, 31), has_values=False)
    full = Period("year", date(2025, 1, 1), date(2025, 12, 31))
    assert periods.default_period([empty, full]) == full
    assert periods.default_period([empty]) == empty
