"""Whatever comes: a clear message each, the rest of the run goes on, nothing is lost.

Every fault of the acceptance list in one inbox, beside one sound file.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from catalog.lake import Lake
from ingest.card import DATASETS_ROOT, readable_cards
from ingest.core import read_batches
from ingest.landing import LandingZone
from orchestration.pipeline import Workshop, land, parse
from orchestration.report import Log

FIXTURES = DATASETS_ROOT / "air"
WIDE = (FIXTURES / "cnemc_station_hourly" / "fixture" / "china_sites_20190701.csv").read_bytes()
DATASET = "air__cnemc_station_hourly"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "china_sites_20190701.csv").write_bytes(WIDE)
    return folder


def run(lake: Lake, inbox: Path, shop: Workshop | None = None) -> tuple[Workshop, dict[str, str]]:
    """One landing and parsing; returns the messages by subject."""
    shop = shop or Workshop(lake, Log(quiet=True))
    land(shop, [inbox])
    parse(shop)
    return shop, {n.subject: n.message for n in shop.log.notes}


def accepted(lake: Lake) -> dict[str, int]:
    return {b.object_name: b.counts["accepted"] for b in read_batches(lake, DATASET)}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"empty_file: the file holds no data"),
        (
            "date,hour,type,杭州\n".encode("gbk") + b"20190101,0,AQI,\xb9\xb2\n",
            r"wrong_encoding: not utf-8: byte 0x\w\w at line 1",
        ),
        (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", r"html_instead_of_data: an HTML page came"),
        (b"time,value\n1,2\n", r"unexpected_header: header has no column \['date', 'hour', 'type'\]"),
    ],
    ids=["empty", "encoding", "html", "header"],
)
def test_an_unreadable_file_is_told_and_kept(lake: Lake, inbox: Path, content: bytes, message: str) -> None:
    (inbox / "china_sites_20190702.csv").write_bytes(content)
    _, told = run(lake, inbox)
    assert re.search(message, told[f"{DATASET} china_sites_20190702.csv"])
    assert accepted(lake) == {"china_sites_20190701.csv": 128, "china_sites_20190702.csv": 0}
    kept = next(o for o in LandingZone(lake, DATASET).objects if o.name == "china_sites_20190702.csv")
    assert LandingZone(lake, DATASET).read(kept) == content


def test_a_3_gb_file_is_refused_unread(lake: Lake, inbox: Path) -> None:
    with (inbox / "china_sites_20190702.csv").open("wb") as handle:
        handle.truncate(3 << 30)
    _, told = run(lake, inbox)
    assert told["inbox/china_sites_20190702.csv"].startswith("too_large: ")
    assert accepted(lake) == {"china_sites_20190701.csv": 128}


def test_a_zip_bomb_is_refused_and_its_neighbours_are_taken(lake: Lake, inbox: Path) -> None:
    (inbox / "china_sites_20190701.csv").unlink()
    with zipfile.ZipFile(inbox / "delivery.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("china_sites_20190702.csv", b"0" * (40 << 20))
        archive.writestr("china_sites_20190701.csv", WIDE)
    _, told = run(lake, inbox)
    assert told["inbox/delivery.zip!china_sites_20190702.csv"].startswith("zip_bomb: ")
    assert accepted(lake) == {"china_sites_20190701.csv": 128}


def test_a_malformed_card_stops_no_other_dataset(lake: Lake, inbox: Path, tmp_path: Path) -> None:
    root = tmp_path / "datasets"
    (root / "air" / "broken").mkdir(parents=True)
    (root / "air" / "broken" / "dataset.yml").write_text("title: {zh: 坏}\n", encoding="utf-8")
    (root / "air" / "cnemc_station_hourly").symlink_to(FIXTURES / "cnemc_station_hourly")
    cards, faults = readable_cards(root)
    assert [str(f).split("\n")[0] for f in faults] == ["air/broken/dataset.yml: 14 fault(s)"]
    run(lake, inbox, Workshop(lake, Log(quiet=True), cards))
    assert accepted(lake) == {"china_sites_20190701.csv": 128}


def test_an_unknown_station_is_kept_and_speaks_for_no_city(lake: Lake, inbox: Path) -> None:
    # The register knows 9901A and 9903A only; 9902A is accepted all the same: a register is older than the data.
    (inbox / "sim_station_register.csv").write_text(
        "code,name,city,province,lon,lat,source\n9901A,甲,杭州,浙江,,,t\n9903A,乙,宁波,浙江,,,t\n", encoding="utf-8"
    )
    run(lake, inbox)
    assert accepted(lake) == {"china_sites_20190701.csv": 128}


def test_a_name_that_no_card_claims_is_told_with_what_to_do(lake: Lake, inbox: Path) -> None:
    (inbox / "notes.txt").write_text("hello")
    _, told = run(lake, inbox)
    assert told["inbox/notes.txt"].startswith("unclaimed: ")
    assert "card" in told["inbox/notes.txt"]


def test_a_fault_in_one_parser_stops_no_other_dataset_and_its_object_stays_to_be_parsed(
    lake: Lake, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, name = "air__city_daily_published", "hangzhou_daily_aqi_sample.csv"
    (inbox / name).write_bytes((FIXTURES / "city_daily_published" / "fixture" / name).read_bytes())

    def broken(raw: bytes, meta: object) -> None:
        raise KeyError("no such column")

    with monkeypatch.context() as patch:
        patch.setattr("ingest.datasets.air.city_daily_published.parse.parse", broken)
        _, told = run(lake, inbox)
    assert told[f"{other} {name}"] == "parser_fault: KeyError: 'no such column'"
    assert accepted(lake) == {"china_sites_20190701.csv": 128}
    assert read_batches(lake, other) == []

    run(lake, inbox)  # mended
    assert [b.object_name for b in read_batches(lake, other)] == [name]
