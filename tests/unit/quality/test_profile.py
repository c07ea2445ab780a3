"""The profile of a batch: figures a gate judges, by hand-made batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from catalog.lake import Lake
from ingest.card import Card, all_cards
from ingest.core import Batch
from quality.profile import Period, period, profile

CommitHours = Callable[..., Batch]
CommitObject = Callable[..., Batch]
ITEMS = ("PM2.5", "PM10", "SO2", "NO2", "O3", "CO")


def day_of(
    day: str,
    stations: Iterable[str] = ("1223A", "1224A"),
    value: float = 50,
    hours: int = 24,
    items: Iterable[str] = ITEMS,
) -> list[tuple[str, str, datetime, str]]:
    """A day of measured hours, labels 00:00 to 23:00."""
    begin = datetime.fromisoformat(day)
    return [(s, i, begin + timedelta(hours=n), f"{value:g}") for s in stations for i in items for n in range(hours)]


def figures(lake: Lake, card: Card, batch: Batch, subject: str = "*") -> dict[str, Any]:
    rows = profile(lake, card, [batch]).subjects.filter(batch=batch.name, subject=subject).to_dicts()
    assert len(rows) == 1
    return rows[0]


class TestPeriod:
    """What a file should hold."""

    @pytest.fixture
    def batch(self, commit_hours: CommitHours) -> Batch:
        return commit_hours("x", day_of("2026-03-10", hours=18))

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("china_sites_20260310.csv", Period(date(2026, 3, 10), 24)),
            ("china_sites_202603.csv", Period(date(2026, 3, 1), 31 * 24)),
            ("yrd_sites_202602.csv", Period(date(2026, 2, 1), 28 * 24)),
            ("nothing.csv", Period(date(2026, 3, 10), 18)),
        ],
    )
    def test_its_name_says_else_its_rows(self, card: Card, batch: Batch, name: str, expected: Period) -> None:
        assert period(card, replace(batch, object_name=name)) == expected

    def test_a_month_that_is_not_over_is_due_up_to_the_arrival(self, card: Card, batch: Batch) -> None:
        arrived = replace(
            batch, object_name="china_sites_202603.csv", received_at=datetime(2026, 3, 10, 10, 5, tzinfo=UTC)
        )
        assert period(card, arrived) == Period(date(2026, 3, 1), 9 * 24 + 19)  # labels 1st 00:00 to 10th 18:00

    def test_a_snapshot_of_one_hour_is_due_that_hour(self, commit_hours: CommitHours, card: Card) -> None:
        snapshot = commit_hours("cnemc_live_20260310T07.json", day_of("2026-03-10", hours=1))
        assert period(card, snapshot) == Period(date(2026, 3, 10), 1)

    def test_what_has_no_time_has_no_calendar(self, batch: Batch) -> None:
        assert period(all_cards()["air__station_register"], batch) is None


class TestCompleteness:
    """Values there against stations of the last 30 days times labels due."""

    def test_a_whole_day_is_complete_and_half_a_day_is_half(
        self, lake: Lake, card: Card, commit_hours: CommitHours
    ) -> None:
        whole = commit_hours("china_sites_20260310.csv", day_of("2026-03-10"))
        half = commit_hours("china_sites_20260311.csv", day_of("2026-03-11", hours=12))
        assert (figures(lake, card, whole)["n_expected"], figures(lake, card, whole)["completeness"]) == (2 * 24 * 6, 1)
        assert figures(lake, card, half)["completeness"] == 0.5

    def test_a_station_that_was_there_last_month_is_missed(
        self, lake: Lake, card: Card, commit_hours: CommitHours
    ) -> None:
        commit_hours("china_sites_20260310.csv", day_of("2026-03-10"))
        later = commit_hours("china_sites_20260311.csv", day_of("2026-03-11", stations=["1223A"]))
        much_later = commit_hours("china_sites_20260520.csv", day_of("2026-05-20", stations=["1223A"]))
        assert figures(lake, card, later)["completeness"] == 0.5
        assert figures(lake, card, much_later)["completeness"] == 1

    def test_an_item_that_stays_away_is_zero_for_itself_and_a_sixth_for_the_batch(
        self, lake: Lake, card: Card, commit_hours: CommitHours
    ) -> None:
        batch = commit_hours("china_sites_20260310.csv", day_of("2026-03-10", items=ITEMS[:5]))
        assert figures(lake, card, batch, "co_mg_m3")["completeness"] == 0
        assert figures(lake, card, batch)["completeness"] == pytest.approx(5 / 6)

    def test_a_file_of_another_city_is_not_missed(self, lake: Lake, card: Card, commit_hours: CommitHours) -> None:
        commit_hours("hangzhou.csv", day_of("2026-03-10", stations=["1223A", "1224A", "1225A"]))
        ningbo = commit_hours("ningbo.csv", day_of("2026-03-11", stations=["1235A"]))
        assert figures(lake, card, ningbo)["completeness"] == 1

    def test_nulls_are_rows_without_a_value(self, lake: Lake, card: Card, commit_hours: CommitHours) -> None:
        hours = day_of("2026-03-10", stations=["1223A"], items=["CO"])
        batch = commit_hours(
            "china_sites_20260310.csv", [(*h[:3], "-99" if n < 6 else h[3]) for n, h in enumerate(hours)]
        )
        found = figures(lake, card, batch, "co_mg_m3")
        assert (found["n_rows"], found["n_values"], found["null_share"]) == (24, 18, 0.25)

    def test_what_the_agency_computes_has_no_calendar(self, lake: Lake, card: Card, commit_hours: CommitHours) -> None:
        batch = commit_hours("china_sites_20260310.csv", day_of("2026-03-10", items=["AQI"]))
        found = figures(lake, card, batch, "aqi")
        assert (found["n_values"], found["completeness"]) == (48, None)

    def test_days_say_where_a_month_has_its_hole(self, lake: Lake, card: Card, commit_hours: CommitHours) -> None:
        batch = commit_hours("a.csv", day_of("2026-03-10") + day_of("2026-03-12", hours=3))
        days = (
            profile(lake, card, [batch]).days.filter(subject="co_mg_m3").select("day", "n_values", "n_entities").rows()
        )
        assert days == [(date(2026, 3, 10), 48, 2), (date(2026, 3, 12), 6, 2)]


class TestShift:
    """The batch mean against the daily means of the last 30 days, in their standard deviations."""

    def test_eight_days_of_40_and_60_then_a_day_of_100(self, lake: Lake, card: Card, commit_hours: CommitHours) -> None:
        for n in range(8):
            commit_hours(f"china_sites_2026030{n + 1}.csv", day_of(f"2026-03-0{n + 1}", value=40 + 20 * (n % 2)))
        found = figures(
            lake, card, commit_hours("china_sites_20260309.csv", day_of("2026-03-09", value=100)), "pm25_ug_m3"
        )
        assert (found["mean"], found["baseline_days"], found["baseline_mean"]) == (100, 8, 50)
        assert found["shift_sigma"] == pytest.approx(50 / (800 / 7) ** 0.5)

    def test_six_days_are_too_few_for_a_spread(self, lake: Lake, card: Card, commit_hours: CommitHours) -> None:
        for n in range(6):
            commit_hours(f"china_sites_2026030{n + 1}.csv", day_of(f"2026-03-0{n + 1}", value=40 + 20 * (n % 2)))
        found = figures(
            lake, card, commit_hours("china_sites_20260307.csv", day_of("2026-03-07", value=999)), "pm25_ug_m3"
        )
        assert (found["baseline_days"], found["shift_sigma"]) == (6, None)


def test_only_the_batch_with_the_newest_value_is_judged_for_its_age(
    lake: Lake, card: Card, commit_hours: CommitHours
) -> None:
    received_at = datetime(2026, 3, 11, 2, tzinfo=UTC)  # 10:00 in China; the newest label is 23:00 of the 10th
    new = commit_hours("china_sites_20260310.csv", day_of("2026-03-10"), received_at=received_at)
    old = commit_hours("china_sites_20260309.csv", day_of("2026-03-09"), received_at=received_at)
    assert (figures(lake, card, new)["age_hours"], figures(lake, card, old)["age_hours"]) == (11, None)


class TestAqi:
    """A published AQI against the row's own pollutants: vectors of HJ 633-2012 and -2026."""

    HEADER = "日期,质量等级,AQI指数,当天AQI排名,PM2.5,PM10,So2,No2,Co,O3"

    def equal_share(self, lake: Lake, commit: CommitObject, rows: list[str]) -> tuple[int, float, float]:
        raw = "\r\r\n".join([self.HEADER, *rows, ""]).encode("gb18030")
        batch = commit("air__city_daily_published", "hangzhou_daily_aqi_test.csv", raw)
        found = figures(lake, all_cards()["air__city_daily_published"], batch)
        return found["aqi_rows"], found["aqi_equal_share"], found["aqi_within1_share"]

    @pytest.mark.parametrize(
        ("day", "pollutants", "aqi"),
        [
            ("2014-01-01", "35,0,0,0,0,0", 50),
            ("2014-01-01", "60,0,0,0,0,0", 82),  # 81.25, rounded up
            ("2014-01-01", "75,0,0,0,0,0", 100),
            ("2014-01-01", "60.5,0,0,0,0,0", 82),  # GB/T 8170: 60.5 is 60
            ("2014-01-01", "61.5,0,0,0,0,0", 84),  # and 61.5 is 62: 83.75, rounded up
            ("2014-01-01", "0,120,0,0,0,0", 85),
            ("2014-01-01", "0,0,150,0,0,0", 100),
            ("2014-01-01", "0,0,0,0,2.0,0", 50),
            ("2014-01-01", "0,0,0,0,2.05,0", 50),  # 2.05 is 2.0
            ("2014-01-01", "0,0,0,0,2.15,0", 55),  # and 2.15 is 2.2
            ("2014-01-01", "0,0,0,0,0,160", 100),  # one ozone column of a day is the maximum 8-h mean
            ("2014-01-01", "0,0,0,0,0,900", 0),  # beyond 800 there is no 8-h index: the other five decide
            ("2014-01-01", "600,0,0,0,0,0", 500),
            ("2014-01-01", "0,0,0,0,0,0", 0),
            ("2026-02-28", "60,0,0,0,0,0", 82),
            ("2026-03-01", "60,0,0,0,0,0", 100),  # HJ 633-2026 is in force
            ("2026-03-01", "75,0,0,0,0,0", 114),
        ],
    )
    def test_it_is_recomputed_as_the_standard_prints_it(
        self, lake: Lake, commit_object: CommitObject, day: str, pollutants: str, aqi: int
    ) -> None:
        assert self.equal_share(lake, commit_object, [f"{day},良,{aqi},1,{pollutants}"]) == (1, 1, 1)
        assert self.equal_share(lake, commit_object, [f"{day},良,{aqi + 1},1,{pollutants}"]) == (1, 0, 1)

    def test_rows_with_a_missing_pollutant_are_not_compared(self, lake: Lake, commit_object: CommitObject) -> None:
        rows = ["2014-01-01,良,50,1,35,0,0,0,0,0", "2014-01-02,良,50,1,35,0,0,0,0,-", "2014-01-03,良,70,1,35,0,0,0,0,0"]
        assert self.equal_share(lake, commit_object, rows) == (2, 0.5, 0.5)

    def test_long_datasets_are_compared_hour_by_hour(self, lake: Lake, card: Card, commit_hours: CommitHours) -> None:
        label = datetime.fromisoformat("2019-03-10T05:00")
        texts = {"AQI": "82", "PM2.5": "60", "PM10": "80", "SO2": "5", "NO2": "40", "O3": "30", "CO": "0.8"}
        batch = commit_hours("a.csv", [("1223A", item, label, text) for item, text in texts.items()])
        asking = card.model_copy(update={"gate": card.gate.model_copy(update={"aqi_from_pollutants": 0.95})})
        asking._folder = card.folder
        assert figures(lake, asking, batch)["aqi_equal_share"] == 1
