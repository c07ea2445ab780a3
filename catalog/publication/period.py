"""Periods as people write them: ``2019``, ``2019-Q1``, ``2019-03``, ``2019-03-05``, ``2019-03-05T13``, ``2019-ytd``.

All on the province's clock. An hour is named by its end, as CNEMC does: ``2019-03-05T13`` is 12:00–13:00,
``2019-03-05T00`` the last hour of 4 March. ``2019-ytd`` is the year to date: from 1 January to the day of the year that
the data reach, in every year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.publication.errors import QuestionError

FORMS = "2019, 2019-Q1, 2019-03, 2019-03-05, 2019-03-05T13 (hour ending 13:00), 2019-ytd"
PATTERN = re.compile(
    r"(?P<year>[12]\d{3})"
    r"(?:-Q(?P<quarter>[1-4])|-(?P<month>\d{2})(?:-(?P<day>\d{2})(?:[T ](?P<hour>\d{2})(?::00)?)?)?)?"
    r"(?P<ytd>-ytd)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Period:
    """A half-open span on the province's clock; of a year to date, the end is the latest it can have."""

    text: str
    period_type: str
    start: datetime
    end: datetime

    @property
    def months(self) -> tuple[str, str]:
        """First and last month the period touches."""
        return f"{self.start:%Y-%m}", f"{self.end - timedelta(microseconds=1):%Y-%m}"


def parse_period(text: str) -> Period:
    """Read a period. Raises QuestionError when it is none of the forms."""
    found = PATTERN.fullmatch(text.strip())
    try:
        if found is None or (found["ytd"] and (found["quarter"] or found["month"])):
            raise ValueError("not one of the forms")
        return _read(text.strip(), found)
    except ValueError as error:
        raise QuestionError(f"{text!r} is no period ({error}); write one of: {FORMS}") from error


def _read(text: str, found: re.Match[str]) -> Period:
    year = int(found["year"])
    month = int(found["month"] or 3 * int(found["quarter"] or 1) - 2)
    start = datetime(year, month, int(found["day"] or 1))  # noqa: DTZ001 - a wall clock
    if found["hour"]:
        if int(found["hour"]) > 24:
            raise ValueError("hours run from 00 to 24")
        end = start + timedelta(hours=int(found["hour"]))
        return Period(text, "hour", end - timedelta(hours=1), end)
    if found["day"]:
        return Period(text, "day", start, start + timedelta(days=1))
    if found["month"]:
        return Period(text, "month", start, _months_later(start, 1))
    if found["quarter"]:
        return Period(text, "quarter", start, _months_later(start, 3))
    return Period(text, "ytd" if found["ytd"] else "year", start, _months_later(start, 12))


def _months_later(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, 12)
    return start.replace(year=start.year + years, month=month + 1)
