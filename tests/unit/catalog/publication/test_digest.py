"""The digest of rows: what it must see, what it must not see, and that it never changes by itself."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.publication.digest import describe, digests
from catalog.publication.engine import parquet
from catalog.publication.errors import TableRefusedError
from catalog.publication.manifest import Column

SCHEMA = {
    "key": "INTEGER",
    "word": "VARCHAR",
    "amount": "DECIMAL(18,4)",
    "share": "DOUBLE",
    "at": "TIMESTAMP WITH TIME ZONE",
    "good": "BOOLEAN",
}
Cells = tuple[Any, ...]
CONNECTION = duckdb.connect()
CELLS = st.tuples(
    st.none() | st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5),
    st.none() | st.decimals(-1_000_000, 1_000_000, places=4).map(lambda x: x + 0),
    st.none() | st.floats(allow_nan=True, allow_infinity=True).map(lambda x: 0.0 if x == 0 else x),
    st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.none() | st.booleans(),
)
TABLES = st.lists(CELLS, min_size=1, max_size=6)


def digest(rows: list[Cells], schema: dict[str, str] = SCHEMA, zone: str = "UTC") -> str:
    """Digest of rows whose key is their place in the list."""
    return digest_of([(i, *row) for i, row in enumerate(rows)], schema, zone)


def digest_of(rows: list[Cells], schema: dict[str, str], zone: str = "UTC") -> str:
    CONNECTION.execute(f"SET TimeZone = '{zone}'")
    columns = ", ".join(f'"{name}" {kind}' for name, kind in schema.items())
    CONNECTION.execute(f"CREATE OR REPLACE TABLE t ({columns})")
    if rows:
        CONNECTION.executemany(f"INSERT INTO t VALUES ({', '.join('?' for _ in schema)})", rows)
    return digests(CONNECTION, "t", describe(CONNECTION, "t"))[()][1]


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(TABLES, st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[Cells], random: Any) -> None:
    keyed = [(i, *row) for i, row in enumerate(rows)]
    shuffled = random.sample(keyed, len(keyed))
    assert digest_of(keyed, SCHEMA) == digest_of(shuffled, SCHEMA)


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(TABLES, st.data())
def test_any_change_of_a_single_cell_shows(rows: list[Cells], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, 4))
    other = data.draw(CELLS.map(lambda cells: cells[column]).filter(lambda v: repr(v) != repr(rows[row][column])))
    changed = [*rows[:row], (*rows[row][:column], other, *rows[row][column + 1 :]), *rows[row + 1 :]]
    assert digest(rows) != digest(changed)


def test_the_digest_follows_from_the_text_of_the_cells_alone() -> None:
    """Written out by hand, so that any later release of ecolake or DuckDB finds a published content hash again."""
    at = datetime(2019, 3, 5, 4, tzinfo=UTC)
    rows = [
        ("杭州", Decimal(35), 0.25, at, True),
        (None, None, None, None, None),
        ("", Decimal("-0.1"), -2.0, at, False),
    ]
    quarter, minus_two = "0011111111010000" + 48 * "0", "11" + 62 * "0"
    texts = [  # amount, at, good, key, share, word: columns by name
        f"35.0000;1551758400000000;true;0;{quarter};6:杭州",
        ";;;1;;-",
        f"-0.1000;1551758400000000;false;2;{minus_two};0:",
    ]
    mixed = reduce(xor, (int.from_bytes(hashlib.md5(text.encode()).digest(), "little") for text in texts))
    schema = sorted(SCHEMA.items())
    stated = hashlib.sha256(json.dumps([schema, 3, f"{mixed:032x}"]).encode()).hexdigest()[:32]
    assert digest(rows) == stated == "b6dac378342329522897fb4655ed7bfa"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param([(None, "a")], [("", "a")], id="null is not empty text"),
        pytest.param([("ab", "c")], [("a", "bc")], id="text does not flow into its neighbour"),
        pytest.param([("1:a", "b")], [("1", "a1:b")], id="text cannot imitate the length before it"),
        pytest.param([("a", None)], [(None, "a")], id="a value does not change columns"),
        pytest.param([("a", "b")], [("a", "b"), ("a", "b")], id="one row more"),
        pytest.param([], [(None, None)], id="a row of nulls is not no row"),
    ],
)
def test_rows_that_look_alike_differ(one: list[Cells], other: list[Cells]) -> None:
    schema = {"key": "INTEGER", "first": "VARCHAR", "second": "VARCHAR"}
    assert digest(one, schema) != digest(other, schema)


def test_empty_bytes_are_not_null() -> None:
    schema = {"key": "INTEGER", "raw": "BLOB"}
    assert digest([(b"",)], schema) != digest([(None,)], schema)


def test_names_and_types_count_but_not_the_order_of_columns() -> None:
    plain = digest_of([(1, "x")], {"key": "INTEGER", "word": "VARCHAR"})
    assert digest_of([("x", 1)], {"word": "VARCHAR", "key": "INTEGER"}) == plain
    assert digest_of([(1, "x")], {"key": "INTEGER", "term": "VARCHAR"}) != plain
    assert digest_of([(1, "x")], {"key": "BIGINT", "word": "VARCHAR"}) != plain


def test_the_session_and_the_sign_of_zero_do_not_matter() -> None:
    at = datetime(2019, 3, 5, tzinfo=UTC)
    row = ("a", Decimal("1.5"), 0.0, at, None)
    assert digest([row], zone="Asia/Shanghai") == digest([row], zone="America/New_York")
    assert digest([("a", Decimal("1.5"), -0.0, at, None)]) == digest([row])


def test_parquet_keeps_the_digest(tmp_path: Path) -> None:
    kinds = ("SMALLINT", "UBIGINT", "FLOAT", "DECIMAL(38,9)", "DATE", "TIMESTAMP", "TIMESTAMPTZ", "UUID", "BLOB")
    with duckdb.connect() as c:
        values = "7, 9, 1.5, 1.25, '2019-01-01', '2019-01-01 01:02:03.5', '2019-01-01 00:00:00+08', uuid(), 'ab'"
        c.execute(f"CREATE TABLE t ({', '.join(f'c{i} {kind}' for i, kind in enumerate(kinds))})")
        c.execute(f"INSERT INTO t VALUES ({values}), ({', '.join('NULL' for _ in kinds)})")
        c.execute(f"COPY t TO '{tmp_path / 't.parquet'}' (FORMAT parquet)")
        columns = describe(c, "t")
        assert digests(c, parquet([tmp_path / "t.parquet"]), columns) == digests(c, "t", columns)


@pytest.mark.parametrize(
    ("kind", "advice"),
    [("HUGEINT", "cast it to BIGINT"), ("INTEGER[]", "cast it to VARCHAR"), ("INTERVAL", "cast it to VARCHAR")],
)
def test_types_that_parquet_would_change_are_refused_with_the_way_out(kind: str, advice: str) -> None:
    with duckdb.connect() as c, pytest.raises(TableRefusedError, match=f"total: .*cannot be published.*{advice}"):
        digests(c, f"(SELECT NULL::{kind} AS total)", [Column(name="total", type=kind)])
