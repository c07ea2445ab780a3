"""Frames out of a stream, however it is cut and whatever stands between them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.hj212.frame import (
    MAX_NOISE_BYTES,
    MAX_PENDING_BYTES,
    Frame,
    Framer,
    Verdict,
    build_frame,
    judge,
)

ONE = build_frame(b"ST=32;CN=2011;PW=1;MN=A;CP=&&w01018-Rtd=1&&")
TWO = build_frame(b"ST=32;CN=2011;PW=1;MN=B;CP=&&w01018-Rtd=2&&")


def whole(*frames: bytes) -> list[bytes]:
    return [frame.rstrip(b"\r\n") for frame in frames]


def cut(stream: bytes, pieces: list[int]) -> list[Frame]:
    """Feed the stream in pieces of these sizes (again and again), then end it."""
    framer, frames, position, turn = Framer(), list[Frame](), 0, 0
    while position < len(stream):
        size = pieces[turn % len(pieces)]
        frames += framer.feed(stream[position : position + size])
        assert framer.pending <= MAX_PENDING_BYTES
        position, turn = position + size, turn + 1
    return frames + framer.close()


def test_a_frame_is_built_as_the_standard_prints_it() -> None:
    segment = b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
    assert build_frame(segment) == b"##0101" + segment + b"1C80\r\n"


@pytest.mark.parametrize("length", [0, 10_000])
def test_a_segment_that_four_digits_cannot_measure_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="1 to 9999 bytes"):
        build_frame(b"x" * length)


def test_glued_packets_come_apart() -> None:
    assert [f.raw for f in Framer().feed(ONE + TWO)] == whole(ONE, TWO)


def test_a_split_packet_comes_together_with_its_last_byte() -> None:
    framer = Framer()
    end = len(ONE) - 2
    assert framer.feed(ONE[: end - 1]) == []
    assert framer.feed(ONE[end - 1 : end]) == [Frame(ONE[:end], Verdict.OK, ONE[6:-6])]


def test_line_ends_may_be_missing_or_many() -> None:
    assert [f.raw for f in Framer().feed(ONE[:-2] + TWO[:-2] + b"\r\n\n\r" + ONE)] == whole(ONE, TWO, ONE)


def test_a_lower_case_crc_is_accepted() -> None:
    upper = build_frame(b"QN=20160801090000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&")
    assert upper.endswith(b"FF01\r\n")
    assert Framer().feed(upper.replace(b"FF01", b"ff01"))[0].verdict is Verdict.OK


def test_a_wrong_crc_is_told_and_the_next_frame_is_found() -> None:
    wrong = ONE.replace(b"Rtd=1", b"Rtd=9")
    assert [(f.raw, f.verdict) for f in Framer().feed(wrong + TWO)] == [
        (wrong[:-2], Verdict.BAD_CRC),
        (TWO[:-2], Verdict.OK),
    ]


def test_a_length_too_great_does_not_swallow_the_next_frame() -> None:
    wrong = b"##0099" + ONE[6:]
    verdicts = [(f.raw, f.verdict) for f in Framer().feed(wrong + TWO + TWO)]
    assert verdicts == [(wrong, Verdict.BAD_LENGTH), (TWO[:-2], Verdict.OK), (TWO[:-2], Verdict.OK)]


def test_a_length_too_small_costs_only_its_own_frame() -> None:
    wrong = b"##0025" + ONE[6:]
    verdicts = [f.verdict for f in Framer().feed(wrong + TWO)]
    assert verdicts == [Verdict.BAD_LENGTH, Verdict.NOISE, Verdict.OK]


def test_a_silent_sender_is_not_waited_for() -> None:
    framer = Framer()
    assert framer.feed(b"##9999" + ONE[6:] + TWO) == []
    assert [f.verdict for f in framer.give_up()] == [Verdict.BAD_LENGTH, Verdict.OK]
    assert framer.pending == 0


def test_a_segment_over_the_limit_is_intact_but_told() -> None:
    long = build_frame(b"ST=31;CN=2011;MN=A;CP=&&" + b"x" * 1000 + b"&&")
    assert int(long[2:6]) == 1026
    assert [f.verdict for f in Framer().feed(long)] == [Verdict.TOO_LONG]
    assert [f.verdict for f in Framer(max_segment=1026).feed(long)] == [Verdict.OK]


def test_noise_comes_out_in_bounded_pieces() -> None:
    framer = Framer()
    pieces = framer.feed(b"x" * (3 * MAX_NOISE_BYTES + 10))
    assert [(len(p.raw), p.verdict) for p in pieces] == [(MAX_NOISE_BYTES, Verdict.NOISE)] * 3
    assert framer.pending == 10


@pytest.mark.parametrize("beginning", [b"#", b"##", b"##01", b"###", b"##0000", b"##9", b"x##0123", b"##0009####"])
def test_what_looks_like_a_beginning_loses_no_frame(beginning: bytes) -> None:
    frames = cut(beginning + ONE + TWO, [1])
    assert [f.raw for f in frames if f.is_intact] == whole(ONE, TWO)


noise = st.one_of(
    st.binary(max_size=40),
    st.text("#0123456789\r\n&=;", max_size=30).map(str.encode),
    st.sampled_from([b"##0099", b"##9999", b"##0001", ONE[:-9], ONE[:17], TWO.replace(b"Rtd", b"Rdt")]),
)


@settings(max_examples=300)
@given(st.lists(st.tuples(noise, st.sampled_from([ONE, TWO])), max_size=6), st.lists(st.integers(1, 90), min_size=1))
def test_any_cut_gives_the_same_frames_and_noise_loses_none(
    parts: list[tuple[bytes, bytes]], pieces: list[int]
) -> None:
    stream = b"".join(before + frame for before, frame in parts)
    at_once = cut(stream, [len(stream) or 1])
    assert cut(stream, pieces) == at_once
    assert [f.raw for f in at_once if f.is_intact] == whole(*(frame for _, frame in parts))
    assert b"".join(f.raw for f in at_once).translate(None, b"\r\n") == stream.translate(None, b"\r\n")


@given(st.binary(max_size=200))
def test_no_bytes_raise(stream: bytes) -> None:
    for frame in cut(stream, [7]):
        assert judge(frame.raw).raw == frame.raw


@pytest.mark.parametrize(
    ("raw", "verdict"),
    [
        (ONE[:-2], Verdict.OK),
        (ONE[:-2].replace(b"Rtd=1", b"Rtd=9"), Verdict.BAD_CRC),
        (ONE[:20], Verdict.BAD_LENGTH),
        (ONE[:-2] + TWO[:-2], Verdict.BAD_LENGTH),
        (b"GET / HTTP/1.1", Verdict.NOISE),
    ],
)
def test_a_stored_piece_is_judged_as_it_was(raw: bytes, verdict: Verdict) -> None:
    assert judge(raw).verdict is verdict
