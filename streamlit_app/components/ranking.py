"""Ranking of cities: by the published rank where there is one, else by the published values with ties shown as ties.

Does not belong here: computing a rank of record (``air_composite_rank`` is published, from unrounded values).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from streamlit_app.components.html import escape, tone_chip
from streamlit_app.figures import Comparison, Figure, Figures
from streamlit_app.levels import levels
from streamlit_app.places import Region
from streamlit_app.wording import change_words, number, pollutants_words, reason_words

RANKED_BY = {"air_composite_index": "air_composite_rank"}


@dataclass(frozen=True)
class Place:
    """A city's place; ``rank`` is None where it has no value."""

    rank: int | None
    tied: bool
    figure: Figure


def places(figures: Figures, cities: list[Region], code: str) -> list[Place]:
    """Cities by rank, best first; cities without a value last."""
    shown = [figures.get(code, city.code) for city in cities]
    ranks = _published(figures, shown, RANKED_BY[code]) if code in RANKED_BY else _by_value(shown)
    found = [Place(rank, ranks.count(rank) > 1, figure) for rank, figure in zip(ranks, shown, strict=True)]
    return sorted(found, key=lambda p: (p.rank is None, p.rank or 0, p.figure.region.code))


def _published(figures: Figures, shown: list[Figure], rank_code: str) -> list[int | None]:
    ranks = [figures.get(rank_code, figure.region.code).value for figure in shown]
    return [None if rank is None else int(rank) for rank in ranks]


def _by_value(shown: list[Figure]) -> list[int | None]:
    """Rank = 1 + how many are better; equal values share a rank. Without a good direction nobody is ahead."""
    if shown and shown[0].card.better == "none":
        return [None] * len(shown)
    sign = -1 if shown[0].card.better == "higher" else 1
    values = [None if f.value is None else sign * f.value for f in shown]
    present = [v for v in values if v is not None]
    return [None if v is None else 1 + sum(other < v for other in present) for v in values]


def ranking_table(
    figures: Figures,
    ranked: list[Place],
    titles_zh: dict[str, str],
    chosen: str,
    compared: Callable[[Figure], Comparison],
    *,
    with_primary: bool = False,
    where_zh: str = "城市",
) -> str:
    """The table as HTML; ``titles_zh``: the one ranked by and those shown beside it, with short titles.

    ``with_primary``: a day's primary pollutants in place of the same-period change; ``where_zh``: what is ranked.
    """
    code = ranked[0].figure.card.code
    table = _Table(
        figures,
        largest=max((p.figure.value for p in ranked if p.figure.value is not None), default=None),
        with_interval=any(p.figure.lower is not None for p in ranked),
        with_primary=with_primary,
        where_zh=where_zh,
        beside=[other for other in titles_zh if other != code],
        compared=compared,
    )
    body = "".join(table.row(place, chosen=place.figure.region.code == chosen) for place in ranked)
    return (
        f'<div class="scroll"><table class="plain ranking"><thead><tr>{table.head(code, titles_zh)}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


@dataclass(frozen=True)
class _Table:
    """What head and rows agree on; an interval is shown as soon as one city has it."""

    figures: Figures
    largest: Decimal | None
    with_interval: bool
    with_primary: bool
    where_zh: str
    beside: list[str]
    compared: Callable[[Figure], Comparison]

    def head(self, code: str, titles_zh: dict[str, str]) -> str:
        units = {c: self.figures.cards[c].unit_zh for c in titles_zh}
        cells = [
            f'<th class="left">{title}</th>' for title in ("名次", self.where_zh, _title(titles_zh[code], units[code]))
        ]
        cells += ["<th>下限</th><th>上限</th>"] if self.with_interval else []
        cells.append('<th class="left">首要污染物</th>' if self.with_primary else "<th>同比</th>")
        cells += [f'<th class="beside">{_title(titles_zh[c], units[c])}</th>' for c in self.beside]
        return "".join(cells)

    def row(self, place: Place, *, chosen: bool) -> str:
        figure = place.figure
        share = float(figure.value / self.largest) if figure.value is not None and self.largest else 0.0
        cells = [f'<td class="left">{_rank(place)}</td><td class="left">{escape(figure.region.name_zh)}</td>']
        cells.append(f'<td class="left">{_main(figure, share)}</td>')
        if self.with_interval:
            cells += [f"<td>{number(bound, figure.card.decimals)}</td>" for bound in (figure.lower, figure.upper)]
        primary = _primary(self.figures, figure) if self.with_primary else ""
        cells.append(primary or f"<td>{_change(self.compared(figure))}</td>")
        cells += [f"<td>{_plain(self.figures.get(c, figure.region.code))}</td>" for c in self.beside]
        marked = ' class="chosen"' if chosen else ""
        return f'<tr{marked} data-region="{figure.region.code}">{"".join(cells)}</tr>'


def _title(name: str, unit: str) -> str:
    """Name over unit."""
    return escape(name) + ("" if unit == "无量纲" else f"<br>{escape(unit)}")


def _rank(place: Place) -> str:
    if place.rank is None:
        return '<span class="rank">—</span>'
    tie = '<span class="tie">并列</span>' if place.tied else ""
    return f'<span class="rank">{place.rank}</span>{tie}'


def _main(figure: Figure, share: float) -> str:
    if figure.value is None:
        return f'<span class="missing">{escape(reason_words(figure.null_reason))}</span>'
    shown = number(figure.value, figure.card.decimals)
    if figure.card.code == "air_aqi":
        level = next(v for v in levels().values() if figure.value <= v.aqi_max)
        style = f"background:{level.hex};color:{level.ink}"
        return f'<span class="chip" style="{style}">{shown} {level.zh}</span>'
    return f'<span class="bar" style="width:{60 * share:.0f}px"></span>{shown}'


def _change(comparison: Comparison) -> str:
    change = comparison.change
    if change is None or change.value is None:
        why = reason_words(change.null_reason) if change else "本指标不作同比"
        return f'<span title="{escape(why)}">—</span>'
    said = change_words(change, change.card.better)
    return tone_chip(f"{said.arrow} {said.words}", said.tone)


def _primary(figures: Figures, figure: Figure) -> str:
    found = figures.get("air_primary_pollutant", figure.region.code)
    return f'<td class="left">{escape(pollutants_words(found.text)) if found.value is not None else "—"}</td>'


def _plain(figure: Figure) -> str:
    if figure.value is None:
        return f'<span class="missing" title="{escape(reason_words(figure.null_reason))}">无值</span>'
    return number(figure.value, figure.card.decimals)
