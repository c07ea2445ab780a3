"""Calendar of a year's daily AQI: each day carries its number and the official colour; days without AQI are hatched.

Does not belong here: what the days' values are (``queries.calendar``).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import polars as pl

from streamlit_app.components.html import escape
from streamlit_app.levels import levels
from streamlit_app.periods import Period
from streamlit_app.wording import pollutants_words, reason_words, status_words

WEEKDAYS = "一二三四五六日"


def calendar_html(days: pl.DataFrame, period: Period, last_day: date) -> str:
    """The year as twelve months; the chosen period's months are underlined, a chosen day is ringed."""
    rows = {row["local_date"]: row for row in days.iter_rows(named=True)}
    year = next(iter(rows)).year
    months = "".join(_month(year, month, rows, period, last_day) for month in range(1, 13))
    return f'<div class="months">{months}</div>{_legend()}'


def _month(year: int, month: int, rows: dict[date, dict[str, object]], period: Period, last_day: date) -> str:
    first = date(year, month, 1)
    days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    chosen = period.type in ("month", "quarter", "day") and period.start <= days[-1] and period.end >= first
    head = "".join(f"<span>{name}</span>" for name in WEEKDAYS)
    blanks = "<span></span>" * first.weekday()
    cells = "".join(_day(rows[day], last_day, picked=period.type == "day" and day == period.start) for day in days)
    return (
        f'<section class="month{" chosen" if chosen else ""}"><h4>{month}月</h4>'
        f'<div class="week" aria-hidden="true">{head}</div><div class="days">{blanks}{cells}</div></section>'
    )


def _day(row: dict[str, object], last_day: date, *, picked: bool) -> str:
    day, aqi = row["local_date"], row["aqi"]
    assert isinstance(day, date)
    ring = " picked" if picked else ""
    when = f"{day.year}年{day.month}月{day.day}日"
    if day > last_day:
        return f'<div class="day later{ring}" data-date="{day}">{day.day}</div>'
    if aqi is None:
        why = reason_words(str(row["null_reason"])) if row["null_reason"] else "无监测记录"
        return _cell("day hatched" + ring, day, f"{when}\n无有效AQI\n{why}", "缺", "")
    level = levels()[int(str(row["level"]))]
    primary = pollutants_words(str(row["primary_pollutants"])) if row["primary_pollutants"] else "无"
    tip = f"{when}\nAQI {aqi} · {level.zh}\n首要污染物：{primary}\n状态：{status_words(str(row['status']))}"
    return _cell("day" + ring, day, tip, str(aqi), f"background:{level.hex};color:{level.ink}")


def _cell(kind: str, day: date, tip: str, text: str, style: str) -> str:
    said = escape(tip)
    return (
        f'<div class="{kind}" tabindex="0" data-date="{day}" data-tip="{said}" '
        f'aria-label="{said}" style="{style}">{text}</div>'
    )


def _legend() -> str:
    parts = "".join(
        f'<li><span class="swatch" style="background:{v.hex}"></span>{v.zh}（{v.aqi_min}–{v.aqi_max}）</li>'
        for v in levels().values()
    )
    absent = '<li><span class="swatch hatched"></span>缺：无有效AQI</li>'
    return f'<ul class="legend" style="margin-top:.7rem">{parts}{absent}<li class="quiet">格内数字为当日AQI</li></ul>'
