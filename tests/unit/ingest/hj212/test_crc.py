"""The standard's CRC against its printed example, the packets of other people's devices, and the rule itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.hj212.crc import crc, crc_text


def by_the_rule(segment: bytes) -> int:
    """HJ 212-2017 annex A, bit by bit."""
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            lowest = register & 1
            register >>= 1
            if lowest:
                register ^= 0xA001
    return register


def test_it_is_not_modbus() -> None:
    assert crc_text(b"123456789") == b"2F80"  # Modbus: 4B37


def test_the_only_example_printed_in_the_standard() -> None:
    segment = b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
    assert crc_text(segment) == b"1C80"


def test_an_answer() -> None:
    assert (
        crc_text(b"QN=20160801090000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&") == b"FF01"
    )


@given(st.binary(max_size=300))
def test_the_table_says_what_the_rule_says(segment: bytes) -> None:
    assert crc(segment) == by_the_rule(segment)
