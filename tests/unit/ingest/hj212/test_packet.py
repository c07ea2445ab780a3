"""Segments as packets: heads of three editions, items, and what is no packet."""

from __future__ import annotations

import pytest

from ingest.hj212.packet import Head, PacketError, build_segment, parse_packet

SEGMENT = (
    b"QN=20160801090000001;ST=32;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=5;"
    b"CP=&&DataTime=20160801080000;w00000-Cou=63.0,w00000-Avg=17.5,w00000-Flag=N;w01018-Avg=40.1&&"
)


def test_a_head_field_by_field() -> None:
    assert parse_packet(SEGMENT).head == Head(
        qn="20160801090000001", st="32", cn="2061", pw="123456", mn="010000A8900016F000169DC0", flag=5, pnum="", pno=""
    )


def test_items_of_cp() -> None:
    assert parse_packet(SEGMENT).items == [
        {"DataTime": "20160801080000"},
        {"w00000-Cou": "63.0", "w00000-Avg": "17.5", "w00000-Flag": "N"},
        {"w01018-Avg": "40.1"},
    ]


@pytest.mark.parametrize(
    ("flag", "edition", "wants_reply", "is_split"),
    [
        (b"", 2005, False, False),
        (b"Flag=0;", 2005, False, False),
        (b"Flag=1;", 2005, True, False),
        (b"Flag=3;PNUM=2;PNO=1;", 2005, True, True),
        (b"Flag=4;", 2017, False, False),
        (b"Flag=5;", 2017, True, False),
        (b"Flag=7;PNUM=0003;PNO=0002;", 2017, True, True),
        (b"Flag=8;", 2025, False, False),
        (b"Flag=9;", 2025, True, False),
        (b"Flag=11;PNUM=2;PNO=2;", 2025, True, True),
        (b"Flag=13;", None, True, False),
        (b"PNO=0002;PNUM=0002;", 2005, False, True),
    ],
)
def test_the_flag_tells_edition_answer_and_split(
    flag: bytes, edition: int | None, wants_reply: bool, is_split: bool
) -> None:
    head = parse_packet(b"QN=1;ST=32;CN=2011;MN=A;" + flag + b"CP=&&&&").head
    assert (head.edition, head.wants_reply, head.is_split) == (edition, wants_reply, is_split)


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        (b"", "no_cp"),
        (b"ST=32;CN=2011;MN=A", "no_cp"),
        (b"ST=32;CN=2011;CP=&&&&", "no_mn"),
        (b"ST=32;MN=A;CP=&&&&", "no_cn"),
        (b"ST=32;CN=2011;MN=A;Flag=x;CP=&&&&", "bad_flag"),
        ("ST=32;CN=2011;MN=A;Flag=５;CP=&&&&".encode(), "bad_flag"),
    ],
)
def test_what_is_no_packet_has_a_code(segment: bytes, code: str) -> None:
    with pytest.raises(PacketError) as error:
        parse_packet(segment)
    assert error.value.code == code


def test_chinese_is_read_and_other_bytes_stay_legible() -> None:
    head = b"CN=3020;MN=A;CP=&&i11001-Info="
    assert parse_packet(head + "正常&&".encode()).items == [{"i11001-Info": "正常"}]
    assert parse_packet(head + "正".encode("gb18030") + b"&&").items == [{"i11001-Info": "\\xd5\\xfd"}]


def test_a_segment_is_built_back() -> None:
    packet = parse_packet(SEGMENT)
    assert build_segment(packet.head, packet.cp) == SEGMENT
