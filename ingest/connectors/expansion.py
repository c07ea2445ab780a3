"""Decompress while counting: nothing may cost more disk, memory or time than its size on disk warrants.

Knows compressed streams and byte counts; members and their names belong to ``archives``.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import zlib
from pathlib import Path
from typing import Literal, Protocol

from ingest.connectors.refusing import RefusedError, human_bytes, too_large

CHUNK_BYTES = 256 << 10

# Real CNEMC files shrink 4 to 5 times by xz, the emptiest national day (commas only, 583 kB) 447 times by deflate
# and 2,471 times by xz. So small files may expand as they like, and 16 MiB (ten national days) must be earned:
# beyond it 200 leaves a factor 40 above anything real, and stops deflate's (1,032) and xz's (7,000) worst case.
MAX_RATIO = 200
FREE_BYTES = 16 << 20
# ten years of national hourly files (1.65 MB a day) are 6 GB: no single archive should hold more
MAX_TOTAL_BYTES = 8 << 30
# `xz -9` needs 65 MiB to unpack; a header may ask for 4 GiB
XZ_MEMORY_BYTES = 256 << 20
# whoever asks for more in one read is a header that declares an absurd size: members are read in chunks
MAX_HEADER_BYTES = 1 << 20

GZIP_MAGIC = b"\x1f\x8b"
XZ_MAGIC = b"\xfd7zXZ\x00"


class Readable(Protocol):
    """Anything with ``read``."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes, empty at the end."""
        ...


def check_expansion(out_bytes: int, in_bytes: int, *, member_only: bool = False) -> None:
    """Raise RefusedError (``zip_bomb``) when so much came, or is announced to come, out of so little."""
    if out_bytes > MAX_TOTAL_BYTES:
        raise RefusedError(
            "zip_bomb",
            f"unpacks to more than {human_bytes(MAX_TOTAL_BYTES)}; split it into smaller archives",
            member_only=member_only,
        )
    if out_bytes > FREE_BYTES and out_bytes > MAX_RATIO * in_bytes:
        raise RefusedError(
            "zip_bomb",
            f"{human_bytes(in_bytes)} unpack to {human_bytes(out_bytes)} or more, over {MAX_RATIO} times as much: "
            "data do not compress like that (real files: 5 times). If the content is right, deliver it unpacked",
            member_only=member_only,
        )


def check_header(size: int, cap: int) -> None:
    """Raise RefusedError when an archive's header asks for more than ``cap`` bytes at once."""
    if size > cap:
        raise RefusedError(
            "damaged_archive", f"a header declares {human_bytes(size)} for itself, more than {human_bytes(cap)}"
        )


def copy_bounded(source: Readable, target: Path, name: str, limit: int) -> str:
    """Copy to ``target`` in chunks, at most ``limit`` bytes; returns the SHA-256.

    Raises:
        RefusedError: ``too_large``; one byte beyond the limit is read to know it.
    """
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as writer:
        while chunk := source.read(min(CHUNK_BYTES, limit - size + 1)):
            size += len(chunk)
            if size > limit:
                raise too_large(name, None, limit)
            digest.update(chunk)
            writer.write(chunk)
    return digest.hexdigest()


