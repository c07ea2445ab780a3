"""The page in two sentences: where the province stands, how that changed, who is best and who is worst.

Built from published figures only; every number in it stands on the page. Does not belong here: causes, which no
published number proves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from streamlit_app.figures import Comparison, Figure, Figures
from streamlit_app.levels import levels
from streamlit_app.places import Region
from streamlit_app.rules import Limit
from streamlit_app.wording import change_words, number, pollutants_words, reason_words, value_words


def period_summary(
    figures: Figures,
    province: Region,
    cities: list[Region],
    limits: dict[str, Limit],
    compared: Callable[[Figure], Comparison],
) -> str:
    """Sentences for a month, quarter, year or year to date; key numbers between double asterisks."""
    parts = [f"{figures.period.label}，{province.name_zh}"]
    parts.append("；".join(_stand(figures.get(c, province.code), limits.get(c), compared) for c in HEADLINES) + "。")
    parts.append(_best_and_worst(figures, cities))
    return "".join(parts)


HEADLINES = ("air_good_day_ratio", "air_pm25_mean", "air_o3_p90")


def _stand(figure: Figure, limit: Limit | None, compared: Callable[[Figure], Comparison]) -> str:
    if figure.value is None:
        return f"{figure.card.name_zh}暂无有效值（{reason_words(figure.null_reason)}）"
    text = f"{figure.card.name_zh} **{value_words(figure)}**"
    comparison = compared(figure)
    if comparison.change is not None and comparison.change.value is not None:
        said = change_words(comparison.change, figure.card.better)
        text += f"，同比**{said.words}**" + (f"（{said.verdict}）" if said.verdict else "")
    if limit is not None:
        text += f"，{'高于' if figure.value > limit.value else '不高于'}二级限值 {limit.text}"
    return text


def _best_and_worst(figures: Figures, cities: list[Region]) -> str:
    held = [figures.get("air_composite_index", city.code) for city in cities]
    ranked = sorted(
        (f for f in held if f.value is not None),
        key=lambda f: (figures.get("air_composite_rank", f.region.code).value or 0, f.region.code),
    )
    if not ranked:
        return f"各设区市综合指数均无有效值（{reason_words(held[0].null_reason)}）。" if held else ""
    best, worst = (_tied(figures, ranked, end) for end in (ranked[0], ranked[-1]))
    absent = len(held) - len(ranked)
    missing = f"；{absent} 个市无有效值" if absent else ""
    return f"按综合指数，空气质量最好的是{best}，最差的是{worst}{missing}。"


def _tied(figures: Figures, ranked: list[Figure], end: Figure) -> str:
    """The figure's city, with all that share its published rank."""
    rank = figures.get("air_composite_rank", end.region.code).value
    names = [f.region.name_zh for f in ranked if figures.get("air_composite_rank", f.region.code).value == rank]
    return f"**{'、'.join(names)}**（{number(end.value, end.card.decimals)}）"


def day_summary(figures: Figures, province: Region, cities: list[Region]) -> str:
    """Sentences for one day: how many cities at which level, and the worst of them."""
    aqi = [figures.get("air_aqi", city.code) for city in cities]
    present = [f for f in aqi if f.value is not None]
    label = f"{figures.period.label}，{province.name_zh} {len(cities)} 个设区市中"
    if not present:
        return f"{label}没有一个城市有有效AQI。"
    counted = Counter(level_of(f) for f in present)
    spread = "、".join(f"{zh} **{counted[zh]}** 个" for zh in (v.zh for v in levels().values()) if counted[zh])
    absent = f"，{len(cities) - len(present)} 个无有效AQI" if len(present) < len(cities) else ""
    highest = max(f.value for f in present if f.value is not None)
    names = "、".join(f.region.name_zh for f in present if f.value == highest)
    worst = next(f for f in present if f.value == highest)
    primary = figures.get("air_primary_pollutant", worst.region.code)
    named = f"，首要污染物为{pollutants_words(primary.text)}" if primary.text else ""
    return f"{label}{spread}{absent}。AQI最高的是**{names}**（{number(highest, 0)}，{level_of(worst)}{named}）。"


def cities_by_level(figures: Figures, cities: list[Region]) -> str:
    """Which cities stand at which level, worst first; those without AQI at the end."""
    aqi = [figures.get("air_aqi", city.code) for city in cities]
    groups = {
        zh: [f.region.name_zh.removesuffix("市") for f in aqi if f.value is not None and level_of(f) == zh]
        for zh in [level.zh for level in reversed(levels().values())]
    }
    groups["无有效AQI"] = [f.region.name_zh.removesuffix("市") for f in aqi if f.value is None]
    return "；".join(f"{zh}：{'、'.join(names)}" for zh, names in groups.items() if names) + "。"


def level_of(figure: Figure) -> str:
    """Level of an AQI figure in words, as published with it."""
    return figure.text or "级别未发布"
