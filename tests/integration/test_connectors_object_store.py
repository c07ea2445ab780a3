"""Objects from a real S3 server on this machine: what is new comes, once, whole or not at all."""

from __future__ import annotations

import contextlib
import io
import logging
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from ingest.connectors.archives import Receiver
from ingest.connectors.environment import Environment
from ingest.connectors.limits import Limits
from ingest.connectors.object_store import deliveries
from ingest.delivery import ObjectStore
from ingest.landing import ArchiveDelivery, Delivery, Refusal

MIB = 1 << 20
FAST = Limits(
    max_bytes=MIB,
    attempts=3,
    total_s=5.0,
    connect_s=1.0,
    read_s=1.0,
    backoff_initial_s=0.001,
    backoff_max_s=0.01,
    jitter_s=0.001,
)
SECRET = "s3cret-key-of-the-bucket"


class Cutter:
    """Passes connections on to the S3 server; after ``cut_after`` bytes of answers it breaks them, ``times`` times."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cut_after, self.times = 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.port))
                threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                passed += len(data)
                if is_answer and self.times and passed > self.cut_after:
                    self.times -= 1
                    target.sendall(data[: len(data) // 2])
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def moto() -> Iterator[ThreadedMotoServer]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield server
    server.stop()


class Bucket:
    """A bucket of its own for each test, seen through a cutter."""

    def __init__(self, port: int, name: str) -> None:
        self.cutter = Cutter(port)
        self.name = name
        server = f"http://127.0.0.1:{port}"
        httpx.put(f"{server}/{name}").raise_for_status()
        self.store = S3Store(
            name,
            config={
                "endpoint": server,
                "region": "us-east-1",
                "access_key_id": "owner",
                "secret_access_key": "owner",
                "virtual_hosted_style_request": False,
            },
            client_options={"allow_http": True},
        )

    def put(self, key: str, body: bytes) -> None:
        obstore.put(self.store, key, body)


@pytest.fixture
def bucket(
    moto: ThreadedMotoServer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bucket]:
    monkeypatch.setenv("S3_KEY", "access-key-id")
    monkeypatch.setenv("S3_SECRET", SECRET)
    made = Bucket(moto.get_host_and_port()[1], f"b{abs(hash(request.node.name))}")
    yield made
    made.cutter.close()


class Lake:
    """The receiving side: remembers what was landed."""

    def __init__(self, scratch: Path) -> None:
        self.known: dict[str, str] = {}
        self.content: dict[str, bytes] = {}
        self.receiver = Receiver(lambda o, s: self.known.get(o) == s, self._wanted, scratch)

    def _wanted(self, origin: str) -> int | None:
        return FAST.max_bytes if origin.endswith((".csv", ".json")) else None

    def take(self, answers: Iterator[Delivery | Refusal]) -> list[str]:
        told = []
        for answer in answers:
            if isinstance(answer, Refusal):
                told.append(f"{answer.code} {answer.name}")
                self.message = answer.message
                continue
            self.known[answer.origin] = answer.signature
            if not isinstance(answer, ArchiveDelivery):
                self.content[answer.origin] = answer.path.read_bytes()
            told.append(answer.name)
        return told


Ask = Callable[..., list[str]]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


@pytest.fixture
def ask(bucket: Bucket, lake: Lake) -> Ask:
    def fetch(limits: Limits = FAST, claims: str = "c1", **settings: Any) -> list[str]:
        given = {
            "url": f"s3://{bucket.name}/in",
            "endpoint": bucket.cutter.url,
            "access_key": "${S3_KEY}",
            "secret_key": "${S3_SECRET}",
        } | settings
        found = deliveries(
            ObjectStore(**given), environment=Environment(), limits=limits, receiver=lake.receiver, claims=claims
        )
        return lake.take(found)

    return fetch


def left_over(tmp_path: Path) -> list[str]:
    return [p.name for p in tmp_path.rglob("*") if p.is_file()]


def test_what_is_new_or_changed_comes_as_it_is(bucket: Bucket, ask: Ask, lake: Lake, tmp_path: Path) -> None:
    bucket.put("in/b.csv", b"b1")
    bucket.put("in/deep/a.csv", b"a1")
    bucket.put("elsewhere/c.csv", b"c1")
    bucket.put("in/.hidden.csv", b"x")
    bucket.put("in/d.csv.part", b"x")
    assert ask() == ["b.csv", "a.csv"]
    assert ask() == []
    bucket.put("in/b.csv", b"b2")
    assert ask() == ["b.csv"]
    prefix = f"s3://{bucket.name}/in"
    assert lake.content == {f"{prefix}/b.csv": b"b2", f"{prefix}/deep/a.csv": b"a1"}
    assert left_over(tmp_path) == []


@pytest.mark.slow
def test_more_objects_than_one_page_of_the_listing(bucket: Bucket, ask: Ask) -> None:
    for number in range(1005):
        bucket.put(f"in/{number:04d}.txt", b"")
    bucket.put("in/zz.csv", b"z")
    told = ask()
    assert (len(told), told[0], told[-1]) == (1006, "unclaimed 0000.txt", "zz.csv")


def test_a_broken_transfer_goes_on_where_it_broke(bucket: Bucket, ask: Ask, lake: Lake) -> None:
    body = bytes(range(256)) * 3000
    bucket.put("in/big.csv", body)
    assert ask(url=f"s3://{bucket.name}/none") == []
    bucket.cutter.cut_after, bucket.cutter.times = 300_000, 2
    assert ask() == ["big.csv"]
    assert list(lake.content.values()) == [body]


def test_an_archive_comes_as_its_members(bucket: Bucket, ask: Ask, lake: Lake, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x/a.csv", b"a")
        archive.writestr("b.json", b"{}")
    bucket.put("in/day.zip", packed.getvalue())
    assert ask() == ["a.csv", "b.json", "day.zip"]
    assert ask() == []
    assert ask(claims="c2") == ["day.zip"]  # opened again for other cards; its members are known
    assert f"s3://{bucket.name}/in/day.zip!x/a.csv" in lake.content
    assert left_over(tmp_path) == []


def test_what_is_too_large_is_not_fetched_and_stops_no_other(bucket: Bucket, ask: Ask, lake: Lake) -> None:
    bucket.put("in/a.csv", bytes(MIB + 1))
    bucket.put("in/b.csv", b"b")
    assert ask() == ["too_large a.csv", "b.csv"]


def test_what_is_replaced_while_it_is_listed_is_left_for_the_next_time(
    bucket: Bucket, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("in/a.csv", b"first")
    listing = obstore.list

    def slow(store: S3Store, *arguments: Any, **options: Any) -> Any:
        found = [list(chunk) for chunk in listing(store, *arguments, **options)]
        bucket.put("in/a.csv", b"second")
        return found

    monkeypatch.setattr(obstore, "list", slow)
    assert ask() == ["changed a.csv"]
    monkeypatch.undo()


@pytest.mark.parametrize("fault", ["down", "no bucket", "cut", "no address"])
def test_a_store_that_fails_is_told_without_its_secret(
    bucket: Bucket, ask: Ask, lake: Lake, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    expected = {"down": "connection", "no bucket": "not_found", "cut": "connection", "no address": "not_configured"}
    settings: dict[str, dict[str, Any]] = {
        "no bucket": {"url": "s3://nobody-has-this/in"},
        "no address": {"endpoint": "${NOT_SET}"},
    }
    if fault == "down":
        bucket.cutter.close()
    if fault == "cut":
        bucket.cutter.cut_after, bucket.cutter.times = 1, 99
    assert ask(**settings.get(fault, {}))[0].split(" ")[0] == expected[fault]
    assert SECRET not in f"{lake.message} {caplog.text}"


def test_an_object_of_20_mib_does_not_pass_through_memory(bucket: Bucket, ask: Ask, lake: Lake) -> None:
    import tracemalloc

    bucket.put("in/big.csv", bytes(20 * MIB))
    limits = replace(FAST, max_bytes=20 * MIB, total_s=30.0, read_s=10.0)
    lake.receiver = replace(lake.receiver, wanted=lambda origin: 20 * MIB)
    tracemalloc.start()
    try:
        answers = ask(limits=limits)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answers == ["big.csv"]
    assert peak < 60 * MIB  # the server's copy and the test's are in this process too: 40 MiB


def test_a_key_that_is_not_known_there_is_told_and_not_tried_again(bucket: Bucket, ask: Ask, lake: Lake) -> None:
    bucket.put("in/a.csv", b"a")
    gatekeeper = f"http://127.0.0.1:{bucket.cutter.port}/moto-api/reset-auth"
    httpx.post(gatekeeper, content=b"0").raise_for_status()  # from now on, keys are checked
    try:
        assert ask() == [f"credentials s3://{bucket.name}/in"]
    finally:
        httpx.post(gatekeeper, content=b"inf").raise_for_status()
    assert "check access_key, secret_key" in lake.message
    assert "gave up" not in lake.message
    assert ask() == ["a.csv"]
