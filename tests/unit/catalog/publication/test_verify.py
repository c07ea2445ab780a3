"""One wrong byte anywhere is found, and the file and what it holds are named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from catalog import publication as pub
from catalog.publication.manifest import read_manifest


def landing(world) -> Path:
    return world.lake.root / world.batches[0].landing_path


def core(world) -> Path:
    return world.lake.root / world.batches[0].files[0].path


def in_publication(path: str) -> Callable[[object], Path]:
    return lambda world: world.lake.publications / pub.current_id(world.lake) / path


WHOSE = "dataset air__cnemc_station_hourly, object china_sites_201903.csv, received 2026-01-01T00:00Z"
FILES = [
    pytest.param(landing, f"bytes as received: {WHOSE}", "fetch it again", id="landing"),
    pytest.param(core, f"of {WHOSE}", "ingest again", id="core"),
    pytest.param(
        in_publication("tables/indicator_values/period_type=hour/month=2019-03/part.parquet"),
        "table indicator_values, period_type=hour/month=2019-03",
        "publish again",
        id="parquet",
    ),
    pytest.param(in_publication("ecolake.duckdb"), "all tables of day grain and coarser", "publish again", id="duckdb"),
    pytest.param(in_publication("manifest.json"), "manifest", "restore it", id="manifest"),
]


@pytest.mark.parametrize(("where", "holds", "mend"), FILES)
@pytest.mark.parametrize("deep", [True, False])
def test_one_flipped_byte_is_found_and_named(published, flip, where, holds: str, mend: str, *, deep: bool) -> None:
    path = where(published)
    flip(path)
    (finding,) = pub.verify(published.lake, deep=deep).findings
    assert finding.kind == "altered"
    assert published.lake.root / finding.path == path
    assert finding.holds.endswith(holds)
    assert mend in finding.detail


def test_every_byte_of_the_manifest_counts_even_white_space(published) -> None:
    path = pub.open_publication(published.lake).folder / "manifest.json"
    path.chmod(0o644)
    text = path.read_text(encoding="utf-8")
    for altered in (text + "\n", text.replace("\n ", "\n\t", 1), text.replace('"rows": 144', '"rows": 145', 1)):
        path.write_text(altered, encoding="utf-8")
        (finding,) = pub.verify(published.lake).findings
        assert (finding.kind, finding.holds) == ("altered", "manifest")


def test_a_manifest_of_another_version_is_told_from_a_damaged_one(published) -> None:
    folder = pub.open_publication(published.lake).folder
    raw = (folder / "manifest.json").read_text(encoding="utf-8").partition("\n")[2].replace('"as_of"', '"until"')
    (folder / "manifest.json").chmod(0o644)
    seal = hashlib.sha256(raw.encode()).hexdigest()
    (folder / "manifest.json").write_text(f'{{"seal": "{seal}",\n{raw}', encoding="utf-8")
    (finding,) = pub.verify(published.lake).findings
    assert "of another version of ecolake: as_of: Field required" in finding.detail


@pytest.mark.parametrize("where", [landing, core, in_publication("tables/dim_region/part.parquet")])
def test_a_missing_file_is_named(published, where) -> None:
    where(published).unlink()
    (finding,) = pub.verify(published.lake).findings
    assert (finding.kind, published.lake.root / finding.path) == ("missing", where(published))


def test_a_missing_manifest_is_named(published) -> None:
    publication = pub.open_publication(published.lake)
    (publication.folder / "manifest.json").unlink()
    (finding,) = pub.verify(published.lake).findings
    assert (finding.kind, finding.path) == ("missing", f"publications/{publication.id}/manifest.json")


def test_a_file_nobody_stated_is_named(published) -> None:
    publication = pub.open_publication(published.lake)
    (publication.folder / "tables" / "extra.parquet").write_bytes(b"x")
    (finding,) = pub.verify(published.lake).findings
    assert (finding.kind, finding.path) == ("unexpected", f"publications/{publication.id}/tables/extra.parquet")


def test_a_folder_cannot_pass_for_another(published) -> None:
    publication = pub.open_publication(published.lake)
    publication.folder.rename(publication.folder.parent / "20990101T000000Z-00000000")
    (finding,) = pub.verify(published.lake, "2099").findings
    assert f"is the manifest of {publication.id}" in finding.detail


def test_a_shared_file_is_found_in_every_publication_that_holds_it(published, flip) -> None:
    first = pub.open_publication(published.lake)
    published.correct("1223A", "2019-03-05", 13, 100)
    second = published.publish().publication
    flip(first.folder / "tables/air_city_day/month=2019-04/part.parquet")
    for publication in (first, second):
        (finding,) = pub.verify(published.lake, publication.id).findings
        assert finding.path == f"publications/{publication.id}/tables/air_city_day/month=2019-04/part.parquet"


def test_an_old_publication_stands_after_a_correction(published) -> None:
    first = pub.open_publication(published.lake)
    published.correct("1223A", "2019-03-05", 13, 100)
    published.publish()
    assert pub.verify(published.lake, first.id).findings == []


def test_without_inputs_only_the_publication_is_read(published, flip) -> None:
    flip(landing(published))
    assert pub.verify(published.lake, inputs=False).ok
    assert not pub.verify(published.lake).ok


# --- forgery that got the file hashes right ----------------------------------------------------------------------


def reseal(folder: Path, change: Callable[[dict], None]) -> None:
    """Rewrite the manifest with a valid seal."""
    payload = read_manifest(folder).model_dump(mode="json")
    change(payload)
    (folder / "manifest.json").chmod(0o644)
    (folder / "manifest.json").write_text(pub.Manifest.model_validate(payload).to_text(), encoding="utf-8")


def restate_file(entry: dict, path: Path) -> None:
    raw = path.read_bytes()
    entry |= {"sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)}


def test_a_changed_row_under_a_changed_hash_is_found_by_its_digest(published) -> None:
    folder = pub.open_publication(published.lake).folder
    path = folder / "tables/air_city_day/month=2019-03/part.parquet"
    path.chmod(0o644)
    lower = (pl.col("pm25_ug_m3") - 1).cast(pl.Decimal(18, 4))
    pl.read_parquet(path, hive_partitioning=False).with_columns(lower).write_parquet(path)
    reseal(folder, lambda m: restate_file(part(m, "air_city_day", "month=2019-03"), path))
    (finding,) = pub.verify(published.lake).findings
    assert (finding.kind, finding.holds) == ("digest", "table air_city_day, month=2019-03")
    assert pub.verify(published.lake, deep=False).ok  # what --quick cannot see


def part(manifest: dict, table: str, name: str) -> dict:
    (found,) = (p for t in manifest["tables"] if t["name"] == table for p in t["partitions"] if p["name"] == name)
    return found


@pytest.mark.parametrize(
    ("sql", "holds", "detail"),
    [
        ("UPDATE air_city_day SET pm25_ug_m3 = 1", "table air_city_day", "other rows"),
        ("UPDATE indicator_values SET status = 'verified'", "table indicator_values", "other rows"),
        ("ALTER TABLE dim_region DROP name_zh", "table dim_region", "other columns"),
        ("CREATE TABLE mine (x INT)", "table mine", "not in the manifest"),
        ("DROP TABLE batches", "table batches", "not in the database"),
        ("UPDATE publication SET simulated = true", "table publication", "not what the manifest says"),
    ],
)
def test_a_database_that_tells_another_story_is_found(published, sql: str, holds: str, detail: str) -> None:
    folder = pub.open_publication(published.lake).folder
    path = folder / "ecolake.duckdb"
    path.chmod(0o644)
    with duckdb.connect(path) as c:
        c.execute(sql)
    reseal(folder, lambda m: restate_file(m["duckdb"], path))
    (finding,) = pub.verify(published.lake).findings
    assert (finding.kind, finding.holds) == ("database", holds)
    assert detail in finding.detail


def test_a_content_hash_that_does_not_follow_is_found(published) -> None:
    folder = pub.open_publication(published.lake).folder
    reseal(folder, lambda m: m.update(content_hash="0" * 64))
    assert [(f.kind, f.holds) for f in pub.verify(published.lake).findings] == [
        ("digest", "manifest"),
        ("database", "table publication"),
    ]


def test_progress_counts_to_the_end(published) -> None:
    seen: list[tuple[int, int]] = []
    result = pub.verify(published.lake, progress=lambda what, done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == list(range(len(seen)))
    assert len({total for _, total in seen}) == 1
    assert seen[-1][0] < seen[-1][1]
    parquet = sum(len(t.partitions) for t in pub.open_publication(published.lake).manifest.tables)
    assert result.files == parquet + 1 + 2 + 2  # ecolake.duckdb, two landed objects, two batch files


# --- computing again ---------------------------------------------------------------------------------------------


def test_the_bytes_still_give_the_numbers(published) -> None:
    assert pub.recompute(published.lake, None, lambda manifest, folder: published.compute()) == []


def test_what_cannot_be_computed_again_is_named_by_its_first_keys(published) -> None:
    def rebuild(manifest: pub.Manifest, folder: Path) -> Path:
        assert json.loads(manifest.to_text())["batches"][0]["object_name"] == "china_sites_201903.csv"
        assert list(folder.iterdir()) == []
        scratch = published.compute()
        with duckdb.connect(scratch) as c:
            c.execute("UPDATE themes.air_city_day SET pm25_ug_m3 = 1 WHERE local_date = '2019-03-05'")
            c.execute("DELETE FROM knowledge.dim_region WHERE region_code = '330106'")
            c.execute("DROP TABLE lineage_batches")
        return scratch

    found = {f.holds: f.detail for f in pub.recompute(published.lake, None, rebuild)}
    assert found.keys() == {"table air_city_day, month=2019-03", "table dim_region", "table lineage_batches"}
    assert found["table air_city_day, month=2019-03"] == (
        "first differing keys (region_code, local_date): 330100 2019-03-05 (differs); 330200 2019-03-05 (differs)"
    )
    assert found["table dim_region"] == "first differing keys (region_code): 330106 (published, not computed)"
    assert found["table lineage_batches"].startswith("not made: ")


def test_restated_is_not_held_against_the_bytes(published) -> None:
    published.correct("1223A", "2019-03-05", 13, 100)
    assert published.publish().publication.manifest.changes.restated == 3
    assert pub.recompute(published.lake, None, lambda manifest, folder: published.compute()) == []