class GuardedFile(io.FileIO):
    """A plain file that refuses to be read in absurd pieces, and remembers the last piece."""

    def __init__(self, path: Path, cap: int) -> None:
        super().__init__(path)
        self._size = path.stat().st_size
        self._cap = cap
        self.last_read = b""

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to ``size`` bytes; RefusedError above the cap."""
        left = max(0, self._size - self.tell())
        check_header(min(size, left) if size is not None and size >= 0 else left, self._cap)
        self.last_read = super().read(size) or b""
        return self.last_read

    def seek(self, pos: int, whence: int = io.SEEK_SET, /) -> int:
        """As of any file; a place before its start is the archive's fault, not the disk's."""
        if whence == io.SEEK_SET and pos < 0:
            raise RefusedError("damaged_archive", "cut short or altered: a header points before the start")
        return super().seek(pos, whence)


class InflatingReader(io.RawIOBase):
    """The decompressed content of an ``.xz`` or ``.gz`` file: read forward only, counted, checked to its end.

    Seeking forward reads and drops. Concatenated streams are one content, as ``xz`` and ``gzip`` have it.

    Raises (while reading):
        RefusedError: ``zip_bomb``; ``damaged_archive`` when cut short, altered, or followed by something else.
    """

    def __init__(self, path: Path, method: Literal["xz", "gz"]) -> None:
        self._raw = path.open("rb")
        self._magic = XZ_MAGIC if method == "xz" else GZIP_MAGIC
        self._method = method
        self._inflate = self._new_stream()
        self._at = 0
        self._out = 0
        self._finished = False
        self.last_read = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Close the file below, too."""
        self._raw.close()
        super().close()

    def tell(self) -> int:
        """Bytes given out or dropped so far."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Forward only."""
        if whence != io.SEEK_SET or offset < self._at:
            raise RefusedError("damaged_archive", f"a header at byte {self._at} points back to byte {offset}")
        while self._at < offset and self.read(min(CHUNK_BYTES, offset - self._at)):
            pass
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """Exactly ``size`` bytes, fewer only at the end."""
        check_header(size if size >= 0 else MAX_HEADER_BYTES + 1, MAX_HEADER_BYTES)
        pieces: list[bytes] = []
        missing = size
        while missing and not self._finished:
            piece = self._next_piece(missing)
            pieces.append(piece)
            missing -= len(piece)
        self.last_read = b"".join(pieces)
        self._at += len(self.last_read)
        return self.last_read

    def _next_piece(self, size: int) -> bytes:
        try:
            if self._inflate.eof:
                self._start_next_stream()
                return b""
            fresh = self._raw.read(CHUNK_BYTES) if self._inflate.needs_input else b""
            if self._inflate.needs_input and not fresh:
                raise RefusedError("damaged_archive", f"cut short: the {self._method} data end in the middle")
            piece = self._inflate.decompress(fresh, size)
        except (lzma.LZMAError, zlib.error) as error:
            if "Memory usage limit" in str(error):
                raise RefusedError(
                    "zip_bomb", f"asks for more than {human_bytes(XZ_MEMORY_BYTES)} of memory to unpack"
                ) from error
            raise RefusedError(
                "damaged_archive",
                f"altered: its {self._method} data fail their check ({error}), and what was unpacked before may be "
                "altered too, though it looks sound: get the file again",
            ) from error
        self._out += len(piece)
        check_expansion(self._out, self._raw.tell())
        return piece

    def _start_next_stream(self) -> None:
        """After the end of a stream: padding, another stream, or the end of the file."""
        rest = self._inflate.unused_data.lstrip(b"\0")
        while not rest and (fresh := self._raw.read(CHUNK_BYTES)):
            rest = fresh.lstrip(b"\0")
        if not rest:
            self._finished = True
            return
        rest += self._raw.read(len(self._magic)) if len(rest) < len(self._magic) else b""
        if not rest.startswith(self._magic):
            raise RefusedError("damaged_archive", f"something else follows the end of its {self._method} data")
        self._raw.seek(-len(rest), io.SEEK_CUR)
        self._inflate = self._new_stream()

    def _new_stream(self) -> lzma.LZMADecompressor | _GzipStream:
        if self._method == "xz":
            return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES)
        return _GzipStream()


class _GzipStream:
    """zlib's gzip decoder with the interface of ``LZMADecompressor``: input is kept until it is used up."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        self._starved = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    @property
    def needs_input(self) -> bool:
        return self._starved

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        # a full piece may have left more inside the decoder, even when all input is used
        self._starved = len(piece) < max_length and not self._zlib.unconsumed_tail
        return piece
