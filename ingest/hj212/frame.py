"""Frames out of a byte stream: ``##`` + 4-digit length + data segment + 4 hex CRC (+ CR LF).

Incremental and bounded: packets may come glued together, in single bytes, or with noise in between. Whatever the
split of the stream, the frames are the same; every byte except line ends between frames comes out in some frame,
the unusable ones with a verdict. Does not belong here: what a segment says (``packet``).

A frame is complete with its CRC: the CR LF that follows is a separator, since many devices leave it out.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from ingest.hj212.crc import crc_text

# HJ/T 212-2005 and HJ 212-2017, table 2. The text of the 2025 edition was not at hand: the same until someone reads it.
MAX_SEGMENT_BYTES = 1024
# Unusable bytes come out in pieces of at most this size.
MAX_NOISE_BYTES = 4096
OVERHEAD_BYTES = 2 + 4 + 4
# what four digits can say at most: the longest a frame is waited for
MAX_PENDING_BYTES = 9999 + OVERHEAD_BYTES

_START = re.compile(rb"##(?!0000)(\d{4})")
_UNFINISHED_START = re.compile(rb"#(?:#\d{0,3})?\Z")
_HEX = re.compile(rb"[0-9A-Fa-f]{4}")
_LINE_ENDS = b"\r\n"


class Verdict(StrEnum):
    """What became of a piece of the stream; the values are stable reason codes."""

    OK = "ok"
    TOO_LONG = "too_long"  # intact, but the segment is longer than the standard allows
    BAD_CRC = "bad_crc"
    BAD_LENGTH = "bad_length"  # the frame does not end where its length says, or the stream ended inside it
    NOISE = "noise"  # no frame begins here


class Frame(NamedTuple):
    """A piece of the stream. ``raw`` is as received, without the line end; ``segment`` is empty unless intact."""

    raw: bytes
    verdict: Verdict
    segment: bytes = b""

    @property
    def is_intact(self) -> bool:
        """The CRC proves the segment, whatever its length."""
        return self.verdict in (Verdict.OK, Verdict.TOO_LONG)


def build_frame(segment: bytes) -> bytes:
    """A packet as it goes over the wire. Raises ValueError when four digits cannot say its length."""
    if not 0 < len(segment) <= 9999:
        raise ValueError(f"a data segment has 1 to 9999 bytes, not {len(segment)}; split it (PNUM, PNO)")
    return b"##%04d%b%b\r\n" % (len(segment), segment, crc_text(segment))


class Framer:
    """Cuts one connection's stream into frames; holds at most one unfinished frame."""

    def __init__(self, max_segment: int = MAX_SEGMENT_BYTES) -> None:
        self._max_segment = max_segment
        self._rest = b""

    @property
    def pending(self) -> int:
        """Bytes held back until more arrive."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are decided by now."""
        stream = self._rest + data if self._rest else data
        frames: list[Frame] = []
        position = self._skip_line_ends(stream, 0)
        while position < len(stream) and (frame := self._next(stream, position)) is not None:
            frames.append(frame)
            position = self._skip_line_ends(stream, position + len(frame.raw))
        self._rest = stream[position:]
        return frames

    def give_up(self) -> list[Frame]:
        """Stop waiting for the rest of an unfinished frame; what else is held is looked at anew.

        For a sender that fell silent: a false length must not swallow the good frames behind it.
        """
        if not self._rest:
            return []
        head, self._rest = self._rest, b""
        if _START.match(head) is None:
            return [Frame(head, Verdict.NOISE)]
        inner = _START.search(head, 2)
        end = inner.start() if inner else len(head)
        return [Frame(head[:end], Verdict.BAD_LENGTH), *self.feed(head[end:])]

    def close(self) -> list[Frame]:
        """The stream has ended: everything still held."""
        frames: list[Frame] = []
        while self._rest:
            frames += self.give_up()
        return frames

    @staticmethod
    def _skip_line_ends(stream: bytes, position: int) -> int:
        while position < len(stream) and stream[position] in _LINE_ENDS:
            position += 1
        return position

    def _next(self, stream: bytes, position: int) -> Frame | None:
        """The piece that begins at ``position``; None while its end is not decided."""
        start = _START.search(stream, position)
        if start is not None and start.start() == position:
            return self._frame(stream, position, int(start[1]))
        if start is not None:
            end = start.start()
        else:
            unfinished = _UNFINISHED_START.search(stream, position)
            end = unfinished.start() if unfinished else len(stream)
        if end - position >= MAX_NOISE_BYTES:
            return Frame(stream[position : position + MAX_NOISE_BYTES], Verdict.NOISE)
        return Frame(stream[position:end], Verdict.NOISE) if start is not None else None

    def _frame(self, stream: bytes, position: int, length: int) -> Frame | None:
        end = position + length + OVERHEAD_BYTES
        if len(stream) < end:
            return None
        segment, check = stream[position + 6 : end - 4], stream[end - 4 : end]
        if check.upper() == crc_text(segment):
            return _intact(stream[position:end], segment, self._max_segment)
        # A false length may have swallowed the beginning of a good frame: end before it.
        inner = _START.search(stream, position + 2, end) or _UNFINISHED_START.search(stream, position + 2, end)
        if inner is not None:
            return Frame(stream[position : inner.start()], Verdict.BAD_LENGTH)
        return Frame(stream[position:end], Verdict.BAD_CRC if _HEX.fullmatch(check) else Verdict.BAD_LENGTH)


def judge(raw: bytes, max_segment: int = MAX_SEGMENT_BYTES) -> Frame:
    """The verdict on one stored piece, as the framer that cut it would give it."""
    start = _START.match(raw)
    if start is None:
        return Frame(raw, Verdict.NOISE)
    if len(raw) != int(start[1]) + OVERHEAD_BYTES:
        return Frame(raw, Verdict.BAD_LENGTH)
    segment, check = raw[6:-4], raw[-4:]
    if check.upper() == crc_text(segment):
        return _intact(raw, segment, max_segment)
    return Frame(raw, Verdict.BAD_CRC if _HEX.fullmatch(check) else Verdict.BAD_LENGTH)


def _intact(raw: bytes, segment: bytes, max_segment: int) -> Frame:
    return Frame(raw, Verdict.OK if len(segment) <= max_segment else Verdict.TOO_LONG, segment)
