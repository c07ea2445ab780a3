"""The package: exact bytes, described by the Data Package v2, whole or not there."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest

from catalog.publication import PublicationError, UnknownPublicationError
from sharing import Feed, FeedError, Feeds, Package, RefusedError, export, log
from sharing.package import damaged

CSV = """\
region_code,local_date,name_zh,pm25_ug_m3,attained
330100,2019-01-01,杭州,35.500000000,false
330100,2019-01-02,杭州,,
330200,2019-01-02,"宁波, ""港城""\",7.250000000,true
"""
HOURS = {"table": "air_station_hour", "columns": ["pm25_ug_m3", "interval_start_at"], "ceiling": "L2"}


def give(world: Any, feed: Feed, out: Path, at: datetime, **options: Any) -> Package:
    return export(world.lake, Feeds({"city_days": feed}, {}), "city_days", out=out, at=at, by="李", **options)


def descriptor(package: Package) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((package.folder / "datapackage.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def package(published: Any, feed: Feed, tmp_path: Path, at: datetime) -> Package:
    return give(published, feed, tmp_path / "out", at)


def test_the_csv_is_these_bytes_and_parquet_holds_the_same(package: Package) -> None:
    assert (package.folder / "air_city_day.csv").read_bytes() == CSV.encode()
    assert pl.read_parquet(package.folder / "air_city_day.parquet").rows() == [
        ("330100", date(2019, 1, 1), "杭州", Decimal("35.5"), False),
        ("330100", date(2019, 1, 2), "杭州", None, None),
        ("330200", date(2019, 1, 2), '宁波, "港城"', Decimal("7.25"), True),
    ]
    assert package.rows == 3


def test_instants_are_utc_and_rows_are_ordered_by_a_key_that_is_not_given(
    published: Any, feed: Feed, tmp_path: Path, at: datetime
) -> None:
    rows = {"within": ["330000", "320000"], "first_day": "2018-12-31"}
    hours = Feed.model_validate(feed.model_dump() | HOURS | {"rows": rows})
    package = give(published, hours, tmp_path / "out", at)
    text = (package.folder / "air_station_hour.csv").read_text(encoding="utf-8")
    assert text.splitlines() == [
        "pm25_ug_m3,interval_start_at",
        "60.0000,2018-12-31T16:00:00Z",  # 1146A
        "11.0000,2018-12-31T15:00:00Z",  # 1223A
        "12.5000,2018-12-31T16:00:00Z",
    ]
    told = descriptor(package)
    assert "primaryKey" not in told["resources"][0]["schema"]  # rows may look alike: the station is not given
    assert told["classification"] == {"standard": "DB33/T 2350-2021", "highest": "L2", "ceiling": "L2"}


def test_sums_name_every_file_and_the_log_the_sums(package: Package, published: Any) -> None:
    files = sorted(path.name for path in package.folder.iterdir())
    assert files == ["SHA256SUMS", "air_city_day.csv", "air_city_day.parquet", "datapackage.json"]
    sums = "".join(f"{hashlib.sha256((package.folder / f).read_bytes()).hexdigest()}  {f}\n" for f in files[1:])
    assert (package.folder / "SHA256SUMS").read_text() == sums
    assert package.seal == hashlib.sha256(sums.encode()).hexdigest()
    last = log.read(published.lake).lines[-1]
    assert {name: last[name] for name in ("outcome", "package", "rows", "level", "by", "agreement", "publication")} == {
        "outcome": "granted",
        "package": package.seal,
        "rows": 3,
        "level": "L1",
        "by": "李",
        "agreement": "A-1",
        "publication": published.publication.id,
    }


def test_again_gives_the_same_bytes_at_any_time_and_anywhere(
    package: Package, published: Any, feed: Feed, tmp_path: Path, at: datetime
) -> None:
    again = give(published, feed, tmp_path / "out", at)
    later = give(published, feed, tmp_path / "elsewhere", at.replace(month=12))
    assert (again, later.seal, later.folder.name) == (package, package.seal, package.folder.name)
    other = give(published, feed.model_copy(update={"columns": feed.columns[:4]}), tmp_path / "out", at)
    assert other.folder != package.folder
    assert damaged(package.folder) == []


def test_the_descriptor_says_what_each_column_is(package: Package, published: Any) -> None:
    told = descriptor(package)
    assert told["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert told["publication"]["id"] == published.publication.id
    assert (told["simulated"], told["recipient"]["zh"], told["agreement"]["reference"]) == (False, "长三角", "A-1")
    csv, parquet = told["resources"]
    raw = (package.folder / csv["path"]).read_bytes()
    assert (csv["bytes"], csv["hash"]) == (len(raw), f"sha256:{hashlib.sha256(raw).hexdigest()}")
    assert (csv["format"], parquet["format"], csv["schema"] == parquet["schema"]) == ("csv", "parquet", True)
    assert csv["schema"]["primaryKey"] == ["region_code", "local_date"]
    fields = {field["name"]: field for field in csv["schema"]["fields"]}
    assert {name: field["type"] for name, field in fields.items()} == {
        "region_code": "string",
        "local_date": "date",
        "name_zh": "string",
        "pm25_ug_m3": "number",
        "attained": "boolean",
    }
    assert fields["pm25_ug_m3"] == {
        "name": "pm25_ug_m3",
        "type": "number",
        "title": "pm25_ug_m3的中文",
        "description": "pm25_ug_m3 in words",
        "unit": "ug/m3",
        "level": "L1",
    }
    assert fields["region_code"]["constraints"] == {"required": True}


def test_the_descriptor_keeps_the_rules_of_the_standard(package: Package) -> None:
    """What datapackage.org/standard v2.0 demands in words (MUST), by hand."""
    told = descriptor(package)
    assert len({resource["name"] for resource in told["resources"]}) == len(told["resources"]) > 0
    for resource in told["resources"]:
        assert resource["type"] == "table"
        assert ("data" in resource, Path(resource["path"]).is_absolute(), ".." in resource["path"]) == (False,) * 3
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert len(set(names)) == len(names)
        assert set(resource["schema"]["primaryKey"]) <= set(names)
    assert all("name" in licence or "path" in licence for licence in told["licenses"])
    assert all(source["title"] for source in told["sources"])
    header = (package.folder / told["resources"][0]["path"]).read_text(encoding="utf-8").splitlines()[0]
    assert header.split(",") == [field["name"] for field in told["resources"][0]["schema"]["fields"]]


def test_the_descriptor_fits_the_official_profile(package: Package) -> None:
    told = descriptor(package)
    spec = importlib.util.find_spec("dplib")
    profiles = Path(spec.origin).parent / "profiles" / "2.0"  # type: ignore[union-attr,arg-type]
    parts = [("datapackage", told), *(("dataresource", r) for r in told["resources"])]
    for profile, part in [*parts, *(("tableschema", r["schema"]) for r in told["resources"])]:
        checker = jsonschema.Draft7Validator(json.loads((profiles / f"{profile}.json").read_text(encoding="utf-8")))
        assert [error.message for error in checker.iter_errors(part)] == []


def test_a_simulated_publication_marks_text_title_and_file_names(
    simulated: Any, feed: Feed, tmp_path: Path, at: datetime
) -> None:
    package = give(simulated, feed, tmp_path / "out", at)
    assert (package.folder / "sim_air_city_day.csv").read_bytes() == CSV.encode()
    assert (package.folder / "sim_air_city_day.parquet").exists()
    told = descriptor(package)
    assert told["simulated"] is True
    assert "模拟数据" in told["title"]
    assert "SIMULATED" in told["description"]


def test_nothing_is_left_of_a_refusal_but_its_line(published: Any, feed: Feed, tmp_path: Path, at: datetime) -> None:
    out, before = tmp_path / "out", len(log.read(published.lake).lines)
    expired = feed.model_copy(update={"valid_to": date(2026, 6, 30)})
    nothing = Feed.model_validate(feed.model_dump() | {"rows": {"within": ["330000"], "first_day": "2020-01-01"}})
    for asked, error, told in (
        (expired, RefusedError, "the feed expired"),
        (nothing, RefusedError, "no row of air_city_day fits the feed's rows"),
    ):
        with pytest.raises(error, match=told):
            give(published, asked, out, at)
    with pytest.raises(FeedError, match="no feed 'other'"):
        export(published.lake, Feeds({}, {}), "other", out=out, at=at, by="李")
    with pytest.raises(UnknownPublicationError):
        give(published, feed, out, at, publication="1999")
    assert not out.exists() or list(out.iterdir()) == []
    reading = log.read(published.lake)
    said = [(line["feed"], line["outcome"], line["reason"].split(":")[0]) for line in reading.lines[before:]]
    assert said == [
        ("city_days", "refused", "the feed expired"),
        ("city_days", "refused", "no row of air_city_day fits the feed's rows; nothing to give"),
        ("other", "refused", "no feed 'other'; there are"),
        ("city_days", "refused", "'1999' is no publication; there are"),
    ]
    assert reading.faults == ()


def test_a_package_altered_in_its_place_is_told(package: Package, published: Any, feed: Feed, at: datetime) -> None:
    csv = package.folder / "air_city_day.csv"
    csv.chmod(0o644)
    csv.write_text("x")
    assert damaged(package.folder) == ["air_city_day.csv"]
    with pytest.raises(RefusedError, match=r"altered since it was written \(air_city_day\.csv\)"):
        give(published, feed, package.folder.parent.parent, at)


def test_what_cannot_be_logged_does_not_leave(
    published: Any, feed: Feed, tmp_path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise log.LogError("disk full")

    monkeypatch.setattr(log, "append", full)
    with pytest.raises(log.LogError):
        give(published, feed, tmp_path / "out", at)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_damaged_publication_is_refused_in_words(simulated: Any, feed: Feed, tmp_path: Path, at: datetime) -> None:
    hours = Feed.model_validate(feed.model_dump() | HOURS)
    (file,) = simulated.publication.folder.glob("tables/air_station_hour/month=2019-01/part.parquet")
    raw = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(b"no parquet")
    try:
        with pytest.raises((RefusedError, PublicationError), match="ecolake verify"):
            give(simulated, hours, tmp_path / "out", at)
    finally:
        file.write_bytes(raw)
