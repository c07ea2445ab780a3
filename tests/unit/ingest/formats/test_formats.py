"""Formats: what stands where, and a clear word when the bytes are something else."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats import delimited, fixed_width, json_records, workbook
from ingest.parsing import UnreadableObjectError
from ingest.simulate.writing import csv_bytes, json_bytes, workbook_bytes

READERS: dict[str, Callable[[bytes], object]] = {
    "delimited": delimited.read,
    "json": json_records.read,
    "workbook": workbook.read,
    "fixed_width": lambda raw: fixed_width.read(raw, {"year": (0, 4)}, least=4),
}


@pytest.mark.parametrize("form", sorted(READERS))
@given(raw=st.binary(max_size=300))
def test_no_reader_raises_anything_but_unreadable(form: str, raw: bytes) -> None:
    try:
        READERS[form](raw)
    except UnreadableObjectError as error:
        assert error.code


def test_delimited_keeps_cells_as_written_and_counts_lines_from_the_header() -> None:
    table = delimited.read("站点, 值 ,值,\r\nA1,007,1.50,x\r\nA2,,2\r\n".encode())
    assert table.columns == ["line", "站点", "值", "值_2", "column_4"]
    assert table.rows() == [(2, "A1", "007", "1.50", "x"), (3, "A2", None, "2", None)]


def test_gb18030_is_read_when_the_card_says_so_and_refused_otherwise() -> None:
    raw = "站点,值\n杭州,1\n".encode("gb18030")
    assert delimited.read(raw, encoding="gb18030").rows() == [(2, "杭州", "1")]
    with pytest.raises(UnreadableObjectError, match="not utf-8"):
        delimited.read(raw)


def test_json_numbers_stay_as_written_and_nested_objects_are_dotted() -> None:
    raw = b'{"data": {"list": [{"id": 7, "v": 1.50, "at": {"t": "x"}, "tags": ["a"]}, {"id": 8, "ok": true}]}}'
    table = json_records.read(raw, "data.list")
    assert table.columns == ["line", "id", "v", "at.t", "tags", "ok"]
    assert table.rows() == [(1, "7", "1.50", "x", '["a"]', None), (2, "8", None, None, None, "true")]
    with pytest.raises(UnreadableObjectError, match="no 'rows' in the document"):
        json_records.read(raw, "rows")


def test_a_workbooks_merged_header_is_joined_and_numbers_are_what_was_typed() -> None:
    rows = [
        ["地区", "工业", "", "人口"],
        ["", "用电", "用水", "万人"],
        ["杭州", 0.1, 12345.678, 1252.2],
        ["宁波", None, "…", 3],
    ]
    raw = workbook_bytes({"表1": rows}, {"表1": [(0, 1, 0, 2, "工业")]})
    table = workbook.read(raw, "表1", header_rows=2)
    assert table.columns == ["line", "地区", "工业/用电", "工业/用水", "人口/万人"]
    assert table.rows() == [(3, "杭州", "0.1", "12345.678", "1252.2"), (4, "宁波", None, "…", "3")]
    with pytest.raises(UnreadableObjectError, match="there are \\['表1'\\]"):
        workbook.read(raw, "表2")


def test_simulated_bytes_do_not_depend_on_the_clock() -> None:
    assert workbook_bytes({"a": [[1]]}) == workbook_bytes({"a": [[1]]})
    assert csv_bytes(
        pl.DataFrame({"甲": ["1", None]}), encoding="gb18030", line_end="\r\n"
    ) == "甲\r\n1\r\n\r\n".encode("gb18030")
    assert json_bytes({"名": [1.5]}) == '{"名":[1.5]}'.encode()


def test_fixed_width_tells_short_lines_apart() -> None:
    cells, short = fixed_width.read(b"2026 01  -12\n2026\n\n2026 02   34\n", {"y": (0, 4), "v": (8, 4)}, least=12)
    assert cells.rows() == [(1, "2026", "-12"), (4, "2026", "34")]
    assert short.rows() == [(2, "short_line", "2026")]
