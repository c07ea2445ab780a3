"""Segments: torn tails, damage, sealing, one sync for many records, one writer at a time."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.hj212.journal import Journal, JournalError, deliveries, sealed_segments
from ingest.hj212.record import Damage, Record, decode, encode, stamp

AT = stamp(datetime(2026, 11, 22, 8, 30, tzinfo=UTC))


def record(raw: bytes) -> bytes:
    return encode(AT, "10.1.2.3:5001", raw)


def test_a_record_is_a_line_that_holds_the_frame_byte_for_byte() -> None:
    assert record(b"##0021ST=91;CN=9014;CP=&&&&4980") == (
        b"2026-11-22T08:30:00.000000+00:00\t10.1.2.3:5001\t31\t3ca59c07\t##0021ST=91;CN=9014;CP=&&&&4980\r\n"
    )


@given(st.lists(st.binary(max_size=60)))
def test_any_bytes_come_back(raws: list[bytes]) -> None:
    content = b"".join(map(record, raws))
    assert list(decode(content)) == [Record(AT, "10.1.2.3:5001", raw) for raw in raws]


@given(st.lists(st.binary(max_size=60), min_size=1), st.data())
def test_a_torn_tail_is_told_and_nothing_else_is_lost(raws: list[bytes], data: st.DataObject) -> None:
    content = b"".join(map(record, raws))
    kept = data.draw(st.integers(0, len(content) - 1))
    found = list(decode(content[:kept]))
    whole = [entry.raw for entry in found if isinstance(entry, Record)]
    assert whole == raws[: len(whole)]
    assert len(b"".join(map(record, whole))) + sum(len(e.raw) for e in found if isinstance(e, Damage)) == kept


def test_damage_in_the_middle_costs_one_record() -> None:
    first, second, third = record(b"one"), record(b"two"), record(b"three")
    found = list(decode(first + second.replace(b"two", b"tw0") + third))
    assert [type(e).__name__ for e in found] == ["Record", "Damage", "Record"]
    assert found[1] == Damage(len(first), second.replace(b"two", b"tw0"))


def test_many_records_cost_one_sync(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([record(b"%d" % n) for n in range(1000)])
    assert journal.syncs == 1
    journal.append([])
    assert journal.syncs == 1
    journal.close()
    assert len(list(decode(journal.sealed()[0].read_bytes()))) == 1000


def test_an_open_segment_is_passed_over_a_sealed_one_delivered(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([record(b"one")])
    assert list(deliveries(tmp_path)) == []
    assert [p.name[-13:] for p in tmp_path.glob("hj212_*")] == [".journal.part"]
    journal.seal()
    (delivery,) = deliveries(tmp_path)
    assert delivery.name.startswith("hj212_")
    assert delivery.name.endswith("_0000.journal")
    assert delivery.path.read_bytes() == record(b"one")


@pytest.mark.parametrize("limits", [{"max_bytes": 10}, {"max_age_s": 0.0}])
def test_a_full_or_old_segment_is_sealed(tmp_path: Path, limits: dict[str, float]) -> None:
    journal = Journal(tmp_path, **limits)  # type: ignore[arg-type]
    journal.append([record(b"one")])
    journal.append([record(b"two")])
    assert [p.read_bytes() for p in journal.sealed()] == [record(b"one"), record(b"two")]


def test_segments_of_one_frozen_instant_have_names_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1763800000")
    journal = Journal(tmp_path, max_bytes=1)
    for n in range(3):
        journal.append([record(b"%d" % n)])
    assert [p.name[-13:] for p in journal.sealed()] == ["_0000.journal", "_0001.journal", "_0002.journal"]


def test_a_killed_receivers_segment_is_sealed_without_its_torn_tail(tmp_path: Path) -> None:
    part = tmp_path / "hj212_20261122T083000000000Z_0000.journal.part"
    part.write_bytes(record(b"one") + record(b"two") + record(b"three")[:-5])
    journal = Journal(tmp_path)
    assert journal.cut_bytes == len(record(b"three")) - 5
    assert [p.read_bytes() for p in journal.sealed()] == [record(b"one") + record(b"two")]


def test_damage_before_whole_records_is_kept(tmp_path: Path) -> None:
    content = record(b"one")[:-3] + record(b"two")
    (tmp_path / "hj212_20261122T083000000000Z_0000.journal.part").write_bytes(content)
    journal = Journal(tmp_path)
    assert (journal.cut_bytes, journal.sealed()[0].read_bytes()) == (0, content)


def test_an_empty_segment_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "hj212_20261122T083000000000Z_0000.journal.part").write_bytes(b"2026-11")
    assert (Journal(tmp_path).cut_bytes, sealed_segments(tmp_path)) == (7, [])


def test_two_receivers_cannot_write_one_journal(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    with pytest.raises(JournalError, match="another receiver writes here"):
        Journal(tmp_path)
    first.close()
    Journal(tmp_path).close()


def test_a_failing_disk_is_told(tmp_path: Path) -> None:
    def fail(fd: int) -> None:
        raise OSError(28, os.strerror(28))

    with pytest.raises(JournalError, match="No space left on device; make room"):
        Journal(tmp_path, sync=fail).append([record(b"one")])
