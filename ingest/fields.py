"""Parts of a card: words in two languages, columns, and what a time label means.

Does not belong here: the card as a whole (``card``), how files arrive (``delivery``).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Interval = Literal["PT0S", "PT1M", "PT5M", "PT10M", "PT1H", "PT4H", "P1D", "P1M", "P3M", "P1Y", "varies"]


class Length(NamedTuple):
    """How polars says an interval, and how long it is: always the same time, or a number of calendar months."""

    polars: str
    fixed: timedelta | None = None
    months: int | None = None


# An instant has no length; `varies` is not here: the parser says each row's end.
LENGTHS = {
    "PT0S": Length("0s"),
    "PT1M": Length("1m", timedelta(minutes=1)),
    "PT5M": Length("5m", timedelta(minutes=5)),
    "PT10M": Length("10m", timedelta(minutes=10)),
    "PT1H": Length("1h", timedelta(hours=1)),
    "PT4H": Length("4h", timedelta(hours=4)),
    "P1D": Length("1d", timedelta(days=1)),
    "P1M": Length("1mo", months=1),
    "P3M": Length("3mo", months=3),
    "P1Y": Length("1y", months=12),
}


class Cadence(NamedTuple):
    """Time between two values of a source: every so many units (m, h, d, mo, y), and the longest it can be."""

    every: int
    unit: str
    longest: timedelta


# `irregular` is not here: it promises nothing
CADENCES = {
    "minutes": Cadence(10, "m", timedelta(minutes=10)),
    "hourly": Cadence(1, "h", timedelta(hours=1)),
    "four_hourly": Cadence(4, "h", timedelta(hours=4)),
    "daily": Cadence(1, "d", timedelta(days=1)),
    "monthly": Cadence(1, "mo", timedelta(days=31)),
    "quarterly": Cadence(3, "mo", timedelta(days=92)),
    "yearly": Cadence(1, "y", timedelta(days=366)),
}


class Model(BaseModel):
    """Frozen, and strict about unknown fields: a misspelt key is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Model):
    """The same words for both readers."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Column(Model):
    """One column of the core table.

    ``source_name`` is what the source calls it now, ``was`` what it called it before; both are read. ``unit`` is spelt
    as in ``catalog/quantities``. A ``datetime`` is read as the card's wall clock and kept as a UTC instant. ``digits``
    of a decimal: (all, after the point). ``minimum``/``maximum`` flag a value, they never drop it; ``why`` is the
    reason for them. ``barred`` says why no indicator may use the column.
    """

    name: Identifier
    type: Literal["string", "decimal", "integer", "date", "datetime"]
    title: Text
    source_name: str | None = None
    was: list[str] = []
    unit: str | None = None
    digits: tuple[int, int] = (12, 4)
    required: bool = False
    pattern: str | None = None
    allowed: list[str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    why: str | None = None
    barred: Text | None = None
    good: list[str] = []
    bad: list[str] = []

    @model_validator(mode="after")
    def _examples_agree(self) -> Self:
        if self.pattern is not None:
            for example in self.good:
                if not re.search(self.pattern, example):
                    raise ValueError(f"good example {example!r} does not match pattern {self.pattern!r}")
            for example in self.bad:
                if re.search(self.pattern, example):
                    raise ValueError(f"bad example {example!r} matches pattern {self.pattern!r}")
        return self

    @model_validator(mode="after")
    def _digits_fit(self) -> Self:
        total, after = self.digits
        if not 0 <= after < total <= 38:
            raise ValueError(f"digits {list(self.digits)}: expected [all, after the point], at most 38 in all")
        return self


class TimeConvention(Model):
    """What a time label means: the zone, and whether it names the start or the end of the averaging interval."""

    zone: str
    label: Literal["start", "end"]
    interval: Interval

    @model_validator(mode="after")
    def _zone_exists(self) -> Self:
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError) as error:
            raise ValueError(f"unknown time zone {self.zone!r}; expected an IANA name such as Asia/Shanghai") from error
        return self

    @model_validator(mode="after")
    def _label_is_meant(self) -> Self:
        if self.label == "end" and self.months is not None:
            raise ValueError(f"interval {self.interval}: a calendar period is labelled by its start")
        if self.label == "end" and self.interval in ("PT0S", "varies"):
            raise ValueError(f"interval {self.interval}: the label is the start, the parser says each row's end")
        return self

    @property
    def length(self) -> timedelta | None:
        """The averaging interval; None for instants, calendar periods and intervals that vary."""
        return self._said.fixed if self._said else None

    @property
    def months(self) -> int | None:
        """Length of a calendar period in months."""
        return self._said.months if self._said else None

    @property
    def offset(self) -> str | None:
        """The interval as polars says it; None when each row says its own."""
        return self._said.polars if self._said else None

    @property
    def _said(self) -> Length | None:
        return LENGTHS.get(self.interval)
