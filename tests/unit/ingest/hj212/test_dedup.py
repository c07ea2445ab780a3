"""Replays: known within the window, by key and content, also after a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.hj212.dedup import Replays
from ingest.hj212.frame import build_frame
from ingest.hj212.journal import Journal
from ingest.hj212.packet import parse_packet
from ingest.hj212.record import encode, stamp


def segment(
    mn: str = "A", qn: str = "20261122083000000", cn: str = "2011", pno: str = "", cp: str = "a-Rtd=1"
) -> bytes:
    split = f"PNUM=2;PNO={pno};" if pno else ""
    return f"{f'QN={qn};' if qn else ''}ST=32;CN={cn};PW=1;MN={mn};Flag=5;{split}CP=&&{cp}&&".encode()


def seen(replays: Replays, content: bytes) -> bool:
    return replays.is_replay(parse_packet(content).head, content)


def test_the_same_packet_again_is_a_replay() -> None:
    replays = Replays()
    assert [seen(replays, segment()) for _ in range(3)] == [False, True, True]


def test_another_mn_qn_cn_pno_or_content_is_not() -> None:
    replays = Replays()
    others = [
        segment(), segment(mn="B"), segment(qn="20261122083000001"), segment(cn="2051"), segment(pno="1"),
        segment(pno="2"), segment(cp="b-Rtd=1"),
    ]  # fmt: skip
    assert [seen(replays, s) for s in others] == [False] * 7


def test_packets_without_qn_are_never_replays() -> None:
    replays = Replays()
    assert [seen(replays, segment(qn="")) for _ in range(2)] == [False, False]


def test_memory_is_bounded() -> None:
    replays = Replays(capacity=100)
    for n in range(1000):
        seen(replays, segment(qn=str(n)))
        assert len(replays) <= 100
    assert seen(replays, segment(qn="960"))
    assert not seen(replays, segment(qn="500"))


def test_what_is_old_is_forgotten() -> None:
    time = [0.0]
    replays = Replays(window=timedelta(seconds=10), clock=lambda: time[0])
    seen(replays, segment(qn="1"))
    time[0] = 10.0
    seen(replays, segment(qn="2"))
    time[0] = 20.0
    seen(replays, segment(qn="3"))
    assert [seen(replays, segment(qn=q)) for q in "321"] == [True, True, False]


def test_a_restart_remembers_what_the_journal_holds(tmp_path: Path) -> None:
    at = stamp(datetime.now(UTC))
    wrong = build_frame(segment(qn="2"))[:-6] + b"0000"
    journal = Journal(tmp_path)
    journal.append([encode(at, "p", raw) for raw in (build_frame(segment(qn="1")).rstrip(), wrong, b"noise")])
    journal.append([encode(stamp(datetime(2020, 1, 1, tzinfo=UTC)), "p", build_frame(segment(qn="3")).rstrip())])
    journal.close()
    replays = Replays()
    assert replays.rebuild(journal.sealed()) == 1
    # a copy that came damaged is no earlier copy, and 2020 is out of the window
    assert [seen(replays, segment(qn=q)) for q in "123"] == [True, False, False]
