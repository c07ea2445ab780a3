"""努力评价: what part of a change was effort and what part weather or flow, of every city, with intervals and reasons.

Does not belong here: computing or judging any of it (``evaluation``, the tables ``effort_*``), one place and its model
(``views.effort_place``), words (``effort_wording``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

import streamlit as st

from catalog.effort import reading as effort
from catalog.effort import wording as words
from catalog.effort.reading import ALL, Edition, Score, by_effort
from catalog.effort.terms import (
    IDENTITY,
    ITEMS,
    LEGAL_ZH,
    LUCK,
    MEANING_ZH,
    METHODS_ZH,
    NEVER_REPLACED,
    PLACES,
    THEMES,
)
from catalog.publication import Publication
from streamlit_app import holdings
from streamlit_app.components import effort_charts, effort_corners, header
from streamlit_app.components.chart import draw
from streamlit_app.components.html import emphasised, escape, heading, show, tone_chip
from streamlit_app.components.plain_table import lefts, plain_table
from streamlit_app.exports import table_csv
from streamlit_app.source import cached
from streamlit_app.views import effort_place
from streamlit_app.wording import CERTAINTY_ZH

T = TypeVar("T")
THEME = "effort"
DOWNLOADS = {
    effort.SCORES: "评价结果",
    effort.MONTHS: "逐月序列",
    effort.MODELS: "模型卡",
    effort.TESTS: "回测",
}
# What a page remembers of a publication; `effort` itself knows no page library.
editions = cached(effort.editions)
years = cached(effort.years)
items = cached(effort.items)
scores = cached(effort.scores)
weights = cached(effort.weights)


@dataclass(frozen=True)
class Choice:
    """What the reader chose."""

    edition: Edition
    year: int
    item: str

    @property
    def luck(self) -> str:
        """What stands beside effort: weather or flow."""
        return LUCK[self.edition.theme].zh


def render(publication: Publication) -> None:
    """The page."""
    header.title("努力评价", "浓度的变化里，多少是人努力，多少是天帮忙；有多大把握；能不能评价")
    header.theme_facts(publication, holdings.newest(publication, THEME), datetime.now(header.ZONE).date())
    if lacking := effort.absent(publication):
        show(f'<div class="caution">当前发布中没有努力评价的表：{escape("、".join(lacking))}，请重新发布。</div>')
        return
    choice = _choose(publication)
    if choice is None:
        return
    scored = scores(publication, edition=choice.edition.effort_edition, year=choice.year, item=choice.item)
    show(f'<p class="conclusion">{emphasised(words.conclusion(scored))}</p>')
    _unapproved(choice.edition)
    _overview(choice, scored)
    effort_place.render(publication, choice.edition, choice.year, choice.item, scored)
    _method(publication, choice)
    _downloads(publication)


def _choose(publication: Publication) -> Choice | None:
    """The controls; None, and why, where there is nothing to choose."""
    known = editions(publication)
    if not known:
        show('<div class="caution">当前发布中没有努力评价的版本。</div>')
        return None
    themes = list(dict.fromkeys(edition.theme for edition in known))
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        names = {theme: THEMES[theme].zh if theme in THEMES else theme for theme in themes}
        theme = _select("主题", themes, names.__getitem__, "effort-theme", 110)
        held = {edition.effort_edition: edition for edition in known if edition.theme == theme}
        code = _select("评价版本", list(held), lambda c: held[c].zh, f"effort-edition-{theme}", 300)
        offered = years(publication, code)
        if offered:
            year = _select("评价年份", offered, lambda y: f"{y}年", f"effort-year-{theme}", 120)
            kinds = items(publication, code, year)
            item = _select("污染物", kinds, words.item, f"effort-item-{theme}", 200)
    if not offered:
        show(f'<div class="caution">“{escape(held[code].zh)}”还没有任何评价结果：{_none_yet(held[code])}</div>')
        return None
    return Choice(held[code], year, item)


def _none_yet(edition: Edition) -> str:
    return f"基准期之后（{edition.baseline_end.year + 1}年起）尚无到月底为止完整的数据，或没有可评价的序列。"


def _select(label: str, options: list[T], name: Callable[[T], str], key: str, width: int) -> T:
    return st.selectbox(label, options, format_func=name, key=key, bind="query-params", width=width)


def _unapproved(edition: Edition) -> None:
    if not edition.is_approved:
        show(
            f'<div class="caution"><b>{escape(edition.approver)}</b>：基准期、参考气象、方法和权重由本系统暂定，'
            "尚无官方方法文本，结果供研究，不作考核依据。</div>"
        )


def _overview(choice: Choice, scored: list[Score]) -> None:
    each = PLACES[choice.edition.theme].zh.removeprefix("个")
    heading(f"各{each}的努力与{choice.luck}", f"{words.period(scored[0])} · {words.item(choice.item)}")
    if all(score.split is None for score in scored):
        show(
            f'<div class="caution">{escape(words.item(choice.item))}：全部不可评价，原因见下表；不给出任何数字。</div>'
        )
    else:
        left, right = st.columns(2, gap="medium")
        with left, st.container(border=True, height="stretch", key="box-effort-places"):
            heading(f"总变化、努力、{choice.luck}")
            draw(effort_charts.places(scored, choice.luck), "effort-places", words.conclusion(scored).replace("**", ""))
            show(effort_charts.places_legend(choice.luck))
        with right, st.container(border=True, height="stretch", key="box-effort-corners"):
            heading(f"努力 × {choice.luck}")
            draw(effort_corners.corners(scored, choice.luck), "effort-corners", _corners_in_words(scored))
            where = _corners_in_words(scored)
            told = f"按点的位置：{where}。位置不等于证据：竖线为努力的区间，含零或离零不到方法的分辨率即未见证据。"
            show(f'<p class="quiet">{escape(told)}</p>')
    show(_table(choice, scored))
    show(f'<p class="quiet">{escape(_note(choice, scored))}</p>')


def _corners_in_words(scored: list[Score]) -> str:
    """How many places stand in each corner."""
    counted: dict[str, list[str]] = {}
    for score in scored:
        if score.split is not None:
            counted.setdefault(words.corner(score), []).append(score.place_zh)
    return "；".join(f"{corner} {len(names)} 个" for corner, names in sorted(counted.items()))


def _note(choice: Choice, scored: list[Score]) -> str:
    together, pairs = effort.overlaps(scored)
    order = "按努力的估计值列出，不排名次"
    if pairs:
        order += f"：{pairs} 对中有 {together} 对区间相互重叠，彼此分不出高下"
    meaning = "；".join(f"{words.grade(code).zh}：{text}" for code, text in MEANING_ZH.items())
    return f"{order}。{IDENTITY.format(luck=choice.luck)}{meaning}。"


def _table(choice: Choice, scored: list[Score]) -> str:
    span = next((words.level(score.split.confidence) for score in scored if score.split), "")
    each = PLACES[choice.edition.theme].zh.removeprefix("个")
    legal = "<th>法定达标</th>" if choice.edition.theme == "air" else ""
    head = f"{lefts(each, '结论')}<th>努力</th><th>{span}区间</th><th>总变化</th><th>{choice.luck}</th>{legal}"
    body = "".join(_row(score, with_legal=bool(legal)) for score in by_effort(scored))
    return plain_table(head, body, "effort-places")


def _row(score: Score, *, with_legal: bool) -> str:
    said = words.grade(score.grade)
    name = f'<td class="left">{escape(score.place_zh)}</td>'
    if score.split is None:
        why = escape(words.reason(score.reason, score.detail))
        middle = f'<td class="left missing" colspan="4">{why}</td>'
    else:
        parts = score.split
        told = (
            f"<b>{words.percent(parts.effort.pct)}</b>",
            words.interval(parts.effort),
            words.percent(parts.total.pct),
            words.percent(parts.luck.pct),
        )
        middle = "".join(f"<td>{cell}</td>" for cell in told)
    legal = f"<td>{LEGAL_ZH[score.is_legal_limit_met]}</td>" if with_legal else ""
    chip = f'<td class="left">{tone_chip(said.zh, said.tone)}</td>'
    return f'<tr data-region="{escape(score.place_code)}" data-grade="{score.grade}">{name}{chip}{middle}{legal}</tr>'


def _method(publication: Publication, choice: Choice) -> None:
    edition = choice.edition
    heading("方法与版本", edition.effort_edition)
    show("".join(f"<p>{sentence}</p>" for sentence in METHOD[edition.theme]))
    mark = "" if edition.is_approved else ' class="doubt"'
    control = edition.control_place
    rows = [
        ("评价版本", f"{escape(edition.zh)}（<code>{escape(edition.effort_edition)}</code>）"),
        ("批准", f"<span{mark}>{escape(edition.approver)}</span>"),
        (
            "基准期",
            f"{words.day(edition.baseline_start)}至{words.day(edition.baseline_end)}（{escape(edition.reason)}）",
        ),
        (
            "参考气象" if edition.theme == "air" else "参考流量",
            f"{words.day(edition.pool_start)}至{words.day(edition.pool_end)}，冻结"
            if edition.theme == "air"
            else "全部流量记录中同一日历日的流量",
        ),
        ("方法", escape(METHODS_ZH.get(edition.method, edition.method))),
        ("权重", escape(_weights(publication, edition))),
        ("对照地", escape(effort_place.names(publication).get(control, control)) if control else "未设"),
        ("区间", f"移动块自助法 {edition.replicates} 次整体重算，置信度 {words.level(edition.confidence)}"),
        ("依据把握", CERTAINTY_ZH.get(edition.certainty, escape(edition.certainty))),
        ("来源", escape(edition.source)),
    ]
    body = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    show(f'<dl class="definition">{body}</dl>')


METHOD = {
    "air": (
        "先用逐日浓度和当天的气温、湿度、风、日照、降水、气压学出天气对浓度的影响（每个月的天气影响由没见过该月数据的模型给出），"
        "再把天气换成参考气象，得到“天气相同”时的浓度，即归一化浓度。",
        "努力＝归一化浓度与基准期同月相比的变化；天气＝实测变化中其余的部分。下降为好。",
        "区间由整块（至少28天）抽取误差、整体重算得到；结论只看区间，不看单个数字。数据不全、模型检验效率过低、"
        "天气超出参考范围时不评价，只说原因。",
        f"归一化浓度不等于排放：监测点迁移、仪器更换也会表现为“努力”。{NEVER_REPLACED}",
    ),
    "water": (
        "用时间、流量、季节加权回归（WRTDS）估计每天的浓度和通量，再按流量记录中同一日历日的各年流量取平均，"
        "得到“来水相同”时的浓度和通量。",
        "努力＝流量归一化值与基准期相比的变化；流量＝实测变化中其余的部分。下降为好。",
        "区间由整块（200天）重抽样品、整体重算得到；结论只看区间。样品太少或模型检验效率过低时不评价，只说原因。",
        f"化验方法或检出限的改变会表现为“努力”。{NEVER_REPLACED}",
    ),
}


def _weights(publication: Publication, edition: Edition) -> str:
    held = weights(publication, edition.effort_edition)
    if edition.theme != "air":
        return f"各项目的浓度与通量分别评价，不合并（{'、'.join(words.item(code) for code in held)}）"
    told = "、".join(f"{words.item(code)} {weight.normalize():f}" for code, weight in held.items())
    return f"{ITEMS[ALL].zh}按：{told}"


def _downloads(publication: Publication) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="bottom", key="box-take"):
        for table, zh in DOWNLOADS.items():
            st.download_button(
                f"下载{zh}（CSV）",
                partial(table_csv, publication, table),
                file_name=f"{table}_{publication.id}.csv",
                mime="text/csv",
                key=f"download-{table}",
                on_click="ignore",
            )
