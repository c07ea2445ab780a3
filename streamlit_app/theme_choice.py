"""What the reader of a theme's page chose: level, period, region, edition. Kept in the address, so a view can be sent.

Only what has values is offered. Does not belong here: what is then shown, or any one theme.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import streamlit as st

from catalog.publication import Publication
from streamlit_app import holdings
from streamlit_app.holdings import Spot
from streamlit_app.periods import TYPES_ZH, Period
from streamlit_app.places import Region
from streamlit_app.rules import edition_name
from streamlit_app.wording import level_words

REGION_KEY = "region"
# What a page opens with: the first of these that has any value.
OPENING = ("ytd", "year", "quarter", "month", "day")
# The province whose lake this is (GB/T 2260): its own region is shown first, its neighbours' can be chosen.
OWN_PROVINCE = "33"


@dataclass(frozen=True)
class ThemeChoice:
    """Everything that decides what a theme's page shows; ``spots`` are all regions of the level, empty ones too."""

    level: str
    period: Period
    spot: Spot
    spots: list[Spot]
    edition: str

    @property
    def region(self) -> Region:
        """The region chosen."""
        return self.spot.region

    @property
    def siblings(self) -> list[Region]:
        """Regions of the level that lie in the same one as the region chosen, itself among them."""
        return [s.region for s in self.spots if s.parent_code == self.spot.parent_code]


def choose(publication: Publication, theme: str) -> ThemeChoice | None:
    """Show the controls; None when the theme has no value of day grain or coarser."""
    held = holdings.spans(publication, theme)
    if not held:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        level = _select("层级", list(held), {level: level_words(level) for level in held}, key="level", width=150)
        period = _period(held[level])
        spots = holdings.spots(publication, theme, level, period)
        spot = _spot(spots)
        editions = holdings.editions_held(publication, theme)
        names = {edition: edition_name(publication, edition) for edition in editions}
        edition = editions[0]
        if len(editions) > 1:
            edition = _select("评价标准版本", editions, names, key="edition", width=230)
    return ThemeChoice(level, period, spot, spots, edition)


def _select(label: str, options: list[str], names: dict[str, str], *, key: str, width: int, default: int = 0) -> str:
    return st.selectbox(
        label,
        options,
        index=default,
        format_func=lambda option: names.get(option, option),
        key=key,
        bind="query-params",
        width=width,
    )


def _period(held: dict[str, list[Period]]) -> Period:
    default = next(kind for kind in OPENING if kind in held)
    kind = st.segmented_control(
        "时段",
        list(held),
        format_func=TYPES_ZH.__getitem__,
        default=default,
        required=True,
        key="kind",
        bind="query-params",
    )
    chosen = kind if kind in held else default
    by_code = {period.code: period for period in held[chosen]}
    names = {code: period.label for code, period in by_code.items()}
    return by_code[_select("选择时段", list(by_code), names, key=f"period-{chosen}", width=230)]


def _spot(spots: list[Spot]) -> Spot:
    """Regions with a value; two of one name are told apart by their codes."""
    by_code = {spot.region.code: spot for spot in spots if spot.has_value}
    counted = Counter(spot.region.name_zh for spot in by_code.values())
    names = {
        code: spot.region.name_zh + (f"（{code}）" if counted[spot.region.name_zh] > 1 else "")
        for code, spot in by_code.items()
    }
    own = next((n for n, spot in enumerate(by_code.values()) if _is_own(spot)), 0)
    return by_code[_select("地区", list(by_code), names, key=REGION_KEY, width=220, default=own)]


def _is_own(spot: Spot) -> bool:
    """A region of the own province by its code, or what lies in one, whatever its own code is."""
    return any(code.startswith(OWN_PROVINCE) for code in (spot.parent_code or "", spot.region.code))
