"""Files of a publication: written once, durable, read-only, or shared with the publication before.

Knows nothing of tables.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from catalog.lake import fsync_dir

CHUNK_BYTES = 1 << 20
READ_ONLY = 0o444


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in chunks."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def copy_hashing(source: Path, target: Path) -> str:
    """Copy a file; returns the SHA-256 of what was read."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(CHUNK_BYTES):
            digest.update(chunk)
            writer.write(chunk)
    return digest.hexdigest()


def share(source: Path, target: Path) -> None:
    """The same file under a second name; a copy where the file system has no hard links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        settle(target)


def settle(path: Path) -> tuple[str, int]:
    """Make a finished file durable and read-only; returns (SHA-256, size in bytes)."""
    path.chmod(READ_ONLY)
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        return digest, os.fstat(handle.fileno()).st_size


def settle_folders(folder: Path) -> None:
    """Make every directory entry below ``folder`` durable."""
    for path in sorted(folder.rglob("*/"), reverse=True):
        fsync_dir(path)
    fsync_dir(folder)
