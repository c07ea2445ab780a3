"""The catalogued indicators as readers ask for them: find one, see what a publication holds of it, read its values.

The catalog is what was released (``catalog_indicators``), and for the rest the cards of this code; values are those of
one publication. Shared by ``ecolake metrics`` and the pages. Does not belong here: where a number came from
(``publication.trace``), computing one (dbt), words and drawing (``streamlit_app``, ``orchestration``).
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import duckdb
import polars as pl

from catalog.indicators import catalog_rows
from catalog.publication import Publication, QuestionError
from catalog.publication.period import FORMS, parse_period
from catalog.publication.region import Region, resolve
from catalog.themes import theme_of, themes

CHANGE = "_yoy"
IN_FORCE = "in-force"
PERIOD_TYPES = ("hour", "day", "month", "quarter", "year", "ytd")
VALUES, HOURS = "indicator_values", "indicator_values_hour"
SEARCHED = ("code", "name_zh", "name_en", "definition_zh", "definition_en", "theme", "theme_zh")
SHOWN = 6


@dataclass(frozen=True)
class MetricQuery:
    """Which values: all that is left out is all there is; ``period`` is one period or a type of them (``month``).

    Without ``edition``: the rules in force, where the indicator is given under them, else every edition it has.
    """

    code: str
    region: str | None = None
    period: str | None = None
    edition: str | None = None


def catalogued(opened: Publication | None) -> pl.DataFrame:
    """Every indicator, one row: its card, ``theme_zh``, and what the publication holds of it.

    ``in_publication`` is false for a card released in no catalog yet; ``is_change`` marks the same-period changes that
    are derived from another indicator; ``n_rows``, ``n_values``, ``newest_at`` (start of the newest period with a
    value) and ``newest_type`` count day grain and coarser.
    """
    cards = pl.DataFrame(catalog_rows(), infer_schema_length=None).with_columns(in_publication=pl.lit(value=False))
    if opened is not None:
        released = _released(opened)
        cards = pl.concat([released, cards.join(released, on="code", how="anti")], how="diagonal_relaxed")
    else:
        cards = cards.with_columns(
            n_rows=pl.lit(0),
            n_values=pl.lit(0),
            newest_at=pl.lit(None, pl.Datetime),
            newest_type=pl.lit(None, pl.String),
        )
    order = {code: n for n, code in enumerate(themes())}
    titles = {code: theme_of(code).title_zh for code in cards["theme"].unique()}
    codes = cards["code"].implode()
    return (
        cards.with_columns(
            theme_zh=pl.col("theme").replace_strict(titles, return_dtype=pl.String),
            theme_order=pl.col("theme").replace_strict(order, default=len(order), return_dtype=pl.Int64),
            is_change=pl.col("code").str.ends_with(CHANGE) & pl.col("code").str.strip_suffix(CHANGE).is_in(codes),
            n_rows=pl.col("n_rows").fill_null(0),
            n_values=pl.col("n_values").fill_null(0),
        )
        .sort("theme_order", "theme", "code")
        .drop("theme_order")
    )


def _released(opened: Publication) -> pl.DataFrame:
    """The publication's own catalog with its counts; the newest period is the one that starts last, shortest first."""
    query = f"""
        WITH held AS (
            SELECT indicator_code AS code, period_type, count(*) AS n_rows, count(value) AS n_values,
                max(period_start) FILTER (value IS NOT NULL) AS newest_at
            FROM {VALUES} GROUP BY ALL
        ),
        counted AS (
            SELECT code, sum(n_rows)::BIGINT AS n_rows, sum(n_values)::BIGINT AS n_values,
                max(newest_at) AS newest_at,
                arg_max(period_type, (newest_at, -list_position({list(PERIOD_TYPES)}, period_type)))
                    FILTER (newest_at IS NOT NULL) AS newest_type
            FROM held GROUP BY code
        )
        SELECT catalog_indicators.*, counted.* EXCLUDE (code), true AS in_publication
        FROM catalog_indicators LEFT JOIN counted USING (code)"""
    with opened.connect() as db:
        return db.execute(query).pl()


def search(metrics: pl.DataFrame, *, theme: str | None = None, text: str = "") -> pl.DataFrame:
    """Indicators of a theme in whose code, names or definition every word of ``text`` stands; no derived changes.

    Raises:
        QuestionError: no such theme; the message lists those there are.
    """
    found = metrics.filter(~pl.col("is_change"))
    if theme is not None:
        asked = _theme_code(metrics, theme)
        found = found.filter(pl.col("theme") == asked)
    haystack = pl.concat_str([pl.col(c).fill_null("") for c in SEARCHED], separator="\n").str.to_lowercase()
    for word in text.lower().split():
        found = found.filter(haystack.str.contains(word, literal=True))
    return found


def _theme_code(metrics: pl.DataFrame, asked: str) -> str:
    titles: dict[str, str] = dict(metrics.select("theme", "theme_zh").unique().sort("theme").iter_rows())
    for code, title in titles.items():
        if asked in (code, title):
            return code
    listed = ", ".join(f"{code} ({title})" for code, title in titles.items())
    raise QuestionError(f"no indicator belongs to a theme {asked!r}; there are: {listed}")


