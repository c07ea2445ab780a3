"""Contextual tests: which hours are flagged, by the hour; and when a month is judged again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from catalog.lake import Lake
from ingest.card import Card, all_cards
from ingest.core import Batch
from quality import context

Hour = tuple[str, str, datetime, str]
CommitHours = Callable[..., Batch]
Flag = tuple[str, str, str]  # station, item, local label

START = datetime.fromisoformat("2026-03-10T01:00")  # the first hour of a local day
LIVELY = [31, 38, 35, 44, 41, 52, 47, 58, 66, 61, 72, 69, 63, 75, 57, 51, 48, 54, 43, 39, 45, 37, 33, 29]

# 39..41 without a period: the digits of pi modulo 3.
FLAT = [39 + int(digit) % 3 for digit in "314159265358979323846264338327950288419716939937"]


def hours(
    values: Iterable[float | None], item: str = "PM2.5", station: str = "1223A", start: datetime = START
) -> list[Hour]:
    """One value an hour from ``start``; None = the hour is missing."""
    return [
        (station, item, start + timedelta(hours=n), f"{value:g}") for n, value in enumerate(values) if value is not None
    ]


def flagged(results: Sequence[context.ContextResult], test: str) -> list[Flag]:
    """What a test flagged: (station, item, local label), in order."""
    flags = pl.concat([pl.read_parquet(result.path) for result in results]).filter(test=test)
    local = pl.col("interval_end_at").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%d %H:%M")
    return flags.select("station_code", "item", local).sort("station_code", "item", "interval_end_at").rows()


def labels(results: Sequence[context.ContextResult], test: str) -> list[str]:
    """The labels alone."""
    return [label for _, _, label in flagged(results, test)]


def span(first: str, n: int) -> list[str]:
    """``n`` labels from ``first`` of March 2026 on."""
    begin = datetime.fromisoformat(f"2026-03-{first.replace(' ', 'T')}")
    return [f"{begin + timedelta(hours=k):%d %H:%M}" for k in range(n)]


@pytest.fixture
def judge(lake: Lake, card: Card, commit_hours: CommitHours) -> Callable[[list[Hour]], list[context.ContextResult]]:
    """Commit hours as one file and run the contextual tests."""
    return lambda found: context.refresh(lake, card, [commit_hours("china_sites_202603.csv", found)])


Judge = Callable[[list[Hour]], list[context.ContextResult]]


class TestRepeated:
    """One value for longer than the quantity's repeat_hours: 20 h for PM2.5, 108 h for SO2."""

    def test_21_hours_of_one_value_are_flagged_all_of_them_and_20_are_not(self, judge: Judge) -> None:
        assert labels(judge(hours([30] * 21 + [31])), "repeated") == span("10 01:00", 21)
        assert labels(judge(hours([30] * 20 + [31])), "repeated") == []

    def test_a_single_missing_hour_does_not_end_the_run_two_do(self, judge: Judge) -> None:
        assert len(labels(judge(hours([30] * 12 + [None] + [30] * 9)), "repeated")) == 21
        assert labels(judge(hours([30] * 12 + [None, None] + [30] * 12)), "repeated") == []

    def test_standing_at_the_detection_limit_is_calm_air(self, judge: Judge) -> None:
        assert labels(judge(hours([2] * 40)), "repeated") == []
        assert len(labels(judge(hours([0.3] * 60, "CO")), "repeated")) == 60
        assert labels(judge(hours([0.2] * 60, "CO")), "repeated") == []

    def test_so2_may_stand_still_for_days(self, judge: Judge) -> None:
        assert labels(judge(hours([7] * 108 + [8], "SO2")), "repeated") == []
        assert len(labels(judge(hours([7] * 109 + [8], "SO2")), "repeated")) == 109

    def test_a_run_over_the_end_of_a_month_is_flagged_in_both_months(
        self, lake: Lake, card: Card, commit_hours: CommitHours
    ) -> None:
        run = hours([30] * 21, start=datetime.fromisoformat("2026-03-31T14:00"))
        batches = [commit_hours("a.csv", run[:11]), commit_hours("b.csv", run[11:])]
        by_month = {r.month: len(flagged([r], "repeated")) for r in context.refresh(lake, card, batches)}
        assert by_month == {"2026-03": 11, "2026-04": 10}


