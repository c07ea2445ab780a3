"""What the headers of a response say: encoding, version of the content, when to come back.

Pure functions of headers; acting on them belongs to ``http``.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from ingest.connectors.partial import Version
from ingest.connectors.refusing import RefusedError, shown
from ingest.core import file_sha256


def content_length(headers: httpx.Headers) -> int | None:
    """The declared size of the body on the wire; h11 has checked that it is a number."""
    declared = headers.get("content-length")
    return None if declared is None or "transfer-encoding" in headers else int(declared)


def content_range(headers: httpx.Headers) -> tuple[int, int | None] | None:
    """(first byte, size of the whole or None) of a partial response."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("content-range", ""))
    return (int(found[1]), None if found[2] == "*" else int(found[2])) if found else None


def version_of(headers: httpx.Headers) -> Version:
    """Which content the body is of. Raises RefusedError for an encoding that was never offered."""
    return Version(
        etag=_sendable(headers.get("etag")),
        last_modified=_sendable(headers.get("last-modified")),
        validator=_strong_validator(headers),
        encoding=encoding_of(headers),
        total=content_length(headers),
    )


def encoding_of(headers: httpx.Headers) -> str:
    """``gzip`` or nothing; RefusedError for what was never offered."""
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return ""
    if encoding in ("gzip", "x-gzip"):
        return "gzip"
    raise RefusedError("undecodable", f"the body is encoded as {shown(encoding)}, though only gzip was offered")


def _strong_validator(headers: httpx.Headers) -> str | None:
    """What proves that two parts are of one content (RFC 9110, 8.8): a strong ETag, or a time that had passed."""
    if "etag" in headers:
        etag = _sendable(headers["etag"])
        return None if etag is None or etag.startswith("W/") else etag
    modified, sent = _http_date(headers.get("last-modified")), _http_date(headers.get("date"))
    if modified is None or sent is None or sent - modified < timedelta(seconds=1):
        return None
    return _sendable(headers["last-modified"])


def _sendable(value: str | None) -> str | None:
    """A validator goes back in a request, where only ASCII may stand."""
    return value if value is not None and value.isascii() else None


def retry_after_s(headers: httpx.Headers) -> float | None:
    """Seconds to wait; a date is measured by the server's own clock when it tells it."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return float(value)
    until = _http_date(value)
    if until is None:
        return None
    return max(0.0, (until - (_http_date(headers.get("date")) or datetime.now(tz=UTC))).total_seconds())


def _http_date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value or "")
    except (ValueError, TypeError, ArithmeticError, LookupError):  # an email parser: it raises what it stumbles over
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def signature_of(version: Version, path: Path) -> str:
    """The validators to ask with next time; without any, the hash of the content."""
    found = {"etag": version.etag, "last_modified": version.last_modified}
    known = {name: value for name, value in found.items() if value is not None}
    return json.dumps(known or {"sha256": file_sha256(path)}, sort_keys=True, ensure_ascii=False)


def validators_in(signature: str | None) -> dict[str, str]:
    """The inverse of :func:`signature_of`; nothing for a signature of another kind."""
    try:
        found = json.loads(signature or "")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {k: v for k, v in found.items() if k in ("etag", "last_modified") and isinstance(v, str)}