def find(metrics: pl.DataFrame, asked: str) -> dict[str, object]:
    """The row of one indicator, by code or by its exact Chinese name.

    Raises:
        QuestionError: none such; the message lists what comes near.
    """
    for column in ("code", "name_zh"):
        found = metrics.filter(pl.col(column) == asked.strip())
        if len(found) == 1:
            return found.row(0, named=True)
    names = dict(metrics.select("code", "name_zh").iter_rows())
    near = [code for code, name in names.items() if asked.strip() and asked.strip() in name][:SHOWN]
    near = near or get_close_matches(asked, names, SHOWN, 0.5)
    listed = "; ".join(f"{code} ({names[code]})" for code in near)
    hint = f"near: {listed}" if listed else "see them all: ecolake metrics list"
    raise QuestionError(f"no indicator {asked!r}; {hint}")


def held(opened: Publication, code: str) -> pl.DataFrame:
    """What the publication has of an indicator: rows and values by level, period type and edition, with their span."""
    query = f"""
        SELECT region_level, period_type, edition, count(DISTINCT region_code) AS n_regions, count(*) AS n_rows,
            count(value) AS n_values, min(period_start) AS first, max(period_start) AS last
        FROM {VALUES} WHERE indicator_code = ? GROUP BY ALL ORDER BY region_level, period_type, edition"""
    with opened.connect() as db:
        return db.execute(query, [code]).pl()


def values(opened: Publication, asked: MetricQuery) -> pl.DataFrame:
    """The values of an indicator, newest period first, regions by code.

    Raises:
        QuestionError: no such indicator, region, period or edition in the publication; the message lists what there is.
    """
    code = str(find(catalogued(opened), asked.code)["code"])
    with opened.connect() as db:
        region = resolve(db, asked.region) if asked.region else None
        period_type, start = _period(asked.period)
        table = HOURS if period_type == "hour" else VALUES
        if not _exists(db, table):
            raise QuestionError(f"publication {opened.id} holds no hourly values; ask for day, month, quarter or year")
        edition = asked.edition or _default_edition(db, table, code)
        parameters = {
            "code": code,
            "region": region.code if region else None,
            "level": region.level if region else None,
            "period_type": period_type,
            "start": start,
            "edition": edition,
        }
        found = db.execute(_query(table), parameters).pl()
        if found.is_empty():
            raise QuestionError(_what_there_is(db, table, code, region, asked))
    return found


def _query(table: str) -> str:
    return f"""
        WITH places AS (
            SELECT region_code, region_level, min(name_zh) AS region_zh FROM dim_region GROUP BY ALL
        )
        SELECT v.indicator_code, v.edition, v.region_code, places.region_zh, v.region_level, v.period_type,
            CAST(v.period_start AS TIMESTAMP) AS period_start, v.value, v.value_text, v.unit, v.lower, v.upper,
            v.coverage, v.status, v.n_inputs, v.inputs_hash, v.null_reason
        FROM {table} AS v
        LEFT JOIN places ON places.region_code = v.region_code AND places.region_level = v.region_level
        WHERE v.indicator_code = $code
            AND ($region IS NULL OR (v.region_code = $region AND v.region_level = $level))
            AND ($period_type IS NULL OR v.period_type = $period_type)
            AND ($start IS NULL OR CAST(v.period_start AS TIMESTAMP) = $start)
            AND ($edition IS NULL OR v.edition = $edition)
        ORDER BY v.period_start DESC, v.period_type, v.region_code, v.region_level, v.edition"""


def _period(text: str | None) -> tuple[str | None, object]:
    """(type, start): both open, only the start open, or neither."""
    if text is None or text in PERIOD_TYPES:
        return text, None
    try:
        found = parse_period(text)
    except QuestionError as error:
        types = ", ".join(PERIOD_TYPES)
        raise QuestionError(f"{text!r} is no period; write one of: {FORMS}, or a type: {types}") from error
    return found.period_type, found.start


def _exists(db: duckdb.DuckDBPyConnection, table: str) -> bool:
    query = "SELECT count(*) FROM information_schema.tables WHERE table_name = ?"
    return bool(db.execute(query, [table]).fetchall()[0][0])


def _default_edition(db: duckdb.DuckDBPyConnection, table: str, code: str) -> str | None:
    query = f"SELECT DISTINCT edition FROM {table} WHERE indicator_code = ?"
    editions = {edition for (edition,) in db.execute(query, [code]).fetchall()}
    return IN_FORCE if IN_FORCE in editions else None


def _what_there_is(
    db: duckdb.DuckDBPyConnection, table: str, code: str, region: Region | None, asked: MetricQuery
) -> str:
    """Why a question has no answer: the levels, periods and editions that would have one."""
    spans = db.execute(
        f"""
        SELECT region_level, period_type, edition, strftime(min(period_start), '%Y-%m-%d'),
            strftime(max(period_start), '%Y-%m-%d')
        FROM {table} WHERE indicator_code = $code AND ($region IS NULL OR region_code = $region)
        GROUP BY ALL ORDER BY ALL""",
        {"code": code, "region": region.code if region else None},
    ).fetchall()
    if not spans and region is not None:
        query = f"SELECT DISTINCT region_level FROM {table} WHERE indicator_code = ? ORDER BY 1"
        levels = ", ".join(level for (level,) in db.execute(query, [code]).fetchall())
        return f"no {code} for {region.shown}; it is given at level: {levels or 'none, the publication has no values'}"
    listed = "; ".join(f"{level} {kind} {a} … {b} ({edition})" for level, kind, edition, a, b in spans)
    wanted = [asked.period or "", f"under edition {asked.edition}" if asked.edition else ""]
    of = f" of {region.shown}" if region else ""
    words = " ".join(filter(None, (f"no {code}{of}", *wanted)))
    return f"{words}; there are: {listed or 'no values of it in this publication'}"
