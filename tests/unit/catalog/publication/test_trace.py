"""From a number back to its bytes; and what is said when there is no such number."""

from __future__ import annotations

import io
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from catalog import publication as pub
from catalog.publication.period import parse_period
from catalog.publication.raw import read_records
from catalog.publication.tree import draw


def test_an_hour_of_a_station_leads_to_its_cell_in_the_landed_file(published) -> None:
    found = pub.trace(published.lake, "air_pm25_hour", "和睦小学", "2019-03-05T13")
    assert found.value["value"] == Decimal(28)  # 10 + 0 (first station) + 5 (day) + 13 (hour)
    assert found.value["period_start"] == datetime(2019, 3, 5, 12)  # noqa: DTZ001
    assert found.card["name_zh"] == "PM2.5小时值"
    assert (found.mart.table, found.mart.n_rows, found.mart.rows[0]["pm25_ug_m3"]) == (
        "air_station_hour",
        1,
        Decimal(28),
    )
    assert found.months == ["2019-03"]
    (batch,) = found.batches
    assert (batch.object_name, batch.bytes_state) == ("china_sites_201903.csv", "intact")
    (row,) = found.core_rows
    assert (row.station_code, row.item, row.value, row.line) == ("1223A", "pm25_ug_m3", Decimal(28), 38)
    (line,) = found.raw_lines
    assert (line.cell, line.text) == ("1223A=28", "20190305,13,PM2.5,28,29,30")
    assert found.notes == []


def test_a_day_of_a_city_leads_to_the_hours_of_its_stations(published) -> None:
    found = pub.trace(published.lake, "air_pm25_day", "杭州", "2019-03-05")
    assert found.region.code == "330100"
    assert found.value["value"] == Decimal(28)
    assert found.n_core_rows == 48
    assert {row.station_code for row in found.core_rows} == {"1223A", "1224A"}
    assert (found.core_rows[0].hour_end, found.core_rows[-1].hour_end) == (
        datetime(2019, 3, 5, 1),  # noqa: DTZ001
        datetime(2019, 3, 6),  # noqa: DTZ001
    )
    assert [line.cell for line in found.raw_lines] == ["1223A=16", "1224A=17", "1223A=17"]


@pytest.mark.parametrize("period", ["2019", "2019-ytd"])
def test_a_year_leads_to_all_its_months_and_days(published, period: str) -> None:
    found = pub.trace(published.lake, "air_pm25_year", "330100", period)
    assert found.value["value"] == Decimal(26)
    assert (found.mart.table, found.mart.n_rows) == ("air_city_day", 4)
    assert found.months == ["2019-03", "2019-04"]
    assert sorted(b.object_name for b in found.batches) == ["china_sites_201903.csv", "china_sites_201904.csv"]
    assert found.core_rows == []


def test_an_older_publication_is_traced_to_the_bytes_it_came_from(corrected) -> None:
    world, old = corrected, pub.publications(corrected.lake)[0]
    now = pub.trace(world.lake, "air_pm25_hour", "1223A", "2019-03-05T13")
    then = pub.trace(world.lake, "air_pm25_hour", "1223A", "2019-03-05T13", publication=old.id)
    assert (now.raw_lines[0].cell, now.value["status"]) == ("1223A=100", "restated")
    assert (then.raw_lines[0].cell, then.value["status"]) == ("1223A=28", "provisional")


def test_bytes_that_changed_or_went_are_said_to(published, flip) -> None:
    path = published.lake.root / published.batches[0].landing_path
    flip(path)
    found = pub.trace(published.lake, "air_pm25_hour", "1223A", "2019-03-05T13")
    assert found.batches[0].bytes_state == "altered"
    assert found.raw_lines == []
    path.unlink()
    assert pub.trace(published.lake, "air_pm25_hour", "1223A", "2019-03-05T13").batches[0].bytes_state == "missing"


def test_machines_get_every_digit(published) -> None:
    told = json.loads(pub.trace(published.lake, "air_pm25_day", "杭州", "2019-03-05").to_json())
    assert told["value"]["value"] == "28.0000"
    assert told["core_rows"][0]["hour_end"] == "2019-03-05T01:00:00"
    assert told["batches"][0]["object_sha256"] == published.batches[0].object_sha256


