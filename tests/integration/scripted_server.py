"""A server that gives scripted answers, sound and hostile ones, and the limits that tests of HTTP ask it under."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.connectors.http import HttpLimits, Unchanged
from ingest.landing import Delivery, Refusal
from tests.integration.loopback import LoopbackServer

MIB = 1 << 20
CONTENT = bytes(range(256)) * 400
FAST = HttpLimits(
    max_bytes=MIB,
    attempts=4,
    total_s=10.0,
    connect_s=1.0,
    read_s=0.5,  # a busy machine must not look like a hanging server
    backoff_initial_s=0.001,
    backoff_max_s=0.01,
    jitter_s=0.001,
    retry_after_max_s=2.0,
)
MODIFIED = "Wed, 21 Oct 2015 07:28:00 GMT"


@dataclass
class Asked:
    """One request as it arrived: path, and headers in lower case."""

    path: str
    headers: dict[str, str]


Answer = Callable[[socket.socket, Asked], None]


@dataclass(eq=False)
class HostileServer(LoopbackServer):
    """Gives the scripted answers one after the other, the last one for ever; remembers what was asked."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def respond(self, connection: socket.socket, target: str, headers: dict[str, str]) -> None:
        """The next scripted answer."""
        asked = Asked(target, headers)
        number = len(self.asked)
        self.asked.append(asked)
        self.answers[min(number, len(self.answers) - 1)](connection, asked)

    # answers

    def send(
        self, status: int, body: bytes = b"", *, declared: int | None = None, reset: bool = False, **headers: str
    ) -> Answer:
        """A complete answer, unless more is ``declared`` than sent; ``reset`` ends it by RST."""
        head = f"HTTP/1.1 {status} Said\r\nConnection: close\r\n"
        head += f"Content-Length: {len(body) if declared is None else declared}\r\n"
        head += "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())

        def answer(connection: socket.socket, _: Asked) -> None:
            connection.sendall(head.encode() + b"\r\n")
            connection.sendall(body)
            if reset:
                time.sleep(0.05)  # let the bytes arrive before the reset takes them back
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        return answer

    def raw(self, data: bytes) -> Answer:
        return lambda connection, _: connection.sendall(data)

    def file(self, content: bytes, *, cut: int | None = None, **headers: str) -> Answer:
        """A file server that knows ranges: the rest if the validator fits, else all; ``cut`` sends half only."""

        def answer(connection: socket.socket, asked: Asked) -> None:
            more: dict[str, Any] = dict(headers)
            status, part = 200, content
            known = {headers.get("ETag"), headers.get("Last_Modified")}
            if "range" in asked.headers and asked.headers.get("if-range") in known:
                start = int(asked.headers["range"].removeprefix("bytes=").removesuffix("-"))
                status, part = 206, content[start:]
                more["Content_Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.send(status, part[:cut], declared=len(part), **more)(connection, asked)

        return answer

    def hang(self, connection: socket.socket, _: Asked) -> None:
        self.stopped.wait(10)

    def reset(self, connection: socket.socket, _: Asked) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def endless(self, connection: socket.socket, _: Asked) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not self.stopped.is_set():
            connection.sendall(bytes(65536))

    def drip(self, start: bytes, drop: bytes) -> Answer:
        def answer(connection: socket.socket, _: Asked) -> None:
            connection.sendall(start)
            while not self.stopped.wait(0.05):
                connection.sendall(drop)

        return answer


Get = Callable[..., Delivery | Unchanged | Refusal]


def content(answer: object) -> bytes:
    assert isinstance(answer, Delivery), answer
    return answer.path.read_bytes()


def refusal(answer: object) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


def wait_for(found: Callable[[], list[Path]]) -> list[Path]:
    """What ``found`` finds, as soon as it finds something."""
    until = time.monotonic() + 10
    while not (paths := found()):
        assert time.monotonic() < until, "did not happen within 10 s"
        time.sleep(0.01)
    return paths
