"""Fetching from a real server on this machine that hangs, resets, sends half, says "later", lies, or never stops."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import logging
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.connectors.http import HttpLimits, HttpRequest, Unchanged, deliveries, fetch
from ingest.connectors.partial import CHECKPOINT_BYTES
from ingest.landing import Delivery, Refusal

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


@dataclass
class HostileServer:
    """Gives the scripted answers one after the other, the last one for ever; remembers what was asked."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.stopped = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def close(self) -> None:
        self.stopped.set()
        # wakes the waiting accept(), as closing alone would not
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _serve(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (chunk := connection.recv(65536)):
                    return
                head += chunk
            first, *lines = head.decode().split("\r\n\r\n")[0].split("\r\n")
            headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
            asked = Asked(first.split(" ")[1], headers)
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


@pytest.fixture
def server() -> Iterator[HostileServer]:
    served = HostileServer()
    yield served
    served.close()


@pytest.fixture
def get(server: HostileServer, tmp_path: Path) -> Callable[..., Delivery | Unchanged | Refusal]:
    """Ask the server for ``/a.csv`` under the fast limits."""

    def ask(
        path: str = "/a.csv", previous: str | None = None, limits: HttpLimits = FAST, **request: object
    ) -> Delivery | Unchanged | Refusal:
        asked = HttpRequest(f"{server.url}{path}", limits=limits, **request)  # type: ignore[arg-type]
        return fetch(asked, scratch=tmp_path, previous_signature=previous)

    return ask


Get = Callable[..., Delivery | Unchanged | Refusal]


def content(answer: object) -> bytes:
    assert isinstance(answer, Delivery), answer
    return answer.path.read_bytes()


def refusal(answer: object) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


# what is delivered


def test_a_body_is_delivered_under_the_last_segment_of_its_address(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, CONTENT, ETag='"v1"', Last_Modified=MODIFIED)]
    answer = get("/feeds/%E6%9D%AD%E5%B7%9E.csv?day=1")

    assert content(answer) == CONTENT
    assert isinstance(answer, Delivery)
    assert (answer.name, answer.origin) == ("杭州.csv", f"{server.url}/feeds/%E6%9D%AD%E5%B7%9E.csv?day=1")
    assert json.loads(answer.signature) == {"etag": '"v1"', "last_modified": MODIFIED}
    assert sorted(p.name for p in answer.path.parent.parent.iterdir()) == ["complete", "lock"]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="names of open files are read from /proc (Linux)")
def test_a_body_is_on_disk_before_it_gets_its_name(
    server: HostileServer, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[tuple[str, str]] = []
    fsync, rename = os.fsync, os.replace

    def seen_fsync(fd: int) -> None:
        events.append(("fsync", Path(f"/proc/self/fd/{fd}").readlink().name))
        fsync(fd)

    def seen_rename(source: Path, target: Path) -> None:
        events.append(("rename", Path(target).name))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "replace", seen_rename)
    server.answers = [server.send(200, CONTENT)]

    assert content(get()) == CONTENT
    assert [e for e in events if e[1] in ("body.part", "a.csv", "complete")] == [
        ("fsync", "body.part"),
        ("rename", "a.csv"),
        ("fsync", "complete"),
    ]


def test_a_template_names_what_always_has_the_same_address(
    server: HostileServer, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(2018, 2, 20, 7, 5, tzinfo=UTC).timestamp())))
    server.answers = [server.send(200, b"{}")]

    answer = get("/airnow.json", name="cnemc_live_snapshot_{now:%Y%m%dT%H}.json")
    assert (answer.name, content(answer)) == ("cnemc_live_snapshot_20180220T07.json", b"{}")


def test_without_validators_the_signature_is_the_hash_of_the_content(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, b"x\n1\n")]
    answer = get()

    assert isinstance(answer, Delivery)
    assert json.loads(answer.signature) == {
        "sha256": "daff832f802000e645771a60983c76c963f6ee602a6230e45237bd360e91cc1a"
    }


