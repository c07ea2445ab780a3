"""Fetch over HTTP from servers that hang, reset, send half, say "later", or never stop.

One request becomes one of three answers: a :class:`~ingest.landing.Delivery`, :class:`Unchanged` (304), or a
:class:`~ingest.landing.Refusal` with a code: ``http_status``, ``timeout``, ``connection``, ``too_large``,
``incomplete``, ``rate_limited``, ``redirect``, ``undecodable``, ``html_instead_of_data``, ``unusable_request``,
``busy``.

A body is streamed to ``scratch`` and continued by range after a failure, in this process or a later one, as long as
the server vouches (``If-Range``) that it is still the same content. Does not belong here: how a part is kept
(``partial``), how an address is shown (``addresses``), when to fetch and whether the bytes are news.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import getproxies

import httpx
import stamina

from ingest.connectors.addresses import file_name, redacted
from ingest.connectors.http_headers import (
    content_length,
    content_range,
    encoding_of,
    retry_after_s,
    signature_of,
    validators_in,
    version_of,
)
from ingest.connectors.limits import Limits, RetryableError
from ingest.connectors.partial import PartFile
from ingest.connectors.refusing import RefusedError, human_bytes, shown, too_large
from ingest.connectors.wire import CountingTransport, Tally
from ingest.landing import Delivery, Refusal, now

MAX_REDIRECTS = 5
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
COMPLETE = frozenset({200, 203})
HINTS = {
    401: "the provider wants credentials: check the token in the settings",
    403: "the provider refuses this caller: check the token, or ask to be let in",
    404: "the address has gone: look it up again and change delivery.url in the card",
    410: "the address has gone: look it up again and change delivery.url in the card",
}

# httpx logs whole addresses at INFO, httpcore headers at DEBUG: both may hold secrets
for _chatty in ("httpx", "httpcore"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


HttpLimits = Limits


@dataclass(frozen=True)
class HttpRequest:
    """What to ask. ``name`` is a template for the file's name (see ``addresses.file_name``).

    Values of ``secret_keys`` are hidden as those of parameters called token, key, password … are anyway. Headers go
    to the address's own host only, not to where it redirects.
    """

    url: str = field(repr=False)
    name: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_keys: frozenset[str] = frozenset()
    limits: HttpLimits = field(default_factory=HttpLimits)

    @property
    def origin(self) -> str:
        """The address as it may be shown and stored."""
        return redacted(self.url, self.secret_keys)


@dataclass(frozen=True)
class Unchanged:
    """The server says that what was landed under ``signature`` is still the newest."""

    name: str
    origin: str
    signature: str


def deliveries(
    requests: Iterable[HttpRequest], *, scratch: Path, previous_signature: Callable[[str], str | None]
) -> Iterator[Delivery | Unchanged | Refusal]:
    """One answer per request, in order; whatever one feed does, the next is asked.

    ``previous_signature(origin)`` is the signature last landed from an origin. The file behind a delivery is gone
    once the next one is asked for.

    Raises:
        OSError: ``scratch`` cannot be written (disk full, read-only).
    """
    for request in requests:
        answer = fetch(request, scratch=scratch, previous_signature=previous_signature(request.origin))
        try:
            yield answer
        finally:
            if isinstance(answer, Delivery):
                answer.path.unlink(missing_ok=True)


def fetch(
    request: HttpRequest, *, scratch: Path, previous_signature: str | None = None
) -> Delivery | Unchanged | Refusal:
    """Ask until there is an answer or the budget is used up; the caller removes a delivery's file."""
    origin, name = request.origin, request.name or "download"
    try:
        name = file_name(request.url, request.name, now())
        # by the shown address: a renewed token goes on with the same part
        part = PartFile(scratch / "http" / hashlib.sha256(origin.encode()).hexdigest()[:16])
        with part.alone():
            return _Transfer(request, name, part, previous_signature).run()
    except RefusedError as error:
        return Refusal(name, origin, error.code, f"{shown(origin)}: {error.message}")


