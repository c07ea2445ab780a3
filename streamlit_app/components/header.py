"""Head of a subject page: what it is about, which publication, how fresh, under which standard.

Does not belong here: choosing (``controls``).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from catalog.publication import Publication
from streamlit_app.components.html import escape, show
from streamlit_app.periods import Period
from streamlit_app.wording import instant_words, lag_words

ZONE = ZoneInfo("Asia/Shanghai")
# Hourly feeds arrive within an hour and are published hourly; a day without news is worth a leader's question.
LATE_AFTER = timedelta(hours=24)


def title(name: str, subtitle: str) -> None:
    """Name of the page."""
    show(f'<h1>{escape(name)}</h1><p class="quiet">{escape(subtitle)}</p>')


def facts(publication: Publication, latest: datetime | None, now: datetime) -> None:
    """Publication, time of release, latest hour and how old it is."""
    _facts(publication, _freshness(latest, now))


def theme_facts(publication: Publication, newest: Period | None, today: date) -> None:
    """Publication, time of release, newest period with a value and how long ago it ended."""
    if newest is None:
        words, kind = "无有效值", "late"
    else:
        days = (today - newest.end).days
        words, kind = newest.label + (f"（期末距今 {days} 天）" if days > 0 else "（期未结束）"), ""
    _facts(publication, ("最新时段", words, kind))


def _facts(publication: Publication, freshness: tuple[str, str, str]) -> None:
    items = [
        ("发布编号", f"<code>{escape(publication.id)}</code>", ""),
        ("发布时间", instant_words(publication.manifest.built_at.astimezone(ZONE)), ""),
        freshness,
    ]
    changes = publication.manifest.changes
    if publication.manifest.previous:
        items.append(
            ("较上一发布", f"修订 {changes.restated:,} · 更新 {changes.updated:,} · 撤回 {changes.withdrawn:,}", "")
        )
    body = "".join(f'<div class="{kind}"><dt>{name}</dt><dd>{value}</dd></div>' for name, value, kind in items)
    show(f'<dl class="facts">{body}</dl>')


def _freshness(latest: datetime | None, now: datetime) -> tuple[str, str, str]:
    if latest is None:
        return "最新数据", "无小时数据", "late"
    lag = now.astimezone(UTC) - latest.astimezone(UTC)
    late = lag > LATE_AFTER
    words = f"{instant_words(latest.astimezone(ZONE))}（距今 {lag_words(lag)}{'，已滞后' if late else ''}）"
    return "最新数据", words, "late" if late else ""
