"""One place of 努力评价: its split in words, its months, all its pollutants, the model behind it and its back-tests.

Does not belong here: the comparison of places and the controls (``views.effort``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from catalog.effort import reading as effort
from catalog.effort import wording as words
from catalog.effort.reading import ALL, Backtest, Edition, ModelCard, Score
from catalog.effort.terms import CALENDAR, IDENTITY, LEGAL_ZH, LUCK, PLACES, SKILL, TESTS, WARNINGS_ZH, Named
from catalog.publication import Publication
from streamlit_app.components import effort_charts
from streamlit_app.components.cards import HOW
from streamlit_app.components.chart import draw
from streamlit_app.components.definition import explain
from streamlit_app.components.html import escape, heading, show, tone_chip
from streamlit_app.components.plain_table import lefts, plain_table
from streamlit_app.figures import Figure, cards, load
from streamlit_app.periods import Period
from streamlit_app.places import Region
from streamlit_app.source import cached

CURVES_IN_A_ROW = 4
KEY_SETTINGS = (
    *("method", "predictors", "pool", "first", "last", "values", "samples", "confidence", "replicates", "block_days"),
    *("window_years", "window_log_flow", "window_season"),
)

scores = cached(effort.scores)
months = cached(effort.months)
model = cached(effort.model)
backtests = cached(effort.backtests)
units = cached(effort.units)
years = cached(effort.years)


@cached
def names(publication: Publication) -> dict[str, str]:
    """Region → its name, of every region that has one."""
    with publication.connect() as db:
        return dict(db.execute("SELECT region_code, min(name_zh) FROM dim_region GROUP BY ALL").fetchall())


def render(publication: Publication, edition: Edition, year: int, item: str, shown: Sequence[Score]) -> None:
    """Everything about one place; ``shown``: the scores the page compares, whose places can be chosen."""
    each = PLACES[edition.theme].zh.removeprefix("个")
    heading(f"单个{each}", "归一化与观测、拆分、法定结果、模型卡")
    by_code = {score.place_code: score for score in shown}
    with st.container(horizontal=True, vertical_alignment="bottom", key="effort-place-controls"):
        place = st.selectbox(
            each,
            list(by_code),
            format_func=lambda code: by_code[code].place_zh,
            key=f"effort-place-{edition.theme}",
            bind="query-params",
            width=260,
        )
        held = {
            score.item: score for score in scores(publication, edition=edition.effort_edition, year=year, place=place)
        }
        single = [code for code in held if code != ALL]
        chosen = item
        if item == ALL and single:
            chosen = st.selectbox(
                "看哪一项的曲线和模型",
                single,
                format_func=words.item,
                key="effort-detail",
                bind="query-params",
                width=220,
            )
    score = held[chosen]
    _said([held[code] for code in dict.fromkeys((item, chosen)) if code in held])
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch", key="box-effort-months"):
        _months(publication, edition, score)
    with right, st.container(border=True, height="stretch", key="box-effort-items"):
        _items(list(held.values()))
    _origin(publication, score)
    _model(publication, edition, score)
    _backtests(publication, edition, score)


def _said(told: Sequence[Score]) -> None:
    """The split of each score with its legal result; what a reader must know of several of them only once."""
    lines = []
    for score in told:
        said = words.grade(score.grade)
        lines.append(f"<b>{escape(score.place_zh)}</b> {escape(words.split(score))} {tone_chip(said.zh, said.tone)}")
    lines += [escape(words.legal(score)) for score in told]
    cautions = dict.fromkeys(words.caveat(score.caveat) for score in told if score.caveat)
    lines += [f'<span class="reason">{escape(caution)}</span>' for caution in cautions]
    body = "".join(f'<div class="line">{line}</div>' for line in dict.fromkeys(lines))
    show(f'<div class="conclusion" data-split="{escape(told[-1].series_key)}">{body}</div>')


def _months(publication: Publication, edition: Edition, score: Score) -> None:
    luck = LUCK[score.theme].zh
    heading("归一化与观测", f"{score.place_zh} · {words.item(score.item)}")
    held = months(publication, edition.effort_edition, score.series_key)
    if not held:
        why = "水的评价按年给出，没有逐月序列" if score.theme == "water" else "模型没有拟合，没有归一化序列"
        show(f'<p class="reason">{why}。</p>')
        _levels(publication, edition, score)
        return
    unit = words.unit(score.item, units(publication, edition.effort_edition))
    newest = years(publication, edition.effort_edition)[0]
    if score.year != newest:
        show(f'<p class="quiet">曲线出自 {newest} 年的模型，它包含本年；拆分用的是本年自己的模型。</p>')
    spec = effort_charts.through_months(held, unit, luck, evaluated_from=date(score.year, 1, 1).isoformat())
    draw(spec, "effort-months", f"{score.place_zh}{words.item(score.item)}逐月归一化与观测浓度")
    show(effort_charts.months_legend(luck))
    if score.split is None:
        show('<p class="quiet">曲线只说明模型拟合了什么；本年度不可评价，不据此下结论。</p>')
    _levels(publication, edition, score)


def _levels(publication: Publication, edition: Edition, score: Score) -> None:
    """The four means behind the split."""
    if score.split is None or score.observed is None or score.observed_base is None:
        return
    unit = words.unit(score.item, units(publication, edition.effort_edition))
    base, now = words.base_period(score), words.period(score)
    body = "".join(
        f'<tr><td class="left">{name}</td><td>{before:.3g}</td><td>{after:.3g}</td></tr>'
        for name, before, after in (
            ("观测", score.observed_base, score.observed),
            ("归一化", score.normalised_base or 0.0, score.normalised or 0.0),
        )
    )
    head = f"{lefts(f'均值（{escape(unit)}）')}<th>{base}同月</th><th>{now}</th>"
    show(plain_table(head, body, "effort-levels"))


def _items(held: Sequence[Score]) -> None:
    luck = LUCK[held[0].theme].zh
    heading("各污染物", f"{held[0].place_zh} · {words.period(held[0])}")
    with_legal = held[0].theme == "air"
    legal = "<th>法定</th>" if with_legal else ""
    body = "".join(_item_row(score, with_legal=with_legal) for score in held)
    head = f"{lefts('污染物', '结论')}<th>努力</th><th>总变化</th><th>{luck}</th>{legal}"
    show(plain_table(head, body, "effort-items"))
    show(f'<p class="quiet">{IDENTITY.format(luck=luck)}</p>')


def _item_row(score: Score, *, with_legal: bool) -> str:
    said = words.grade(score.grade)
    if score.split is None:
        middle = f'<td class="left missing" colspan="3">{escape(words.reason(score.reason, score.detail))}</td>'
    else:
        parts = score.split
        span = words.interval(parts.effort)
        effort_cell = f"{words.percent(parts.effort.pct)}<br><small>{span}</small>"
        told = (effort_cell, words.percent(parts.total.pct), words.percent(parts.luck.pct))
        middle = "".join(f"<td>{cell}</td>" for cell in told)
    legal = f"<td>{LEGAL_ZH[score.is_legal_limit_met]}</td>" if with_legal else ""
    chip = f'<td class="left">{tone_chip(said.zh, said.tone)}</td>'
    name = f'<td class="left">{escape(words.item(score.item))}</td>'
    return f'<tr data-item="{escape(score.item)}" data-grade="{score.grade}">{name}{chip}{middle}{legal}</tr>'


def _origin(publication: Publication, score: Score) -> None:
    """Where it comes from: the hash of the series, and for an indicator the way back to the bytes."""
    figure = _figure(publication, score)
    show(
        f'<p class="quiet">序列指纹 <code>{escape(score.series_hash[:16])}…</code>'
        f"（由序列、版本和程序算出：同样的输入必得同样的结果），评价期数值 {score.n_values:,} 个，"
        f"覆盖率 {score.coverage:.1%}。</p>"
    )
    if figure is None:
        show('<p class="quiet">断面的努力评价不是目录中的指标，没有追溯命令；输入见“浙里碧水”的断面数据。</p>')
    elif st.button(HOW, key="effort-how", type="tertiary"):
        explain(publication, figure, edition=score.effort_edition)


def _figure(publication: Publication, score: Score) -> Figure | None:
    """The indicator that a score is published as; water's are not."""
    code = f"air_{score.item}_effort"
    if score.theme != "air" or code not in cards(publication):
        return None
    period = Period(score.period_type, date(score.year, 1, 1), score.period_end)
    region = Region(score.place_code, "city", score.place_zh)
    return load(publication, score.effort_edition, period, [region], (code,)).get(code, region.code)


