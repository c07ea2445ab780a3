"""A download in progress that survives: the bytes so far, and beside them which version of the content they are of.

``body.part`` holds the body as it came over the wire, ``body.json`` its validators and how many bytes are known to
be on disk. Does not belong here: asking for bytes (``http``).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

from catalog.lake import atomic_path, fsync_dir, write_json
from ingest.connectors.expansion import GZIP_MAGIC, InflatingReader, copy_bounded
from ingest.connectors.refusing import RefusedError

# What a kill or a power cut may cost at most: a resumed download trusts only bytes that were fsynced.
# 8 MiB is a second or two on a slow line; an fsync that often does not show beside the network.
CHECKPOINT_BYTES = 8 << 20


@dataclass(frozen=True)
class Version:
    """Which content a body is of. ``validator`` is what ``If-Range`` may carry; without one nothing can be resumed."""

    etag: str | None
    last_modified: str | None
    validator: str | None
    encoding: str
    total: int | None
    durable_bytes: int = 0


class PartFile:
    """The body of one address, kept in ``folder`` until it is complete."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._body = folder / "body.part"
        self._record = folder / "body.json"
        self._handle: BinaryIO | None = None
        self._version = self._recall()
        self.size = 0

    @property
    def version(self) -> Version | None:
        """What the bytes on disk are of."""
        return self._version

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder; RefusedError (``busy``) when another process does."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RefusedError("busy", "another run is asking this address; let it finish") from error
            self._version = self._recall()
            yield

    def resumable_bytes(self) -> int:
        """How many bytes a further request may leave out."""
        if self._version is None or self._version.validator is None or not self._body.exists():
            return 0
        return min(self._version.durable_bytes, self._body.stat().st_size)

    def restart(self, version: Version) -> None:
        """Begin anew; the record goes first, so bytes never lie beside the record of another version."""
        self.discard()
        write_json(self._record, asdict(version))
        self._version, self.size = version, 0
        self._handle = self._body.open("wb")

    def resume(self) -> None:
        """Go on behind the bytes known to be on disk."""
        self.size = self.resumable_bytes()
        self._handle = self._body.open("r+b")
        self._handle.truncate(self.size)
        self._handle.seek(self.size)

    def write(self, chunk: bytes) -> None:
        """Append."""
        assert self._handle is not None and self._version is not None, "restart() or resume() comes first"
        self._handle.write(chunk)
        self.size += len(chunk)
        if self.size - self._version.durable_bytes >= CHECKPOINT_BYTES:
            self._checkpoint()

    def pause(self) -> None:
        """Make sure of what came, and close."""
        if self._handle is None:
            return
        self._checkpoint()
        self._handle.close()
        self._handle = None

    def discard(self) -> None:
        """Forget the bytes and what they were of."""
        if self._handle is not None:
            self._handle.close()
            self._handle = None
        self._body.unlink(missing_ok=True)
        self._record.unlink(missing_ok=True)
        self._version = None

    def finish(self, name: str, max_bytes: int) -> Path:
        """The complete content under its name, fsynced before it is renamed; the part is gone.

        Raises:
            RefusedError: the transfer encoding is damaged, or unpacks beyond bounds.
        """
        assert self._version is not None, "nothing was received"
        self.pause()
        target = self._folder / "complete" / name
        target.parent.mkdir(exist_ok=True)
        if self._version.encoding == "gzip" and not self._is_gzip_by_name(name):
            with atomic_path(target) as temporary, InflatingReader(self._body, "gz") as reader:
                copy_bounded(reader, temporary, name, max_bytes)
        else:
            self._body.replace(target)
            fsync_dir(target.parent)
        self.discard()
        return target

    def _is_gzip_by_name(self, name: str) -> bool:
        """Whether ``x.csv.gz`` was labelled as encoded by a server that only meant its suffix: then it stays packed."""
        if not name.lower().endswith((".gz", ".tgz")):
            return False
        with InflatingReader(self._body, "gz") as reader:
            return reader.read(len(GZIP_MAGIC)) != GZIP_MAGIC

    def _checkpoint(self) -> None:
        assert self._handle is not None and self._version is not None, "restart() or resume() comes first"
        self._handle.flush()
        os.fsync(self._handle.fileno())
        self._version = replace(self._version, durable_bytes=self.size)
        write_json(self._record, asdict(self._version))

    def _recall(self) -> Version | None:
        try:
            return Version(**json.loads(self._record.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
