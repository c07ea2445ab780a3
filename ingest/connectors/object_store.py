"""Objects of an S3 bucket: those below a prefix that are new or changed, by ETag.

Does not belong here: archives (``archives``), which dataset an object is for (cards).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import obstore
from obstore import exceptions
from obstore.store import S3Store

from ingest.connectors.archives import Receiver, opened
from ingest.connectors.copying import PARTIAL_SUFFIXES, copied
from ingest.connectors.environment import Environment
from ingest.connectors.limits import Limits, RetryableError, persistently
from ingest.connectors.refusing import RefusedError, shown
from ingest.delivery import ObjectStore
from ingest.landing import Delivery, Refusal

CHUNK_BYTES = 1 << 20
# a listing is kept in memory: a million names are 200 MB, and no prefix of one dataset
MAX_OBJECTS = 100_000


def deliveries(
    settings: ObjectStore, *, environment: Environment, limits: Limits, receiver: Receiver, claims: str
) -> Iterator[Delivery | Refusal]:
    """What is new below the prefix, in the order of the keys; a refusal for each thing not taken."""
    origin = settings.url
    try:
        origin = environment.public(settings.url).rstrip("/")
        bucket = _Bucket(settings, origin, environment, limits)
        listing = persistently(bucket.listing, limits)
    except RefusedError as error:
        yield Refusal(settings.url, origin, error.code, environment.scrub(f"{shown(origin)}: {error.message}"))
        return
    for meta in listing:
        try:
            yield from _object(bucket, meta, limits, receiver, claims)
        except RefusedError as error:
            name = meta["path"].rsplit("/", 1)[-1]
            yield Refusal(name, bucket.origin(meta["path"]), error.code, environment.scrub(error.message))


def _object(
    bucket: _Bucket, meta: Any, limits: Limits, receiver: Receiver, claims: str
) -> Iterator[Delivery | Refusal]:
    path, size = meta["path"], meta["size"]
    # without an ETag, size and time; an ETag alone is the store's word that the bytes are the same
    version = meta["e_tag"] or f"{size}-{meta['last_modified'].isoformat()}"
    name = path.rsplit("/", 1)[-1]

    def fetch(max_bytes: int) -> Any:
        return copied(
            bucket.origin(path),
            name,
            version,
            size,
            limits=Limits(**(vars(limits) | {"max_bytes": max_bytes})),
            scratch=receiver.scratch / "object_store",
            read_from=lambda start: bucket.read(path, meta["e_tag"], start),
        )

    yield from opened(name, bucket.origin(path), version, receiver=receiver, claims=claims, fetch=fetch)


class _Bucket:
    """One bucket, its errors in our words."""

    def __init__(self, settings: ObjectStore, url: str, environment: Environment, limits: Limits) -> None:
        bucket, _, self._prefix = url.removeprefix("s3://").partition("/")
        if not url.startswith("s3://") or not bucket:
            raise RefusedError("unusable_request", "this is no s3://bucket/prefix")
        self._name = bucket
        self._limits = limits
        self._environment = environment
        config: dict[str, Any] = {"region": settings.region, "virtual_hosted_style_request": False}
        if settings.endpoint is not None:
            config["endpoint"] = environment.public(settings.endpoint)
        if settings.access_key is not None and settings.secret_key is not None:
            config["access_key_id"] = environment.secret(settings.access_key)
            config["secret_access_key"] = environment.secret(settings.secret_key)
        else:
            config["skip_signature"] = True
        self._store = S3Store(
            bucket,
            config=config,  # type: ignore[arg-type] # a TypedDict of options, filled by name
            client_options={
                "connect_timeout": timedelta(seconds=limits.connect_s),
                "read_timeout": timedelta(seconds=limits.read_s),
                "timeout": timedelta(seconds=limits.total_s),
                "allow_http": True,
            },
            retry_config={"max_retries": 0},  # tried again here, as every transport does
        )

    def origin(self, path: str) -> str:
        """The address of one object."""
        return f"s3://{self._name}/{path}"

    def listing(self) -> list[Any]:
        """All objects below the prefix, sorted by key; hidden and partial ones are passed over."""
        found: list[Any] = []
        try:
            for chunk in obstore.list(self._store, self._prefix or None, chunk_size=1000):
                found += chunk
                if len(found) > MAX_OBJECTS:
                    raise RefusedError("endless_paging", f"more than {MAX_OBJECTS:,} objects; name a longer prefix")
        except exceptions.BaseError as error:
            raise self._failure(error) from error
        names = [(meta["path"].rsplit("/", 1)[-1], meta) for meta in found]
        wanted = [m for n, m in names if n and not n.startswith(".") and not n.lower().endswith(PARTIAL_SUFFIXES)]
        return sorted(wanted, key=lambda meta: str(meta["path"]))

    def read(self, path: str, e_tag: str | None, start: int) -> Iterable[bytes]:
        """The bytes from ``start`` on, of this very version."""
        begun = time.monotonic()
        options: dict[str, Any] = {"if_match": e_tag} if e_tag is not None else {}
        if start:
            options["range"] = {"offset": start}
        try:
            for chunk in obstore.get(self._store, path, options=options).stream(CHUNK_BYTES):  # type: ignore[arg-type] # likewise
                yield bytes(chunk)
                if time.monotonic() - begun > self._limits.total_s:
                    raise RetryableError("timeout", f"not done within {self._limits.total_s:g} s")
        except exceptions.PreconditionError as error:
            raise RefusedError("changed", "replaced while it was read: the next run takes the new one") from error
        except exceptions.NotFoundError as error:
            raise RefusedError("changed", "gone since it was listed") from error
        except exceptions.BaseError as error:
            raise self._failure(error) from error

    def _failure(self, error: exceptions.BaseError) -> RefusedError:
        raw = self._environment.scrub(" ".join(str(error).split()))
        said = shown(raw)
        denied = isinstance(error, exceptions.PermissionDeniedError | exceptions.UnauthenticatedError)
        if denied or any(code in raw for code in ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied")):
            return RefusedError("credentials", f"the store refuses this caller: check access_key, secret_key ({said})")
        if isinstance(error, exceptions.NotFoundError) or "NoSuchBucket" in raw:
            return RefusedError("not_found", f"there is no such bucket: check url and endpoint ({said})")
        return RetryableError("connection", f"the store did not answer well: {said}")