def test_an_empty_body_is_delivered(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200)]
    assert content(get()) == b""


def test_a_body_of_20_mib_does_not_pass_through_memory(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, bytes(20 * MIB))]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        answer = get(limits=replace(FAST, max_bytes=20 * MIB))
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()

    assert len(content(answer)) == 20 * MIB
    assert peak < 4 * MIB


# unchanged


def test_an_unchanged_feed_is_not_sent_again(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, CONTENT, ETag='W/"v1"', Last_Modified=MODIFIED), server.send(304)]
    first = get()
    assert isinstance(first, Delivery)

    again = get(previous=first.signature)
    assert again == Unchanged("a.csv", first.origin, first.signature)
    assert server.asked[1].headers["if-none-match"] == 'W/"v1"'
    assert server.asked[1].headers["if-modified-since"] == MODIFIED


def test_a_part_left_over_is_dropped_when_nothing_changed_after_all(
    server: HostileServer, get: Get, tmp_path: Path
) -> None:
    server.answers = [server.file(CONTENT, cut=40_000, ETag='"v1"'), server.send(304)]
    assert refusal(get(limits=replace(FAST, attempts=1))).code == "incomplete"
    assert list(tmp_path.rglob("body.part"))

    assert isinstance(get(previous='{"etag": "\\"v0\\""}'), Unchanged)
    assert not list(tmp_path.rglob("body.*"))


def test_a_304_nobody_asked_for_is_an_error(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(304)]
    assert refusal(get()).code == "http_status"
    assert refusal(get(previous="4-1500000000")).code == "http_status"


# servers that fail and recover


def test_a_reset_is_tried_again(server: HostileServer, get: Get) -> None:
    server.answers = [server.reset, server.reset, server.send(200, CONTENT)]
    assert content(get()) == CONTENT


def test_a_hang_is_tried_again(server: HostileServer, get: Get) -> None:
    server.answers = [server.hang, server.send(200, CONTENT)]
    assert content(get()) == CONTENT


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_error_is_tried_again(server: HostileServer, get: Get, status: int) -> None:
    server.answers = [server.send(status), server.send(status), server.send(200, CONTENT)]

    assert content(get()) == CONTENT
    assert len(server.asked) == 3


@pytest.mark.parametrize("ending", ["fin", "reset"])
def test_half_a_body_is_continued_where_it_broke(server: HostileServer, get: Get, ending: str) -> None:
    half = {"fin": server.file(CONTENT, cut=40_000, ETag='"v1"')}
    half["reset"] = server.send(200, CONTENT[:40_000], declared=len(CONTENT), reset=True, ETag='"v1"')
    server.answers = [half[ending], server.file(CONTENT, cut=10_000, ETag='"v1"'), server.file(CONTENT, ETag='"v1"')]

    assert content(get()) == CONTENT
    assert [(a.headers.get("range"), a.headers.get("if-range")) for a in server.asked] == [
        (None, None),
        ("bytes=40000-", '"v1"'),
        ("bytes=50000-", '"v1"'),
    ]


def test_a_date_is_good_enough_to_continue_by_if_it_had_passed(server: HostileServer, get: Get) -> None:
    dates: dict[str, Any] = {"Last_Modified": MODIFIED, "Date": "Wed, 21 Oct 2015 07:28:05 GMT"}
    server.answers = [server.file(CONTENT, cut=40_000, **dates), server.file(CONTENT, **dates)]

    assert content(get()) == CONTENT
    assert server.asked[1].headers["if-range"] == MODIFIED


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ETag": 'W/"v1"'},
        {"Last_Modified": MODIFIED},
        {"Last_Modified": MODIFIED, "Date": MODIFIED},
    ],
    ids=["none", "weak", "undated", "same second"],
)
def test_half_a_body_nobody_vouches_for_is_fetched_anew(
    server: HostileServer, get: Get, headers: dict[str, Any]
) -> None:
    server.answers = [server.file(CONTENT, cut=40_000, **headers), server.file(CONTENT, **headers)]

    assert content(get()) == CONTENT
    assert "range" not in server.asked[1].headers


