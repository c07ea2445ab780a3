"""Archives that mean harm: names that lead out, links, bombs, lies about sizes, archives in archives."""

from __future__ import annotations

import gzip
import io
import lzma
import random
import re
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from ingest.connectors import archives, members
from ingest.connectors.expansion import copy_bounded
from ingest.connectors.refusing import RefusedError
from tests.unit.ingest.connectors.packing import MIB, Taken, tar_bytes, write_any, write_zip


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:\\evil.csv", "a\x1b[2J.csv"])
@pytest.mark.parametrize("suffix", [".tar.xz", ".zip"])
def test_a_name_that_leads_out_is_refused_and_the_rest_taken(
    tmp_path: Path, taken: Taken, suffix: str, name: str
) -> None:
    answers = taken.run(write_any(tmp_path, suffix, {name: b"1", "jan.csv": b"1"}))

    assert [what for _, what in answers] == ["unsafe_path", "member", "archive"]
    assert list(taken.contents) == [f"a{suffix}!jan.csv"]
    assert "\x1b" not in taken.message


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, taken: Taken, kind: bytes) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tar_bytes({"passwd.csv": b""}, type=kind, linkname="/etc/passwd"))

    assert taken.run(path) == [("a.tar!passwd.csv", "unsafe_path"), ("a.tar", "archive")]
    assert taken.message == (
        "passwd.csv is a link, a device or a file with holes, not a plain file. Pack the file itself [in a.tar]"
    )


def test_a_file_with_holes_is_refused(tmp_path: Path, taken: Taken) -> None:
    """One byte packed, 60 MiB declared: holes cost nothing in the archive and everything on disk."""
    holes = {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(60 * MIB)}
    path = tmp_path / "a.tar"
    path.write_bytes(tar_bytes({"jan.csv": b"1"}, pax_headers=holes))

    assert taken.run(path) == [("a.tar!jan.csv", "unsafe_path"), ("a.tar", "archive")]


def test_a_link_in_a_zip_is_refused(tmp_path: Path, taken: Taken) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("jan.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")

    assert taken.run(tmp_path / "a.zip") == [("a.zip!jan.csv", "unsafe_path"), ("a.zip", "archive")]


def test_a_member_beyond_its_limit_is_refused_unread(tmp_path: Path, taken: Taken) -> None:
    taken.limit = 10
    path = write_zip(tmp_path / "a.zip", {"big.csv": b"x" * 11, "fits.csv": b"x" * 10})

    assert taken.run(path) == [("a.zip!big.csv", "too_large"), ("a.zip!fits.csv", "member"), ("a.zip", "archive")]


def test_a_compressed_file_that_declares_no_size_is_read_to_its_limit_only(tmp_path: Path, taken: Taken) -> None:
    taken.limit = 10
    (tmp_path / "big.csv.xz").write_bytes(lzma.compress(b"x" * 11))

    assert taken.run(tmp_path / "big.csv.xz") == [("big.csv.xz!big.csv", "too_large"), ("big.csv.xz", "archive")]
    assert taken.message.startswith("big.csv goes on beyond the limit; its dataset takes at most 10 B.")


def test_one_byte_beyond_the_limit_is_read_and_no_more(tmp_path: Path) -> None:
    source = io.BytesIO(bytes(100))
    with pytest.raises(RefusedError, match="goes on beyond the limit"):
        copy_bounded(source, tmp_path / "copy", "a.csv", limit=10)
    assert source.tell() == 11


def test_a_tar_of_many_members_does_not_pile_up_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    header = tarfile.TarInfo("jan.csv").tobuf()
    path.write_bytes(header * 5_000 + bytes(1024))
    tracemalloc.start()
    try:
        count = sum(1 for _ in members.entries(path, path.name))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 5_000
    assert peak < MIB


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path, taken: Taken) -> None:
    path = write_zip(tmp_path / "a.zip", {"bomb.csv": bytes(17 * MIB), "jan.csv": b"1"})

    assert taken.run(path) == [("a.zip!bomb.csv", "zip_bomb"), ("a.zip!jan.csv", "member"), ("a.zip", "archive")]
    assert re.match(r"bomb\.csv: 1\d\.\d KiB unpack to 17\.0 MiB or more, over 200 times as much", taken.message)


def test_a_zip_that_lies_about_the_size_of_a_member_is_damaged_not_trusted(tmp_path: Path, taken: Taken) -> None:
    path = write_zip(tmp_path / "a.zip", {"bomb.csv": bytes(17 * MIB), "jan.csv": b"1"})
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", 17 * MIB), struct.pack("<L", 1000)))

    assert taken.run(path) == [
        ("a.zip!bomb.csv", "damaged_archive"),
        ("a.zip!jan.csv", "member"),
        ("a.zip", "archive"),
    ]


