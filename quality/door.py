"""The lake door: text rows of a parser become typed, keyed rows, flags on them, or quarantined rows with a reason.

Everything is derived from the dataset's card; nothing here knows a particular dataset. Order: sentinels, the register,
types and keys, duplicates, ranges. Does not belong here: tests that need other batches (``quality.context``) or a
whole batch (``quality.gate``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from catalog.quantities import Quantity
from ingest.card import Card
from ingest.core import Admission
from ingest.fields import Column
from ingest.landing import LandedObject
from ingest.parsing import DRIFT_SCHEMA, ParseResult
from quality.row_rules import polars_type, row_schema

# Part of every batch's name: raise it when the same bytes and card would give other rows.
DOOR_VERSION = "1"
# A label may run ahead of our clock by the widest zone error, never by more.
FUTURE_TOLERANCE = timedelta(days=1)
# More than half of a column unread is the provider's doing, not a typing error here and there.
RETYPED_SHARE = 0.5
# Wall clock of date-times in datasets without a time convention (registers, ledgers).
LOCAL_ZONE = "Asia/Shanghai"
NOTE_SCHEMA = pl.Schema({"row": pl.UInt32, "item": pl.String, "test": pl.String, "raw": pl.String})
NOTE_SCHEMA = pl.Schema({"row": pl.get_index_type(), "item": pl.String, "test": pl.String, "raw": pl.String})
REJECT_SCHEMA = pl.Schema({"line": pl.Int64, "fate": pl.String, "reason": pl.String, "raw": pl.String})


def admit(card: Card, landed: LandedObject, parsed: ParseResult, register: pl.DataFrame | None = None) -> Admission:
    """Judge every row of one object.

    ``register`` (columns of ``card.resolve.match`` plus ``card.resolve.to``) is needed when the card resolves names.
    Rows in = accepted + quarantined + duplicates; :meth:`Admission.counts` checks it.
    """
    text = parsed.rows.with_row_index("row")
    if card.resolve is not None:
        text = _resolve(card, text, register)
    rows, flags = _read_cells(card, text)
    rows = _apply_time(card, landed, rows)
    rows, faults = _keep_sound(card, landed, rows)
    rows, duplicates = _keep_last(card, rows)
    flags = pl.concat([flags, *_range_flags(card, rows)])
    rejects = pl.concat(
        [
            parsed.rejects.select("line", fate=pl.lit("quarantined"), reason="reason", raw="raw"),
            _with_raw(text, faults, "quarantined"),
            _with_raw(text, duplicates, "duplicate"),
        ]
    )
    return Admission(
        rows=rows.drop("row"),
        flags=_keyed_flags(card, rows, flags),
        rejects=rejects,
        rows_in=parsed.n_in,
        drift=pl.concat([parsed.drift, _retyped(card, text, flags)]),
        extra=parsed.extra,
    )


def _retyped(card: Card, text: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """Number columns of a wide dataset of which most cells are no numbers: not faults in cells, another type."""
    unread = (
        {} if card.is_long else dict(flags.filter(pl.col("test") == "not_numeric").group_by("item").len().iter_rows())
    )
    told = [
        ("retyped", name, f"{n} of {filled} cells are no numbers")
        for name, n in sorted(unread.items())
        if n > RETYPED_SHARE * (filled := text.get_column(name).count())
    ]
    return pl.DataFrame(told, schema=DRIFT_SCHEMA, orient="row")


def _value_columns(card: Card) -> list[str]:
    """Columns whose cells may hold a sentinel or be out of range: all numbers that are not part of the key."""
    return [c.name for c in card.columns if c.type in ("decimal", "integer") and c.name not in card.key]


def _resolve(card: Card, text: pl.DataFrame, register: pl.DataFrame | None) -> pl.DataFrame:
    """Names to codes; what stays unknown is refused later as a missing key."""
    rule = card.resolve
    assert rule is not None
    if register is None:
        raise ValueError(f"{card.id}: needs the register {rule.register_dataset}; ingest that dataset first")
    codes = register.select(*rule.match, rule.to).unique(subset=rule.match, keep="none")
    return text.drop(rule.to, strict=False).join(codes, on=rule.match, how="left", maintain_order="left")


def _read_cells(card: Card, text: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sentinels to null, then types. Cells that were not read are returned as (row, item, test, raw)."""
    values = _value_columns(card)
    is_sentinel = {name: pl.col(name).is_in(card.sentinels) for name in values}
    cleaned = text.with_columns(
        pl.when(hit).then(None).otherwise(pl.col(name)).alias(name) for name, hit in is_sentinel.items()
    )
    typed = cleaned.with_columns(_typed(card, c) for c in card.columns if c.type != "string")
    notes = [pl.DataFrame(schema=NOTE_SCHEMA)]
    notes += [_cells(card, text.filter(hit), name, "sentinel") for name, hit in is_sentinel.items()]
    if not card.is_long:
        # In a wide row one unreadable cell is a flag on a null; in a long row it is the whole row (see _keep_sound).
        for name in values:
            failed = cleaned.get_column(name).is_not_null() & typed.get_column(name).is_null()
            notes.append(_cells(card, cleaned.filter(failed), name, "not_numeric"))
    elif card.items:
        codes = {source: code for code, source in card.items.items()}
        unread = cleaned.get_column("value").is_not_null() & typed.get_column("value").is_null()
        typed = typed.with_columns(
            item=pl.col("item").replace_strict(codes, default=None, return_dtype=pl.String), unread=unread
        )
    return typed, pl.concat([pl.DataFrame(schema=NOTE_SCHEMA), *notes])


