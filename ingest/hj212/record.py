"""One line of a journal: when, from whom, and the bytes as received.

``received_at``, ``peer``, ``bytes``, ``crc32`` and the frame, parted by tabs, ended by CR LF. The frame stands byte for
byte, so that ``grep`` finds a packet and a court finds what was sent; the byte count lets it hold anything, line ends
included; the CRC-32 over all of it tells a torn or damaged record from a whole one, which the frame's own CRC cannot:
wrong frames are kept too.
Does not belong here: files (``journal``).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

_HEADER = re.compile(rb"(\d{4}-\d\d-\d\dT[\d:.]+\+00:00)\t([^\t\r\n]{1,80})\t(\d{1,5})\t([0-9a-f]{8})\t")
_END = b"\r\n"


class Record(NamedTuple):
    """A whole record."""

    received_at: str
    peer: str
    raw: bytes


class Damage(NamedTuple):
    """Bytes at ``offset`` that are no whole record: a torn tail, or bytes altered afterwards."""

    offset: int
    raw: bytes


def stamp(instant: datetime) -> str:
    """``received_at`` as text: UTC, always with microseconds."""
    return instant.isoformat(timespec="microseconds")


def encode(received_at: str, peer: str, raw: bytes) -> bytes:
    """A record's bytes."""
    head = f"{received_at}\t{peer}\t{len(raw)}\t".encode()
    return b"%b%08x\t%b\r\n" % (head, zlib.crc32(raw, zlib.crc32(head)), raw)


def looks_like_records(content: bytes) -> bool:
    """True when the content begins as a journal does."""
    return _HEADER.match(content) is not None


def decode(content: bytes) -> Iterator[Record | Damage]:
    """Every record, in order; what lies between whole records comes as damage, nothing is passed over."""
    position = damaged_from = 0
    while (found := _HEADER.search(content, position)) is not None:
        end = found.end() + int(found[3])
        whole = content[end : end + 2] == _END and _check(content, found, end) == int(found[4], 16)
        if not whole:
            position = found.start() + 1
            continue
        if damaged_from < found.start():
            yield Damage(damaged_from, content[damaged_from : found.start()])
        yield Record(found[1].decode(), found[2].decode("utf-8", "backslashreplace"), content[found.end() : end])
        position = damaged_from = end + 2
    if damaged_from < len(content):
        yield Damage(damaged_from, content[damaged_from:])


def _check(content: bytes, header: re.Match[bytes], end: int) -> int:
    return zlib.crc32(content[header.end() : end], zlib.crc32(content[header.start() : header.start(4)]))