def _model(publication: Publication, edition: Edition, score: Score) -> None:
    card = model(publication, edition.effort_edition, score.series_key)
    heading("模型卡", f"{score.place_zh} · {words.item(score.item)} · 最新评价年份的模型")
    if card.is_empty:
        show('<p class="reason">本序列没有拟合模型，没有模型卡。</p>')
        return
    show(_trust(score, card))
    for name, text in card.warnings:
        show(f'<div class="caution">{escape(WARNINGS_ZH.get(name, name))}（<code>{escape(text)}</code>）</div>')
    if not card.warnings:
        show('<p class="quiet">没有告警。</p>')
    if card.importance:
        left, right = st.columns([2, 3], gap="medium")
        with left, st.container(border=True, height="stretch", key="box-effort-importance"):
            heading("变量重要性", "打乱一个变量，未见过的月份上损失多少")
            draw(effort_charts.importance(card.importance), "effort-importance", "各变量的重要性")
        with right, st.container(border=True, height="stretch", key="box-effort-settings"):
            heading("设置")
            show(_settings(card))
        _curves(card)
    else:
        show(_settings(card))


def _trust(score: Score, card: ModelCard) -> str:
    cells = "".join(
        f'<div data-skill="{name}"><b>{words.figure(value)}</b>{escape(SKILL.get(name, Named(name, name)).zh)}</div>'
        for name, value in card.skill
    )
    if score.outside_pool_share is not None:
        cells += f'<div data-skill="outside_pool"><b>{score.outside_pool_share:.1%}</b>评价期天气超出参考范围</div>'
    return f'<div class="tally">{cells}</div>'


