"""Files from a file, a folder or an archive: found, named, bounded, handed over.

Does not belong here: what is in an archive (``archives``), what a file means (its dataset's card and parser).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.connectors.archives import Receiver, archive_deliveries
from ingest.connectors.expansion import MAX_TOTAL_BYTES
from ingest.connectors.members import UNSUPPORTED, archive_kind
from ingest.connectors.refusing import RefusedError, human_bytes, readable_name, shown, too_large, unclaimed
from ingest.landing import ArchiveDelivery, Delivery, Refusal

# how copying programs and browsers name what is not complete yet
PARTIAL_SUFFIXES = (".part", ".filepart", ".crdownload")
# our own disk is at fault, not the file: every further one would fail the same way
OWN_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def deliveries(
    source: Path,
    *,
    is_unchanged: Callable[[str, str], bool],
    wanted: Callable[[str], int | None],
    scratch: Path,
    claims: str = "",
) -> Iterator[Delivery | Refusal]:
    """Everything new in ``source``, in the order of the paths; a refusal for each thing that is not taken.

    ``source`` is a file, a folder (searched to its bottom; hidden and partial files are passed over) or an archive.
    ``wanted(origin)`` is the size limit in bytes of the dataset that claims a file, None when none does; an origin is
    the path below ``source``, of a member ``<archive>!<path in the archive>``. A file with an archive's suffix is
    always opened: it comes as the members that are wanted and changed, then, last of all, as
    :class:`ArchiveDelivery`, which makes a killed run go on where it was (see ``archives``). The file behind a
    delivery may be gone once the next one is asked for.

    ``claims`` names the state of ``wanted`` (a hash of patterns and limits): an archive seen under other claims is
    opened again, so that a new card gets its members out of old archives.

    Raises:
        OSError: ``scratch`` cannot be written (disk full, read-only).
    """
    receiver = Receiver(is_unchanged, wanted, scratch)
    for found in _walk(source):
        if isinstance(found, Refusal):
            yield found
            continue
        path, origin = found
        try:
            yield from _file_deliveries(path, origin, receiver, claims)
        except RefusedError as error:
            yield Refusal(origin.rsplit("/", 1)[-1], origin, error.code, error.message)
        except OSError as error:
            if error.errno in OWN_DISK:
                raise
            yield _unreadable(origin, error)


def _file_deliveries(path: Path, origin: str, receiver: Receiver, claims: str) -> Iterator[Delivery | Refusal]:
    name = origin.rsplit("/", 1)[-1]
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        # opening a pipe would wait for its writer forever
        raise RefusedError("unreadable", f"{shown(name)} is not a regular file (a pipe, socket or device?)")
    signature = f"{status.st_size}-{status.st_mtime_ns}"
    if archive_kind(name):
        archive = ArchiveDelivery(name, origin, f"{signature}-{claims}" if claims else signature, path)
        if receiver.is_unchanged(origin, archive.signature):
            return
        if status.st_size > MAX_TOTAL_BYTES:
            most = human_bytes(MAX_TOTAL_BYTES)
            raise RefusedError("too_large", f"{shown(name)} is larger than {most}; split it into smaller archives")
        yield from archive_deliveries(archive, receiver)
        return
    limit = receiver.wanted(origin)
    if limit is None:
        raise _unclaimed(name)
    if receiver.is_unchanged(origin, signature):
        return
    if status.st_size > limit:
        raise too_large(name, status.st_size, limit)
    path.open("rb").close()
    yield Delivery(name, origin, signature, path)


def _walk(source: Path) -> Iterator[tuple[Path, str] | Refusal]:
    """(path, origin) of every file, and a refusal for each folder that cannot be searched."""
    if not source.is_dir():
        yield source, _origin(source, source.parent)
        return
    faults: list[OSError] = []
    for folder, subfolders, names in os.walk(source, onerror=faults.append):
        while faults:
            yield _unreadable(_origin(Path(str(faults[0].filename)), source), faults.pop(0))
        subfolders[:] = sorted(n for n in subfolders if not n.startswith("."))
        for name in subfolders:
            if (linked := Path(folder, name)).is_symlink():
                origin = _origin(linked, source)
                message = f"{shown(origin)} is a link to a folder, which is not followed; name that folder as a source"
                yield Refusal(name, origin, "unreadable", message)
        for name in sorted(names):
            if not name.startswith(".") and not name.lower().endswith(PARTIAL_SUFFIXES):
                path = Path(folder, name)
                yield path, _origin(path, source)
    for fault in faults:
        yield _unreadable(_origin(Path(str(fault.filename)), source), fault)


def _origin(path: Path, source: Path) -> str:
    """Path below the source, led by the source folder's own name: cards may claim by the folder a file lies in."""
    return _as_text(Path(source.resolve().name) / path.relative_to(source))


def _as_text(path: Path) -> str:
    return readable_name(os.fsencode(path.as_posix()))


def _unclaimed(name: str) -> RefusedError:
    if name.lower().endswith(UNSUPPORTED):
        return RefusedError(
            "unclaimed",
            f"{shown(name)} is a kind of archive that is not opened here; pack it as .zip or .tar.xz, or unpack it",
        )
    return unclaimed(name)


def _unreadable(origin: str, error: OSError) -> Refusal:
    reason = error.strerror or str(error)
    message = f"{shown(origin)} cannot be read: {reason}. Does it still exist, and may this user read it?"
    return Refusal(origin.rsplit("/", 1)[-1], origin, "unreadable", message)
