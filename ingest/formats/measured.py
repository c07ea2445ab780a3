"""Tables with one column a measured item become one row per item and value.

Does not belong here: reading a file format (the modules beside), what an item is called in the lake (the card).
"""

from __future__ import annotations

import polars as pl

from ingest.card import Card
from ingest.formats import records
from ingest.parsing import DRIFT_SCHEMA, ParseResult, UnreadableObjectError

ITEM, VALUE = "item", "value"


def by_card(card: Card, table: pl.DataFrame, *, label_local: pl.Expr, **computed: pl.Expr | None) -> ParseResult:
    """The card's ``items`` columns of a text table as rows ``item, value``; the rest as ``records.by_card``.

    Empty cells stay rows: the source says that nothing was measured. An item without a column is told as ``lost``.

    Raises:
        UnreadableObjectError: no column of any item, or a required column is missing.
    """
    table = table.rename({name: f"{name} " for name in (ITEM, VALUE) if name in table.columns})
    measured = [source for source in card.items.values() if source in table.columns]
    if not measured:
        raise UnreadableObjectError(
            "unexpected_header", f"no column of any item {list(card.items.values())[:8]}; found {table.columns[1:9]}"
        )
    index = [name for name in table.columns if name not in measured]
    long = table.unpivot(on=measured, index=index, variable_name=ITEM, value_name=VALUE)
    made = {**computed, "label_local": label_local, ITEM: pl.col(ITEM), VALUE: pl.col(VALUE)}
    found = records.by_card(card, long, **made)  # type: ignore[arg-type]  # mypy fears ``rejects`` among them
    lost = [
        ("lost", ours, f"{theirs} is not in the header")
        for ours, theirs in card.items.items()
        if theirs not in measured
    ]
    ours = pl.col("column").is_in([ITEM, VALUE])
    drift = pl.concat([found.drift.filter(~ours), pl.DataFrame(lost, schema=DRIFT_SCHEMA, orient="row")])
    return ParseResult(found.rows, found.rejects, drift, found.extra.filter(~ours).unique(maintain_order=True))