class TestStep:
    """An isolated spike: more than max_step (240 for PM2.5) in one hour, back within three."""

    @pytest.mark.parametrize(
        ("values", "spike"),
        [
            pytest.param([50, 300, 60], ["10 02:00"], id="one hour up"),
            pytest.param([300, 50, 310], ["10 02:00"], id="one hour down"),
            pytest.param([50, 400, 420, 410, 60], ["10 02:00", "10 03:00", "10 04:00"], id="three hours"),
            pytest.param([50, 170, 420, 60], ["10 03:00"], id="found by the way back, the way up was slower"),
            pytest.param([50, 400, 420, 410, 430, 60], [], id="four hours: an episode"),
            pytest.param([50, 400, 410, 420, 430, 440], [], id="a front that stays"),
            pytest.param([50, 290, 60], [], id="exactly max_step"),
            pytest.param([50, 180, 310, 190, 60], [], id="a plume that grows and fades"),
            pytest.param([50, None, 400, None, 50], [], id="no neighbouring hours"),
        ],
    )
    def test_only_the_hours_away_from_the_level_are_flagged(
        self, judge: Judge, values: list[float], spike: list[str]
    ) -> None:
        assert labels(judge(hours(values)), "step") == spike

    def test_a_value_in_another_unit_is_no_neighbour_and_no_spike(self, judge: Judge) -> None:
        found = judge(hours([0.8, 800, 0.9], "CO"))
        assert labels(found, "step") == []

    def test_a_spike_in_the_last_hour_of_a_month_is_seen_once_the_next_month_is_there(
        self, lake: Lake, card: Card, commit_hours: CommitHours
    ) -> None:
        three = hours([50, 400, 60], start=datetime.fromisoformat("2026-03-31T23:00"))
        march = commit_hours("march.csv", three[:2])
        assert flagged(context.refresh(lake, card, [march]), "step") == []
        both = context.refresh(lake, card, [march, commit_hours("april.csv", three[2:])])
        assert flagged(both, "step") == [("1223A", "pm25_ug_m3", "01 00:00")]


class TestPm25AbovePm10:
    """PM2.5 above PM10 by more than 15 µg/m³ + 20 %."""

    def test_both_values_are_flagged_beyond_the_tolerance_and_none_within(self, judge: Judge) -> None:
        found = judge(hours([135, 136], "PM2.5") + hours([100, 100], "PM10"))
        assert flagged(found, "pm25_gt_pm10") == [
            ("1223A", "pm10_ug_m3", "10 02:00"),
            ("1223A", "pm25_ug_m3", "10 02:00"),
        ]

    def test_other_stations_and_hours_are_not_compared(self, judge: Judge) -> None:
        found = judge(hours([136], "PM2.5") + hours([100], "PM10", "1224A") + hours([None, 100], "PM10"))
        assert flagged(found, "pm25_gt_pm10") == []


class TestTooRegular:
    """A day that repeats itself, or two days that hardly move while the network does."""

    def test_a_six_hour_cycle_is_flagged_day_by_day(self, judge: Judge) -> None:
        cycle = [21 + step for step in (0, 1, 2, 3, 2, 1)] * 4
        assert labels(judge(hours(cycle + LIVELY)), "too_regular") == span("10 01:00", 24)

    def test_one_disturbed_hour_does_not_hide_it(self, judge: Judge) -> None:
        cycle = [21 + step for step in (0, 9, 2, 7)] * 6
        cycle[13] = 60
        assert len(labels(judge(hours(cycle)), "too_regular")) == 24

    def test_the_twelve_hour_cycle_is_the_longest_looked_for(self, judge: Judge) -> None:
        assert len(labels(judge(hours(LIVELY[:12] * 2)), "too_regular")) == 24
        assert labels(judge(hours((LIVELY[:13] * 2)[:24])), "too_regular") == []

    @pytest.mark.parametrize(
        "day",
        [
            pytest.param(LIVELY, id="air"),
            pytest.param([30] * 24, id="standing still is another test"),
            pytest.param([20] * 8 + [21] * 8 + [20] * 8, id="slow at its resolution"),
            pytest.param([21, 25] * 9, id="18 hours are no day"),
        ],
    )
    def test_air_that_is_slow_or_incomplete_is_not_flagged(self, judge: Judge, day: list[float]) -> None:
        assert labels(judge(hours(day)), "too_regular") == []

    @staticmethod
    def network(flat_days: int, stations: int) -> list[Hour]:
        """Stations with lively air, the first of them within ±1 of 40 for some days."""
        flat = FLAT[: 24 * flat_days]
        found = hours(flat + LIVELY * (3 - flat_days), station="1000A")
        for n in range(1, stations):
            found += hours([value + n for value in LIVELY * 3], station=f"100{n}A")
        return found

    def test_two_flat_days_in_a_lively_network_are_flagged(self, judge: Judge) -> None:
        found = judge(self.network(flat_days=2, stations=5))
        assert flagged(found, "too_regular") == [("1000A", "pm25_ug_m3", label) for label in span("10 01:00", 48)]

    def test_one_flat_day_or_too_few_neighbours_are_not_enough(self, judge: Judge) -> None:
        assert labels(judge(self.network(flat_days=1, stations=5)), "too_regular") == []
        assert labels(judge(self.network(flat_days=2, stations=4)), "too_regular") == []

    def test_when_the_whole_network_is_calm_nobody_is_too_regular(self, judge: Judge) -> None:
        assert labels(judge([h for n in range(6) for h in hours(FLAT, station=f"100{n}A")]), "too_regular") == []