def _settings(card: ModelCard) -> str:
    """What a reader asks first; all the rest below a click."""
    held = dict(card.settings)
    first = [(name, held[name]) for name in KEY_SETTINGS if name in held]
    rest = [setting for setting in card.settings if setting[0] not in KEY_SETTINGS]
    more = f"<details><summary>其余 {len(rest)} 项设置</summary>{_list(rest)}</details>" if rest else ""
    return _list(first) + more


def _list(settings: Sequence[tuple[str, str]]) -> str:
    told = (words.setting(name, text) for name, text in settings)
    body = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in told)
    return f'<dl class="definition">{body}</dl>'


def _curves(card: ModelCard) -> None:
    """The curves of the weather; those of the calendar are the model's, not the weather's."""
    drawn = [curve for curve in card.curves if curve.name not in CALENDAR]
    if not drawn:
        return
    heading("天气变量的影响曲线", "其他变量取参考气象的平均；纵轴为对浓度的影响（%），同一尺度")
    span = effort_charts.curves_span(drawn)
    for first in range(0, len(drawn), CURVES_IN_A_ROW):
        columns = st.columns(CURVES_IN_A_ROW, gap="small")
        for column, curve in zip(columns, drawn[first : first + CURVES_IN_A_ROW], strict=False):
            named = words.variable(curve.name)
            with column:
                show(f'<p class="quiet">{escape(named.zh)}</p>')
                draw(effort_charts.curve(curve, span), f"effort-curve-{curve.name}", f"{named.zh}对浓度的影响")


def _backtests(publication: Publication, edition: Edition, score: Score) -> None:
    heading("回测", "评价方法先检验自己")
    held = backtests(publication, edition.effort_edition, score.series_key)
    if not held:
        show('<p class="reason">本序列没有可做的回测。</p>')
        return
    show(f"<p>{escape(words.placebo_summary(held, edition.confidence))}</p>")
    known = names(publication)
    body = "".join(_test_row(test, known) for test in held)
    show(plain_table(lefts("检验", "对象", "发现", "结果"), body, "effort-tests"))
    show(
        '<p class="quiet">安慰剂日期：没有措施的日子不应出现突变；对照地：预期无措施的地方努力应接近零；'
        "截断回测：隐去最后一季数据，当时的结论应落在今日的区间里。未通过的检验照样列出，供判断时打折扣。</p>"
    )


def _test_row(test: Backtest, known: dict[str, str]) -> str:
    said = words.verdict(test)
    cells = (TESTS.get(test.kind, Named(test.kind, test.kind)).zh, words.tested(test, known))
    told = "".join(f'<td class="left">{escape(cell)}</td>' for cell in cells)
    found = f'<td class="left wrap">{escape(words.finding(test, known))}</td>'
    chip = f'<td class="left">{tone_chip(said.zh, said.tone)}</td>'
    return f'<tr data-test="{escape(test.kind)}">{told}{found}{chip}</tr>'
