"""Who gets which answer."""

from __future__ import annotations

import pytest

from ingest.hj212.packet import parse_packet
from ingest.hj212.reply import reply_to


def answer(cn: str, flag: str = "Flag=5;") -> bytes | None:
    segment = f"QN=20160801090000001;ST=32;CN={cn};PW=123456;MN=010000A8900016F000169DC0;{flag}CP=&&&&"
    return reply_to(parse_packet(segment.encode()).head)


def test_an_upload_gets_9014_as_the_standard_has_it() -> None:
    assert answer("2061") == (
        b"##0087QN=20160801090000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&FF01\r\n"
    )


@pytest.mark.parametrize(
    ("flag", "expected"),
    [("Flag=1;", b"Flag=0;CP"), ("Flag=7;PNUM=2;PNO=1;", b"Flag=4;CP"), ("Flag=9;", b"Flag=8;CP")],
)
def test_the_answer_speaks_the_senders_edition(flag: str, expected: bytes) -> None:
    reply = answer("2011", flag)
    assert reply is not None
    assert expected in reply


@pytest.mark.parametrize(("cn", "expected"), [("9015", b"CN=9013;"), ("1013", b"CN=9013;"), ("2081", b"CN=9014;")])
def test_notices_and_heartbeats_get_9013(cn: str, expected: bytes) -> None:
    reply = answer(cn)
    assert reply is not None
    assert expected in reply


@pytest.mark.parametrize(
    ("cn", "flag"),
    [
        ("2011", "Flag=4;"),
        ("2011", ""),
        ("9011", "Flag=5;"),
        ("9012", "Flag=5;"),
        ("9013", "Flag=5;"),
        ("9014", "Flag=5;"),
    ],
)
def test_no_answer_where_none_is_asked_or_an_answer_came(cn: str, flag: str) -> None:
    assert answer(cn, flag) is None
