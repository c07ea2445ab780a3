"""Each line carries the SHA-256 of the line before: what was changed, taken out or put in shows."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import pytest

from catalog.lake import Lake
from sharing import LogError, log


@pytest.fixture
def written(lake: Lake, at: datetime) -> Lake:
    for number in range(4):
        with log.alone(lake):
            log.append(lake, log.Entry(at=at, by="李", feed=f"feed_{number}", outcome="refused", reason="过期"))
    return lake


def test_the_chain_is_the_hash_of_the_bytes_of_the_line_before(written: Lake) -> None:
    lines = log.path_of(written).read_bytes().split(b"\n")
    assert lines.pop() == b""
    before = ["0" * 64, *(hashlib.sha256(line).hexdigest() for line in lines)]
    assert [json.loads(line)["previous"] for line in lines] == before[:-1]
    reading = log.read(written)
    assert (reading.faults, reading.head) == ((), before[-1])
    assert [line["feed"] for line in reading.lines] == ["feed_0", "feed_1", "feed_2", "feed_3"]


def test_an_altered_a_removed_and_an_inserted_line_are_found(written: Lake) -> None:
    path = log.path_of(written)
    lines = path.read_bytes().splitlines(keepends=True)
    for spoilt, where in (
        ([lines[0], lines[1].replace(b"feed_1", b"feed_9"), *lines[2:]], "line 3"),
        ([lines[0], *lines[2:]], "line 2"),
        (lines[1:], "line 1"),
        ([lines[0], lines[0], *lines[1:]], "line 2"),
    ):
        path.write_bytes(b"".join(spoilt))
        faults = log.read(written).faults
        assert faults[0].startswith(f"{where}: does not follow from the line before"), faults
    path.write_bytes(b"".join([lines[0], b"hello\n", *lines[2:]]))
    assert [fault.split(":")[0] for fault in log.read(written).faults] == ["line 2", "line 3"]


def test_a_line_cut_off_by_a_power_cut_is_told_and_the_chain_goes_on(written: Lake, at: datetime) -> None:
    path = log.path_of(written)
    path.write_bytes(path.read_bytes()[:-20])
    log.append(written, log.Entry(at=at, by="李", feed="after", outcome="refused"))
    reading = log.read(written)
    assert reading.faults == ("line 4: no entry: cut off while it was written, or altered",)
    assert [line["feed"] for line in reading.lines] == ["feed_0", "feed_1", "feed_2", "after"]


def test_lines_cut_off_at_the_end_show_in_the_head_only(written: Lake) -> None:
    path = log.path_of(written)
    noted = log.read(written).head
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    reading = log.read(written)
    assert reading.faults == ()
    assert reading.head != noted


def test_what_cannot_be_logged_is_an_error(lake: Lake, at: datetime) -> None:
    log.path_of(lake).mkdir(parents=True)
    with pytest.raises(LogError, match="nothing leaves unlogged"):
        log.append(lake, log.Entry(at=at, by="李", feed="x", outcome="granted"))
