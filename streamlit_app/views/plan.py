"""试点任务: every target of the plan with its verdict and the rule behind it; every system it names and what it sends.

Does not belong here: judging (dbt's ``plan_progress``), reading (``plan``), words (``plan_wording``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby

import streamlit as st

from catalog.publication import Publication
from catalog.themes import addresses, in_order
from streamlit_app import holdings, plan, plan_wording
from streamlit_app.components import header
from streamlit_app.components.cards import HOW
from streamlit_app.components.definition import explain
from streamlit_app.components.html import escape, heading, show, tone_chip
from streamlit_app.components.plain_table import lefts, plain_table
from streamlit_app.exports import table_csv
from streamlit_app.figures import Figure, load
from streamlit_app.periods import Period
from streamlit_app.plan import System, Task
from streamlit_app.plan_wording import STATES, VERDICTS, Said
from streamlit_app.rules import IN_FORCE
from streamlit_app.wording import CERTAINTY_ZH

THEME = "plan"
IN_A_ROW = 3
EVERY = ""
# Stand on the card already, or say the same in another language.
NOT_AGAIN = ("code", "month", "rule_en", "due_on", "is_due")


def render(publication: Publication) -> None:
    """The page."""
    header.title("试点任务", "方案各项目标到哪一步、按什么规则判定；方案点名的各系统由哪些数据支撑")
    header.theme_facts(publication, holdings.newest(publication, THEME), datetime.now(header.ZONE).date())
    if not plan.is_published(publication):
        show('<div class="caution">当前发布中没有试点任务的进展表，请重新发布。</div>')
        return
    month = _month(plan.months(publication))
    if month is not None:
        _targets(publication, month)
    _systems(publication)
    _downloads(publication)


def _month(months: list[Period]) -> Period | None:
    labels = {month.code: month.label for month in months}
    if not labels:
        show('<div class="caution">当前发布中没有任何月份的判定。</div>')
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        code = st.selectbox(
            "判定月份", list(labels), format_func=labels.__getitem__, key="month", bind="query-params", width=200
        )
    return next(month for month in months if month.code == code)


def _targets(publication: Publication, month: Period) -> None:
    tasks = plan.tasks(publication, month)
    judged = max(task.judged_on for task in tasks)
    heading("目标判定", f"判定日 {plan_wording.day(judged)}（当月最后已知日） · {len(tasks)} 项目标")
    _strip("verdicts", VERDICTS, Counter(task.verdict for task in tasks))
    show(f'<p class="quiet">{_path(publication)}</p>')
    figures = _figures(publication, month)
    labels = _labels(publication)
    for (clause, units), group in groupby(tasks, key=lambda task: (task.clause, task.units)):
        heading(plan_wording.clause(clause), f"责任单位：{'、'.join(units) or '原文未写'}")
        row: list[Task] = list(group)
        for first in range(0, len(row), IN_A_ROW):
            for column, task in zip(st.columns(IN_A_ROW, gap="small"), row[first : first + IN_A_ROW], strict=False):
                with column:
                    _card(publication, task, figures.get(task.code), labels)


def _strip(name: str, said: Mapping[str, Said], counts: Mapping[str, int]) -> None:
    """How many there are of each state, all states there can be."""
    cells = "".join(
        f'<div data-code="{code}"><b>{counts.get(code, 0)}</b>{tone_chip(words.zh, words.tone)}</div>'
        for code, words in said.items()
    )
    show(f'<div class="tally" data-tally="{name}">{cells}</div>')


def _path(publication: Publication) -> str:
    start = plan.path_start(publication)
    if start is None:
        return ""
    on, certainty = start
    sure = escape(CERTAINTY_ZH.get(certainty, certainty))
    return (
        f"线性路径：自{plan_wording.day(on)}的起点值匀速到到期日的目标值（起算日原文未写，{sure}）；"
        "进度条上的竖线为判定日的路径位置。"
    )


def _figures(publication: Publication, month: Period) -> dict[str, Figure]:
    """Target → its published progress, for where it comes from."""
    regions = [spot.region for spot in holdings.spots(publication, THEME, "province", month)]
    codes = tuple(holdings.codes_of(publication, THEME))
    held = load(publication, IN_FORCE, month, regions, codes).all()
    return {target: figure for figure in held for target in figure.card.target.split(",") if target}


def _labels(publication: Publication) -> dict[str, str]:
    """Chinese names of the stored fields, as the publication has them."""
    table = publication.manifest.table(plan.PROGRESS)
    words = () if table is None else table.words
    return {word.name: word.zh for word in words if word.zh}


def _card(publication: Publication, task: Task, figure: Figure | None, labels: Mapping[str, str]) -> None:
    said = plan_wording.verdict(task.verdict)
    value = "暂无数值" if task.value is None else plan_wording.amount(task.value, task.unit)
    kind = "none" if task.value is None else "number"
    goal = f'<div class="line">{escape(plan_wording.goal(task))}</div>'
    rule = f"{tone_chip(said.zh, said.tone)} {escape(plan_wording.rule(task))}"
    with st.container(border=True, height="stretch", key=f"card-{task.code}"):
        show(
            f'<div class="figure" data-code="{escape(task.code)}"><div class="name">{escape(task.zh)}</div>'
            f'<div class="{kind} short">{escape(value)}</div>{goal}{_bar(task)}<div class="line">{rule}</div></div>'
        )
        with st.container(horizontal=True, gap="small", key=f"how-{task.code}-row"):
            with st.popover("判定依据", key=f"inputs-{task.code}"):
                show(_stored(publication, task, labels))
            if figure is not None and st.button(HOW, key=f"how-{task.code}", type="tertiary"):
                explain(publication, figure, edition=IN_FORCE)


def _bar(task: Task) -> str:
    """The share of the target that is reached, with a mark where the path is; nothing where nothing is known."""
    if task.share_pct is None or task.unit == "yes/no":
        return ""
    mark = ""
    if task.path_value is not None and task.target:
        mark = f'<u style="left:{min(100, 100 * task.path_value / task.target):.1f}%"></u>'
    filled = f'<i style="width:{min(100, task.share_pct):.1f}%"></i>'
    return (
        f'<div class="gauge">{filled}{mark}</div>'
        f'<div class="line quiet">完成 {task.share_pct:.1f}%，{escape(plan_wording.gap(task))}</div>'
    )


def _stored(publication: Publication, task: Task, labels: Mapping[str, str]) -> str:
    """The row of the table as it was published, in words."""
    titles = plan.dataset_titles(publication)
    rows = []
    for name, value in task.stored.items():
        if name in NOT_AGAIN:
            continue
        text = plan_wording.stored(name, value)
        if name == "datasets":
            text = "、".join(titles.get(dataset, dataset) for dataset in str(value).split(";"))
        rows.append(f"<dt>{escape(labels.get(name, name))}</dt><dd>{escape(text)}</dd>")
    return f'<h2>{escape(task.code)} {escape(task.zh)}</h2><dl class="definition">{"".join(rows)}</dl>'


def _systems(publication: Publication) -> None:
    systems = plan.systems(publication)
    heading("系统与数据", f"方案点名的 {len(systems)} 个系统：条款 → 系统 → 数据集 → 指标 → 数值个数")
    counts = Counter[str](system.state for system in systems)
    _strip("states", STATES, counts)
    # Without the counts, which stand above: the name chosen stands in the address, and a link outlives a publication.
    names = {EVERY: "全部", **{state: said.zh for state, said in STATES.items() if counts[state]}}
    chosen = st.selectbox(
        "情形", list(names), format_func=names.__getitem__, key="state", bind="query-params", width=280
    )
    shown = [system for system in systems if chosen in (EVERY, system.state)]
    show(_system_table(shown, _linked(publication)))


def _linked(publication: Publication) -> Mapping[str, str]:
    """Theme → its title, linked to its page where it has one."""
    themes = {theme for system in plan.systems(publication) for theme in system.by_theme}
    held = addresses(holdings.themes_held(publication))
    return {
        theme.code: f'<a href="{held[theme.code]}" target="_self">{escape(theme.title_zh)}</a>'
        if theme.code in held
        else escape(theme.title_zh)
        for theme in in_order(themes)
    }


def _system_table(systems: Sequence[System], themes: Mapping[str, str]) -> str:
    body = ""
    for (clause, lead), group in groupby(systems, key=lambda system: (system.clause, system.lead_unit)):
        body += f'<tr class="group"><td class="left" colspan="5">{_led(plan_wording.clause(clause), lead)}</td></tr>'
        body += "".join(_system(system, themes) for system in group)
    heads = lefts("系统", "情形", "数据集", "指标") + "<th>数值个数</th>"
    return plain_table(heads, body, "systems")


def _led(clause: str, lead: str) -> str:
    return f"<b>{escape(clause)}</b>" + (f" <small>牵头：{escape(lead)}</small>" if lead else "")


def _system(system: System, themes: Mapping[str, str]) -> str:
    said: Said = STATES[system.state]
    why = f"<br><small>{escape(system.silence_zh)}</small>" if system.silence_zh else ""
    datasets = "—"
    if system.datasets:
        count = f"{len(system.datasets)} 个，其中 {system.used} 个进入本发布的计算"
        datasets = f"<details><summary>{count}</summary>{escape('、'.join(system.datasets))}</details>"
    ordered = [(code, system.by_theme[code]) for code in themes if code in system.by_theme]
    indicators = "、".join(f"{themes[code]} {count}" for code, count in ordered) or "—"
    return (
        f'<tr data-system="{escape(system.name_zh)}"><td class="left wrap">{escape(system.name_zh)}</td>'
        f'<td class="left wrap">{tone_chip(said.zh, said.tone)}{why}</td><td class="left wrap">{datasets}</td>'
        f'<td class="left wrap">{indicators}</td><td>{f"{system.values:,}" if system.by_theme else "—"}</td></tr>'
    )


def _downloads(publication: Publication) -> None:
    names: Iterable[tuple[str, str]] = ((plan.PROGRESS, "目标判定（各月）"), (plan.COVERAGE, "系统与数据"))
    with st.container(border=True, horizontal=True, vertical_alignment="bottom", key="box-take"):
        for table, zh in names:
            st.download_button(
                f"下载{zh}（CSV）",
                partial(table_csv, publication, table),
                file_name=f"{table}_{publication.id}.csv",
                mime="text/csv",
                key=f"download-{table}",
                on_click="ignore",
            )
