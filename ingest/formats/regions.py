"""Names of regions as publications spell them → codes of ``catalog/editions/regions.csv``.

Does not belong here: names of stations or enterprises (registers are datasets of their own).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

import catalog

FILE = Path(catalog.__file__).parent / "editions" / "regions.csv"
ZHEJIANG = "33"


@cache
def regions() -> pl.DataFrame:
    """All regions of the Yangtze Delta as text."""
    return pl.read_csv(FILE, infer_schema=False)


def plain_name(column: str) -> pl.Expr:
    """A printed name without what typesetting adds: spaces inside (``杭 州 市``), a mark of indentation (``#``)."""
    return pl.col(column).str.replace_all(r"[\s\u3000#＃]+", "")


def code_in_zhejiang(column: str) -> pl.Expr:
    """Code of a city, county or 全省/浙江省 by its printed name; null when no such region is known."""
    table = regions().filter(pl.col("region_code").str.starts_with(ZHEJIANG))
    codes = dict(table.select("name_zh", "region_code").iter_rows())
    codes |= {"全省": codes["浙江省"], "浙江": codes["浙江省"]}
    return plain_name(column).replace_strict(codes, default=None, return_dtype=pl.String)


def code_in_delta(column: str) -> pl.Expr:
    """Code of a prefecture-level city named with its province in short form (``浙江杭州``, ``上海``)."""
    table = regions()
    provinces = {row[0]: row[1] for row in table.filter(region_level="province")["region_code", "name_zh"].iter_rows()}
    cities = table.filter(region_level="city").select("name_zh", "region_code", "parent_code")
    codes = {
        provinces.get(parent or "", "").removesuffix("省") + name.removesuffix("市"): code
        for name, code, parent in cities.iter_rows()
    }
    return plain_name(column).replace_strict(codes, default=None, return_dtype=pl.String)
