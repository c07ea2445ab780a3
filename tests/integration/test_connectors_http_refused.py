"""Fetching over HTTP: servers that never recover, redirects, packed transfers, secrets, and one feed beside another."""

from __future__ import annotations

import gzip
import logging
import random
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.connectors.http import HttpRequest, deliveries, fetch
from ingest.landing import Delivery, Refusal
from tests.integration.scripted_server import CONTENT, FAST, MIB, Asked, Get, HostileServer, content, refusal, wait_for

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
    wait_for(lambda: list(tmp_path.rglob("body.part")))

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
