"""The check sum of HJ 212 (annex A): not Modbus CRC-16, though it uses its polynomial.

The standard shifts the register down by a byte *before* it mixes the next byte in, so the register's low byte never
matters: the state is the high byte alone. "123456789" gives 2F80 (Modbus: 4B37).
"""

from __future__ import annotations

POLYNOMIAL = 0xA001
# of an empty segment: the register as it starts
INITIAL = 0xFFFF


def _entry(index: int) -> int:
    value = index
    for _ in range(8):
        value = (value >> 1) ^ (POLYNOMIAL if value & 1 else 0)
    return value


TABLE = tuple(_entry(index) for index in range(256))
_HIGH_BYTES = bytes(entry >> 8 for entry in TABLE)


def crc(segment: bytes) -> int:
    """Check sum of a data segment (without ``##``, without the length)."""
    if not segment:
        return INITIAL
    high, step = INITIAL >> 8, _HIGH_BYTES
    for byte in segment[:-1]:
        high = step[high ^ byte]
    return TABLE[high ^ segment[-1]]


def crc_text(segment: bytes) -> bytes:
    """Four upper-case hex digits, high byte first, as they stand in a packet."""
    return b"%04X" % crc(segment)