def _typed(card: Card, column: Column) -> pl.Expr:
    """A text column as its type; what cannot be read is null. Date-times are wall clock of the card's zone."""
    cell = pl.col(column.name)
    if column.type == "date":
        return cell.str.to_date("%Y-%m-%d", strict=False)
    if column.type != "datetime":
        return cell.cast(polars_type(column), strict=False)
    zone = card.time.zone if card.time else LOCAL_ZONE
    local = cell.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    zoned = local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    return zoned.dt.convert_time_zone("UTC").alias(column.name)


def _cells(card: Card, rows: pl.DataFrame, name: str, test: str) -> pl.DataFrame:
    codes = {source: code for code, source in card.items.items()}
    item = pl.col("item").replace_strict(codes, default=None, return_dtype=pl.String) if card.is_long else pl.lit(name)
    return rows.select("row", item=item, test=pl.lit(test), raw=pl.col(name).cast(pl.String))


def _apply_time(card: Card, landed: LandedObject, rows: pl.DataFrame) -> pl.DataFrame:
    """Label → interval, by the card's convention; ``month`` is the local month the interval starts in."""
    if card.time is None:
        return rows.with_columns(month=pl.lit(f"{landed.received_at:%Y-%m}"))
    label, step = pl.col("label_local"), card.time.offset
    start = label if card.time.label == "start" else label.dt.offset_by(f"-{step}")
    end = pl.col("end_local") if step is None else start.dt.offset_by(step)
    utc = pl.Datetime("us", "UTC")

    def instant(local: pl.Expr) -> pl.Expr:
        zoned = local.dt.replace_time_zone(card.time.zone, ambiguous="null", non_existent="null")  # type: ignore[union-attr]
        return zoned.dt.convert_time_zone("UTC").cast(utc)

    return rows.with_columns(
        interval_start_at=instant(start),
        interval_end_at=instant(end),
        month=start.dt.strftime("%Y-%m"),
    ).drop("label_local", *(["end_local"] if step is None else []))


