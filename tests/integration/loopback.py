"""A server on loopback that speaks just enough HTTP to be told what was asked; what it answers is its heirs' affair."""

from __future__ import annotations

import contextlib
import socket
import threading


class LoopbackServer:
    """Accepts from the moment it is made; one thread a connection, one request each."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.stopped = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def respond(self, connection: socket.socket, target: str, headers: dict[str, str]) -> None:
        """Answer one request: target as it was sent, header names in lower case."""
        raise NotImplementedError  # a server without answers is none

    def close(self) -> None:
        """Stop listening; may be called twice."""
        self.stopped.set()
        with contextlib.suppress(OSError):  # closed before
            # wakes the waiting accept(), as closing alone would not
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _serve(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (chunk := connection.recv(65536)):
                    return
                head += chunk
            first, *lines = head.decode().split("\r\n\r\n")[0].split("\r\n")
            headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
            self.respond(connection, first.split(" ")[1], headers)
