"""知识库: search clauses, targets, standards, terms and methods; see one entity with all it is related to.

What is asked stands in the address (``ask``, ``entity``, ``kind``), so that a link shows the same again. Does not
belong here: answering (``catalog.kb``), words (``knowledge_wording``).
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

import duckdb
import streamlit as st

from catalog import kb
from catalog.publication import Publication
from catalog.themes import addresses
from streamlit_app import holdings
from streamlit_app.components import header
from streamlit_app.components.html import escape, heading, show
from streamlit_app.components.plain_table import lefts, plain_table
from streamlit_app.knowledge_wording import (
    certainty_words,
    change_date,
    goal_words,
    kind_words,
    link,
    relation_words,
    source_words,
)

ASK, ENTITY, KIND = "ask", "entity", "kind"
FOUND, LISTED = 12, 12
REGIONS = ("province", "city", "county")
# What a reader browses; the rest is found by searching, or from these.
BROWSED = ("target", "clause", "system", "unit", "standard", "term", "city", "county", "section", "water")


def render(publication: Publication) -> None:
    """The page."""
    header.title(
        "知识库", "方案条款、目标、标准、术语、方法、区划和水系：查得到出处，看得到关系；地址栏的链接可以转给别人"
    )
    _ask()
    asked, entity = str(st.session_state.get(ASK) or "").strip(), st.query_params.get(ENTITY, "")
    with publication.connect() as library:
        try:
            if entity:
                _one(library, publication, entity, asked)
            elif asked:
                _results(library, asked)
            else:
                _browse(library)
        except kb.KnowledgeError as error:
            words = f"知识库答不出“{entity or asked}”。" if entity or asked else "当前发布中没有知识库。"
            show(f'<div class="caution">{escape(words)}<br><small>{escape(str(error))}</small></div>')


def _ask() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        st.text_input(
            "搜索",
            key=ASK,
            bind="query-params",
            width=520,
            placeholder="条款、标准号、术语、区划代码或地名",
            on_change=_leave,
        )


def _leave() -> None:
    """A new question leaves the entity shown."""
    st.query_params.pop(ENTITY, None)


def _results(library: duckdb.DuckDBPyConnection, asked: str) -> None:
    entities, hits = kb.named(library, asked, FOUND), kb.search(library, asked, FOUND)
    found = {hit.doc_id for hit in hits}
    entries = [each for each in entities if each.entity_id not in found]
    heading("检索结果", f"“{asked}”：文本 {len(hits)} 条，另有名称相符的条目 {len(entries)} 个")
    if not hits and not entries:
        show("<p>没有找到。可换用更短的词，或按标准号、区划代码查找。</p>")
    body = "".join(
        _result(
            *(hit.doc_id, hit.title, hit.kind),
            text=hit.text,
            note=f"出处：{source_words(hit.citation)}",
            asked=asked,
        )
        for hit in hits
    )
    body += "".join(
        _result(
            *(e.entity_id, e.name_zh, e.kind),
            text=e.validity,
            note=f"把握：{certainty_words(e.certainty)}",
            asked=asked,
        )
        for e in entries
    )
    show(f'<ol class="results">{body}</ol>')


def _result(entity: str, title: str, kind: str, *, text: str, note: str, asked: str) -> str:
    return (
        f'<li data-found="{escape(entity)}"><span class="tone neutral">{escape(kind_words(kind))}</span> '
        f"<b>{link(entity, title, asked)}</b><div>{escape(text)}</div>"
        f'<div class="quiet">{escape(note)}</div></li>'
    )


def _browse(library: duckdb.DuckDBPyConnection) -> None:
    names = {kind: kind_words(kind) for kind in BROWSED}
    kind = st.selectbox("浏览", list(names), format_func=names.__getitem__, key=KIND, bind="query-params", width=240)
    if kind == "term":
        _terms(library)
        return
    entities = kb.of_kind(library, kind)
    heading(kind_words(kind), f"{len(entities)} 个")
    body = "".join(
        f'<tr><td class="left">{link(e.entity_id, e.name_zh)}</td><td class="left"><code>{escape(e.code)}</code></td>'
        f'<td class="left">{escape(e.validity) or "—"}</td>'
        f'<td class="left">{escape(certainty_words(e.certainty))}</td></tr>'
        for e in entities
    )
    show(plain_table(lefts("名称", "代码", "有效期", "把握"), body, "browse"))


def _terms(library: duckdb.DuckDBPyConnection) -> None:
    terms = kb.terms(library)
    heading(kind_words("term"), f"{len(terms)} 个")
    body = "".join(
        f'<tr><td class="left">{link(f"term:{term.term_zh}", term.term_zh)}</td>'
        f'<td class="left wrap">{escape(term.definition_zh)}</td></tr>'
        for term in terms
    )
    show(plain_table(lefts("术语", "定义"), body, "browse"))


def _one(library: duckdb.DuckDBPyConnection, publication: Publication, entity: str, asked: str) -> None:
    back = f'<a href="?{ASK}={quote(asked)}" target="_self">返回“{escape(asked)}”的检索结果</a>' if asked else ""
    show(f'<p><a href="?" target="_self">浏览全部</a>　{back}</p>')
    document = kb.document(library, entity)
    if document is not None and document.kind in ("term", "note", "region_change"):
        _document(library, document)
        return
    found, edges = kb.show(library, entity)
    _head(found, kb.document(library, found.entity_id))
    # The sections below say these relations themselves.
    said: set[str] = set()
    if found.kind in REGIONS:
        _region(library, found, edges)
        said = {"succeeded_by"}
    elif found.kind in ("section", "water"):
        _upstream(library, found.entity_id)
        said = {"upstream_of"}
    elif found.kind == "indicator":
        show(f'<p><a href="catalog?q={quote(found.code)}" target="_self">在指标目录中查看</a></p>')
    elif found.kind == "target":
        _target(library, publication, found.code)
        said = {"responsible_for"}
    _edges([edge for edge in edges if edge.relation not in said])


def _document(library: duckdb.DuckDBPyConnection, document: kb.Hit) -> None:
    rows = [("内容", document.text), ("类别", kind_words(document.kind)), ("出处", source_words(document.citation))]
    term = None
    if document.kind == "term":
        term = next((each for each in kb.terms(library, document.title) if each.term_zh == document.title), None)
    if term is not None:
        rows[0] = ("定义", term.definition_zh)
        rows += [("英文", term.term_en), ("把握", certainty_words(term.certainty))]
    heading(document.title)
    show(_facts(rows))
    if document.kind == "region_change":
        _members(kb.members(library, document.doc_id.removeprefix("region_change:")))


def _head(found: kb.Entity, document: kb.Hit | None) -> None:
    heading(found.name_zh, found.name_en or "")
    rows = [("类别", kind_words(found.kind)), ("代码", found.code), ("有效期", found.validity)]
    # A target's own fields stand below.
    if document is not None and found.kind != "target":
        rows.append(("内容", document.text))
    rows += [("把握", certainty_words(found.certainty)), ("出处", source_words(found.source))]
    show(_facts(rows))


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    body = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in rows if text)
    return f'<dl class="definition">{body}</dl>'


def _region(library: duckdb.DuckDBPyConnection, found: kb.Entity, edges: list[kb.Edge]) -> None:
    """What the code stood for through time, what came before and after this area, and what compares with what."""
    answer = kb.region(library, found.code)
    if len(answer.areas) > 1:
        heading("同一代码先后代表的区域", f"代码 {found.code}；同码不同界，不是同一个统计区域")
        body = "".join(
            f"<tr{' class=chosen' if area.entity_id == found.entity_id else ''}>"
            f'<td class="left">{link(area.entity_id, area.name_zh)}</td>'
            f'<td class="left">{escape(area.validity) or "—"}</td></tr>'
            for area in answer.areas
        )
        show(plain_table(lefts("区域", "有效期"), body, "areas"))
    lineage = [edge for edge in edges if edge.relation == "succeeded_by"]
    if lineage:
        heading("前身与后继", "份额为前身归入后继的部分")
        body = "".join(
            f'<tr><td class="left">{escape(relation_words(edge))}</td>'
            f'<td class="left">{link(edge.other_id, edge.other_zh)} {_about(edge)}</td>'
            f'<td class="left">{"未知" if edge.share is None else f"{edge.share:.0%}"}</td></tr>'
            for edge in sorted(lineage, key=lambda edge: (edge.outward, edge.other_id))
        )
        show(plain_table(lefts("关系", "区域", "份额"), body, "lineage"))
    areas = [area.entity_id for area in answer.areas]
    areas += [edge.other_id for edge in edges if edge.relation == "in" and not edge.outward]
    groups = {change.group_code: change for change in kb.changes(library, areas)}
    heading("跨调整可比的组", f"{len(groups)} 组" if groups else "")
    if not groups:
        show("<p>没有记录的区划调整，前后可比。</p>")
    for change in groups.values():
        show(f"<p><b>{escape(change_date(change))}调整</b>　{escape(change.rule_zh)}</p>")
        _members(kb.members(library, change.group_code))


def _about(edge: kb.Edge) -> str:
    kind = kind_words(edge.other_id.partition(":")[0])
    return f'<small class="quiet">{escape(f"{kind} {edge.other_validity}".strip())}</small>'


def _members(members: list[kb.Member]) -> None:
    cells = {"before": "", "after": ""}
    for member in members:
        cells[member.side] += f"{link(member.entity_id, member.name_zh)} <code>{escape(member.region_code)}</code>　"
    body = f'<tr><td class="left wrap">{cells["before"]}</td><td class="left wrap">{cells["after"]}</td></tr>'
    show(plain_table(lefts("调整前之和", "调整后之和"), body, "group"))


def _upstream(library: duckdb.DuckDBPyConnection, entity: str) -> None:
    answer = kb.upstream(library, entity)
    heading("上游", f"{len(answer.found)} 处，按其间的汇流次数由近到远")
    if answer.found:
        body = "".join(
            f'<tr><td>{steps}</td><td class="left">{link(other, name)}</td>'
            f'<td class="left">{escape(kind_words(other.partition(":")[0]))}</td></tr>'
            for steps, other, name in answer.found
        )
        show(plain_table(f"<th>汇流次数</th>{lefts('名称', '类别')}", body, "upstream"))
    else:
        show("<p>名录和水系中未载上游。</p>")
    if answer.same_water:
        names = "、".join(link(other, name) for other, name in answer.same_water)
        show(f"<p>同一水体上的断面（名录未载上下游次序）：{names}</p>")


def _target(library: duckdb.DuckDBPyConnection, publication: Publication, code: str) -> None:
    target = kb.target(library, code)
    clause = f"第{target.clause}条 {target.clause_zh}" if target.clause else "主要目标"
    rows = [
        ("目标", goal_words(target)),
        ("年份", f"{target.year}年" if target.year else "原文未写年份"),
        ("条款", clause),
        ("牵头", target.lead_unit or "原文未写"),
        ("责任单位", "、".join(target.units) or "原文未写"),
    ]
    show(_facts(rows))
    address = addresses(holdings.themes_held(publication)).get("plan")
    if address is not None:
        show(f'<p><a href="{address}" target="_self">查看判定</a></p>')


def _edges(edges: list[kb.Edge]) -> None:
    grouped: dict[str, list[kb.Edge]] = {}
    for edge in edges:
        grouped.setdefault(relation_words(edge), []).append(edge)
    if not grouped:
        return
    heading("关系")
    rows = ""
    for relation, group in grouped.items():
        names = [f"{link(edge.other_id, edge.other_zh)} {_about(edge)}" for edge in group]
        shown = "<br>".join(names[:LISTED])
        if rest := names[LISTED:]:
            shown += f"<details><summary>另有 {len(rest)} 个</summary>{'<br>'.join(rest)}</details>"
        rows += f'<tr><td class="left">{escape(relation)}（{len(group)}）</td><td class="left wrap">{shown}</td></tr>'
    show(plain_table(lefts("关系", "条目"), rows, "edges"))