class _Transfer:
    """All attempts at one request."""

    def __init__(self, request: HttpRequest, name: str, part: PartFile, previous_signature: str | None) -> None:
        self._request = request
        self._limits = request.limits
        self._name = name
        self._part = part
        self._previous = previous_signature
        self._validators = validators_in(previous_signature)
        self._begun = time.monotonic()
        self._attempt_no = 0
        self._next_wait_s = 0.0
        self._in_body = False
        self._tally = Tally()

    def run(self) -> Delivery | Unchanged:
        """The answer; RefusedError, with the story of the attempts, when there is none."""
        limits = self._limits
        try:
            for attempt in stamina.retry_context(
                on=self._retry,
                attempts=limits.attempts,
                timeout=None,  # counted in _retry, which knows the wait ahead
                wait_initial=limits.backoff_initial_s,
                wait_max=limits.backoff_max_s,
                wait_jitter=limits.jitter_s,
            ):
                self._attempt_no, self._next_wait_s = attempt.num, attempt.next_wait
                with attempt:
                    return self._attempt()
        except RetryableError as error:
            raise RefusedError(error.code, f"{error.message}; {self._story()}") from error
        raise AssertionError("a retry loop ends by an answer or an error")

    def _retry(self, error: Exception) -> bool | float:
        """Whether, and if the server said so when, to try again; never beyond the total time."""
        if not isinstance(error, RetryableError):
            return False
        jitter_s = self._limits.jitter_s
        if error.wait_s is None:
            return self._next_wait_s + jitter_s < self._left_s()
        wait_s = min(error.wait_s, self._limits.retry_after_max_s) + random.uniform(0, jitter_s)  # noqa: S311 - spreads load, hides nothing
        return wait_s if wait_s < self._left_s() else False

    def _attempt(self) -> Delivery | Unchanged:
        limits, left_s = self._limits, self._left_s()
        timeout = httpx.Timeout(min(limits.read_s, left_s), connect=min(limits.connect_s, left_s))
        self._in_body = False
        try:
            with (
                httpx.Client(verify=_tls(), timeout=timeout, transport=self._transport()) as client,
                _closed_after(client, left_s),
                self._response(client) as response,
            ):
                return self._receive(response)
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError) as error:
            # the text of these may quote a header
            raise RefusedError(
                "unusable_request", "no valid http(s) address, or a header that cannot be sent"
            ) from error
        except (httpx.HTTPError, RuntimeError) as error:
            raise self._failure(error) from error
        finally:
            self._part.pause()

    def _transport(self) -> httpx.BaseTransport | None:
        """One that counts; the usual one behind a proxy, which frames bodies anew and finds such lies itself."""
        return None if getproxies() else CountingTransport(_tls(), self._tally)

    def _failure(self, error: Exception) -> RefusedError:
        """A transport's failure in words; any failure after the deadline is the deadline's doing."""
        limits, came = self._limits, f" after {self._came()}" if self._in_body else ""
        if self._left_s() <= 0:
            return self._out_of_time()
        if isinstance(error, RuntimeError):  # httpx: misuse of a client that is not past its deadline
            raise error
        if isinstance(error, httpx.ConnectTimeout):
            return RetryableError("timeout", f"no connection within {limits.connect_s:g} s")
        if isinstance(error, httpx.TimeoutException):
            return RetryableError("timeout", f"silent for {limits.read_s:g} s{came}")
        if self._in_body:
            return RetryableError("incomplete", f"the connection broke{came}")
        said = shown(str(error) or type(error).__name__)
        if said.startswith("Invalid URL in location header"):  # httpx looks at it even when told not to follow
            return RefusedError("redirect", "redirected to something that is no address")
        return RetryableError("connection", f"the connection failed: {said}")

    @contextmanager
    def _response(self, client: httpx.Client) -> Iterator[httpx.Response]:
        """The response at the end of the redirects, body unread.

        Followed here and not by httpx, which reads the body of every redirect into memory, and sends all headers but
        ``Authorization`` on to foreign hosts.
        """
        home = url = httpx.URL(self._request.url)
        credentials = httpx.BasicAuth(url.username, url.password) if url.userinfo else None
        url = url.copy_with(userinfo=b"", fragment=None)
        for _ in range(MAX_REDIRECTS + 1):
            at_home = (url.scheme, url.host, url.port) == (home.scheme, home.host, home.port)
            headers = self._headers() | (dict(self._request.headers) if at_home else {})
            with client.stream("GET", url, headers=headers, auth=credentials if at_home else None) as response:
                if not response.has_redirect_location:
                    yield response
                    return
                url = self._redirected(url, response.headers["location"])
        raise RefusedError("redirect", f"redirected more than {MAX_REDIRECTS} times: a loop?")

    def _redirected(self, url: httpx.URL, location: str) -> httpx.URL:
        try:
            target = url.join(location)
        except (httpx.InvalidURL, ValueError) as error:
            raise RefusedError("redirect", "redirected to something that is no address") from error
        if target.scheme not in ("http", "https") or not target.host:
            raise RefusedError(
                "redirect", f"redirected to {shown(redacted(str(target)))}; only http and https are followed"
            )
        if url.scheme == "https" and target.scheme == "http":
            raise RefusedError(
                "redirect",
                f"redirected from https to {shown(redacted(str(target)))}, where anyone could alter the data",
            )
        return target

    def _headers(self) -> dict[str, str]:
        """Conditions and range. Only gzip is offered: it is what ``partial`` can unpack within bounds."""
        headers = {"User-Agent": "ecolake", "Accept-Encoding": "gzip"}
        if etag := self._validators.get("etag"):
            headers["If-None-Match"] = etag
        if modified := self._validators.get("last_modified"):
            headers["If-Modified-Since"] = modified
        version = self._part.version
        if (size := self._part.resumable_bytes()) and version is not None and version.validator is not None:
            headers |= {"Range": f"bytes={size}-", "If-Range": version.validator}
        return headers

    def _receive(self, response: httpx.Response) -> Delivery | Unchanged:
        status = response.status_code
        if status == httpx.codes.NOT_MODIFIED and self._previous is not None and self._validators:
            self._part.discard()
            return Unchanged(self._name, self._request.origin, self._previous)
        if status == httpx.codes.PARTIAL_CONTENT:
            total = self._resume(response)
        elif status in COMPLETE:
            total = self._restart(response)
        else:
            raise self._status_failure(response)
        self._read_body(response, total)
        return self._finish()

    def _restart(self, response: httpx.Response) -> int | None:
        version = version_of(response.headers)
        if version.total is not None and version.total > self._limits.max_bytes:
            self._part.discard()
            raise too_large(self._name, version.total, self._limits.max_bytes)
        self._part.restart(version)
        return version.total

    def _resume(self, response: httpx.Response) -> int | None:
        """Go on where the part ends, if that is what the server sends."""
        version, size = self._part.version, self._part.resumable_bytes()
        found = content_range(response.headers)
        etag = response.headers.get("etag")
        if (
            version is None
            or found is None
            or not 0 < size == found[0]
            or (etag is not None and version.etag is not None and etag != version.etag)
            or encoding_of(response.headers) != version.encoding
        ):
            self._part.discard()
            raise RetryableError("incomplete", "sent another part than was asked for")
        self._part.resume()
        return found[1] if found[1] is not None else version.total

    def _read_body(self, response: httpx.Response, total: int | None) -> None:
        limits = self._limits
        self._in_body = True
        for chunk in response.iter_raw():
            self._part.write(chunk)
            if self._part.size > limits.max_bytes:
                self._part.discard()
                raise too_large(self._name, None, limits.max_bytes)
        if total is not None and self._part.size != total:
            self._part.discard()
            raise RetryableError("incomplete", f"declared {total:,} bytes and sent another number")
        declared = content_length(response.headers)
        if declared is not None and self._tally.body_bytes > declared:
            self._part.discard()
            raise RetryableError("incomplete", f"declared {declared:,} bytes and sent more: what came is cut short")

    def _finish(self) -> Delivery:
        version = self._part.version
        assert version is not None, "the body was just received"
        try:
            path = self._part.finish(self._name, self._limits.max_bytes)
        except RefusedError as error:
            self._part.discard()
            if error.code == "damaged_archive":
                raise RetryableError("incomplete", f"the gzip transfer encoding is damaged: {error.message}") from error
            raise RefusedError("too_large", error.message) from error
        if _is_page(path, self._name):
            path.unlink()
            raise RetryableError(
                "html_instead_of_data",
                "answered with a web page where data were expected: down for maintenance, or a login that has expired?",
            )
        return Delivery(self._name, self._request.origin, signature_of(version, path), path)

    def _status_failure(self, response: httpx.Response) -> RefusedError:
        status = response.status_code
        said = shown(f"the server answered {status} {response.reason_phrase}".rstrip())
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            self._part.discard()
            return RetryableError("http_status", said, wait_s=0)
        if status not in RETRIED:
            return RefusedError("http_status", f"{said}; {HINTS.get(status, 'look at the address with a browser')}")
        wait_s = retry_after_s(response.headers)
        if wait_s is not None:
            said += f" and asked to wait {wait_s:g} s"
        is_rate = status == httpx.codes.TOO_MANY_REQUESTS or (
            status == httpx.codes.SERVICE_UNAVAILABLE and wait_s is not None
        )
        return RetryableError("rate_limited" if is_rate else "http_status", said, wait_s=wait_s)

    def _left_s(self) -> float:
        return self._limits.total_s - (time.monotonic() - self._begun)

    def _out_of_time(self) -> RetryableError:
        came = f": {self._came()} came" if self._in_body else ""
        return RetryableError("timeout", f"not done within {self._limits.total_s:g} s{came}")

    def _came(self) -> str:
        total = self._part.version.total if self._part.version is not None else None
        return human_bytes(self._part.size) + (f" of {human_bytes(total)}" if total is not None else "")

    def _story(self) -> str:
        spent_s = time.monotonic() - self._begun
        kept = self._part.resumable_bytes()
        resume = f"; {human_bytes(kept)} are kept, the next run goes on from there" if kept else ""
        return f"gave up after {self._attempt_no} attempt(s) in {spent_s:.1f} s{resume}"


def _is_page(path: Path, name: str) -> bool:
    """Whether a web page came, as gateways send it with status 200; never mind a file that is called one."""
    with path.open("rb") as body:
        head = body.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html")) and not name.lower().endswith((".html", ".htm"))


@functools.cache
def _tls() -> ssl.SSLContext:
    """Loading the certificates takes longer than a request: once per process."""
    return httpx.create_ssl_context()


@contextmanager
def _closed_after(client: httpx.Client, seconds: float) -> Iterator[None]:
    """Close the connections when time is up: a byte now and then would outlast every other timeout."""
    timer = threading.Timer(seconds, client.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
