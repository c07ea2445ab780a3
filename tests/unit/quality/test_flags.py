"""Flags that hold, and the history behind them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog.lake import Lake
from ingest.card import Card, all_cards
from ingest.core import Batch
from quality import context, flag_events, flags
from quality.flag_events import FlagError, Selector
from quality.reading import connect

Hour = tuple[str, str, datetime, str]
CommitHours = Callable[..., Batch]

DATASET = "air__cnemc_station_hourly"
LOCAL = "2026-03-10T{:02d}:00+08:00"
SAID = {"by": "张三", "reason": "现场核查"}
# Hours labelled 01:00-04:00: a spike at 02:00, a negative value at 03:00.
HOURS: list[Hour] = [
    ("1223A", "PM2.5", datetime.fromisoformat("2026-03-10T01:00") + timedelta(hours=n), text)
    for n, text in enumerate(["50", "400", "-3", "60"])
]


def at(hour: int) -> datetime:
    """An instant of 2026-03-10, China time."""
    return datetime.fromisoformat(LOCAL.format(hour))


def whole_day(entity: str | None = None, item: str | None = None) -> Selector:
    return Selector(entity, item, at(0), at(23))


@pytest.fixture(autouse=True)
def batch(commit_hours: CommitHours) -> Batch:
    """One file with the hours above."""
    return commit_hours("a.csv", HOURS)


@pytest.fixture
def holding(lake: Lake, card: Card, batch: Batch) -> Callable[..., list[tuple[Any, ...]]]:
    """(item, local label, test, effect) of the automatic flags that hold."""

    def ask(*more: Batch, as_of: datetime | None = None) -> list[tuple[Any, ...]]:
        batches = [batch, *more]
        files = [r.path for r in context.refresh(lake, card, batches)]
        with connect(lake, "Asia/Shanghai") as db:
            view = flags.view_sql(lake, card, batches, files, as_of)
            return db.execute(
                f"SELECT item, strftime(interval_end_at, '%H:%M'), test, effect FROM ({view}) ORDER BY ALL"
            ).fetchall()

    return ask


Holding = Callable[..., list[tuple[Any, ...]]]
SPIKE = ("pm25_ug_m3", "02:00", "step", "inform")
NEGATIVE = ("pm25_ug_m3", "03:00", "out_of_range", "exclude")


def event_rows(lake: Lake, card: Card, as_of: datetime | None = None) -> list[tuple[Any, ...]]:
    with connect(lake) as db:
        sql = flags.events_sql(lake, card, as_of)
        return db.execute(
            f"SELECT station_code, item, from_at, to_at, action, test, effect, raised_by FROM ({sql})"
        ).fetchall()


class TestAutomatic:
    def test_the_door_and_the_context_speak_with_the_effect_of_the_registry(self, holding: Holding) -> None:
        assert holding() == [SPIKE, NEGATIVE]

    def test_every_flag_says_who_raised_it_when_and_on_which_batch(self, lake: Lake, card: Card, batch: Batch) -> None:
        files = [r.path for r in context.refresh(lake, card, [batch])]
        with connect(lake) as db:
            columns = "dataset, station_code, month, raised_by, raised_at, detail, batch"
            rows = db.execute(
                f"SELECT {columns} FROM ({flags.view_sql(lake, card, [batch], files)}) ORDER BY raised_by"
            ).fetchall()
        assert rows == [
            (DATASET, "1223A", "2026-03", "context", batch.received_at, "2 h away from its level", batch.name),
            (DATASET, "1223A", "2026-03", "door", batch.received_at, "-3.0000", batch.name),
        ]

    def test_an_empty_lake_has_a_view_without_rows(self, lake: Lake) -> None:
        for card in all_cards().values():
            with connect(lake) as db:
                assert db.execute(flags.view_sql(lake, card, [], [])).fetchall() == []
                assert db.execute(flags.events_sql(lake, card)).fetchall() == []

    def test_flags_of_wide_datasets_name_their_column(self, lake: Lake) -> None:
        columns = (
            "dataset, region_code, interval_end_at, item, month, test, effect, raised_by, raised_at, detail, batch"
        )
        with connect(lake) as db:
            db.execute(flags.view_sql(lake, all_cards()["air__city_daily_published"], [], []))
            assert [name for name, *_ in db.description or []] == columns.split(", ")


class TestLift:
    def test_a_lift_takes_the_flags_of_one_test_off_the_selected_values(self, lake: Lake, holding: Holding) -> None:
        flag_events.lift(lake, DATASET, "step", whole_day("1223A", "pm25_ug_m3"), **SAID)
        assert holding() == [NEGATIVE]

    @pytest.mark.parametrize(
        "elsewhere",
        [
            pytest.param(Selector("1223A", "pm10_ug_m3", at(0), at(23)), id="another item"),
            pytest.param(Selector("1223A", None, at(2), at(23)), id="begins with the hour after"),
            pytest.param(Selector("1223A", None, at(0), at(1)), id="ends with the hour before"),
        ],
    )
    def test_it_does_not_reach_beyond_its_selector(self, lake: Lake, holding: Holding, elsewhere: Selector) -> None:
        flag_events.lift(lake, DATASET, "step", elsewhere, **SAID)
        assert holding() == [SPIKE, NEGATIVE]

    def test_confirmed_good_lifts_every_automatic_flag(self, lake: Lake, holding: Holding) -> None:
        flag_events.add(lake, DATASET, "confirmed_good", whole_day(), **SAID)
        assert holding() == []

    def test_a_value_that_arrives_after_the_lift_is_tested_anew(
        self, lake: Lake, holding: Holding, commit_hours: CommitHours
    ) -> None:
        lifted = flag_events.lift(lake, DATASET, "out_of_range", whole_day(), **SAID)
        assert holding() == [SPIKE]
        correction = commit_hours("a.csv", [(*HOURS[2][:3], "-4")], received_at=lifted.at + timedelta(hours=1))
        assert holding(correction) == [SPIKE, NEGATIVE]

    def test_undo_brings_the_flag_back_and_undoing_the_undo_lifts_it_again(self, lake: Lake, holding: Holding) -> None:
        lifted = flag_events.lift(lake, DATASET, "step", whole_day(), **SAID)
        undone = flag_events.undo(lake, lifted.event_id, **SAID)
        assert holding() == [SPIKE, NEGATIVE]
        flag_events.undo(lake, undone.event_id, **SAID)
        assert holding() == [NEGATIVE]

    def test_as_of_an_earlier_instant_nobody_had_said_it(self, lake: Lake, holding: Holding) -> None:
        lifted = flag_events.lift(lake, DATASET, "step", whole_day(), **SAID)
        assert holding(as_of=lifted.at - timedelta(seconds=1)) == [SPIKE, NEGATIVE]
        assert holding(as_of=lifted.at) == [NEGATIVE]


class TestPeople:
    def test_what_a_person_said_is_a_span_not_rows(self, lake: Lake, card: Card) -> None:
        flag_events.add(lake, DATASET, "maintenance", whole_day("1223A"), **SAID)
        span = (at(0).astimezone(UTC), at(23).astimezone(UTC))
        assert event_rows(lake, card) == [("1223A", None, *span, "raise", "maintenance", "exclude", "张三")]

    def test_undone_events_stay_in_the_history_and_hold_no_more(self, lake: Lake, card: Card) -> None:
        raised = flag_events.add(lake, DATASET, "invalid", whole_day("1223A"), **SAID)
        flag_events.undo(lake, raised.event_id, by="李四", reason="核查有误")
        assert event_rows(lake, card) == []
        assert [(e.action, e.by, e.supersedes) for e in flag_events.history(lake)] == [
            ("raise", "张三", None),
            ("undo", "李四", raised.event_id),
        ]

    def test_what_was_said_once_can_be_said_again_in_a_frozen_instant(
        self, lake: Lake, card: Card, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
        first = flag_events.add(lake, DATASET, "invalid", whole_day(), **SAID)
        flag_events.undo(lake, first.event_id, **SAID)
        flag_events.add(lake, DATASET, "invalid", whole_day(), **SAID)
        assert len(event_rows(lake, card)) == 1

    def test_quotes_in_a_reason_are_text(self, lake: Lake, card: Card) -> None:
        flag_events.add(lake, DATASET, "invalid", whole_day(), by="O'Neil", reason="'); DROP TABLE x; --")
        assert event_rows(lake, card)[0][-1] == "O'Neil"

    def test_an_event_is_one_file_that_reads_back_the_same(self, lake: Lake) -> None:
        event = flag_events.add(lake, DATASET, "invalid", whole_day("1223A"), **SAID)
        (file,) = (lake.root / "flags" / "_events").iterdir()
        assert file.stem == event.event_id
        assert flag_events.Event.from_json(json.loads(file.read_text(encoding="utf-8"))) == event


class TestMistakes:
    @pytest.mark.parametrize(
        ("dataset", "test", "chosen", "message"),
        [
            ("air__cnemc", "invalid", whole_day(), "no dataset 'air__cnemc'; there are air__city_daily_published, "),
            (DATASET, "invald", whole_day(), "expected one of invalid, maintenance, confirmed_good"),
            (DATASET, "step", whole_day(), "'step' is no test a person can raise"),
            (DATASET, "invalid", whole_day("1224A"), "knows no station_code '1224A'; none of its rows has it"),
            (DATASET, "invalid", whole_day("杭州"), r"knows no station_code '杭州'; codes look like \^\\d\{4\}A\$"),
            (DATASET, "invalid", whole_day(item="PM2.5"), "has no item 'PM2.5'; there are aqi, pm25_ug_m3"),
            (DATASET, "invalid", Selector(None, None, at(5), at(4)), "from 2026-03-10 05:00, to 2026-03-10 04:00"),
            (DATASET, "invalid", Selector(None, None, at(5), at(5)), "the span must end after it begins"),
            (DATASET, "invalid", Selector(), "a flag needs its span, from and to"),
            ("air__station_register", "invalid", whole_day(), "has no time: leave the span out"),
        ],
    )
    def test_a_flag_that_cannot_be_meant_is_refused_and_says_what_was_expected(
        self, lake: Lake, dataset: str, test: str, chosen: Selector, message: str
    ) -> None:
        with pytest.raises(FlagError, match=message):
            flag_events.add(lake, dataset, test, chosen, **SAID)
        assert flag_events.history(lake) == []

    def test_who_and_why_are_needed(self, lake: Lake) -> None:
        with pytest.raises(FlagError, match="who says it"):
            flag_events.add(lake, DATASET, "invalid", whole_day(), by=" ", reason="x")

    def test_a_persons_flag_is_taken_back_by_undo_not_by_lift(self, lake: Lake) -> None:
        with pytest.raises(FlagError, match="ecolake flag undo"):
            flag_events.lift(lake, DATASET, "invalid", whole_day(), **SAID)

    def test_an_event_is_undone_once(self, lake: Lake) -> None:
        event = flag_events.add(lake, DATASET, "invalid", whole_day(), **SAID)
        flag_events.undo(lake, event.event_id, by="李四", reason="误标")
        with pytest.raises(FlagError, match=r"is undone already by .* \(李四: 误标\)"):
            flag_events.undo(lake, event.event_id, **SAID)

    def test_only_an_event_that_exists_is_undone(self, lake: Lake) -> None:
        with pytest.raises(FlagError, match="no event 'nonsense'"):
            flag_events.undo(lake, "nonsense", **SAID)

    def test_an_instant_is_read_in_the_datasets_zone(self, card: Card) -> None:
        assert flag_events.instant(card, "2026-03-10T05:00") == at(5)
        assert flag_events.instant(card, "2026-03-09T21:00Z") == at(5)
        with pytest.raises(FlagError, match=r"'tomorrow' is no instant; expected e\.g\. 2026-01-31T13:00"):
            flag_events.instant(card, "tomorrow")


class TestFingerprint:
    @pytest.fixture
    def prints(self, lake: Lake, card: Card, batch: Batch) -> Callable[..., list[str]]:
        def ask(*more: Batch) -> list[str]:
            batches = [batch, *more]
            context.refresh(lake, card, batches)
            return [flags.fingerprint(lake, card, batches, month) for month in ("2026-03", "2026-04")]

        return ask

    def test_an_event_changes_the_months_it_touches_and_undo_brings_the_old_one_back(
        self, lake: Lake, prints: Callable[..., list[str]]
    ) -> None:
        march, april = prints()
        event = flag_events.add(lake, DATASET, "invalid", whole_day(), **SAID)
        touched, untouched = prints()
        assert (touched == march, untouched == april) == (False, True)
        flag_events.undo(lake, event.event_id, **SAID)
        assert prints() == [march, april]

    def test_news_that_raises_no_flag_in_a_month_leaves_it_as_it_was(
        self, prints: Callable[..., list[str]], commit_hours: CommitHours
    ) -> None:
        before = prints()
        more = commit_hours("b.csv", [("1223A", "PM2.5", datetime.fromisoformat("2026-03-12T01:00"), "50")])
        assert prints(more) == before

    def test_a_new_flag_in_a_month_changes_it(
        self, prints: Callable[..., list[str]], commit_hours: CommitHours
    ) -> None:
        before = prints()
        more = commit_hours("b.csv", [("1223A", "PM2.5", datetime.fromisoformat("2026-03-12T01:00"), "-50")])
        after = prints(more)
        assert (after[0] == before[0], after[1] == before[1]) == (False, True)