def test_people_get_words(world) -> None:
    world.publish(profile="demo", simulated=True)
    console = Console(width=200, file=io.StringIO())
    console.print(draw(pub.trace(world.lake, "air_pm25_day", "杭州", "2019-03-05")))
    first, *rest = console.file.getvalue().splitlines()
    assert first.startswith("PM2.5日均值 · 杭州市 (330100, city, 浙江省) · day 2019-03-05 = 28 ug/m3")
    assert first.endswith("SIMULATED 模拟数据")
    for words in (
        "bytes intact 原始字节完好",
        "observations 原始观测: 48 in core",
        "1223A=16: 20190305,1,PM2.5,16,17,18",
    ):
        assert any(words in line for line in rest)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (("air_pm25_yea", "杭州", "2019"), r"no indicator 'air_pm25_yea' .* near: air_pm25_year, "),
        (
            ("air_pm25_year", "西湖区", "2019"),
            r"fits several regions: 西湖区 \(330106, county, 杭州市\); 西湖区 \(360103",
        ),
        (("air_pm25_year", "杭", "2019"), r"no region '杭'; near: 杭州市 \(330100, city, 浙江省\)"),
        (("air_pm25_year", "330101", "2019"), r"no region '330101'; near: .*\(330100, city"),
        (("air_pm25_day", "杭州", "2019-03-06"), r"there are: day 2019-03-04 … 2019-04-02 \(in-force\)"),
        (("air_pm25_hour", "1223A", "2019-03-06T01"), r"there are: hour 2019-03-04T01 … 2019-04-03T00 \(in-force\)"),
        (("air_pm25_year", "1223A", "2019"), r"no air_pm25_year for 和睦小学 .*; it is given at level: city"),
        (("air_pm25_year", "杭州", "last year"), r"'last year' is no period .* write one of: 2019, 2019-Q1"),
        (("air_pm25_year", "杭州", "2019-02-30"), r"'2019-02-30' is no period \(day"),
    ],
)
def test_a_question_without_answer_is_told_what_comes_near(published, question, message: str) -> None:
    with pytest.raises(pub.QuestionError, match=message):
        pub.trace(published.lake, *question)


def test_where_several_editions_speak_the_one_in_force_goes_first(world, specs) -> None:
    scratch = world.compute()
    import duckdb

    with duckdb.connect(scratch) as c:
        c.execute(
            "INSERT INTO indicators.indicator_values SELECT * REPLACE ('AIR-2026' AS edition, value + 1 AS value) "
            "FROM indicators.indicator_values WHERE period_type = 'year'"
        )
    pub.build(world.lake, scratch=scratch, tables=list(specs.values()), facts=world.facts())
    assert pub.trace(world.lake, "air_pm25_year", "杭州", "2019").value["value"] == Decimal(26)
    assert pub.trace(world.lake, "air_pm25_year", "杭州", "2019", edition="AIR-2026").value["value"] == Decimal(27)


def test_what_cannot_be_followed_is_said(world, specs) -> None:
    few = [specs["indicator_values"], specs["dim_region"]]
    pub.build(world.lake, scratch=world.compute(), tables=few, facts=world.facts())
    assert pub.trace(world.lake, "air_pm25_year", "杭州", "2019").notes == [
        "the publication holds no catalog_indicators: no definition, no mart",
        "the publication holds no lineage_inputs, lineage_batches: inputs cannot be followed",
    ]


# --- periods and raw records -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("2019", "year", "2019-01-01", "2020-01-01"),
        ("2019-Q1", "quarter", "2019-01-01", "2019-04-01"),
        ("2019-q4", "quarter", "2019-10-01", "2020-01-01"),
        ("2019-12", "month", "2019-12-01", "2020-01-01"),
        ("2020-02-29", "day", "2020-02-29", "2020-03-01"),
        ("2019-03-05T13", "hour", "2019-03-05T12", "2019-03-05T13"),
        ("2019-03-05 13:00", "hour", "2019-03-05T12", "2019-03-05T13"),
        ("2019-03-05T00", "hour", "2019-03-04T23", "2019-03-05T00"),
        ("2019-03-05T24", "hour", "2019-03-05T23", "2019-03-06T00"),
        ("2019-ytd", "ytd", "2019-01-01", "2020-01-01"),
    ],
)
def test_periods_are_read_on_the_local_clock(text: str, kind: str, start: str, end: str) -> None:
    period = parse_period(text)
    assert (period.period_type, period.start, period.end) == (
        kind,
        datetime.fromisoformat(start),
        datetime.fromisoformat(end),
    )


@pytest.mark.parametrize(
    "text", ["", "19", "2019-13", "2019-Q5", "2019-02-29", "2019-03-05T25", "2019-03-ytd", "2019-3"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(pub.QuestionError, match="write one of"):
        parse_period(text)


def test_records_are_counted_as_the_parsers_do(tmp_path: Path) -> None:
    quoted = tmp_path / "quoted.csv"
    quoted.write_bytes('\ufeffDate,Primary,AQI\r\n1,"PM2.5\r\nO3",50\r\n2,,60\r\n'.encode())
    found = read_records(quoted, [2, 3, 9])
    assert found.keys() == {2, 3}
    assert found[2].cells == {"Date": "1", "Primary": "PM2.5\nO3", "AQI": "50"}
    assert found[3].text == "2,,60"
    gbk = tmp_path / "gbk.csv"
    gbk.write_bytes("日期,质量等级\r\r\n2013-10-28,轻度污染\r\r\n".encode("gb18030"))
    assert read_records(gbk, [2])[2].cells == {"日期": "2013-10-28", "质量等级": "轻度污染"}
    live = tmp_path / "live.json"
    live.write_text('{"features": [{"properties": {"stationcode": "1001A", "aqi": "50"}}]}')
    assert read_records(live, [1, 2])[1].cells == {"stationcode": "1001A", "aqi": "50"}
