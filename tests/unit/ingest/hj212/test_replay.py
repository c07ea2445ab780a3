"""A verdict per packet: the packets of other people's devices, journals, logs."""

from __future__ import annotations

import csv
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ingest.hj212.frame import Verdict, build_frame
from ingest.hj212.record import encode
from ingest.hj212.replay import DAMAGED, sendable, verdicts, verify

GOOD = build_frame(b"QN=1;ST=32;CN=2011;MN=A;Flag=5;CP=&&a-Rtd=1&&")


def test_the_19_packets_of_public_repositories_get_the_verdicts_written_beside_them(shared_data: Path) -> None:
    path = shared_data / "hj212" / "hj212_packets_from_public_repos.tsv"
    with path.open(encoding="utf-8", newline="") as handle:
        table = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(table) == 19
    found = list(verify(path))
    assert [v.raw.decode() for v in found] == [row["packet"] for row in table]
    assert [v.code for v in found] == ["ok" if row["crc_ok"] == "True" else "bad_crc" for row in table]
    assert sum(v.is_ok for v in found) == 13


def test_the_editions_of_those_that_are_sound(shared_data: Path) -> None:
    found = verify(shared_data / "hj212" / "hj212_packets_from_public_repos.tsv")
    editions = [v.head.edition for v in found if v.head is not None]
    assert editions == [2017] * 6 + [2005] * 2 + [2017] * 3 + [2025, 2005]


def test_a_journal_is_read_record_by_record() -> None:
    content = b"".join(
        encode("2026-11-22T08:30:00.000000+00:00", "10.1.2.3:5001", raw)
        for raw in (GOOD.rstrip(), b"noise", GOOD.rstrip().replace(b"=1&", b"=2&"))
    )
    torn = content + content[:20]
    assert [(v.number, v.code) for v in verdicts(torn)] == [(1, "ok"), (2, "noise"), (3, "bad_crc"), (4, DAMAGED)]


def test_packets_are_found_in_a_vendors_log() -> None:
    log = b"2020-09-21 17:40 rx 127 bytes: " + GOOD + b"2020-09-21 17:41 rx: " + GOOD
    assert [(v.number, v.code) for v in verdicts(log)] == [(1, "ok"), (2, "ok")]


def test_a_segment_that_is_no_packet_has_its_own_code() -> None:
    assert [v.code for v in verdicts(build_frame(b"hello"))] == ["no_cp"]


def test_wrong_packets_are_sent_again_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(GOOD + GOOD.replace(b"=1&", b"=2&"))
    assert list(sendable(path)) == [GOOD, GOOD.replace(b"=1&", b"=2&")]


@given(st.binary(max_size=300))
def test_any_bytes_have_verdicts(content: bytes) -> None:
    codes = {*Verdict, DAMAGED, "no_cp", "no_mn", "no_cn", "bad_flag"}
    assert {v.code for v in verdicts(content)} <= codes
