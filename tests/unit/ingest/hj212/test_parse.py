"""The dataset's parser: what DataTime means for each CN, which unit is asked for, and the fate of everything else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.card import DATASETS_ROOT, load_card
from ingest.hj212.frame import build_frame
from ingest.hj212.record import encode
from ingest.landing import LandedObject
from ingest.parsing import ParseResult, UnreadableObjectError

CARD = load_card(DATASETS_ROOT / "ecology" / "pollution_source_online")
META = LandedObject(CARD.id, "0" * 64, "hj212_a.log", "hj212_a.log", "s", 0, datetime(2026, 11, 22, tzinfo=UTC))


local = datetime.fromisoformat


def parse(*segments: str) -> ParseResult:
    return CARD.parser()(b"".join(build_frame(segment.encode()) for segment in segments), META)


def packet(cn: str, cp: str, split: str = "") -> str:
    return f"QN=20260801090000001;ST=32;CN={cn};PW=1;MN=A;Flag=5;{split}CP=&&{cp}&&"


@pytest.mark.parametrize(
    ("cn", "end"),
    [
        ("2011", local("2026-08-01 08:00")),
        ("2021", local("2026-08-01 08:00")),
        ("2051", local("2026-08-01 08:10")),
        ("2061", local("2026-08-01 09:00")),
        ("2031", local("2026-08-02 08:00")),
        ("2041", local("2026-08-02 08:00")),
    ],
)
def test_datatime_is_the_moment_or_the_start_of_the_interval(cn: str, end: datetime) -> None:
    rows = parse(packet(cn, "DataTime=20260801080000;w01018-Avg=40.1")).rows
    assert rows.select("label_local", "end_local").rows() == [(local("2026-08-01 08:00"), end)]


def test_milliseconds_in_datatime_are_passed_over() -> None:
    rows = parse(packet("2011", "DataTime=20210305003817000;ele01-Rtd=1")).rows
    assert rows["label_local"].to_list() == [local("2021-03-05 00:38:17")]


def test_one_row_a_value_with_the_marks_of_its_item() -> None:
    rows = parse(
        packet(
            "2061",
            "DataTime=20260801080000;w01018-SampleTime=20260801081000,w01018-Cou=2.5,w01018-ZsAvg=40,w01018-Flag=N,"
            "w01018-EFlag=A01;LA-NightData=55.1;SB1-RS=1",
        )
    ).rows
    columns = ["factor", "statistic", "kind", "value", "flag", "eflag", "sample_time"]
    assert rows.select(columns).rows() == [
        ("w01018", "cou", "amount", "2.5", "N", "A01", "20260801081000"),
        ("w01018", "zs_avg", "level", "40", "N", "A01", "20260801081000"),
        ("LA", "night_data", "level", "55.1", None, None, None),
        ("SB1", "rs", "state", "1", None, None, None),
    ]


def test_a_sub_packet_without_datatime_has_its_siblings() -> None:
    rows = parse(
        packet("2061", "DataTime=20260801080000;a-Avg=1", "PNUM=2;PNO=1;"), packet("2061", "b-Avg=2", "PNUM=2;PNO=2;")
    ).rows
    assert rows["label_local"].to_list() == [local("2026-08-01 08:00")] * 2
    alone = parse(packet("2061", "DataTime=20260801080000;a-Avg=1"), packet("2061", "b-Avg=2")).rows
    assert alone["label_local"].to_list() == [local("2026-08-01 08:00"), None]


def test_what_is_no_value_is_refused_with_its_text() -> None:
    rejects = parse(
        packet("3020", "PolId=w01018,i11001-Info=ok"),
        packet("2011", "DataTime=20260801080000;w01018-Flag=B;w01018-ValidNum=10;RestartTime=20260801070000"),
        "ST=32;CN=2011;CP=&&a-Rtd=1&&",
        packet("2011", ""),
        packet("2011", "DataTime=20260801080000"),
    ).rejects
    shortened = pl.col("raw").str.strip_prefix("QN=20260801090000001;ST=32;")
    assert sorted(rejects.with_columns(shortened).rows()) == [
        (1, "not_a_measurement", "CN=3020;PW=1;MN=A;Flag=5;CP=&&PolId=w01018,i11001-Info=ok&&"),
        (2, "no_value", "w01018-Flag=B"),
        (2, "not_a_measurement", "RestartTime=20260801070000"),
        (2, "unknown_statistic", "w01018-ValidNum=10"),
        (3, "no_mn", "##0028ST=32;CN=2011;CP=&&a-Rtd=1&&0440"),
        (4, "no_value", "CN=2011;PW=1;MN=A;Flag=5;CP=&&&&"),
        (5, "no_value", "CN=2011;PW=1;MN=A;Flag=5;CP=&&DataTime=20260801080000&&"),
    ]


def test_the_packets_of_public_repositories(shared_data: Path) -> None:
    """13 sound packets: 11 carry 88 values, two are an answer and a restart notice; six fail their CRC."""
    result = CARD.parser()((shared_data / "hj212" / "hj212_packets_from_public_repos.tsv").read_bytes(), META)
    assert result.rows.height == 88
    assert dict(result.rejects.group_by("reason").len().iter_rows()) == {"bad_crc": 6, "not_a_measurement": 2}
    assert result.rows["label_local"].null_count() == 0
    assert result.rows.filter(pl.col("factor") == "a34004").select("mn", "statistic", "value").rows() == [
        ("JLYP01_AIR01_0001", "avg", "14")
    ]


@pytest.mark.parametrize(("raw", "code"), [(b" \r\n", "empty_file"), (b"hello", "no_packets")])
def test_a_file_without_packets_is_unreadable(raw: bytes, code: str) -> None:
    with pytest.raises(UnreadableObjectError) as error:
        CARD.parser()(raw, META)
    assert error.value.code == code


segments = st.text("QNSTCMPWFlag=;&,-0129.DataTime\r\n正", max_size=60).map(lambda t: t.encode())


@given(st.lists(st.one_of(st.binary(max_size=50), segments.filter(len).map(build_frame)), min_size=1, max_size=5))
def test_any_bytes_become_rows_and_rejects_with_reasons(pieces: list[bytes]) -> None:
    journal = b"".join(encode("2026-08-01T01:00:00.000000+00:00", "p", piece) for piece in pieces)
    once, again = (CARD.parser()(journal, META) for _ in range(2))
    assert once.rows.equals(again.rows)
    assert once.rejects.equals(again.rejects)
    assert once.rejects["reason"].null_count() == 0
    seen = {*once.rows["line"], *once.rejects["line"]}
    assert seen == set(range(1, len(pieces) + 1))
