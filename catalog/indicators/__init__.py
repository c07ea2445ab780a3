"""Indicator cards: what a catalogued number is, its unit, rule, owner, and where it is computed.

``<family>/<stem>.yml`` beside this file is the only hand-written statement about an indicator; a card with ``expand``
stands for several indicators that differ in one word (``air_{pollutant}_mean``). Does not belong here: computing
(``dbt_project``) or showing (``streamlit_app``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

# What a number may speak for; the places below the county are those of a theme's own networks.
Level = Literal[
    "station",
    "section",
    "water_body",
    "river",
    "basin",
    "point",
    "zone",
    "site",
    "unit",
    "bay",
    "county",
    "city",
    "province",
    "delta",
]


class IndicatorCardError(ValueError):
    """An indicator card is wrong; the message names the file and the field."""


class Indicator(BaseModel):
    """One catalogued indicator.

    ``periods`` and ``levels`` say for which period types and region levels it exists. ``identity``: what kind of number
    it is, which decides how it may be summed up; ``province`` how a province's value follows from the values of its
    cities, ``none`` where it is computed from what lies below them. ``change``: how it is compared with the same period
    of the year before; ``better``: which direction is good; ``mart``/``mart_column`` where it is computed; ``target``:
    codes of the plan's targets that it measures; ``caveats_zh``/``caveats_en``: what a reader must know besides.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name_zh: str
    name_en: str
    definition_zh: str
    definition_en: str
    unit: str
    unit_zh: str
    decimals: int = Field(ge=0, le=4)
    better: Literal["lower", "higher", "none"]
    theme: str
    formula: str
    standard: str
    certainty: Literal["verified", "measured", "memory-high", "doubtful"]
    owner_zh: str
    owner_en: str
    periods: list[Literal["hour", "day", "month", "quarter", "year", "ytd"]]
    levels: list[Level]
    identity: Literal["mean", "sum", "ratio", "weighted_mean", "percentile", "index", "state"]
    province: Literal["mean", "sum", "none"] = "none"
    change: Literal["relative", "absolute", "none"] = "none"
    mart: str
    mart_column: str
    target: list[str] = []
    caveats_zh: str = ""
    caveats_en: str = ""


@cache
def indicators() -> dict[str, Indicator]:
    """All indicators by code, expanded, in the order of their files.

    Raises:
        IndicatorCardError: a card does not fit the model, or a code stands twice.
    """
    found: dict[str, Indicator] = {}
    for path in sorted(Path(__file__).parent.glob("*/*.yml")):
        for payload in _expand(yaml.safe_load(path.read_text(encoding="utf-8"))):
            try:
                indicator = Indicator.model_validate(payload)
            except ValidationError as error:
                raise IndicatorCardError(f"{'/'.join(path.parts[-2:])}: {error}") from error
            if indicator.code in found:
                raise IndicatorCardError(f"{'/'.join(path.parts[-2:])}: code {indicator.code} stands twice")
            found[indicator.code] = indicator
    return found


def codes_of(path: Path) -> list[str]:
    """The codes one card file stands for."""
    return [str(payload["code"]) for payload in _expand(yaml.safe_load(path.read_text(encoding="utf-8")))]


def catalog_rows() -> list[dict[str, object]]:
    """The catalog as table rows: one per indicator, and one per same-period change derived from it."""
    return [_row(i) for i in chain.from_iterable((i, *_change_of(i)) for i in indicators().values())]


def _row(indicator: Indicator) -> dict[str, object]:
    row: dict[str, object] = indicator.model_dump()
    lists: dict[str, Sequence[str]] = {
        "periods": indicator.periods,
        "levels": indicator.levels,
        "target": indicator.target,
    }
    return row | {name: ",".join(words) for name, words in lists.items()}


def _change_of(indicator: Indicator) -> list[Indicator]:
    """The comparison with the same period of the year before, as an indicator of its own."""
    if indicator.change == "none":
        return []
    relative = indicator.change == "relative"
    points = "百分点" if indicator.unit == "%" else indicator.unit_zh
    return [
        indicator.model_copy(
            update={
                "code": f"{indicator.code}_yoy",
                "name_zh": f"{indicator.name_zh}同比",
                "name_en": f"{indicator.name_en}, change from the same period last year",
                "definition_zh": f"{indicator.name_zh}与上年同期相比的{'变化率' if relative else '变化量'}",
                "definition_en": f"{'Relative' if relative else 'Absolute'} change against the same period last year",
                "unit": "%" if relative else ("percentage point" if indicator.unit == "%" else indicator.unit),
                "unit_zh": "%" if relative else points,
                "decimals": 1 if relative else indicator.decimals,
                "formula": "（本期 - 上年同期）÷ 上年同期 × 100" if relative else "本期 - 上年同期",
                "periods": [p for p in indicator.periods if p not in ("hour", "day")],
                "province": "none",
                "change": "none",
            }
        )
    ]


def _expand(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """``expand: {word: {key: {other: text}}}`` → one card per key, ``{word}`` and ``{other}`` filled in everywhere."""
    expand = payload.pop("expand", None)
    if not expand:
        return [payload]
    ((word, members),) = expand.items()
    return [_fill(payload, {word: key, **texts}) for key, texts in members.items()]


def _fill(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, words) for inner in value]
    if isinstance(value, str):
        for word, text in words.items():
            value = value.replace("{" + word + "}", str(text))
    return value
