"""A run as a user sees it: once, again, with a correction, with an earlier state of knowledge."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalog.lake import Lake
from catalog.publication.reader import open_publication
from ingest.simulate import SimulationTruth
from tests.integration.conftest import run

pytestmark = pytest.mark.slow


def test_a_second_run_finds_nothing_to_do(
    feeds: SimulationTruth, published: Lake, fresh_copy: Callable[[Lake], Lake]
) -> None:
    lake = fresh_copy(published)
    before = open_publication(lake).id
    again = run(lake, feeds.folder / "air", feeds.folder / "weather")
    assert (again.landed, again.batches, again.months_built, again.outcome) == (0, (), (), "unchanged")
    assert open_publication(lake).id == before


def test_every_row_is_accounted_for(feeds: SimulationTruth, published: Lake) -> None:
    with open_publication(published).connect() as db:
        rows_in, accepted, quarantined, duplicates = db.execute(
            "SELECT sum(rows_in), sum(accepted), sum(quarantined), sum(duplicates) FROM batches "
            "WHERE dataset LIKE 'air__cnemc%'"
        ).fetchall()[0]
    assert rows_in == accepted + quarantined + duplicates
    # The truth counts values; a live snapshot also says "-;", which is a row with a flag and no value.
    assert 0 <= rows_in - feeds.values < 0.001 * rows_in


def test_a_correction_restates_and_the_old_publication_still_stands(
    feeds: SimulationTruth, published: Lake, fresh_copy: Callable[[Lake], Lake]
) -> None:
    lake = fresh_copy(published)
    before = open_publication(lake)
    old_hash, old_values = before.manifest.content_hash, _values(lake, before.id)
    after = run(lake, feeds.folder / "corrections")
    assert (after.landed, after.outcome) == (1, "built")
    new = open_publication(lake)
    assert new.manifest.previous == before.id
    with new.connect() as db:
        changed, sized = db.execute("SELECT count(*), count(change) FROM restatements").fetchall()[0]
        marked = db.execute("SELECT count(*) FROM indicator_values WHERE status = 'restated'").fetchall()[0][0]
    assert changed > 0 and sized > 0 and marked > 0
    assert open_publication(lake, before.id).manifest.content_hash == old_hash
    assert _values(lake, before.id) == old_values != _values(lake, new.id)


def test_the_order_of_arrival_does_not_matter(feeds: SimulationTruth, published: Lake, lake: Lake) -> None:
    run(lake, feeds.folder / "weather", until="parse")
    run(lake, feeds.folder / "air")
    assert open_publication(lake).manifest.content_hash == open_publication(published).manifest.content_hash


def _values(lake: Lake, publication: str) -> list[tuple[object, ...]]:
    with open_publication(lake, publication).connect() as db:
        return db.execute(
            "SELECT indicator_code, edition, region_code, period_type, period_start, value FROM indicator_values "
            "WHERE period_type = 'day' ORDER BY ALL"
        ).fetchall()
