"""What is in an archive: its members in the order they lie, with name, size, and the reason not to trust one.

Knows the formats and their traps (tar, zip, a single ``.xz`` or ``.gz``). Nothing is written here and no member is
ever stored under its own name. Does not belong here: which members are wanted and how they are handed over
(``archives``), the bounds of unpacking (``expansion``).
"""

from __future__ import annotations

import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from ingest.connectors.expansion import (
    CHUNK_BYTES,
    GZIP_MAGIC,
    MAX_HEADER_BYTES,
    XZ_MAGIC,
    GuardedFile,
    InflatingReader,
    Readable,
    check_expansion,
)
from ingest.connectors.refusing import RefusedError, readable_name, shown

# a national archive has 365 members a year; reading 100,000 headers takes seconds, a million would take memory
MAX_MEMBERS = 100_000
# the directory of a zip with 100,000 members of long names (46 bytes and the name each)
MAX_ZIP_DIRECTORY_BYTES = 24 << 20

KINDS = {
    ".tar.xz": "tar.xz",
    ".tar.gz": "tar.gz",
    ".tgz": "tar.gz",
    ".tar": "tar",
    ".zip": "zip",
    ".xz": "xz",
    ".gz": "gz",
}
UNSUPPORTED = (".7z", ".rar", ".bz2", ".tbz2", ".zst", ".lzma")
ZIP_ENCRYPTED = 0x1
ZIP_NAME_IS_UTF8 = 0x800

# what the readers of the standard library raise on bytes that are not what they should be
DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    struct.error,
    ValueError,
    ArithmeticError,
    LookupError,
    NotImplementedError,
    RecursionError,
)


