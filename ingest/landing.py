"""Landing zone: store bytes exactly as received, addressed by their SHA-256, and remember every arrival.

Nothing here knows what the bytes mean: parsing lives in each dataset's ``parse.py``, transport in ``connectors``,
deciding when to fetch in ``orchestration``.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from catalog.lake import Lake, fsync_dir, write_json

CHUNK_BYTES = 1 << 20
ARCHIVES = "_archives"
ENV_CLOCK = "SOURCE_DATE_EPOCH"


class DamagedObjectError(RuntimeError):
    """Landed bytes no longer have the hash they are named by."""


def now() -> datetime:
    """The current instant; ``SOURCE_DATE_EPOCH`` freezes it for reproducible builds."""
    frozen = os.environ.get(ENV_CLOCK)
    return datetime.fromtimestamp(int(frozen), tz=UTC) if frozen else datetime.now(tz=UTC)


@dataclass(frozen=True)
class Delivery:
    """One complete file handed over by a connector.

    ``signature`` changes whenever the source's bytes may have changed (size and mtime, ETag …): an unchanged
    signature is not fetched again. ``path`` is readable until the next delivery is asked for.
    """

    name: str
    origin: str
    signature: str
    path: Path
    container_sha256: str | None = None


@dataclass(frozen=True)
class ArchiveDelivery(Delivery):
    """A container of files, handed over after the last of its members: to land it is to say "this one is done"."""


@dataclass(frozen=True)
class Refusal:
    """Something a connector could not or would not deliver, in words a person can act on."""

    name: str
    origin: str
    code: str
    message: str


@dataclass(frozen=True)
class LandedObject:
    """One arrival of bytes.

    ``occurrence`` counts how often these same bytes came back after other bytes had replaced them under the same
    name (a correction that was withdrawn): each return is news, though the bytes are stored once.
    """

    dataset: str
    sha256: str
    name: str
    origin: str
    signature: str
    size_bytes: int
    received_at: datetime
    container_sha256: str | None = None
    occurrence: int = 0

    @property
    def extension(self) -> str:
        """Suffix of the stored file, from the name it was published under."""
        suffixes = Path(self.name).suffixes[-2:]
        return "".join(suffixes) if suffixes and suffixes[0] == ".tar" else (suffixes[-1] if suffixes else "")

    @property
    def key(self) -> str:
        """Short name of this arrival: hash prefix, and the occurrence if it is a return."""
        return self.sha256[:16] + (f"r{self.occurrence}" if self.occurrence else "")


class LandingZone:
    """The landing zone of one dataset."""

    def __init__(self, lake: Lake, dataset: str) -> None:
        self._root = lake.landing(dataset)
        self._dataset = dataset

    def put(self, delivery: Delivery) -> LandedObject | None:
        """Store a delivery; returns the new arrival, or None when these bytes are already the newest of that name.

        Crash-safe: the bytes are fsynced and renamed into place before the log entry that names them is written.
        """
        incoming = self._root / "incoming" / f"{os.getpid()}-{secrets.token_hex(4)}"
        incoming.parent.mkdir(parents=True, exist_ok=True)
        try:
            sha256, size = _copy_hashing(delivery.path, incoming)
            landed = LandedObject(
                dataset=self._dataset,
                sha256=sha256,
                name=delivery.name,
                origin=delivery.origin,
                signature=delivery.signature,
                size_bytes=size,
                received_at=now(),
                container_sha256=delivery.container_sha256,
            )
            earlier = list(self._by_hash.get(sha256, ()))
            stored = self.path(earlier[0] if earlier else landed)
            if not stored.exists():
                stored.parent.mkdir(parents=True, exist_ok=True)
                incoming.replace(stored)
                fsync_dir(stored.parent)
        finally:
            incoming.unlink(missing_ok=True)
        newest = self._newest_by_name.get(landed.name)
        if earlier and (newest is None or newest.sha256 == sha256):
            self._log_check(landed)
            return None
        landed = replace(landed, occurrence=len(earlier))
        self._log(landed)
        return landed

    def refuse(self, refusal: Refusal) -> None:
        """Record that something offered was not taken, and why."""
        stamp = now()
        name = f"{stamp:%Y%m%dT%H%M%S%f}-{hashlib.sha256(refusal.origin.encode()).hexdigest()[:12]}"
        write_json(self._root / "_refused" / f"{name}.json", {"at": stamp.isoformat(), **asdict(refusal)})

    def is_unchanged(self, origin: str, signature: str) -> bool:
        """True when this origin was last taken with this signature."""
        return self.signature_of(origin) == signature

    def signature_of(self, origin: str) -> str | None:
        """The signature last taken from an origin, None if nothing was."""
        return self._signatures.get(origin)

    @property
    def objects(self) -> list[LandedObject]:
        """All arrivals, oldest first; ties end in the hash."""
        return sorted(self._entries.values(), key=lambda o: (o.received_at, o.sha256))

    def path(self, landed: LandedObject) -> Path:
        """Where the bytes of an arrival lie: ``<sha256[:2]>/<sha256>.<ext>``."""
        return self._root / landed.sha256[:2] / f"{landed.sha256}{landed.extension}"

    def read(self, landed: LandedObject) -> bytes:
        """The bytes as received. Raises DamagedObjectError if they were altered."""
        raw = self.path(landed).read_bytes()
        if (found := hashlib.sha256(raw).hexdigest()) != landed.sha256:
            raise DamagedObjectError(
                f"{self.path(landed)}: landed as {landed.name} with SHA-256 {landed.sha256[:16]}…, "
                f"now {found[:16]}…; restore the file from a backup"
            )
        return raw

    @cached_property
    def _entries(self) -> dict[str, LandedObject]:
        return {o.key: o for o in self._read_log()}

    @cached_property
    def _by_hash(self) -> dict[str, list[LandedObject]]:
        """Arrivals of the same bytes, oldest first."""
        found: dict[str, list[LandedObject]] = {}
        for landed in self.objects:
            found.setdefault(landed.sha256, []).append(landed)
        return found

    @cached_property
    def _newest_by_name(self) -> dict[str, LandedObject]:
        return {o.name: o for o in self.objects}

    @cached_property
    def _signatures(self) -> dict[str, str]:
        newest = {o.origin: (o.received_at, o.signature) for o in self.objects}
        for entry in sorted((self._root / "_checked").glob("*.json")):
            record = json.loads(entry.read_text(encoding="utf-8"))
            checked = (datetime.fromisoformat(record["at"]), record["signature"])
            if record["origin"] not in newest or checked[0] >= newest[record["origin"]][0]:
                newest[record["origin"]] = checked
        return {origin: signature for origin, (_, signature) in newest.items()}

    def _read_log(self) -> Iterator[LandedObject]:
        for entry in sorted((self._root / "_log").glob("*.json")):
            record = json.loads(entry.read_text(encoding="utf-8"))
            record["received_at"] = datetime.fromisoformat(record["received_at"])
            yield LandedObject(**record)

    def _log(self, landed: LandedObject) -> None:
        record = asdict(landed) | {"received_at": landed.received_at.isoformat()}
        write_json(self._root / "_log" / f"{landed.received_at:%Y%m%dT%H%M%S%f}-{landed.key}.json", record)
        self._by_hash.setdefault(landed.sha256, []).append(landed)  # before _entries: it is made from them
        self._entries[landed.key] = landed
        self._newest_by_name[landed.name] = landed
        self._signatures[landed.origin] = landed.signature

    def _log_check(self, landed: LandedObject) -> None:
        """Same bytes under a new signature (a touched file): remember it, so they are not read again."""
        name = hashlib.sha256(landed.origin.encode()).hexdigest()[:16]
        record = {
            "origin": landed.origin,
            "signature": landed.signature,
            "at": landed.received_at.isoformat(),
        }
        write_json(self._root / "_checked" / f"{name}.json", record)
        self._signatures[landed.origin] = landed.signature


def _copy_hashing(source: Path, target: Path) -> tuple[str, int]:
    """Copy in chunks, durably; returns (SHA-256, size in bytes)."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(CHUNK_BYTES):
            digest.update(chunk)
            writer.write(chunk)
            size += len(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest(), size
