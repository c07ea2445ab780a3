"""A data segment as a typed packet: ``QN=…;ST=…;CN=…;PW=…;MN=…;Flag=…;[PNUM=…;PNO=…;]CP=&&…&&``.

Structure only: nothing here knows factors or units.
"""

from __future__ import annotations

from dataclasses import dataclass

# Flag = V << 2 | D << 1 | A (2017 table 3; V = 2 for 2025 is known from public code only)
EDITIONS = {0: 2005, 1: 2017, 2: 2025}
ACKNOWLEDGE_BIT, SPLIT_BIT, VERSION_SHIFT = 1, 2, 2


class PacketError(ValueError):
    """A segment without the structure of a packet; ``code`` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Head:
    """Everything before CP; a missing field is an empty text. ``pnum``/``pno`` count sub-packets from 1."""

    qn: str
    st: str
    cn: str
    pw: str
    mn: str
    flag: int
    pnum: str
    pno: str

    @property
    def version(self) -> int:
        """The V bits."""
        return self.flag >> VERSION_SHIFT

    @property
    def edition(self) -> int | None:
        """Year of the edition the sender speaks; None for V bits nobody has defined."""
        return EDITIONS.get(self.version)

    @property
    def wants_reply(self) -> bool:
        """The A bit."""
        return bool(self.flag & ACKNOWLEDGE_BIT)

    @property
    def is_split(self) -> bool:
        """The D bit: PNUM and PNO say which part of the whole this is. Old devices send them without a Flag."""
        return bool(self.flag & SPLIT_BIT) or self.pnum not in ("", "1")


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its head, and CP as it stands between ``&&`` and ``&&``."""

    head: Head
    cp: str

    @property
    def items(self) -> list[dict[str, str]]:
        """The items of CP, each with its named parts: ``w01018-Rtd=36.9,w01018-Flag=N`` is one item of two."""
        parts = (item.split(",") for item in self.cp.split(";") if item)
        return [dict(_named(part) for part in item if part) for item in parts]


def parse_packet(segment: bytes) -> Packet:
    """Head and CP of a segment.

    Raises:
        PacketError: no CP, no CN, no MN, or a Flag that is no number.
    """
    head, found, rest = segment.partition(b"CP=&&")
    if not found:
        raise PacketError("no_cp", "the segment has no CP=&&…&&")
    # Chinese should be UTF-8; what is not stays legible and reversible
    return Packet(_head(head.decode("utf-8", "backslashreplace")), _cp(rest).decode("utf-8", "backslashreplace"))


def build_segment(head: Head, cp: str = "") -> bytes:
    """The inverse of :func:`parse_packet`, fields in the standard's order; empty ones are left out, ``Flag`` never."""
    fields = [
        ("QN", head.qn), ("ST", head.st), ("CN", head.cn), ("PW", head.pw), ("MN", head.mn), ("Flag", str(head.flag)),
        ("PNUM", head.pnum), ("PNO", head.pno),
    ]  # fmt: skip
    return ("".join(f"{name}={value};" for name, value in fields if value) + f"CP=&&{cp}&&").encode()


def _cp(rest: bytes) -> bytes:
    return rest[:-2] if rest.endswith(b"&&") else rest


def _named(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name, value


def _head(text: str) -> Head:
    fields = dict(_named(part) for part in text.split(";") if part)
    flag = fields.get("Flag", "0")  # HJ/T 212-2005 knows none
    if not (flag.isascii() and flag.isdigit()):
        raise PacketError("bad_flag", f"Flag={flag[:20]}: expected a number")
    for name in ("MN", "CN"):
        if not fields.get(name):
            raise PacketError(f"no_{name.lower()}", f"the segment has no {name}; found {sorted(fields)}")
    return Head(
        qn=fields.get("QN", ""),
        st=fields.get("ST", ""),
        cn=fields["CN"],
        pw=fields.get("PW", ""),
        mn=fields["MN"],
        flag=int(flag),
        pnum=fields.get("PNUM", "").lstrip("0"),
        pno=fields.get("PNO", "").lstrip("0"),
    )
