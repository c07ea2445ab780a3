"""What the reader chose: province, period, edition, city. Kept in the address, so a view can be sent to someone.

Does not belong here: what is then shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from catalog.publication import Publication
from streamlit_app import periods, places, rules
from streamlit_app.periods import TYPES_ZH, Period
from streamlit_app.places import Region

CITY_KEY = "city"


@dataclass(frozen=True)
class Choice:
    """Everything that decides what a page shows of one publication."""

    province: Region
    cities: list[Region]
    city: Region
    period: Period
    edition: str

    @property
    def regions(self) -> list[Region]:
        """Province first, then its cities."""
        return [self.province, *self.cities]


def choose(publication: Publication) -> Choice | None:
    """Show the controls; None when the publication holds no province yet."""
    known = places.provinces(publication)
    days = periods.day_range(publication)
    if not known or days is None:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        province = _province(known)
        period = _period(publication, province, days)
        edition = _edition(publication)
        cities = places.cities(publication, province.code)
        city = _city(cities)
    return Choice(province, cities, city, period, edition)


def _province(known: list[Region]) -> Region:
    by_code = {region.code: region for region in known}
    if len(known) == 1:
        return known[0]
    code = st.selectbox(
        "省份", list(by_code), format_func=lambda c: by_code[c].name_zh, key="province", bind="query-params", width=130
    )
    return by_code[code]


def _period(publication: Publication, province: Region, days: tuple[date, date]) -> Period:
    held = periods.available(publication, province.code)
    kinds = [kind for kind in TYPES_ZH if kind in held or kind == "day"]
    default_kind = next((k for k in OPENING if any(p.has_values for p in held.get(k, []))), kinds[0])
    kind = st.segmented_control(
        "时段",
        kinds,
        format_func=TYPES_ZH.__getitem__,
        default=default_kind,
        required=True,
        key="kind",
        bind="query-params",
    )
    if kind == "day":
        picked = st.date_input(
            "日期",
            days[1],
            min_value=days[0],
            max_value=days[1],
            key="day",
            format="YYYY-MM-DD",
            bind="query-params",
            width=150,
        )
        return periods.day_period(picked if isinstance(picked, date) else days[1])
    by_code = {period.code: period for period in held[kind or default_kind]}
    default = periods.default_period(list(by_code.values())).code
    code = st.selectbox(
        "选择时段",
        list(by_code),
        index=list(by_code).index(default),
        format_func=lambda c: by_code[c].label + ("" if by_code[c].has_values else "（无有效值）"),
        key=f"period-{kind}",
        bind="query-params",
        width=230,
    )
    return by_code[code]


# What the page opens with: the first of these that has any value.
OPENING = ("ytd", "year", "quarter", "month")


def _edition(publication: Publication) -> str:
    names = rules.editions(publication)
    return st.selectbox(
        "评价标准版本",
        list(names),
        format_func=names.__getitem__,
        key="edition",
        bind="query-params",
        width=230,
        help=EDITION_HELP,
    )


EDITION_HELP = (
    "“现行标准”按每个观测日期当时有效的版本评价；也可以把同一时段统一换用某一个版本评价，"
    "例如比较跨越2026年3月1日（GB 3095-2026 实施）的两个时段。"
)


def _city(cities: list[Region]) -> Region:
    by_code = {region.code: region for region in cities}
    code = st.selectbox(
        "设区市", list(by_code), format_func=lambda c: by_code[c].name_zh, key=CITY_KEY, bind="query-params", width=130
    )
    return by_code[code]