def test_a_server_that_ignores_the_range_sends_all(server: HostileServer, get: Get) -> None:
    server.answers = [server.file(CONTENT, cut=40_000, ETag='"v1"'), server.send(200, CONTENT, ETag='"v1"')]

    assert content(get()) == CONTENT
    assert server.asked[1].headers["range"] == "bytes=40000-"


def test_content_that_changed_between_two_attempts_is_never_mixed(server: HostileServer, get: Get) -> None:
    new = CONTENT[::-1]
    server.answers = [server.file(CONTENT, cut=40_000, ETag='"v1"'), server.file(new, ETag='"v2"')]
    answer = get()

    assert content(answer) == new
    assert isinstance(answer, Delivery)
    assert json.loads(answer.signature) == {"etag": '"v2"'}


@pytest.mark.parametrize(
    ("etag", "content_range"),
    [('"v2"', "bytes 40000-102399/102400"), ('"v1"', "bytes 0-102399/102400"), ('"v1"', "nonsense")],
    ids=["other content", "other range", "no range"],
)
def test_a_part_that_does_not_fit_is_thrown_away(
    server: HostileServer, get: Get, etag: str, content_range: str
) -> None:
    server.answers = [
        server.file(CONTENT, cut=40_000, ETag='"v1"'),
        server.send(206, CONTENT[40_000:], ETag=etag, Content_Range=content_range),
        server.send(200, CONTENT, ETag='"v1"'),
    ]

    assert content(get()) == CONTENT
    assert "range" not in server.asked[2].headers


def test_a_range_the_server_finds_unsatisfiable_is_dropped(server: HostileServer, get: Get) -> None:
    server.answers = [
        server.file(CONTENT, cut=40_000, ETag='"v1"'),
        server.send(416),
        server.file(CONTENT, ETag='"v1"'),
    ]

    assert content(get()) == CONTENT
    assert "range" not in server.asked[2].headers


def test_a_later_run_continues_what_an_earlier_one_gave_up(server: HostileServer, get: Get) -> None:
    server.answers = [server.file(CONTENT, cut=40_000, ETag='"v1"'), server.reset]
    given_up = refusal(get(limits=replace(FAST, attempts=2)))
    assert given_up.code == "connection"
    assert given_up.message.endswith("; 39.1 KiB are kept, the next run goes on from there")

    server.answers = [server.file(CONTENT, ETag='"v1"')]
    assert content(get()) == CONTENT
    assert server.asked[2].headers["range"] == "bytes=40000-"


def test_bytes_that_may_not_have_reached_the_disk_are_dropped(server: HostileServer, get: Get, tmp_path: Path) -> None:
    server.answers = [server.file(CONTENT, cut=40_000, ETag='"v1"'), server.file(CONTENT, ETag='"v1"')]
    get(limits=replace(FAST, attempts=1))
    [part] = tmp_path.rglob("body.part")
    with part.open("ab") as handle:
        handle.write(bytes(len(CONTENT)))  # what a power cut may leave behind the last fsync

    assert content(get()) == CONTENT
    assert server.asked[1].headers["range"] == "bytes=40000-"


FETCH = """
    import sys
    from pathlib import Path
    from ingest.connectors.http import HttpLimits, HttpRequest, fetch
    fetch(HttpRequest(sys.argv[1], limits=HttpLimits(max_bytes=1 << 30)), scratch=Path(sys.argv[2]))
"""


