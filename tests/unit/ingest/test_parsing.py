"""Reading text: what is not what it should be is said in words, with the place."""

from __future__ import annotations

import pytest

from ingest.parsing import UnreadableObjectError, decode, read_header, read_text_table


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n\n", "empty_file"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>login</html>", "html_instead_of_data"),
        (b"  <HTML><body>502</body>", "html_instead_of_data"),
        ("日期,质量\n".encode("gbk"), "wrong_encoding"),
    ],
)
def test_a_file_that_is_no_data_has_a_code(raw: bytes, code: str) -> None:
    with pytest.raises(UnreadableObjectError) as error:
        decode(raw, "utf-8")
    assert error.value.code == code


def test_a_wrong_encoding_names_the_line() -> None:
    with pytest.raises(UnreadableObjectError, match="at line 3"):
        decode(b"a\nb\n\xff\n", "utf-8")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(UnreadableObjectError, match=r"no column \['type'\]"):
        read_header("date,hour\n1,2\n", ["date", "hour", "type"])


def test_short_records_quoted_newlines_and_empty_cells() -> None:
    table = read_text_table('a,b,c\n1,"x\ny",3\n4\n5,,7\n', ["a", "b", "c"])
    assert table.rows() == [(2, "1", "x\ny", "3"), (3, "4", None, None), (4, "5", None, "7")]


def test_a_header_alone_is_an_empty_table() -> None:
    assert read_text_table("a,b\n", ["a", "b"]).shape == (0, 3)
