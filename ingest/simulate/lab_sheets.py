"""Simulated laboratory workbooks: results below the detection limit in the three ways they are printed, limits, notes.

Does not belong here: where the numbers come from, or which places are sampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from ingest.card import Card
from ingest.simulate.feeds import Feed
from ingest.simulate.long_tables import long_truth
from ingest.simulate.writing import workbook_bytes

# Detection limits of the usual methods (HJ 535, HJ 694, HJ 700, HJ 970 …), mg/L.
LIMITS = {
    "cod_mg_l": "4", "bod5_mg_l": "0.5", "nh3n_mg_l": "0.025", "tp_mg_l": "0.01", "tn_mg_l": "0.05",
    "copper_mg_l": "0.001", "zinc_mg_l": "0.05", "fluoride_mg_l": "0.05", "selenium_mg_l": "0.0004",
    "arsenic_mg_l": "0.0003", "mercury_mg_l": "0.00004", "cadmium_mg_l": "0.00005", "chromium6_mg_l": "0.004",
    "lead_mg_l": "0.00009", "cyanide_mg_l": "0.001", "volatile_phenol_mg_l": "0.0003", "petroleum_mg_l": "0.01",
    "las_mg_l": "0.05", "sulfide_mg_l": "0.01", "iron_mg_l": "0.03", "manganese_mg_l": "0.01",
    "chromium_total_mg_l": "0.0004", "nickel_mg_l": "0.0005", "dip_mg_l": "0.0006", "nonionic_ammonia_mg_l": "0.0001",
}  # fmt: skip
PRINTS = ("{}L", "<{}", "未检出")
BAD_DATE = "待补录"


def sheet(card: Card, name: str, title: str, wide: pl.DataFrame, head: Sequence[str]) -> Feed:
    """One workbook of ``wide``: ``station_code``, ``start``, items as text, columns ``head`` under the source's names.

    ``head`` ends in the sampling date; the first sample stands again at the end, and once with an unreadable date.
    """
    items = list(card.items)
    printed, truth = _below(card, wide, items)
    sources = [card.items[item] for item in items]
    names = [*head, *(source.partition("/")[0] for source in sources)]
    units = [None] * len(head) + [source.partition("/")[2] or None for source in sources]
    samples = [list(row) for row in printed.select(*head, *items).rows()]
    cells = [[_entered(cell, place >= len(head)) for place, cell in enumerate(row)] for row in samples]
    again = cells[0]
    undated = [BAD_DATE if place == len(head) - 1 else cell for place, cell in enumerate(again)]
    limits = ["检出限", *[None] * (len(head) - 1), *(LIMITS.get(item) for item in items)]
    rows: list[Sequence[Any]] = [
        [title],
        names,
        units,
        *cells,
        again,
        undated,
        limits,
        ["注：低于检出限的结果以“检出限值+L”或“未检出”表示。"],
    ]
    filled = sum(printed[item][0] is not None for item in items)
    content = workbook_bytes({"监测数据": rows})
    return Feed(name, content, truth, {"time_unreadable": filled}, {"duplicate_identical": filled})


def _entered(cell: str | None, is_result: bool) -> str | float | None:
    try:
        return float(cell) if is_result and cell is not None else cell
    except ValueError:
        return cell


def _below(card: Card, wide: pl.DataFrame, items: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(the table as printed, its truth): results below the limit become a mark, printed in turn in three ways."""
    turn = pl.int_range(pl.len()) % len(PRINTS)
    is_below = {item: pl.col(item).cast(pl.Float64) < float(LIMITS[item]) for item in items if item in LIMITS}
    marks = {
        item: pl.coalesce(
            *(pl.when(turn == n).then(pl.lit(form.format(LIMITS[item]))) for n, form in enumerate(PRINTS))
        )
        for item in is_below
    }
    printed = wide.with_columns(
        **{item: pl.when(hit).then(marks[item]).otherwise(pl.col(item)) for item, hit in is_below.items()}
    )
    limit = wide.with_columns(
        **{item: pl.when(hit).then(pl.lit(LIMITS[item])) for item, hit in is_below.items()},
        **{item: pl.lit(None, dtype=pl.String) for item in items if item not in is_below},
    )
    carried = [c.name for c in card.columns if c.name in wide.columns and c.name not in ("station_code", *items)]
    values = long_truth(card, wide.select("start", "station_code", *carried, *items), carried)
    limits = long_truth(card, limit.select("start", "station_code", *items)).rename({"value": "detection_limit"})
    truth = values.join(limits, on=["station_code", "item", "interval_start_at"], how="left")
    below = pl.col("detection_limit").is_not_null()
    return printed, truth.filter(pl.col("value").is_not_null()).with_columns(
        value=pl.when(below).then(None).otherwise("value"), agency_flag=pl.when(below).then(pl.lit("L"))
    )