@dataclass(frozen=True)
class Entry:
    """One thing in an archive. ``path`` is its name there; ``fault`` says why it must not be taken."""

    path: str
    size_bytes: int | None
    signature: str | None
    open: Callable[[], Readable]
    is_file: bool = True
    fault: RefusedError | None = None

    @property
    def name(self) -> str:
        """File name without folders."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def is_hidden(self) -> bool:
        """``.DS_Store``, ``__MACOSX/._x``: made by a computer for itself."""
        return any(part.startswith((".", "__MACOSX")) for part in self.path.split("/"))


def archive_kind(name: str) -> str | None:
    """How to open a file of that name, None when it is no archive."""
    low = name.lower()
    return next((kind for suffix, kind in KINDS.items() if low.endswith(suffix)), None)


def check_start(path: Path, name: str) -> None:
    """Refuse by the first bytes (zip: the last) what is no archive, before a big file is read for its hash."""
    kind = archive_kind(name)
    with path.open("rb") as handle:
        head = handle.read(tarfile.BLOCKSIZE)
        if kind == "zip":
            sound = zipfile.is_zipfile(handle)
        elif kind == "tar":
            try:
                tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
                sound = True
            except tarfile.TarError:
                sound = False
        else:
            sound = head.startswith(XZ_MAGIC if kind in ("tar.xz", "xz") else GZIP_MAGIC)
    if not sound:
        raise RefusedError(
            "damaged_archive",
            f"not a {kind} archive with something in it, whatever its name says (it starts with {head[:12]!r}): an "
            "error page, an interrupted copy, or another format?",
        )


def entries(path: Path, name: str) -> Generator[Entry, None, None]:
    """Everything in the archive at ``path``; each entry can be opened until the next is asked for.

    Raises:
        RefusedError: the archive cannot be read on.
    """
    kind = archive_kind(name)
    if kind == "zip":
        found = _zip_entries(path)
    elif kind in ("xz", "gz"):
        found = _single_entry(path, name, "xz" if kind == "xz" else "gz")
    else:
        found = _tar_entries(path, kind)
    try:
        for number in range(1, MAX_MEMBERS + 2):
            with damage_as_refusal():
                entry = next(found, None)
            if entry is None:
                return
            if number > MAX_MEMBERS:
                raise _too_many()
            yield entry
    finally:
        found.close()


@contextmanager
def damage_as_refusal(*, member_only: bool = False) -> Iterator[None]:
    """What the libraries raise on damaged bytes, as one error."""
    try:
        yield
    except DAMAGE as error:
        said = shown(str(error) or type(error).__name__)
        raise RefusedError("damaged_archive", f"cut short or altered: {said}", member_only=member_only) from error


def _single_entry(path: Path, name: str, method: Literal["xz", "gz"]) -> Generator[Entry, None, None]:
    """An ``.xz`` or ``.gz`` file holds one content, named like the file without the suffix."""
    with InflatingReader(path, method) as reader:
        yield Entry(name[: -len(f".{method}")], None, None, lambda: reader)


def _tar_entries(path: Path, kind: str | None) -> Generator[Entry, None, None]:
    """Members in the order they come; the end mark and what lies behind it are checked.

    ``tarfile`` takes an unreadable header for the end, hence the look at the last block: the end mark is zeros.
    The mode is "r:" and not "r|": the tar layer then asks the reader for each header by its declared size, which
    the reader bounds.
    """
    reader: GuardedFile | InflatingReader
    if kind == "tar":
        reader = GuardedFile(path, MAX_HEADER_BYTES)
    else:
        reader = InflatingReader(path, "xz" if kind == "tar.xz" else "gz")
    with reader:
        source = cast("IO[bytes]", reader)
        with tarfile.open(fileobj=source, mode="r:", encoding="utf-8", errors="surrogateescape") as tar:
            while (info := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined]  # it would keep every header it has seen
                yield _tar_entry(tar, info)
        if reader.last_read != bytes(tarfile.BLOCKSIZE):
            raise RefusedError(
                "damaged_archive", f"cut short or altered: at byte {tar.offset} there is neither a member nor the end"
            )
        while chunk := reader.read(CHUNK_BYTES):
            if chunk.strip(b"\0"):
                raise RefusedError(
                    "damaged_archive", f"goes on after its end mark at byte {tar.offset}: archives joined together?"
                )


def _tar_entry(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Entry:
    path = readable_name(info.name.encode("utf-8", "surrogateescape"))
    special = not info.isdir() and (not info.isreg() or info.issparse())
    fault = _unsafe(path) or (_not_a_file(path) if special else None)
    return Entry(
        path=_tidy(path) if fault is None else shown(path),
        size_bytes=info.size,
        signature=None,
        open=lambda: cast("Readable", tar.extractfile(info)),
        is_file=not info.isdir() or fault is not None,
        fault=fault,
    )


def _zip_entries(path: Path) -> Generator[Entry, None, None]:
    """Members in the order of the directory; what they unpack to is counted against the size of the whole file.

    Against the whole, because members may overlap: a known bomb has thousands of them share the same bytes.
    """
    counted = _Counted(path.stat().st_size)
    with GuardedFile(path, MAX_ZIP_DIRECTORY_BYTES) as handle, zipfile.ZipFile(cast("IO[bytes]", handle)) as archive:
        if len(archive.infolist()) > MAX_MEMBERS:
            raise _too_many()
        for info in archive.infolist():
            yield _zip_entry(archive, info, counted)


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, counted: _Counted) -> Entry:
    # without the UTF-8 mark `zipfile` reads names as code page 437, where Windows wrote GB 18030
    is_utf8 = info.flag_bits & ZIP_NAME_IS_UTF8
    path = info.orig_filename if is_utf8 else readable_name(info.orig_filename.encode("cp437", "replace"))
    # a Unix link or device packed into a zip
    special = stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR)
    distrusted = _unsafe(path) or (_not_a_file(path) if special else None)
    return Entry(
        path=_tidy(path) if distrusted is None else shown(path),
        size_bytes=info.file_size,
        signature=f"{info.file_size}-{''.join(f'{n:02d}' for n in info.date_time)}-{info.CRC:08x}",
        open=lambda: counted.open(archive, info),
        is_file=not info.is_dir() or distrusted is not None,
        fault=distrusted or _zip_fault(path, info),
    )


def _zip_fault(path: str, info: zipfile.ZipInfo) -> RefusedError | None:
    if info.flag_bits & ZIP_ENCRYPTED:
        return RefusedError(
            "encrypted_archive",
            f"{shown(path)} is encrypted, and no passwords are kept here. Deliver it without one",
            member_only=True,
        )
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # the others have no bound on what one read may unpack to
        return RefusedError(
            "unreadable",
            f"{shown(path)} is compressed by zip method no. {info.compress_type}; use the usual one (8, deflate)",
            member_only=True,
        )
    try:
        check_expansion(info.file_size, info.compress_size, member_only=True)
    except RefusedError as error:
        return RefusedError(error.code, f"{shown(path)}: {error.message}", member_only=True)
    return None


class _Counted:
    """Members of one zip, opened one after the other; what comes out of all of them together is bounded."""

    def __init__(self, size_on_disk: int) -> None:
        self._size_on_disk = size_on_disk
        self._out = 0
        self._member: IO[bytes] | None = None

    def open(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Readable:
        """The content of a member."""
        with damage_as_refusal(member_only=True):
            self._member = archive.open(info)
        return self

    def read(self, size: int, /) -> bytes:
        """Read on. Damage here concerns this member only: the next one has its own place in the file."""
        assert self._member is not None, "open() comes first"
        with damage_as_refusal(member_only=True):
            chunk = self._member.read(size)
        self._out += len(chunk)
        check_expansion(self._out, self._size_on_disk)
        return chunk


def _unsafe(path: str) -> RefusedError | None:
    """A name that leads elsewhere could do no harm here, but is not to be trusted with anything else either."""
    leads_out = ".." in re.split(r"[/\\]", path) or re.match(r"[/\\]|[A-Za-z]:[/\\]", path)
    if not leads_out and not re.search(r"[\x00-\x1f\x7f]", path):
        return None
    return RefusedError(
        "unsafe_path",
        f"the member name {shown(path)} leads out of the archive or holds control characters: whoever packed it "
        "was careless or hostile. Pack it again with plain relative names",
        member_only=True,
    )


def _not_a_file(path: str) -> RefusedError:
    return RefusedError(
        "unsafe_path",
        f"{shown(path)} is a link, a device or a file with holes, not a plain file. Pack the file itself",
        member_only=True,
    )


def _tidy(path: str) -> str:
    """Forward slashes, no ``./``."""
    return "/".join(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))


def _too_many() -> RefusedError:
    return RefusedError("too_many_members", f"holds more than {MAX_MEMBERS:,} members; split it into several archives")
