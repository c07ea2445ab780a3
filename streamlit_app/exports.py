"""Figures as a file, and the text to cite one: both carry what is needed to find and check the number again.

Does not belong here: choosing what is exported.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from catalog.publication import Publication
from streamlit_app.figures import NOT_PUBLISHED, Figure
from streamlit_app.rules import edition_name
from streamlit_app.wording import reason_words, status_words, value_words

COLUMNS = (
    *("indicator_code", "indicator_zh", "region_code", "region_zh", "period_type", "period_start", "period_end"),
    *("edition", "edition_zh", "value", "value_text", "unit", "lower", "upper", "coverage", "status", "status_zh"),
    *("null_reason", "null_reason_zh", "n_inputs", "inputs_hash"),
    *("publication_id", "content_hash", "simulated"),
)
# Excel reads UTF-8 only with this mark.
BOM = "\ufeff"


def figures_csv(publication: Publication, figures: Iterable[Figure]) -> bytes:
    """CSV of published figures, one a line; figures that do not exist in the publication are left out."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    about = (publication.id, publication.manifest.content_hash, str(publication.simulated).lower())
    for figure in figures:
        if figure.null_reason != NOT_PUBLISHED:
            writer.writerow([*_row(publication, figure), *about])
    return (BOM + stream.getvalue()).encode()


def table_csv(publication: Publication, table: str) -> bytes:
    """A published table as it is, in the order of its key, each line with the publication it stands in."""
    known = publication.manifest.table(table)
    if known is None:
        raise ValueError(f"{publication.id} holds no table {table!r}; it holds those of its manifest")
    with publication.connect() as db:
        rows = db.table(table).order(", ".join(known.key)).pl()
    about = rows.with_columns(
        publication_id=pl.lit(publication.id),
        content_hash=pl.lit(publication.manifest.content_hash),
        simulated=pl.lit(publication.simulated),
    )
    return about.write_csv(include_bom=True, line_terminator="\r\n").encode()


def _row(publication: Publication, figure: Figure) -> list[object]:
    absent = figure.value is None
    return [
        figure.card.code,
        figure.card.name_zh,
        figure.region.code,
        figure.region.name_zh,
        figure.period.type,
        figure.period.start.isoformat(),
        figure.period.end.isoformat(),
        figure.edition,
        edition_name(publication, figure.edition),
        _plain(figure.value, figure.card.decimals),
        figure.text or "",
        figure.card.unit,
        _plain(figure.lower, figure.card.decimals),
        _plain(figure.upper, figure.card.decimals),
        "" if figure.coverage is None else f"{figure.coverage:f}",
        figure.status or "",
        status_words(figure.status),
        figure.null_reason or "",
        reason_words(figure.null_reason) if absent else "",
        "" if figure.n_inputs is None else figure.n_inputs,
        figure.inputs_hash or "",
    ]


def _plain(value: Decimal | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"


def citation(publication: Publication, figure: Figure) -> str:
    """One sentence that names the number, its rule, its status and the publication it stands in."""
    mark = "【模拟数据，不得作为实况引用】" if publication.simulated else ""
    manifest = publication.manifest
    return (
        f"{mark}{figure.region.name_zh}{figure.period.label}{figure.card.name_zh}：{value_words(figure)}"
        f"（{edition_name(publication, figure.edition)}；依据 {figure.card.standard}；{status_words(figure.status)}）。"
        f"{figure.card.owner_zh}，ecolake 发布 {publication.id}，"
        f"{manifest.built_at:%Y-%m-%d}，内容哈希 {manifest.content_hash}。"
    )


def trace_command(publication: Publication, figure: Figure) -> str:
    """The command that walks from the number to the bytes it came from."""
    return (
        f"ecolake trace {figure.card.code} {figure.region.code} {figure.period.code} "
        f"--edition {figure.edition} --publication {publication.id}"
    )
