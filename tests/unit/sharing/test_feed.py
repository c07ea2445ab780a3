"""A feed's card says everything, or it is no card; the shipped ones fit the tables they name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.column_words import words_today
from sharing import Feed, FeedError, read_feed, read_feeds

SHIPPED = read_feeds()


def test_the_shipped_cards_are_sound() -> None:
    assert SHIPPED.faulty == {}
    assert {"yrd_city_air_daily", "weather_bureau_station_air_hourly"} <= SHIPPED.good.keys()


@pytest.mark.parametrize("name", SHIPPED.good)
def test_every_column_of_a_shipped_card_exists_and_is_below_its_ceiling(name: str) -> None:
    feed = SHIPPED.good[name]
    levels = {words.name: words.level for words in words_today(feed.table)}
    assert set(feed.columns) <= levels.keys()
    assert [c for c in feed.columns if levels[c] is None or levels[c] > feed.ceiling] == []


@pytest.mark.parametrize("name", [n for n, f in SHIPPED.good.items() if f.ceiling != "L1"])
def test_nothing_above_l1_is_active_without_a_signed_agreement(name: str) -> None:
    feed = SHIPPED.good[name]
    assert not (feed.status == "active" and "待签" in feed.agreement.reference)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("status: active", "status: active\nsecret: 1", "secret: Extra inputs are not permitted"),
        ('within: ["330000"]', "within: [330000]", "rows.within.0: Input should be a valid string"),
        ("valid_to: 2026-12-31\n", "", "valid_to: Field required"),
        ("valid_to: 2026-12-31", "valid_to: 2025-12-31", "valid_to 2025-12-31 is before valid_from 2026-01-01"),
        ("columns: [region_code,", "columns: [local_date,", "columns: ['local_date'] stand twice"),
        ("ceiling: L1", "ceiling: L5", "ceiling: Input should be 'L1', 'L2', 'L3' or 'L4'"),
        ("table: air_city_day", 'table: "air_city_day; drop"', "table: String should match pattern"),
        ("first_day: 2019-01-01", "first_day: 2019-01-01, only: {edition: []}", "only: ['edition'] list no value"),
        ("first_day: 2019-01-01", "where: 1 = 1", "rows.where: Extra inputs are not permitted"),
        ("sources: [{zh: 总站, en: CNEMC}]", "sources: []", "sources: List should have at least 1 item"),
        ("title: {zh: 城市日, en: City days}", "title: [", "no YAML"),
    ],
)
def test_a_wrong_card_is_told_by_file_and_field(tmp_path: Path, card: str, was: str, becomes: str, told: str) -> None:
    assert was in card
    path = tmp_path / "mine.yml"
    path.write_text(card.replace(was, becomes), encoding="utf-8")
    with pytest.raises(FeedError) as refused:
        read_feed(path)
    assert str(refused.value).startswith("exports/mine.yml: ")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_one_wrong_card_does_not_hide_the_others(tmp_path: Path, card: str) -> None:
    (tmp_path / "good.yml").write_text(card, encoding="utf-8")
    (tmp_path / "bad.yml").write_text("title: 1", encoding="utf-8")
    feeds = read_feeds(tmp_path)
    assert (list(feeds.good), list(feeds.faulty)) == (["good"], ["bad"])
    with pytest.raises(FeedError, match=r"exports/bad\.yml: title"):
        feeds.find("bad")
    with pytest.raises(FeedError, match="no feed 'other'; there are: good"):
        feeds.find("other")


@pytest.mark.parametrize(
    ("day", "state"),
    [("2025-12-31", "not yet valid"), ("2026-01-01", "active"), ("2026-12-31", "active"), ("2027-01-01", "expired")],
)
def test_a_feed_is_valid_on_its_first_and_its_last_day(feed: Feed, day: str, state: str) -> None:
    assert feed.state(date.fromisoformat(day)) == state
    assert feed.model_copy(update={"status": "suspended"}).state(date.fromisoformat(day)) == "suspended"
