"""Packets of a file, one by one with a verdict: to check an archive, or to send it again.

Takes a journal segment, or any text in which packets stand (a vendor's log, one packet a line, a bare stream). Does
not belong here: measured values (the dataset's parser).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.hj212.frame import MAX_SEGMENT_BYTES, Frame, Framer, Verdict, judge
from ingest.hj212.packet import Head, PacketError, parse_packet
from ingest.hj212.record import Record, decode, looks_like_records

# A record whose own check sum fails is not a packet that came wrong: it was torn or altered on our disk.
DAMAGED = "damaged_record"


@dataclass(frozen=True)
class PacketVerdict:
    """One packet: its number in the file (from 1), ``ok`` or a reason code, its bytes, and its head if readable."""

    number: int
    code: str
    raw: bytes
    head: Head | None = None
    segment: bytes = b""
    received_at: str | None = None

    @property
    def is_ok(self) -> bool:
        """Intact and with the structure of a packet."""
        return self.code == Verdict.OK


def verdicts(content: bytes, max_segment: int = MAX_SEGMENT_BYTES) -> Iterator[PacketVerdict]:
    """A verdict for every packet in the content of a file."""
    if looks_like_records(content):
        for number, entry in enumerate(decode(content), 1):
            if isinstance(entry, Record):
                yield _verdict(number, judge(entry.raw, max_segment), entry.received_at)
            else:
                yield PacketVerdict(number, DAMAGED, entry.raw)
        return
    framer = Framer(max_segment)
    frames = framer.feed(content) + framer.close()
    # what stands between packets in a log is the log's own words, not something received
    packets = (frame for frame in frames if frame.verdict is not Verdict.NOISE)
    for number, frame in enumerate(packets, 1):
        yield _verdict(number, frame, None)


def verify(path: Path, max_segment: int = MAX_SEGMENT_BYTES) -> Iterator[PacketVerdict]:
    """A verdict for every packet of a file; a journal segment fits in memory by its size limit."""
    return verdicts(path.read_bytes(), max_segment)


def sendable(path: Path) -> Iterator[bytes]:
    """The packets of a file as they go over the wire, wrong ones too: the receiver is to judge them."""
    for verdict in verify(path):
        if verdict.code != DAMAGED:
            yield verdict.raw + b"\r\n"


def _verdict(number: int, frame: Frame, received_at: str | None) -> PacketVerdict:
    if not frame.is_intact:
        return PacketVerdict(number, frame.verdict, frame.raw, received_at=received_at)
    try:
        head = parse_packet(frame.segment).head
    except PacketError as error:
        return PacketVerdict(number, error.code, frame.raw, received_at=received_at)
    return PacketVerdict(number, frame.verdict, frame.raw, head, frame.segment, received_at)
