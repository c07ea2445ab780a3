"""A trace in plain words, as a tree for the terminal: the number first, the bytes last.

Does not belong here: finding anything out (``trace``); machines take ``Trace.to_json``.
"""

from __future__ import annotations

from collections import Counter

from rich.markup import escape
from rich.tree import Tree

from catalog.publication.lineage import TracedBatch
from catalog.publication.question import Row
from catalog.publication.trace import MartRows, Trace

SHOWN_BATCHES = 8
SHOWN_ROWS = 6
SHOWN_CORE = 8
SHOWN_CHARACTERS = 160
BYTES_WORDS = {
    "intact": "bytes intact 原始字节完好",
    "altered": "[red]BYTES ALTERED 字节已被改动[/red]",
    "missing": "[red]BYTES MISSING 字节缺失[/red]",
}
# What a reader of the card wants first; other columns follow under their own names.
CARD_WORDS = {
    "name_zh": "名称",
    "name_en": "name",
    "definition_zh": "定义",
    "definition_en": "definition",
    "formula": "formula 公式",
    "standard": "standard 标准",
    "unit": "unit 单位",
    "mart": "mart 主题表",
    "mart_column": "column 字段",
}


def draw(found: Trace) -> Tree:
    """The whole walk back."""
    tree = Tree(_headline(found))
    _add_value(tree, found.value)
    _add_card(tree, found.card)
    _add_mart(tree, found.mart)
    _add_inputs(tree, found)
    _add_core(tree, found)
    for note in found.notes:
        tree.add(f"[yellow]note 说明: {escape(note)}[/yellow]")
    return tree


def _headline(found: Trace) -> str:
    value = found.value
    shown = _number(value)
    what = (found.card or {}).get("name_zh") or value["indicator_code"]
    warning = "  [bold yellow]SIMULATED 模拟数据[/bold yellow]" if found.simulated else ""
    place = escape(found.region.shown)
    period = f"{value['period_type']} {found.question['period']}"
    return f"[bold]{escape(str(what))} · {place} · {period} = {shown}[/bold]  ({found.publication}){warning}"


def _number(value: Row) -> str:
    if value["value"] is None:
        text = value.get("value_text")
        return escape(str(text)) if text else f"no value 无值 ({value.get('null_reason') or 'no reason given'})"
    unit = "" if value["unit"] in (None, "1") else f" {value['unit']}"
    text = f" ({value['value_text']})" if value.get("value_text") else ""
    return escape(f"{value['value'].normalize():f}{unit}{text}")


def _add_value(tree: Tree, value: Row) -> None:
    branch = tree.add("value 数值")
    branch.add(f"edition 版本: {escape(str(value['edition']))}")
    branch.add(f"status 状态: {value['status']} (review 审核: {value.get('review_status')})")
    if value.get("lower") is not None or value.get("upper") is not None:
        confidence = value.get("confidence")
        branch.add(f"interval 区间: {value.get('lower')} … {value.get('upper')} (confidence 置信度 {confidence})")
    branch.add(f"coverage 有效率: {value.get('coverage')}, inputs 输入: {value.get('n_inputs')} values")
    branch.add(f"inputs hash 输入指纹: {value['inputs_hash']}, computed 计算于 {value.get('computed_at')}")


def _add_card(tree: Tree, card: Row | None) -> None:
    if card is None:
        return
    branch = tree.add(f"indicator 指标: {escape(str(card['code']))}")
    ordered = [*CARD_WORDS, *(c for c in card if c not in CARD_WORDS and c != "code")]
    for column in ordered:
        if card.get(column) is not None:
            branch.add(f"{CARD_WORDS.get(column, column)}: {escape(str(card[column]))}")


def _add_mart(tree: Tree, mart: MartRows | None) -> None:
    if mart is None:
        return
    rows = "row" if mart.n_rows == 1 else "rows"
    branch = tree.add(f"mart 主题表: {mart.table} ({escape(mart.grain)}), {mart.n_rows} {rows}")
    for row in mart.rows[:SHOWN_ROWS]:
        cells = ", ".join(f"{column}={value}" for column, value in row.items() if value is not None)
        branch.add(escape(cells))
    if mart.n_rows > SHOWN_ROWS:
        branch.add(f"… and {mart.n_rows - SHOWN_ROWS} more")


def _add_inputs(tree: Tree, found: Trace) -> None:
    if not found.months:
        return
    span = found.months[0] if len(found.months) == 1 else f"{found.months[0]} … {found.months[-1]}"
    states = Counter(batch.bytes_state for batch in found.batches)
    told = ", ".join(f"{n} {BYTES_WORDS[state]}" for state, n in sorted(states.items()))
    branch = tree.add(f"inputs 输入: {len(found.months)} month(s) {span}, {len(found.batches)} batch(es): {told}")
    used = {(row.dataset, row.batch) for row in found.core_rows}
    ordered = sorted(
        found.batches,
        key=lambda b: (b.bytes_state == "intact", (b.dataset, b.batch) not in used, b.dataset, b.object_name),
    )
    for batch in ordered[:SHOWN_BATCHES]:
        _add_batch(branch, batch, holds_rows=(batch.dataset, batch.batch) in used)
    if len(ordered) > SHOWN_BATCHES:
        branch.add(f"… and {len(ordered) - SHOWN_BATCHES} more (--json lists all)")


def _add_batch(branch: Tree, batch: TracedBatch, *, holds_rows: bool) -> None:
    mark = "  ← holds the rows below 含下列行" if holds_rows else ""
    leaf = branch.add(f"{batch.dataset}: {escape(batch.object_name)}, {BYTES_WORDS[batch.bytes_state]}{mark}")
    leaf.add(f"received 收到 {batch.received_at:%Y-%m-%d %H:%M}Z, SHA-256 {batch.object_sha256}")
    leaf.add(escape(batch.landing_path))


def _add_core(tree: Tree, found: Trace) -> None:
    if not found.core_rows:
        return
    branch = tree.add(f"observations 原始观测: {found.n_core_rows} in core")
    for row in found.core_rows[:SHOWN_CORE]:
        value = "missing 缺失" if row.value is None else f"{row.value.normalize():f}"
        where = f"line {row.line} of batch {row.batch}"
        branch.add(f"{row.station_code} {row.item} {row.hour_end:%Y-%m-%dT%H}: {value}  ({where})")
    if found.n_core_rows > SHOWN_CORE:
        branch.add(f"… and {found.n_core_rows - SHOWN_CORE} more")
    if found.raw_lines:
        raw = tree.add("as received 原文")
        for line in found.raw_lines:
            cell = f"{line.cell}: " if line.cell else ""
            text = line.text if len(line.text) <= SHOWN_CHARACTERS else line.text[:SHOWN_CHARACTERS] + " …"
            raw.add(escape(f"{line.object_name} line {line.line}: {cell}{text}"))