def test_after_a_kill_only_what_was_surely_on_disk_is_trusted(server: HostileServer, tmp_path: Path) -> None:
    big = random.Random(1).randbytes(CHECKPOINT_BYTES + 3 * MIB)
    sent = threading.Event()

    def send_nearly_all(connection: socket.socket, asked: Asked) -> None:
        server.send(200, big[:-1], declared=len(big), ETag='"v1"')(connection, asked)
        sent.set()
        server.hang(connection, asked)

    server.answers = [send_nearly_all, server.file(big, ETag='"v1"')]
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(FETCH), f"{server.url}/a.bin", str(tmp_path)],
    )
    assert sent.wait(20)
    [record] = _wait_for(lambda: [p for p in tmp_path.rglob("body.json") if durable_bytes(p) >= CHECKPOINT_BYTES])
    durable = durable_bytes(record)
    process.send_signal(signal.SIGKILL)
    process.wait()

    request = HttpRequest(f"{server.url}/a.bin", limits=replace(FAST, max_bytes=1 << 30))
    assert content(fetch(request, scratch=tmp_path)) == big
    assert CHECKPOINT_BYTES <= durable < len(big)
    assert server.asked[1].headers["range"] == f"bytes={durable}-"


def durable_bytes(record: Path) -> int:
    return int(json.loads(record.read_text())["durable_bytes"])


def _wait_for(found: Callable[[], list[Path]]) -> list[Path]:
    until = time.monotonic() + 10
    while not (paths := found()):
        assert time.monotonic() < until, "did not happen within 10 s"
        time.sleep(0.01)
    return paths


# Retry-After


def test_seconds_to_wait_are_waited(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(429, Retry_After="1"), server.send(200, CONTENT)]
    begun = time.monotonic()

    assert content(get()) == CONTENT
    assert time.monotonic() - begun >= 1.0


def test_a_date_to_wait_for_is_measured_by_the_servers_clock(server: HostileServer, get: Get) -> None:
    wrong_clock = datetime(2001, 1, 1, tzinfo=UTC)
    until, said = (format_datetime(wrong_clock + timedelta(seconds=s), usegmt=True) for s in (1, 0))
    server.answers = [server.send(503, Retry_After=until, Date=said), server.send(200, CONTENT)]
    begun = time.monotonic()

    assert content(get()) == CONTENT
    assert time.monotonic() - begun >= 1.0


def test_an_hour_to_wait_is_capped(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(429, Retry_After="3600"), server.send(200, CONTENT)]
    begun = time.monotonic()

    assert content(get(limits=replace(FAST, retry_after_max_s=0.2))) == CONTENT
    assert 0.2 <= time.monotonic() - begun < 10


def test_a_wait_beyond_the_total_time_is_not_begun(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(429, Retry_After="60")]
    begun = time.monotonic()
    refused = refusal(get(limits=replace(FAST, retry_after_max_s=60.0)))

    assert refused.code == "rate_limited"
    assert refused.message.startswith(
        f"{server.url}/a.csv: the server answered 429 Said and asked to wait 60 s; gave up after 1 attempt(s) in "
    )
    assert time.monotonic() - begun < 4.0


def test_waits_between_attempts_grow(server: HostileServer, get: Get) -> None:
    times: list[float] = []

    def note(connection: socket.socket, asked: Asked) -> None:
        times.append(time.monotonic())
        server.send(500)(connection, asked)

    server.answers = [note]
    get(limits=replace(FAST, backoff_initial_s=0.1, backoff_max_s=1.0))

    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(waits) == 3
    for wait, floor in zip(waits, (0.1, 0.2, 0.4), strict=True):
        assert wait >= floor


# servers that never recover


def test_a_server_that_always_resets_is_given_up_with_the_count(server: HostileServer, get: Get) -> None:
    server.answers = [server.reset]
    refused = refusal(get())

    assert refused.code == "connection"
    assert "; gave up after 4 attempt(s) in 0." in refused.message
    assert len(server.asked) == 4


def test_a_server_that_always_hangs_is_given_up(server: HostileServer, get: Get) -> None:
    server.answers = [server.hang]
    refused = refusal(get(limits=replace(FAST, attempts=2)))

    assert refused.code == "timeout"
    assert refused.message.startswith(f"{server.url}/a.csv: silent for 0.5 s; gave up after 2 attempt(s) in 1.")


