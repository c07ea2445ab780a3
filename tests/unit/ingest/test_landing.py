"""Landing zone: bytes as received, once, under their hash; every arrival remembered."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from catalog.lake import Lake
from ingest.landing import DamagedObjectError, Delivery, LandingZone, Refusal


@pytest.fixture
def zone(lake: Lake) -> LandingZone:
    return LandingZone(lake, "air__x")


def delivery(tmp_path: Path, content: bytes, name: str = "a.csv", signature: str = "1") -> Delivery:
    path = tmp_path / "incoming" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return Delivery(name, f"src/{name}", signature, path)


def test_bytes_lie_under_their_sha256(zone: LandingZone, lake: Lake, tmp_path: Path) -> None:
    landed = zone.put(delivery(tmp_path, b"date,hour\n"))
    assert landed is not None
    sha = hashlib.sha256(b"date,hour\n").hexdigest()
    assert (lake.root / "landing" / "air__x" / sha[:2] / f"{sha}.csv").read_bytes() == b"date,hour\n"
    assert zone.read(landed) == b"date,hour\n"


def test_the_same_bytes_under_the_same_name_are_no_news(zone: LandingZone, tmp_path: Path) -> None:
    assert zone.put(delivery(tmp_path, b"x")) is not None
    assert zone.put(delivery(tmp_path, b"x", signature="touched")) is None
    assert [o.occurrence for o in zone.objects] == [0]
    assert zone.is_unchanged("src/a.csv", "touched")


def test_a_correction_that_is_withdrawn_is_news_again(zone: LandingZone, tmp_path: Path) -> None:
    first = zone.put(delivery(tmp_path, b"x", signature="1"))
    zone.put(delivery(tmp_path, b"y", signature="2"))
    back = zone.put(delivery(tmp_path, b"x", signature="3"))
    assert first is not None and back is not None
    assert (back.sha256, back.occurrence, back.key) == (first.sha256, 1, first.key + "r1")
    assert len(zone.objects) == 3


def test_a_new_zone_object_knows_what_the_old_one_landed(zone: LandingZone, lake: Lake, tmp_path: Path) -> None:
    zone.put(delivery(tmp_path, b"x"))
    again = LandingZone(lake, "air__x")
    assert again.is_unchanged("src/a.csv", "1")
    assert [o.name for o in again.objects] == ["a.csv"]


def test_an_altered_byte_is_noticed_and_named(zone: LandingZone, tmp_path: Path) -> None:
    landed = zone.put(delivery(tmp_path, b"value=1"))
    assert landed is not None
    zone.path(landed).write_bytes(b"value=2")
    with pytest.raises(DamagedObjectError, match=r"landed as a\.csv with SHA-256"):
        zone.read(landed)


def test_a_kill_before_the_log_entry_leaves_nothing_visible(zone: LandingZone, lake: Lake, tmp_path: Path) -> None:
    landed = zone.put(delivery(tmp_path, b"x"))
    for entry in (lake.landing("air__x") / "_log").glob("*.json"):
        entry.unlink()
    again = LandingZone(lake, "air__x")
    assert again.objects == []
    relanded = again.put(delivery(tmp_path, b"x"))
    assert landed is not None and relanded is not None
    assert (relanded.sha256, relanded.occurrence) == (landed.sha256, 0)


def test_a_refusal_is_kept_with_its_reason(zone: LandingZone, lake: Lake) -> None:
    zone.refuse(Refusal("big.csv", "src/big.csv", "too_large", "3.0 GiB, at most 64 MiB"))
    (entry,) = (lake.landing("air__x") / "_refused").glob("*.json")
    assert '"code": "too_large"' in entry.read_text()
