"""What really came over the wire, whatever the server declared.

A server that counts characters where bytes are meant declares too little, and every client takes the start of the body
for the whole of it. So the bytes are counted below HTTP. Does not belong here: what to do about it (``http``).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

HEAD_END = b"\r\n\r\n"


class Tally:
    """Bytes that came behind the head of the answer to the last request."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A request goes out."""
        self._head = bytearray()
        self._in_body = False
        self.body_bytes = 0

    def count(self, data: bytes) -> None:
        """More came; informational answers (1xx) in front of the real one are passed over."""
        while data and not self._in_body:
            self._head += data
            head, end, rest = bytes(self._head).partition(HEAD_END)
            if not end:
                return
            self._in_body = not head.startswith((b"HTTP/1.1 1", b"HTTP/1.0 1"))
            self._head.clear()
            data = rest
        self.body_bytes += len(data)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, tally: Tally) -> None:
        self._inner = inner
        self._tally = tally

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, timeout)
        self._tally.count(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._tally.begin()
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._tally)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(host, port, timeout, local_address, socket_options), self._tally)


class CountingTransport(httpx.HTTPTransport):
    """The usual transport, with a tally of what comes."""

    def __init__(self, tls: ssl.SSLContext, tally: Tally) -> None:
        super().__init__(verify=tls)
        self._pool = httpcore.ConnectionPool(ssl_context=tls, network_backend=_Backend(tally))