def test_nobody_listening_is_a_connection_failure(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    refused = refusal(fetch(HttpRequest(f"http://127.0.0.1:{port}/a.csv", limits=FAST), scratch=tmp_path))

    assert refused.code == "connection"
    assert "Connection refused" in refused.message


def test_a_lasting_500_is_given_up(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(500)]
    refused = refusal(get())

    assert refused.code == "http_status"
    assert refused.message.startswith(f"{server.url}/a.csv: the server answered 500 Said; gave up after 4 attempt(s)")


def test_a_lasting_429_is_a_rate_limit(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(429)]
    assert refusal(get()).code == "rate_limited"


def test_a_404_is_final_and_says_what_to_do(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(404)]

    assert refusal(get()).message == (
        f"{server.url}/a.csv: the server answered 404 Said; the address has gone: look it up again and change "
        "delivery.url in the card"
    )
    assert len(server.asked) == 1


def test_a_server_that_never_sends_all_it_declares_is_incomplete(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, CONTENT, declared=len(CONTENT) + 1)]
    refused = refusal(get())

    assert refused.code == "incomplete"
    assert refused.message.startswith(
        f"{server.url}/a.csv: the connection broke after 100.0 KiB of 100.0 KiB; gave up after 4 attempt(s)"
    )


def test_a_server_that_declares_less_than_it_sends_is_found_out(server: HostileServer, get: Get) -> None:
    text = "站点,值\n杭州,1\n".encode()
    counted_in_characters = server.send(200, text, declared=len(text.decode()))
    server.answers = [counted_in_characters, server.send(200, text)]
    assert content(get()) == text

    server.answers = [counted_in_characters]
    refused = refusal(get())
    assert refused.code == "incomplete"
    assert "declared 10 bytes and sent more: what came is cut short" in refused.message


def test_a_web_page_in_place_of_data_is_tried_again(server: HostileServer, get: Get, tmp_path: Path) -> None:
    page = server.send(200, b"\n<!DOCTYPE html><html>502 Bad Gateway</html>")
    server.answers = [page, server.send(200, CONTENT)]
    assert content(get()) == CONTENT

    server.answers = [page]
    assert refusal(get()).code == "html_instead_of_data"
    assert content(get("/a.html")).endswith(b"</html>")


