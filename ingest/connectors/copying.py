"""A remote file of known size and version, copied on from where an earlier attempt, or run, broke off.

Does not belong here: reading it (``object_store``, ``sftp``), how a part is kept (``partial``).
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.connectors.limits import Limits, RetryableError, persistently
from ingest.connectors.partial import PartFile, Version
from ingest.connectors.refusing import human_bytes, shown, too_large

PARTIAL_SUFFIXES = (".part", ".filepart", ".crdownload", ".tmp")


def copied(
    origin: str,
    name: str,
    version: str,
    size: int,
    *,
    limits: Limits,
    scratch: Path,
    read_from: Callable[[int], Iterable[bytes]],
) -> Path:
    """The whole file on scratch, fsynced; the caller removes it. ``read_from(n)`` yields its bytes from the n-th on.

    Raises:
        RefusedError: too large, or it did not come whole within the limits.
    """
    if size > limits.max_bytes:
        raise too_large(name, size, limits.max_bytes)
    folder = scratch / hashlib.sha256(origin.encode()).hexdigest()[:16]
    part = PartFile(folder)

    def attempt() -> Path:
        if part.version is not None and part.version.etag == version and part.resumable_bytes():
            part.resume()
        else:
            part.restart(Version(etag=version, last_modified=None, validator=version, encoding="", total=size))
        try:
            for chunk in read_from(part.size):
                part.write(chunk)
                if part.size > size:
                    break
        finally:
            part.pause()
        if part.size < size:
            raise RetryableError("incomplete", f"{shown(name)}: {human_bytes(part.size)} of {human_bytes(size)} came")
        if part.size > size:
            part.discard()
            raise RetryableError("incomplete", f"{shown(name)}: more came than the {human_bytes(size)} it has")
        return part.finish(name, limits.max_bytes)

    with part.alone():
        whole = persistently(attempt, limits).replace(folder.with_suffix(".whole"))
        shutil.rmtree(folder)  # a bucket of many objects would leave a folder each
    return whole
