"""Files from a real SSH server on this machine: what is new and whole comes, and from no other server."""

from __future__ import annotations

import asyncio
import gzip
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from ingest.connectors.archives import Receiver
from ingest.connectors.environment import Environment
from ingest.connectors.limits import Limits
from ingest.connectors.sftp import deliveries
from ingest.delivery import Sftp
from ingest.landing import ArchiveDelivery, Delivery, Refusal

MIB = 1 << 20
FAST = Limits(
    max_bytes=4 * MIB,
    attempts=3,
    total_s=8.0,
    connect_s=2.0,
    read_s=1.0,
    backoff_initial_s=0.001,
    backoff_max_s=0.01,
    jitter_s=0.001,
)
PASSWORD = "s3cret-password"
OLD = 1_790_000_000  # files whose time stands still


class Server:
    """An SSH server over ``folder``; it can hang or drop connections while a file is read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")
        self.fault: str | None = None
        self.reads: list[int] = []
        self.loop = asyncio.new_event_loop()
        self.connections: list[asyncssh.SSHServerConnection] = []
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.acceptor = asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)
        self.port = self.acceptor.get_port()

    def close(self) -> None:
        async def stop() -> None:
            self.acceptor.close()
            for connection in self.connections:
                connection.abort()

        asyncio.run_coroutine_threadsafe(stop(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def _listen(self) -> asyncssh.SSHAcceptor:
        served = self

        class Login(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                served.connections.append(conn)

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == ("lake", PASSWORD)

            def public_key_auth_supported(self) -> bool:
                return True

            def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
                return key.public_data == served.user_key.public_data

        class Files(asyncssh.SFTPServer):
            def __init__(self, chan: Any) -> None:
                super().__init__(chan, chroot=str(served.folder).encode())

            async def read(self, file_obj: Any, offset: int, size: int) -> bytes:
                served.reads.append(offset)
                if served.fault == "hang":
                    await asyncio.sleep(20)
                if served.fault == "cut" and offset >= 2 * MIB:
                    served.fault = None
                    self.channel.get_connection().abort()
                return bytes(super().read(file_obj, offset, size))  # type: ignore[arg-type]

        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Login, server_host_keys=[self.host_key], sftp_factory=Files
        )


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    (tmp_path / "served" / "in").mkdir(parents=True)
    running = Server(tmp_path / "served")
    monkeypatch.setenv("SFTP_PASSWORD", PASSWORD)
    monkeypatch.setenv("SFTP_KEY", running.user_key.export_private_key().decode())
    monkeypatch.setenv("SFTP_HOST_KEY", running.host_key.export_public_key().decode())
    yield running
    running.close()


@pytest.fixture
def put(server: Server) -> Callable[..., Path]:
    def write(name: str, body: bytes, modified_at_s: int = OLD) -> Path:
        path = server.folder / "in" / name
        path.write_bytes(body)
        os.utime(path, (modified_at_s, modified_at_s))
        return path

    return write


class Lake:
    """The receiving side: remembers what was landed."""

    def __init__(self, scratch: Path) -> None:
        self.known: dict[str, str] = {}
        self.content: dict[str, bytes] = {}
        self.message = ""
        self.receiver = Receiver(lambda o, s: self.known.get(o) == s, self._wanted, scratch)

    def _wanted(self, origin: str) -> int | None:
        return FAST.max_bytes if origin.endswith(".csv") else None


Ask = Callable[..., list[str]]
Put = Callable[..., Path]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "work")


@pytest.fixture
def ask(server: Server, lake: Lake) -> Ask:
    def fetch(**settings: Any) -> list[str]:
        given: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": server.port,
            "user": "lake",
            "host_key": "${SFTP_HOST_KEY}",
            "password": "${SFTP_PASSWORD}",
            "folder": "/in",
            "settle_s": 0.0,
        } | settings
        told = []
        rule = Sftp(**given)
        for answer in deliveries(rule, environment=Environment(), limits=FAST, receiver=lake.receiver, claims="c1"):
            if isinstance(answer, Refusal):
                lake.message = answer.message
                told.append(f"{answer.code} {answer.name}")
                continue
            assert isinstance(answer, Delivery)
            lake.known[answer.origin] = answer.signature
            if not isinstance(answer, ArchiveDelivery):
                lake.content[answer.origin] = answer.path.read_bytes()
            told.append(answer.name)
        return told

    return fetch


def test_what_is_new_or_changed_comes_as_it_is(server: Server, put: Put, ask: Ask, lake: Lake, tmp_path: Path) -> None:
    put("b.csv", b"b1")
    put("a.csv", b"a1")
    put("c.csv.filepart", b"x")
    put(".hidden.csv", b"x")
    (server.folder / "in" / "sub.csv").mkdir()
    assert ask(glob="*.csv") == ["a.csv", "b.csv"]
    assert ask() == []
    put("b.csv", b"b2", OLD + 1)
    assert ask() == ["b.csv"]
    origin = f"sftp://127.0.0.1:{server.port}/in"
    assert lake.content == {f"{origin}/a.csv": b"a1", f"{origin}/b.csv": b"b2"}
    assert [p.name for p in (tmp_path / "work").rglob("*") if p.is_file()] == []


def test_a_key_logs_in_as_well_as_a_password(put: Put, ask: Ask) -> None:
    put("a.csv", b"a")
    assert ask(password=None, private_key="${SFTP_KEY}") == ["a.csv"]


def test_a_packed_file_comes_as_its_content(put: Put, ask: Ask) -> None:
    put("a.csv.gz", gzip.compress(b"a\n1\n", mtime=0))
    assert ask() == ["a.csv", "a.csv.gz"]
    assert ask() == []


def test_a_file_that_grows_is_left_for_the_next_time(put: Put, ask: Ask) -> None:
    put("done.csv", b"done")
    path = put("grows.csv", b"a")
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.02):
            with path.open("ab") as handle:
                handle.write(b"a")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert ask(settle_s=0.3) == ["done.csv", "growing grows.csv"]
    finally:
        stop.set()
        writer.join()
    assert ask(settle_s=0.3) == ["grows.csv"]


def test_a_connection_cut_in_the_middle_goes_on_where_it_broke(server: Server, put: Put, ask: Ask, lake: Lake) -> None:
    body = bytes(range(256)) * 12_000
    put("big.csv", body)
    server.fault = "cut"
    assert ask() == ["big.csv"]
    assert list(lake.content.values()) == [body]
    assert server.reads.count(0) == 1  # the beginning was read once


def test_what_is_too_large_is_not_fetched_and_stops_no_other(server: Server, put: Put, ask: Ask) -> None:
    put("a.csv", b"")
    os.truncate(server.folder / "in" / "a.csv", 3 << 30)
    put("b.csv", b"b")
    assert ask() == ["too_large a.csv", "b.csv"]


def test_a_server_that_is_silent_is_given_up(server: Server, put: Put, ask: Ask) -> None:
    put("a.csv", b"a")
    server.fault = "hang"
    begun = time.monotonic()
    assert ask() == ["timeout a.csv"]
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize(
    "fault", ["down", "wrong password", "another server", "no host key", "no folder", "no key", "not configured"]
)
def test_a_server_that_refuses_is_told_without_the_secret(
    ask: Ask, lake: Lake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    settings: dict[str, Any] = {}
    expected = {
        "down": "connection",
        "wrong password": "credentials",
        "another server": "host_key",
        "no host key": "unusable_request",
        "no folder": "not_found",
        "no key": "unusable_request",
        "not configured": "not_configured",
    }
    if fault == "down":
        settings["port"] = 1
    elif fault == "wrong password":
        monkeypatch.setenv("SFTP_PASSWORD", "wr0ng-password")
    elif fault == "another server":
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        monkeypatch.setenv("SFTP_HOST_KEY", other)
    elif fault == "no host key":
        monkeypatch.setenv("SFTP_HOST_KEY", "nonsense")
    elif fault == "no folder":
        settings["folder"] = "/nowhere"
    elif fault == "no key":
        monkeypatch.setenv("SFTP_KEY", "wr0ng-password")
        settings |= {"password": None, "private_key": "${SFTP_KEY}"}
    else:
        monkeypatch.delenv("SFTP_HOST_KEY")
    assert ask(**settings)[0].split(" ")[0] == expected[fault]
    for secret in (PASSWORD, "wr0ng-password"):
        assert secret not in f"{lake.message} {caplog.text}"