def test_a_chunked_body_without_its_end_is_incomplete(server: HostileServer, get: Get) -> None:
    server.answers = [server.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n")]
    assert refusal(get()).code == "incomplete"


def test_a_body_declared_too_large_is_not_read(server: HostileServer, get: Get) -> None:
    server.answers = [server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3221225472\r\n\r\n")]
    refused = refusal(get())

    assert refused.code == "too_large"
    assert "a.csv is 3.0 GiB; its dataset takes at most 1.0 MiB" in refused.message
    assert len(server.asked) == 1


def test_an_endless_body_is_cut_at_the_limit_and_not_kept(server: HostileServer, get: Get, tmp_path: Path) -> None:
    server.answers = [server.endless]

    assert refusal(get()).code == "too_large"
    assert not list(tmp_path.rglob("body.*"))


def test_a_body_that_drips_is_bounded_by_the_total_time(server: HostileServer, get: Get) -> None:
    server.answers = [server.drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x")]
    begun = time.monotonic()

    assert refusal(get(limits=replace(FAST, total_s=0.5))).code == "timeout"
    assert time.monotonic() - begun < 4.0


def test_headers_that_drip_are_bounded_by_the_total_time(server: HostileServer, get: Get) -> None:
    server.answers = [server.drip(b"HTTP/1.1 200 OK\r\nX: ", b"x")]
    begun = time.monotonic()
    refused = refusal(get(limits=replace(FAST, total_s=0.5)))

    assert refused.code == "timeout"
    assert "not done within 0.5 s; gave up after 1 attempt(s)" in refused.message
    assert time.monotonic() - begun < 4.0


@pytest.mark.parametrize("seed", range(30))
def test_garbage_in_place_of_http_is_a_refusal(server: HostileServer, get: Get, seed: int) -> None:
    rng = random.Random(seed)
    sound = bytearray(b'HTTP/1.1 200 OK\r\nETag: "v"\r\nContent-Length: 5\r\nRetry-After: 1\r\n\r\nabcde')
    for _ in range(rng.randint(1, 12)):
        sound[rng.randrange(len(sound))] = rng.randrange(256)
    server.answers = [server.raw(bytes(sound) if seed % 2 else rng.randbytes(200))]

    answer = get(limits=replace(FAST, attempts=2, retry_after_max_s=0.01))
    assert isinstance(answer, Delivery | Refusal)
    if isinstance(answer, Refusal):
        assert answer.code in {"connection", "incomplete", "http_status", "rate_limited", "too_large", "undecodable"}


# redirects


def test_five_redirects_are_followed_and_six_are_a_loop(server: HostileServer, get: Get) -> None:
    hop = server.send(302, Location="/next")
    server.answers = [*[hop] * 5, server.send(200, CONTENT)]
    assert content(get()) == CONTENT

    server.asked.clear()
    server.answers = [hop]
    refused = refusal(get())
    assert (refused.code, len(server.asked)) == ("redirect", 6)
    assert refused.message == f"{server.url}/a.csv: redirected more than 5 times: a loop?"


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/a.csv", "file:///etc/passwd", "http://", "http://[::1"])
def test_a_redirect_to_anything_but_the_web_is_refused(server: HostileServer, get: Get, target: str) -> None:
    server.answers = [server.send(301, Location=target)]
    assert refusal(get()).code == "redirect"


def test_the_body_of_a_redirect_is_not_read(server: HostileServer, get: Get) -> None:
    def endless_redirect(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /b.csv\r\n\r\n")
        server.drip(b"", bytes(65536))(connection, asked)

    server.answers = [endless_redirect, server.send(200, CONTENT)]
    assert content(get()) == CONTENT


def test_headers_and_credentials_stay_at_home(server: HostileServer, tmp_path: Path) -> None:
    foreign = HostileServer()
    foreign.answers = [foreign.send(200, CONTENT)]
    server.answers = [server.send(302, Location="/b.csv"), server.send(302, Location=f"{foreign.url}/c.csv")]
    url = server.url.replace("http://", "http://user:pa%40ss@") + "/a.csv"
    answer = fetch(HttpRequest(url, headers={"X-Api-Key": "s3cret"}, limits=FAST), scratch=tmp_path)
    foreign.close()

    assert content(answer) == CONTENT
    for asked in server.asked:
        assert asked.headers["authorization"] == "Basic dXNlcjpwYUBzcw=="
        assert asked.headers["x-api-key"] == "s3cret"
    assert not {"authorization", "x-api-key"} & foreign.asked[0].headers.keys()


# transfer encoding

PACKED = gzip.compress(CONTENT, mtime=0)


def test_a_packed_transfer_is_unpacked_and_its_length_checked_packed(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, PACKED, Content_Encoding="gzip")]

    assert content(get()) == CONTENT
    assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_half_a_packed_transfer_is_continued_packed(server: HostileServer, get: Get) -> None:
    headers: dict[str, Any] = {"ETag": '"v1"', "Content_Encoding": "gzip"}
    server.answers = [server.file(PACKED, cut=300, **headers), server.file(PACKED, **headers)]

    assert content(get()) == CONTENT
    assert server.asked[1].headers["range"] == "bytes=300-"


def test_a_packed_transfer_that_ends_early_is_incomplete(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, PACKED[:-1], Content_Encoding="gzip")]
    refused = refusal(get())

    assert refused.code == "incomplete"
    assert "the gzip transfer encoding is damaged: cut short" in refused.message


@pytest.mark.parametrize("size_mib", [2, 30], ids=["over the limit", "a bomb"])
def test_a_packed_transfer_that_unpacks_too_far_is_refused(
    server: HostileServer, get: Get, tmp_path: Path, size_mib: int
) -> None:
    server.answers = [server.send(200, gzip.compress(bytes(size_mib * MIB)), Content_Encoding="gzip")]

    assert refusal(get(limits=replace(FAST, max_bytes=MIB if size_mib == 2 else 99 * MIB))).code == "too_large"
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and p.name != "lock"]


def test_a_gz_file_labelled_as_encoded_by_its_suffix_stays_a_gz_file(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, PACKED, Content_Encoding="gzip")]
    assert content(get("/a.csv.gz")) == PACKED