class TestRefresh:
    """A month is judged again exactly when something it depends on changed."""

    def test_a_second_call_computes_nothing(self, lake: Lake, card: Card, commit_hours: CommitHours) -> None:
        batches = [commit_hours("a.csv", hours([30] * 21))]
        first, second = (context.refresh(lake, card, batches) for _ in range(2))
        assert [(r.month, r.computed) for r in first + second] == [("2026-03", True), ("2026-03", False)]
        assert context.current(lake, card, batches) == second

    def test_a_correction_takes_the_flags_away_and_the_old_state_of_knowledge_still_has_them(
        self, lake: Lake, card: Card, commit_hours: CommitHours
    ) -> None:
        wrong = commit_hours("a.csv", hours([30] * 21))
        (before,) = context.refresh(lake, card, [wrong])
        corrected = commit_hours("a.csv", hours(LIVELY[:21]), received_at=datetime(2026, 7, 2, tzinfo=UTC))
        (after,) = context.refresh(lake, card, [wrong, corrected])
        assert flagged([after], "repeated") == []
        assert context.refresh(lake, card, [wrong]) == [replace(before, computed=False)]
        assert len(flagged([before], "repeated")) == 21

    def test_only_the_newest_answers_are_kept(self, lake: Lake, card: Card, commit_hours: CommitHours) -> None:
        batches = [
            commit_hours("a.csv", hours([n]), received_at=datetime(2026, 7, n, tzinfo=UTC)) for n in range(1, 11)
        ]
        answers = [context.refresh(lake, card, batches[:n])[0].path for n in range(1, 11)]
        assert [path.exists() for path in answers] == [False] * 2 + [True] * context.ANSWERS_KEPT

    def test_a_withdrawn_value_is_no_value(self, lake: Lake, card: Card, commit_hours: CommitHours) -> None:
        spike = commit_hours("a.csv", hours([50, 400, 60]))
        withdrawn: list[Hour] = [("1223A", "PM2.5", START + timedelta(hours=1), "-99")]
        later = commit_hours("b.csv", withdrawn, received_at=datetime(2026, 7, 2, tzinfo=UTC))
        assert flagged(context.refresh(lake, card, [spike, later]), "step") == []

    def test_a_flag_names_the_batch_and_the_arrival_of_the_value_it_is_on(
        self, lake: Lake, card: Card, commit_hours: CommitHours
    ) -> None:
        batch = commit_hours("a.csv", hours([50, 400, 60]))
        (result,) = context.refresh(lake, card, [batch])
        flag = pl.read_parquet(result.path).select("batch", "raised_at", "raw", "detail", "month").row(0)
        assert flag == (batch.name, batch.received_at, "400.0000", "1 h away from its level", "2026-03")

    def test_months_that_the_news_does_not_reach_are_left_alone(
        self, lake: Lake, card: Card, commit_hours: CommitHours
    ) -> None:
        march = commit_hours("march.csv", hours(LIVELY))
        context.refresh(lake, card, [march])
        april = commit_hours("april.csv", hours(LIVELY, start=datetime.fromisoformat("2026-04-20T01:00")))
        done = context.refresh(lake, card, [march, april])
        assert [(r.month, r.computed) for r in done] == [("2026-03", False), ("2026-04", True)]

    def test_the_same_batches_give_the_same_bytes(
        self, lake: Lake, card: Card, commit_hours: CommitHours, tmp_path: Path
    ) -> None:
        batches = [commit_hours("a.csv", TestTooRegular.network(flat_days=2, stations=6))]
        (first,) = context.refresh(lake, card, batches)
        kept = first.path.read_bytes()
        first.path.unlink()
        (again,) = context.refresh(lake, card, batches)
        assert again.path.read_bytes() == kept

    @pytest.mark.parametrize("dataset", ["weather__city_daily", "air__station_register", "air__city_daily_published"])
    def test_datasets_that_are_not_hourly_have_none(self, lake: Lake, dataset: str) -> None:
        assert context.parameters(all_cards()[dataset]) == []
        assert context.refresh(lake, all_cards()[dataset], []) == []

    def test_what_the_agency_computes_is_not_judged(self, judge: Judge) -> None:
        assert labels(judge(hours([30] * 40, "AQI") + hours([30] * 40, "PM2.5_24h")), "repeated") == []