def test_a_zip_whose_members_share_the_same_bytes_is_stopped(tmp_path: Path, taken: Taken) -> None:
    """Fifield's bomb in small: no member is suspicious alone; 300 times the same 60 kB are."""
    content = random.Random(1).randbytes(60_000)
    raw = write_zip(tmp_path / "a.zip", {"000.csv": content}).read_bytes()
    start = raw.index(b"PK\x01\x02")
    record, end = raw[start : raw.index(b"PK\x05\x06")], raw[raw.index(b"PK\x05\x06") :]
    directory = record * 300
    end = end[:8] + struct.pack("<HHL", 300, 300, len(directory)) + end[16:]
    (tmp_path / "a.zip").write_bytes(raw[:start] + directory + end)

    # 279 × 60,000 bytes are the 16 MiB that any archive may unpack to; 76 kB do not warrant more. A Python whose
    # zipfile knows of CVE-2024-0450 refuses what overlaps by itself; after so many damaged members it gives up.
    answers = [what for _, what in taken.run(tmp_path / "a.zip")]
    assert answers in ([*(["member"] * 279), "zip_bomb", "archive"], ["member", *(["damaged_archive"] * 21), "archive"])


@pytest.mark.parametrize("suffix", [".tar.xz", ".tar.gz"])
def test_a_tar_that_expands_without_end_is_stopped_early(tmp_path: Path, taken: Taken, suffix: str) -> None:
    path = write_any(tmp_path, suffix, {"jan.csv": b"1", "bomb.csv": bytes(60 * MIB), "feb.csv": b"1"})
    tracemalloc.start()
    try:
        answers = taken.run(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert answers == [(f"a{suffix}!jan.csv", "member"), (f"a{suffix}", "zip_bomb"), (f"a{suffix}", "archive")]
    assert "(1 of its members were read before)" in taken.message
    assert peak < 12 * MIB, "8 MiB of them are what any `xz -6` asks for"


def test_a_single_xz_bomb_is_stopped_by_ratio_before_its_limit(tmp_path: Path, taken: Taken) -> None:
    (tmp_path / "a.csv.xz").write_bytes(lzma.compress(bytes(60 * MIB)))

    assert taken.run(tmp_path / "a.csv.xz") == [("a.csv.xz", "zip_bomb"), ("a.csv.xz", "archive")]


def test_an_xz_that_asks_for_gigabytes_of_memory_is_refused(tmp_path: Path, taken: Taken) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 4096}]
    packed = bytearray(lzma.compress(b"x", filters=filters))
    # block header after 12 bytes of stream header: size, flags, filter id, size of properties, dictionary code, CRC
    assert packed[16 - 2] == 0x21
    packed[16] = 38  # 2 GiB
    packed[20:24] = struct.pack("<L", zlib.crc32(packed[12:20]))
    (tmp_path / "a.csv.xz").write_bytes(packed)

    assert taken.run(tmp_path / "a.csv.xz") == [("a.csv.xz", "zip_bomb"), ("a.csv.xz", "archive")]
    assert "asks for more than 256.0 MiB of memory to unpack" in taken.message


def test_a_tar_header_that_declares_gigabytes_for_itself_is_not_read(tmp_path: Path, taken: Taken) -> None:
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 7 << 30
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(header.tobuf() + bytes(MIB)))

    assert taken.run(tmp_path / "a.tar.gz") == [("a.tar.gz", "damaged_archive"), ("a.tar.gz", "archive")]
    assert "a header declares 7.0 GiB for itself, more than 1.0 MiB" in taken.message


def test_too_many_members_stop_the_archive(tmp_path: Path, taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MAX_MEMBERS", 3)
    contents = {f"{i}.csv": b"1" for i in range(4)}

    assert [w for _, w in taken.run(write_any(tmp_path, ".zip", contents))] == ["too_many_members", "archive"]
    assert [w for _, w in taken.run(write_any(tmp_path, ".tar", contents))] == [
        *(["member"] * 3),
        "too_many_members",
        "archive",
    ]


def test_many_refusals_of_one_kind_are_said_twenty_times_and_counted(tmp_path: Path, taken: Taken) -> None:
    path = write_zip(tmp_path / "a.zip", {f"{i:02d}.txt": b"1" for i in range(32)})

    answers = taken.run(path)
    assert [w for _, w in answers] == ["unclaimed"] * (archives.SAID_PER_CODE + 1) + ["archive"]
    assert taken.refusals[-1].message == "a.zip: 12 more of its members were refused for the same reason"


def test_an_archive_in_an_archive_is_refused_with_the_reason(tmp_path: Path, taken: Taken) -> None:
    path = write_zip(tmp_path / "a.zip", {"inner/b.tar.xz": b"", "jan.csv": b"1"})

    assert taken.run(path) == [
        ("a.zip!inner/b.tar.xz", "nested_archive"),
        ("a.zip!jan.csv", "member"),
        ("a.zip", "archive"),
    ]
    assert taken.message.endswith("Deliver the inner archive by itself [in a.zip]")


def test_an_encrypted_member_is_refused_and_an_open_one_taken(tmp_path: Path, taken: Taken) -> None:
    path = write_zip(tmp_path / "a.zip", {"secret.csv": b"1", "open.csv": b"1"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1  # the flag in the member's own header …
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # … and in the directory
    path.write_bytes(raw)

    assert taken.run(path) == [
        ("a.zip!secret.csv", "encrypted_archive"),
        ("a.zip!open.csv", "member"),
        ("a.zip", "archive"),
    ]
    assert taken.message == "secret.csv is encrypted, and no passwords are kept here. Deliver it without one [in a.zip]"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_method_that_cannot_be_bounded_is_refused(tmp_path: Path, taken: Taken, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr("jan.csv", b"1")

    assert taken.run(tmp_path / "a.zip") == [("a.zip!jan.csv", "unreadable"), ("a.zip", "archive")]