def test_an_encoding_that_was_not_offered_is_refused(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, b"?", Content_Encoding="br")]
    assert refusal(get()).code == "undecodable"


# requests and secrets


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/a.csv", "http://[::1", "file:///etc/passwd", ""])
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    assert refusal(fetch(HttpRequest(url, limits=FAST), scratch=tmp_path)).code == "unusable_request"


def test_a_template_that_cannot_be_filled_is_refused(server: HostileServer, get: Get) -> None:
    refused = refusal(get(name="{hour}.json"))
    assert refused.code == "unusable_request"
    assert "it may use {now:%Y%m%dT%H} (UTC) and {segment}" in refused.message


@pytest.mark.parametrize("answer", ["ok", "status", "reset", "redirect", "bad header"])
def test_no_secret_is_shown_stored_or_logged(
    server: HostileServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    caplog.set_level(logging.INFO)
    answers = {
        "ok": server.send(200, CONTENT),
        "status": server.send(403),
        "reset": server.reset,
        "redirect": server.send(302, Location="ftp://x/?token=s3cret"),
    }
    server.answers = [answers.get(answer, server.reset)]
    header = "s3cret\n" if answer == "bad header" else "s3cret"
    request = HttpRequest(
        server.url.replace("//", "//user:s3cret@") + "/a.csv?access_token=s3cret&day=1&usercode=s3cret#s3cret",
        headers={"X-Api-Key": header},
        secret_keys=frozenset({"usercode"}),
        limits=FAST,
    )
    got = fetch(request, scratch=tmp_path)

    assert got.origin == f"{server.url}/a.csv?access_token=***&day=1&usercode=***"
    assert isinstance(got, Delivery) == (answer == "ok")
    kept = [p.read_bytes() for p in tmp_path.rglob("*.json")]
    assert "s3cret" not in f"{got!r} {request!r} {caplog.text} {kept!r}"


def test_two_runs_do_not_write_into_the_same_part(server: HostileServer, get: Get, tmp_path: Path) -> None:
    server.answers = [server.drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x")]
    first = threading.Thread(target=get, kwargs={"limits": replace(FAST, total_s=0.5)})
    first.start()
    _wait_for(lambda: list(tmp_path.rglob("body.part")))

    assert refusal(get()).code == "busy"
    first.join()


# many feeds


def test_whatever_one_feed_does_the_next_is_asked(tmp_path: Path) -> None:
    servers = [HostileServer() for _ in range(5)]
    good, gone, hanging, broken, known = servers
    good.answers = [good.send(200, b"good")]
    gone.answers = [gone.send(404)]
    hanging.answers = [hanging.hang]
    broken.answers = [broken.reset]
    known.answers = [known.send(304)]
    order = [gone, hanging, broken, known, good]
    limits = replace(FAST, attempts=1)
    seen: list[tuple[str, bytes | None]] = []
    for answer in deliveries(
        [HttpRequest(f"{s.url}/data.csv", limits=limits) for s in order],
        scratch=tmp_path,
        previous_signature=lambda origin: '{"etag": "v1"}' if origin.startswith(known.url) else None,
    ):
        what = answer.code if isinstance(answer, Refusal) else type(answer).__name__
        seen.append((what, answer.path.read_bytes() if isinstance(answer, Delivery) else None))
    for served in servers:
        served.close()

    assert seen == [
        ("http_status", None),
        ("timeout", None),
        ("connection", None),
        ("Unchanged", None),
        ("Delivery", b"good"),
    ]
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and p.name != "lock"]
