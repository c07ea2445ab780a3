"""A result is there whole or not at all, and what was evaluated once stays."""

from __future__ import annotations

import polars as pl
import pytest

from catalog.lake import Lake
from orchestration.evaluating import store

HASH = "ab" + "0" * 62


def test_what_is_kept_is_found_under_its_hash(lake: Lake) -> None:
    assert not store.holds(lake, HASH)
    store.keep(lake, HASH, {"scores": pl.DataFrame({"grade": ["improved"]})})
    assert store.holds(lake, HASH)
    assert pl.read_parquet(store.table(lake, HASH, "scores"))["grade"].to_list() == ["improved"]
    assert not store.table(lake, HASH, "months").exists()


def test_the_first_of_two_that_evaluated_the_same_stays(lake: Lake) -> None:
    store.keep(lake, HASH, {"scores": pl.DataFrame({"grade": ["improved"]})})
    store.keep(lake, HASH, {"scores": pl.DataFrame({"grade": ["worsened"]})})
    assert pl.read_parquet(store.table(lake, HASH, "scores"))["grade"].to_list() == ["improved"]
    assert [path.name for path in store.folder(lake, HASH).parent.iterdir()] == [HASH]


def test_a_result_that_was_not_written_whole_does_not_count(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "fsync_dir", killed)
    with pytest.raises(KeyboardInterrupt):
        store.keep(lake, HASH, {"scores": pl.DataFrame({"grade": ["improved"]})})
    assert not store.holds(lake, HASH)
