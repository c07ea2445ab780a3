"""Addresses of feeds: how one may be shown, and what its file is called.

Secrets travel in addresses (``user:password@``, ``?token=``); nothing printed, logged or stored may hold one.
Does not belong here: asking the address for anything (``http``).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from urllib.parse import unquote, unquote_plus, urlsplit

from ingest.connectors.refusing import RefusedError, shown

# compared after lower-casing and dropping "_" and "-"; ``tk`` is Tianditu's key, ``ak``/``sk`` Baidu's and AliYun's
SECRET_KEY = re.compile(
    r"(token|secret|password|passwd|pwd|signature|credential|credentials|apikey|appkey|accesskey|authkey"
    r"|subscriptionkey|authorization)$|^(key|sign|sig|auth|ak|sk|tk|pass|session|sessionid|jsessionid|sid)$"
)
HIDDEN = "***"
MAX_NAME_BYTES = 200


def redacted(url: str, secret_keys: Collection[str] = ()) -> str:
    """``url`` without userinfo, fragment and the values of secret parameters; what is no URL is not shown at all."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return "(unreadable address)"
    host = f"[{host}]" if ":" in host else host
    pairs = [_pair(pair, secret_keys) for pair in parts.query.split("&")] if parts.query else []
    query = f"?{'&'.join(pairs)}" if pairs else ""
    return f"{parts.scheme}://{host}{port}{parts.path}{query}"


def file_name(url: str, template: str | None, now: datetime, **fields: object) -> str:
    """What the content is called: the last segment of the path, or ``template``.

    In the template ``{now:%Y%m%dT%H}`` is the instant of asking (UTC) and ``{segment}`` the last segment: an address
    that always answers with the newest hour needs a name that tells the hours apart.
    ``fields`` are what else it may name.

    Raises:
        RefusedError: the template cannot be filled.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise RefusedError("unusable_request", "this is no http(s) address") from error
    segment = unquote(parts.path.rstrip("/").rsplit("/", 1)[-1]) or parts.hostname or "download"
    try:
        name = template.format(now=now, segment=segment, **fields) if template else segment
    except (LookupError, ValueError, AttributeError) as error:
        raise RefusedError(
            "unusable_request",
            f"the name {shown(str(template))!r} cannot be filled in ({error}); it may use {{now:%Y%m%dT%H}} (UTC) and "
            "{segment}",
        ) from error
    plain = re.sub(r"[\x00-\x1f\x7f/\\]", "_", name).lstrip(".") or "download"
    # from the end, to keep the suffix
    return plain.encode("utf-8", "replace")[-MAX_NAME_BYTES:].decode("utf-8", "ignore")


def _pair(pair: str, secret_keys: Collection[str]) -> str:
    key, equals, _ = pair.partition("=")
    plain = unquote_plus(key)
    is_secret = plain in secret_keys or SECRET_KEY.search(re.sub("[_-]", "", plain.lower()))
    return f"{key}={HIDDEN}" if equals and is_secret else pair
