"""Parser of the monthly manual sampling of sections: 24 items of GB 3838, a row a section."""

from __future__ import annotations

import polars as pl

from ingest.card import card_beside
from ingest.formats import lab_sheet
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)
DATE = "采样日期"
PROVINCE = "浙江省"  # the province's own sheet: it names basin and section only


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a result; the section is known by province, basin and name, as in the automatic feeds."""
    table = lab_sheet.read(raw)
    spelt = [pl.col(name).str.normalize("NFKC").str.replace_all(r"\s", "") for name in ("流域", "断面名称")]
    return lab_sheet.long_rows(
        CARD,
        table,
        station_code=pl.concat_str([pl.lit(PROVINCE), *spelt], separator="|"),
        sampled_on=lab_sheet.sampled_on(DATE).cast(pl.String),
        label_local=lab_sheet.sampled_on(DATE).dt.truncate("1mo").cast(pl.Datetime("us")),
    )
