"""A source server that fails as real ones do: on each request a seeded die decides whether, and how.

Serves what it is given: files by path (with ETag, conditional and range requests) and lists of records page by page.
Does not belong here: what a reader should make of it (``test_hostile_source``, ``test_connectors_api``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import socket
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.integration.loopback import LoopbackServer

HTML = b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"
DROP_S = 0.03


@dataclass(frozen=True)
class Asked:
    """One request: path, parameters, and headers in lower case."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass
class Answer:
    """A sound answer, before the die is cast."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class HostileSource(LoopbackServer):
    """A server on loopback. ``rate`` of the answers are spoilt, each kind of fault as often as any other."""

    def __init__(self, *, rate: float = 0.0, seed: int = 0) -> None:
        self.files: dict[str, bytes] = {}
        self.pages: dict[str, Callable[[Asked], Answer]] = {}
        self.asked: list[Asked] = []
        self.spoilt: Counter[str] = Counter()
        self._rate = rate
        self._die = random.Random(seed)
        self._faults: dict[str, Callable[[socket.socket, Asked, Answer], None]] = {
            "hang": self._hang,
            "reset": self._reset,
            "half body": self._half_body,
            "length too long": self._too_long,
            "length too short": self._too_short,
            "429": self._later,
            "500": self._error,
            "html": self._html,
            "truncated gzip": self._truncated_gzip,
            "wrong encoding": self._wrong_encoding,
            "duplicate": self._duplicate,
            "drip": self._drip,
            "redirect loop": self._loop,
        }
        super().__init__()

    def respond(self, connection: socket.socket, target: str, headers: dict[str, str]) -> None:
        """The sound answer, or what the die makes of it."""
        parts = urlsplit(target)
        asked = Asked(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}, headers)
        self.asked.append(asked)
        answer = self._answer(asked)
        if self._die.random() < self._rate:
            kind = self._die.choice(sorted(self._faults))
            self.spoilt[kind] += 1
            self._faults[kind](connection, asked, answer)
        else:
            _send(connection, answer)

    def _answer(self, asked: Asked) -> Answer:
        if asked.path in self.pages:
            return self.pages[asked.path](asked)
        if asked.path not in self.files:
            return Answer(b"", 404)
        body = self.files[asked.path]
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if asked.headers.get("if-none-match") == etag:
            return Answer(b"", 304, {"ETag": etag})
        if "range" in asked.headers and asked.headers.get("if-range") == etag:
            start = int(asked.headers["range"].removeprefix("bytes=").removesuffix("-"))
            place = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return Answer(body[start:], 206, {"ETag": etag, "Content-Range": place})
        return Answer(body, headers={"ETag": etag})

    # the faults

    def _hang(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        self.stopped.wait(5)

    def _reset(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _half_body(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        _send(connection, answer, sent=answer.body[: len(answer.body) // 2])

    def _too_long(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        _send(connection, answer, declared=len(answer.body) + 7)

    def _too_short(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        """As servers do that count characters where bytes are meant."""
        _send(connection, answer, declared=max(0, len(answer.body) - 7))

    def _later(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        _send(connection, Answer(b"", 429, {"Retry-After": "0"}))

    def _error(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        _send(connection, Answer(b'{"error": "internal"}', 500))

    def _html(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        _send(connection, Answer(HTML, 200))

    def _truncated_gzip(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        packed = gzip.compress(answer.body, mtime=0)
        _send(connection, Answer(packed[:-5], 200, {"Content-Encoding": "gzip"}))

    def _wrong_encoding(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        _send(connection, Answer(answer.body or b"{}", 200, {"Content-Encoding": "gzip"}))

    def _duplicate(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        """The whole content once more, though it was not asked for, as if it were another."""
        body = self.files.get(asked.path, answer.body)
        _send(connection, Answer(body, 200, {"ETag": f'"again-{self._die.randrange(1000)}"'}))

    def _drip(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not self.stopped.wait(DROP_S):
            connection.sendall(b"x")

    def _loop(self, connection: socket.socket, asked: Asked, answer: Answer) -> None:
        for _ in range(10):
            _send(connection, Answer(b"", 302, {"Location": asked.path}))


def _send(connection: socket.socket, answer: Answer, *, declared: int | None = None, sent: bytes | None = None) -> None:
    length = len(answer.body) if declared is None else declared
    head = f"HTTP/1.1 {answer.status} Said\r\nConnection: close\r\n"
    if answer.status != 304:
        head += f"Content-Length: {length}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    connection.sendall(head.encode() + b"\r\n" + (answer.body if sent is None else sent))


def paged(records: list[Any], size: int, **more: Any) -> Callable[[Asked], Answer]:
    """Records page by page, as ``{"features": [...], "total": n}``."""

    def answer(asked: Asked) -> Answer:
        start = (int(asked.params.get("page", "1")) - 1) * size
        body = {**more, "total": len(records), "features": records[start : start + size]}
        return Answer(json.dumps(body, ensure_ascii=False).encode())

    return answer
