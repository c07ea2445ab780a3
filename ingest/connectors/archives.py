"""An archive handed over: its wanted members one at a time, never unpacked whole, then the archive itself.

Order and kill-safety: an archive comes **after** its members. A member is remembered by its own origin and signature
as soon as it is landed; the archive is remembered when it is landed, that is, when nothing is left to take from it.
A process killed in between therefore opens the archive again, passes over the members it has, and goes on with the
rest. The price is one pass over the file for its SHA-256 before the first member.

A member's signature: for zip the size, time and CRC-32 of the directory; elsewhere the SHA-256 of its content. Tar
has no checksum of contents, and archives made reproducible carry one fixed time, so "size and time" would miss a
correction that keeps the length. The content is on its way through here anyway, as such an archive has to be
unpacked from its start.

Does not belong here: formats (``members``), bounds of unpacking (``expansion``), finding archives (``files``).
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ingest.connectors.expansion import MAX_TOTAL_BYTES, copy_bounded
from ingest.connectors.members import UNSUPPORTED, Entry, archive_kind, check_start, damage_as_refusal, entries
from ingest.connectors.refusing import RefusedError, shown, too_large, unclaimed
from ingest.core import file_sha256
from ingest.landing import ArchiveDelivery, Delivery, Refusal

# more refusals of one kind in one archive say nothing new: the rest is counted
SAID_PER_CODE = 20


@dataclass(frozen=True)
class Receiver:
    """What the receiving side knows: what it has, what it wants and how big, and where files may lie meanwhile."""

    is_unchanged: Callable[[str, str], bool]
    wanted: Callable[[str], int | None]
    scratch: Path


def archive_deliveries(archive: ArchiveDelivery, receiver: Receiver) -> Iterator[Delivery | Refusal]:
    """The wanted, changed members of ``archive``, a refusal for each that is not taken, then ``archive`` itself.

    An archive that was opened is handed over whatever was found in it: the same bytes will not do better next time.
    One that could not be opened, or changed while it was read, is refused only.
    """
    before = archive.path.stat()
    try:
        check_start(archive.path, archive.name)
    except RefusedError as error:
        yield _refusal(archive, error)
        return
    taking = _Taking(archive, file_sha256(archive.path), receiver)
    try:
        yield from taking.members()
    except RefusedError as error:
        yield _refusal(archive, error, f" ({taking.n_read} of its members were read before)")
    yield from taking.left_unsaid()
    after = archive.path.stat()
    if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
        yield archive
        return
    yield _refusal(archive, RefusedError("unreadable", "changed while it was read (still being copied?): run again"))


def opened(
    name: str, origin: str, version: str, *, receiver: Receiver, claims: str, fetch: Callable[[int], Path]
) -> Iterator[Delivery | Refusal]:
    """A remote file: as it is, or the members of an archive and then the archive; nothing when it is unchanged.

    ``fetch(most bytes)`` brings it to scratch and is called only for what is wanted and new. See ``files`` for
    ``claims``.

    Raises:
        RefusedError: unclaimed, too large, or it could not be fetched.
    """
    is_archive = archive_kind(name) is not None
    signature = f"{version}-{claims}" if is_archive else version
    if receiver.is_unchanged(origin, signature):
        return
    limit = MAX_TOTAL_BYTES if is_archive else receiver.wanted(origin)
    if limit is None:
        raise unclaimed(name)
    path = fetch(limit)
    try:
        if is_archive:
            yield from archive_deliveries(ArchiveDelivery(name, origin, signature, path), receiver)
        else:
            yield Delivery(name, origin, signature, path)
    finally:
        path.unlink(missing_ok=True)


class _Taking:
    """One pass through one archive."""

    def __init__(self, archive: ArchiveDelivery, sha256: str, receiver: Receiver) -> None:
        self._archive = archive
        self._sha256 = sha256
        self._receiver = receiver
        self._said: Counter[str] = Counter()
        self.n_read = 0

    def members(self) -> Iterator[Delivery | Refusal]:
        """Deliveries and refusals of single members; RefusedError when the archive cannot be read on."""
        repeats: Counter[str] = Counter()
        with closing(entries(self._archive.path, self._archive.name)) as found:
            for entry in found:
                if not entry.is_file or (entry.is_hidden and entry.fault is None):
                    continue
                repeats[entry.path] += 1
                # the same path again in one archive is another arrival: tar appends corrections that way
                again = f"#{repeats[entry.path]}" if repeats[entry.path] > 1 else ""
                origin = f"{self._archive.origin}{again}!{entry.path}"
                try:
                    yield from self._take(entry, origin)
                    self.n_read += 1
                except RefusedError as error:
                    if not error.member_only:
                        raise
                    yield from self._refuse(entry, origin, error)

    def left_unsaid(self) -> Iterator[Refusal]:
        """For each kind of refusal that came too often: how many more there were."""
        for code, count in sorted(self._said.items()):
            if count > SAID_PER_CODE:
                more = f"{count - SAID_PER_CODE:,} more of its members were refused for the same reason"
                yield _refusal(self._archive, RefusedError(code, more))

    def _take(self, entry: Entry, origin: str) -> Iterator[Delivery]:
        limit = self._admit(entry, origin)
        is_unchanged = self._receiver.is_unchanged
        if entry.signature is not None and is_unchanged(origin, entry.signature):
            return
        self._receiver.scratch.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix="member-", dir=self._receiver.scratch)
        os.close(handle)
        try:
            with damage_as_refusal():
                content_sha256 = copy_bounded(entry.open(), Path(temporary), entry.name, limit)
            signature = entry.signature or f"sha256-{content_sha256}"
            if entry.signature is not None or not is_unchanged(origin, signature):
                yield Delivery(entry.name, origin, signature, Path(temporary), self._sha256)
        finally:
            Path(temporary).unlink(missing_ok=True)

    def _admit(self, entry: Entry, origin: str) -> int:
        """The size limit of a member that may be taken; RefusedError says why it may not."""
        if entry.fault is not None and entry.fault.code == "unsafe_path":
            raise entry.fault
        if archive_kind(entry.name) or entry.name.lower().endswith(UNSUPPORTED):
            raise RefusedError(
                "nested_archive",
                f"{shown(entry.path)} is an archive inside an archive, which is not opened: no size could be "
                "promised, and the way of a number would not be clear. Deliver the inner archive by itself",
                member_only=True,
            )
        limit = self._receiver.wanted(origin)
        if limit is None:
            raise unclaimed(entry.name)
        if entry.fault is not None:
            raise entry.fault
        if entry.size_bytes is not None and entry.size_bytes > limit:
            raise too_large(entry.name, entry.size_bytes, limit)
        return limit

    def _refuse(self, entry: Entry, origin: str, error: RefusedError) -> Iterator[Refusal]:
        self._said[error.code] += 1
        if self._said[error.code] <= SAID_PER_CODE:
            message = f"{error.message} [in {shown(self._archive.name)}]"
            yield Refusal(entry.name or self._archive.name, origin, error.code, message)


def _refusal(archive: ArchiveDelivery, error: RefusedError, progress: str = "") -> Refusal:
    return Refusal(archive.name, archive.origin, error.code, f"{shown(archive.name)}: {error.message}{progress}")