def _keep_sound(card: Card, landed: LandedObject, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that satisfy the card, and (row, reason) for the others: the first reason in rule order."""
    reasons: list[tuple[pl.Expr, str]] = []
    if card.time is not None:
        reasons = [
            (pl.col("interval_end_at").is_null(), "time_unreadable"),
            (pl.col("interval_end_at") > landed.received_at + FUTURE_TOLERANCE, "time_in_future"),
        ]
    if card.is_long:
        reasons += [(pl.col("item").is_null(), "unknown_item"), (pl.col("unread"), "not_numeric")]
    if card.resolve is not None:
        reasons.append((pl.col(card.resolve.to).is_null(), "unresolved_name"))
    reason = pl.coalesce(*(pl.when(hit).then(pl.lit(why)) for hit, why in reasons), pl.lit(None, dtype=pl.String))
    judged = rows.with_columns(reason=reason)
    refused = judged.filter(pl.col("reason").is_not_null()).select("row", "reason")
    judged = judged.filter(pl.col("reason").is_null()) if refused.height else judged
    schema = row_schema(card)
    extra = [] if card.time is not None else ["month"]
    months = judged.select("row", *extra)
    sound, failure = schema.filter(judged.select(schema.column_names()))
    good = pl.DataFrame(sound)
    if extra:
        good = good.join(months, on="row", how="left", maintain_order="left")
    if not len(failure):
        return good, refused
    details = failure.details()
    rules = [c for c in details.columns if c not in schema.column_names()]
    first = pl.coalesce(*(pl.when(pl.col(r).cast(pl.String) == "invalid").then(pl.lit(_reason_name(r))) for r in rules))
    return good, pl.concat([refused, details.select("row", reason=first)])


def _reason_name(rule: str) -> str:
    """Dataframely's ``station_code|regex`` as a reason code."""
    column, _, kind = rule.partition("|")
    words = {"regex": f"bad_{column}", "nullability": f"missing_{column}", "check__allowed": f"unknown_{column}"}
    return words.get(kind, f"{column}_{kind}".strip("_"))


def _keep_last(card: Card, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per key: the last line of the object wins, the others become duplicates with a reason."""
    hashed = rows.select(key=pl.sum_horizontal(pl.col(k).hash(seed=i) for i, k in enumerate(card.key)))
    if hashed.get_column("key").n_unique() == rows.height:
        return rows, pl.DataFrame(schema={"row": pl.UInt32, "reason": pl.String})
    values = [c.name for c in card.columns if c.name not in card.key]
    ranked = rows.with_columns(
        last_row=pl.col("row").max().over(card.key),
        same=pl.all_horizontal(pl.col(v).n_unique().over(card.key) == 1 for v in values) if values else pl.lit(True),
    )
    superseded = ranked.filter(pl.col("row") != pl.col("last_row")).select(
        "row",
        reason=pl.when("same").then(pl.lit("duplicate_identical")).otherwise(pl.lit("duplicate_replaced")),
    )
    return rows.join(superseded, on="row", how="anti", maintain_order="left"), superseded


def _range_flags(card: Card, rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Accepted values beyond what their quantity (long) or column (wide) allows."""
    limits: Mapping[str, Quantity | Column]
    if card.is_long:
        limits = card.quantities
    else:
        limits = {name: card.column(name) for name in _value_columns(card)}
    flags = []
    for code, limit in limits.items():
        column = "value" if card.is_long else code
        value = pl.col(column).cast(pl.Float64)
        ranges = _ranges(limit, value)
        if not ranges:
            continue
        mine = pl.col("item") == code if card.is_long else pl.lit(True)
        test = pl.coalesce(*(pl.when(hit).then(pl.lit(name)) for name, hit in ranges))
        hits = rows.lazy().filter(mine & pl.any_horizontal(hit for _, hit in ranges))
        flags.append(hits.select("row", item=pl.lit(code), test=test, raw=pl.col(column).cast(pl.String)))
    return pl.collect_all(flags)


def _ranges(limit: Quantity | Column, value: pl.Expr) -> list[tuple[str, pl.Expr]]:
    """(test, hit) from worst to mildest; a value gets the first that hits."""
    bounds = [("out_of_range", limit.minimum, True), ("out_of_range", limit.maximum, False)]
    if isinstance(limit, Quantity):
        bounds.insert(0, ("unit_suspect", limit.unit_trap_above, False))
        bounds.append(("implausible", limit.suspect_above, False))
    return [(test, value < bound if below else value > bound) for test, bound, below in bounds if bound is not None]


def _keyed_flags(card: Card, rows: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """Flags of accepted rows with the row's key: what a later reader joins on."""
    carried = [k for k in card.key if k != "item"]
    return flags.join(rows.select("row", "line", "month", *carried), on="row", how="inner", maintain_order="left").drop(
        "row"
    )


def _with_raw(text: pl.DataFrame, refused: pl.DataFrame, fate: str) -> pl.DataFrame:
    """(row, reason) → rejects with line and the row's text as it was found."""
    if refused.height == 0:
        return pl.DataFrame(schema=REJECT_SCHEMA)
    cells = [c for c in text.columns if c not in ("row", "line")]
    raw = pl.concat_str([pl.lit(f"{c}=") + pl.col(c).cast(pl.String).fill_null("") for c in cells], separator="; ")
    return refused.join(text, on="row", how="left", maintain_order="left").select(
        "line", fate=pl.lit(fate), reason="reason", raw=raw
    )
