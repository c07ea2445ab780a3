"""What the status of a number says about its history, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from catalog import publication as pub

KEY = ("indicator_code", "edition", "region_code", "region_level", "period_type", "period_start")
SPEC = pub.TableSpec(
    name="indicator_values", key=KEY, grain="-", partition=("period_type", "month"), parquet_only=("period_type=hour",)
)
EARLY, LATE = datetime(2019, 3, 5, 16, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
Number = tuple[str, str, str | None, str | None, str]


@pytest.fixture
def publish(tmp_path: Path, world) -> Callable[..., pub.Publication]:
    """Publish numbers given as (period type, period start, value, text, status)."""

    def publish_numbers(*numbers: Number, as_of: datetime = LATE) -> pub.Publication:
        scratch = tmp_path / "numbers.duckdb"
        scratch.unlink(missing_ok=True)
        with duckdb.connect(scratch) as c:
            c.execute(
                "CREATE TABLE indicator_values (indicator_code VARCHAR, edition VARCHAR, region_code VARCHAR, "
                "region_level VARCHAR, period_type VARCHAR, period_start TIMESTAMP, month VARCHAR, "
                "value DECIMAL(18,4), value_text VARCHAR, status VARCHAR)"
            )
            c.executemany(
                "INSERT INTO indicator_values VALUES ('aqi', 'in-force', '330100', 'city', ?, ?, ?, ?, ?, ?)",
                [(kind, start, start[:7], *rest) for kind, start, *rest in numbers],
            )
        facts = replace(world.facts(), as_of=as_of)
        return pub.build(world.lake, scratch=scratch, tables=[SPEC], facts=facts).publication

    return publish_numbers


def day(value: str | None, text: str | None = None, status: str = "provisional", start: str = "2019-03-05") -> Number:
    return ("day", start, value, text, status)


def statuses(publication: pub.Publication) -> list[tuple[str, str]]:
    """(status, review status) in the order of periods."""
    with publication.connect() as c:
        return c.execute(
            "SELECT status, review_status FROM indicator_values ORDER BY period_type, period_start"
        ).fetchall()


def changes(publication: pub.Publication) -> list[tuple[object, ...]]:
    columns = (
        "kind, value_before::VARCHAR, value_after::VARCHAR, text_before, text_after, change::VARCHAR, relative_change"
    )
    with publication.connect() as c:
        return c.execute(f"SELECT {columns} FROM restatements ORDER BY ALL").fetchall()


def test_a_first_publication_restates_nothing(publish) -> None:
    first = publish(day("50"), day("60", status="verified", start="2019-03-06"))
    assert statuses(first) == [("provisional", "provisional"), ("verified", "verified")]
    assert changes(first) == []


def test_another_value_is_restated_with_the_size_of_the_change(publish) -> None:
    first = publish(day("50"), day("60", start="2019-03-06"))
    second = publish(day("40"), day("60", start="2019-03-06"))
    assert statuses(second) == [("restated", "provisional"), ("provisional", "provisional")]
    assert changes(second) == [("restated", "50.0000", "40.0000", None, None, "-10.0000", -0.2)]
    assert statuses(first) == [("provisional", "provisional")] * 2
    with second.connect() as c:
        assert c.execute("SELECT DISTINCT previous_publication FROM restatements").fetchall() == [(first.id,)]


def test_restated_stays_while_the_value_stays(publish) -> None:
    publish(day("50"))
    publish(day("40"))
    third = publish(day("40"), day("70", start="2019-03-06"))
    assert statuses(third) == [("restated", "provisional"), ("provisional", "provisional")]
    assert changes(third) == []


def test_a_restated_value_may_be_verified_later_and_both_can_be_read(publish) -> None:
    publish(day("50"))
    publish(day("40"))
    assert statuses(publish(day("40", status="verified"))) == [("restated", "verified")]


def test_returning_to_the_first_value_is_a_restatement_too(publish) -> None:
    publish(day("50"))
    publish(day("40"))
    third = publish(day("50"))
    assert statuses(third) == [("restated", "provisional")]
    assert changes(third) == [("restated", "40.0000", "50.0000", None, None, "10.0000", 0.25)]


@pytest.mark.parametrize(
    ("before", "after", "noted"),
    [
        (("50", None), (None, None), ("50.0000", None, None, None, None, None)),
        ((None, None), ("50", None), (None, "50.0000", None, None, None, None)),
        (("0", None), ("5", None), ("0.0000", "5.0000", None, None, "5.0000", None)),
        ((None, "PM2.5"), (None, "O3"), (None, None, "PM2.5", "O3", None, None)),
        (("-4", None), ("-2", None), ("-4.0000", "-2.0000", None, None, "2.0000", 0.5)),
    ],
    ids=["lost", "found", "from zero", "words", "negative"],
)
def test_nulls_words_and_zero(publish, before, after, noted) -> None:
    publish(day(*before))
    second = publish(day(*after))
    assert statuses(second) == [("restated", "provisional")]
    assert changes(second) == [("restated", *noted)]


def test_the_value_of_a_running_period_is_updated_not_restated(publish) -> None:
    """Known up to 5 March, 24:00 local: the day has ended, its month has not."""
    running = [("month", "2019-03-01"), ("quarter", "2019-01-01"), ("year", "2019-01-01")]
    publish(day("50"), *((kind, start, "50", None, "provisional") for kind, start in running), as_of=EARLY)
    second = publish(day("40"), *((kind, start, "40", None, "provisional") for kind, start in running), as_of=LATE)
    assert statuses(second) == [("restated", "provisional"), *[("provisional", "provisional")] * 3]
    assert [row[0] for row in changes(second)] == ["restated", "updated", "updated", "updated"]
    third = publish(day("40"), *((kind, start, "30", None, "provisional") for kind, start in running), as_of=LATE)
    assert statuses(third) == [("restated", "provisional")] * 4


def test_hours_are_restated_too(publish) -> None:
    publish(("hour", "2019-03-05 12:00", "50", None, "provisional"))
    second = publish(("hour", "2019-03-05 12:00", "40", None, "provisional"))
    with second.connect() as c:
        assert c.execute("SELECT status, value::VARCHAR FROM indicator_values_hour").fetchall() == [
            ("restated", "40.0000")
        ]


def test_the_year_to_date_is_another_period_every_day(publish) -> None:
    publish(("ytd", "2018-01-01", "50", None, "provisional"))
    second = publish(("ytd", "2018-01-01", "40", None, "provisional"))
    assert statuses(second) == [("provisional", "provisional")]
    assert changes(second) == []


def test_what_is_no_longer_given_is_withdrawn(publish) -> None:
    publish(day("50"), day("60", start="2019-03-06"), day("70", start="2019-04-01"))
    second = publish(day("50"))
    assert changes(second) == [
        ("withdrawn", "60.0000", None, None, None, None, None),
        ("withdrawn", "70.0000", None, None, None, None, None),
    ]
    assert second.manifest.changes.model_dump() == {"restated": 0, "updated": 0, "withdrawn": 2}
