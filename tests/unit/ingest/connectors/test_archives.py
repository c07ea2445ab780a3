"""Members of archives: streamed, named, bounded; hostile and damaged ones; a kill in the middle."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import os
import random
import re
import signal
import struct
import subprocess
import sys
import tarfile
import textwrap
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.lake import Lake
from ingest.connectors import archives, files, members
from ingest.connectors.expansion import copy_bounded
from ingest.connectors.refusing import RefusedError
from ingest.landing import ARCHIVES, ArchiveDelivery, Delivery, LandingZone, Refusal

MIB = 1 << 20
TIME = 1_600_000_000
Answers = list[tuple[str, str]]


class Taken:
    """Takes what a source yields as the landing zone would: reads it, remembers origin and signature."""

    def __init__(self, scratch: Path, limit: int = 64 * MIB) -> None:
        self.scratch = scratch
        self.limit = limit
        self.known: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}
        self.refusals: list[Refusal] = []

    def run(self, source: Path, claims: str = "") -> Answers:
        """[(origin below the source's folder, "member" | "archive" | code of refusal)]."""
        led_by = f"{(source if source.is_dir() else source.parent).name}/"
        answers: Answers = []
        for answer in files.deliveries(
            source,
            is_unchanged=lambda origin, signature: self.known.get(origin) == signature,
            wanted=lambda origin: self.limit if origin.endswith(".csv") else None,
            scratch=self.scratch,
            claims=claims,
        ):
            if isinstance(answer, Refusal):
                self.refusals.append(answer)
                answers.append((answer.origin.removeprefix(led_by), answer.code))
                continue
            if not isinstance(answer, ArchiveDelivery):
                self.contents[answer.origin.removeprefix(led_by)] = answer.path.read_bytes()
            self.known[answer.origin] = answer.signature
            answers.append(
                (answer.origin.removeprefix(led_by), "archive" if isinstance(answer, ArchiveDelivery) else "member")
            )
        assert not list(self.scratch.glob("*")), "scratch is left clean"
        return answers

    @property
    def message(self) -> str:
        assert len(self.refusals) == 1, self.refusals
        return self.refusals[0].message


@pytest.fixture
def taken(tmp_path: Path) -> Taken:
    return Taken(tmp_path / "scratch")


def tar_bytes(contents: dict[str, bytes], **attributes: object) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), TIME
            for attribute, value in attributes.items():
                setattr(info, attribute, value)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def csv_up_to_1_mib(origin: str) -> int | None:
    return MIB if origin.endswith(".csv") else None


def offered(path: Path, tmp_path: Path) -> Iterator[Delivery | Refusal]:
    """What a receiver that knows nothing is offered."""
    scratch = tmp_path / "scratch"
    return files.deliveries(path, is_unchanged=lambda *_: False, wanted=csv_up_to_1_mib, scratch=scratch)


def write_zip(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), content, zipfile.ZIP_DEFLATED)
    return path


def write_any(folder: Path, suffix: str, contents: dict[str, bytes]) -> Path:
    path = folder / f"a{suffix}"
    if suffix == ".zip":
        return write_zip(path, contents)
    packers: dict[str, Callable[[bytes], bytes]] = {"xz": lzma.compress, "gz": gzip.compress, "tgz": gzip.compress}
    path.write_bytes(packers.get(suffix.rsplit(".", 1)[-1], bytes)(tar_bytes(contents)))
    return path


TWO = {"2020/jan.csv": b"x\n1\n", "2020/feb.csv": b""}


@pytest.mark.parametrize("suffix", [".tar", ".tar.xz", ".tar.gz", ".tgz", ".zip"])
def test_members_come_one_by_one_then_the_archive(tmp_path: Path, taken: Taken, suffix: str) -> None:
    path = write_any(tmp_path, suffix, {**TWO, "__MACOSX/._jan.csv": b"", ".DS_Store": b""})

    assert taken.run(path) == [
        (f"a{suffix}!2020/jan.csv", "member"),
        (f"a{suffix}!2020/feb.csv", "member"),
        (f"a{suffix}", "archive"),
    ]
    assert taken.contents == {f"a{suffix}!{name}": content for name, content in TWO.items()}
    assert taken.run(path) == []


def test_a_member_carries_the_hash_of_its_container_and_a_signature(tmp_path: Path) -> None:
    zipped = write_zip(tmp_path / "a.zip", {"jan.csv": b"x\n1\n"})
    tarred = tmp_path / "b.tar"
    tarred.write_bytes(tar_bytes({"jan.csv": b"x\n1\n"}))

    # crc32("x\n1\n") and sha256("x\n1\n"), computed by other tools (`gzip -lv`, `sha256sum`)
    for path, signature in [
        (zipped, "4-20200102030406-a4d03c15"),
        (tarred, "sha256-daff832f802000e645771a60983c76c963f6ee602a6230e45237bd360e91cc1a"),
    ]:
        delivery = next(offered(path, tmp_path))
        assert isinstance(delivery, Delivery)
        assert delivery.name == "jan.csv"
        assert delivery.signature == signature
        assert delivery.container_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_a_single_compressed_file_is_its_content(
    tmp_path: Path, taken: Taken, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / f"jan.csv{suffix}"
    # two streams one after the other and padding: both tools read that as one content
    path.write_bytes(pack(b"x\n1\n") + pack(b"2\n") + b"\0" * 8)

    assert taken.run(path) == [(f"jan.csv{suffix}!jan.csv", "member"), (f"jan.csv{suffix}", "archive")]
    assert taken.contents == {f"jan.csv{suffix}!jan.csv": b"x\n1\n2\n"}


def test_a_touched_archive_is_opened_and_gives_only_what_changed(tmp_path: Path, taken: Taken) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tar_bytes({"jan.csv": b"1", "feb.csv": b"1"}))
    taken.run(path)
    # same names, sizes and times, as a reproducible packer writes them: only the content tells
    path.write_bytes(tar_bytes({"jan.csv": b"1", "feb.csv": b"2"}))
    os.utime(path, ns=(0, 0))

    assert taken.run(path) == [("a.tar!feb.csv", "member"), ("a.tar", "archive")]


def test_new_claims_open_an_archive_again(tmp_path: Path, taken: Taken) -> None:
    path = write_zip(tmp_path / "a.zip", {"jan.csv": b"1", "jan.txt": b"2"})

    assert taken.run(path, claims="v1")[-1] == ("a.zip", "archive")
    assert taken.run(path, claims="v1") == []
    assert taken.run(path, claims="v2") == [("a.zip!jan.txt", "unclaimed"), ("a.zip", "archive")]


def test_a_path_packed_twice_is_two_arrivals(tmp_path: Path, taken: Taken) -> None:
    path = tmp_path / "a.tar"
    twice = tar_bytes({"jan.csv": b"1"})[:1024] + tar_bytes({"jan.csv": b"2"})
    path.write_bytes(twice)

    assert taken.run(path) == [("a.tar!jan.csv", "member"), ("a.tar#2!jan.csv", "member"), ("a.tar", "archive")]
    assert list(taken.contents.values()) == [b"1", b"2"]


def test_names_packed_on_chinese_windows_are_readable(tmp_path: Path, taken: Taken) -> None:
    zipped = write_zip(tmp_path / "a.zip", {"AA/BB.csv": b"1"})
    gbk = zipped.read_bytes().replace(b"AA/BB", "杭/州".encode("gb18030"))
    zipped.write_bytes(gbk)
    tarred = tmp_path / "b.tar"
    with tarfile.open(tarred, "w", encoding="gb18030", format=tarfile.GNU_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("杭/州.csv"))

    assert taken.run(zipped)[0] == ("a.zip!杭/州.csv", "member")
    assert taken.run(tarred)[0] == ("b.tar!杭/州.csv", "member")


# hostile


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


# damaged


def test_a_truncated_tar_xz_gives_what_came_before_the_cut(tmp_path: Path, taken: Taken) -> None:
    noise = random.Random(2).randbytes(100_000)
    path = write_any(tmp_path, ".tar.xz", {"jan.csv": b"1", "feb.csv": noise, "mar.csv": noise[::-1]})
    path.write_bytes(path.read_bytes()[:150_000])

    assert taken.run(path) == [
        ("a.tar.xz!jan.csv", "member"),
        ("a.tar.xz!feb.csv", "member"),
        ("a.tar.xz", "damaged_archive"),
        ("a.tar.xz", "archive"),
    ]
    assert taken.message == ("a.tar.xz: cut short: the xz data end in the middle (2 of its members were read before)")


@pytest.mark.parametrize("keep", [512, 1024, 1100, 1536, 2048])
def test_a_truncated_tar_never_looks_complete(tmp_path: Path, taken: Taken, keep: int) -> None:
    """Cut behind a header, at a member's end, in a header, behind a header, at the last member's end."""
    path = tmp_path / "a.tar"
    path.write_bytes(tar_bytes({"jan.csv": b"1", "feb.csv": b"2"})[:keep])

    assert taken.run(path)[-2:] == [("a.tar", "damaged_archive"), ("a.tar", "archive")]


def test_altered_xz_data_are_reported_with_the_doubt_about_what_came_before(tmp_path: Path, taken: Taken) -> None:
    path = write_any(tmp_path, ".tar.xz", {"jan.csv": random.Random(3).randbytes(50_000)})
    raw = bytearray(path.read_bytes())
    raw[20_000] ^= 1
    path.write_bytes(raw)

    assert ("a.tar.xz", "damaged_archive") in taken.run(path)
    assert "what was unpacked before may be altered too" in taken.message


@pytest.mark.parametrize("pack", [lzma.compress, gzip.compress])
def test_something_behind_compressed_data_is_not_dropped_in_silence(
    tmp_path: Path, taken: Taken, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / ("a.csv.xz" if pack is lzma.compress else "a.csv.gz")
    path.write_bytes(pack(b"x\n1\n") + b"2\n")

    assert taken.run(path) == [(path.name, "damaged_archive"), (path.name, "archive")]
    assert "something else follows the end of its" in taken.message


def test_archives_joined_by_cat_are_not_read_half_in_silence(tmp_path: Path, taken: Taken) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tar_bytes({"jan.csv": b"1"}) + tar_bytes({"feb.csv": b"1"}))

    assert taken.run(path) == [("a.tar!jan.csv", "member"), ("a.tar", "damaged_archive"), ("a.tar", "archive")]
    assert "archives joined together?" in taken.message


@pytest.mark.parametrize("suffix", [".tar", ".tar.xz", ".tar.gz", ".zip", ".xz", ".gz"])
def test_a_web_page_named_like_an_archive_is_refused_and_not_kept(tmp_path: Path, taken: Taken, suffix: str) -> None:
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(b"<html>please log in</html>")

    assert taken.run(path) == [(f"a.csv{suffix}", "damaged_archive")]
    assert "it starts with b'<html>please'" in taken.message


def test_an_archive_that_grows_while_it_is_read_is_not_marked_as_done(tmp_path: Path, taken: Taken) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tar_bytes(TWO))
    walk = offered(path, tmp_path)
    next(walk)
    with path.open("ab") as handle:
        handle.write(bytes(512))

    last = list(walk)[-1]
    assert isinstance(last, Refusal)
    assert (last.code, last.message) == (
        "unreadable",
        "a.tar: changed while it was read (still being copied?): run again",
    )


@pytest.mark.parametrize("suffix", [".tar", ".tar.xz", ".tar.gz", ".zip"])
def test_whatever_bytes_are_flipped_nothing_crashes_and_nothing_altered_passes_in_silence(
    tmp_path: Path, suffix: str
) -> None:
    rng = random.Random(4)
    contents = {"jan.csv": rng.randbytes(300), "a" * 120 + ".csv": b"1" * 700}
    sound = write_any(tmp_path, suffix, contents).read_bytes()
    for _ in range(150):
        raw = bytearray(sound)
        for _ in range(rng.randint(1, 4)):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        (tmp_path / f"a{suffix}").write_bytes(raw[: rng.choice([len(raw), rng.randrange(1, len(raw))])])
        taken = Taken(tmp_path / "scratch")
        answers = taken.run(tmp_path / f"a{suffix}")
        assert answers[-1][1] in ("archive", "damaged_archive"), answers
        if suffix != ".tar" and not taken.refusals:  # plain tar has no checksum of contents
            assert set(taken.contents.values()) <= set(contents.values())


# killed

KILLED = """
    import os, signal, sys
    from pathlib import Path
    from catalog.lake import Lake
    from ingest.connectors import files
    from ingest.landing import LandingZone
    source, root = Path(sys.argv[1]), Path(sys.argv[2])
    zone = LandingZone(Lake(root), "air__test")
    walk = files.deliveries(source, is_unchanged=zone.is_unchanged, wanted=lambda _: 99, scratch=root / "work")
    zone.put(next(walk))
    zone.put(next(walk))
    next(walk)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_a_kill_the_rest_is_delivered_and_nothing_twice(tmp_path: Path) -> None:
    path = write_any(tmp_path, ".tar.xz", {f"{i}.csv": b"%d" % i for i in range(5)})
    lake = Lake(tmp_path / "lake")
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(path), str(lake.root)], check=False)
    assert killed.returncode == -signal.SIGKILL

    def run() -> Answers:
        zone, containers = LandingZone(lake, "air__test"), LandingZone(lake, ARCHIVES)
        landed: Answers = []
        for answer in files.deliveries(
            path,
            is_unchanged=lambda o, s: zone.is_unchanged(o, s) or containers.is_unchanged(o, s),
            wanted=csv_up_to_1_mib,
            scratch=lake.work,
        ):
            assert isinstance(answer, Delivery)
            target = containers if isinstance(answer, ArchiveDelivery) else zone
            landed.append((answer.name, "new" if target.put(answer) else "known"))
        return landed

    assert run() == [("2.csv", "new"), ("3.csv", "new"), ("4.csv", "new"), ("a.tar.xz", "new")]
    assert run() == []
    assert [zone.name for zone in LandingZone(lake, "air__test").objects] == [f"{i}.csv" for i in range(5)]


# real


def test_the_real_archive_of_2019_in_bounded_memory(shared_data: Path, tmp_path: Path) -> None:
    sizes: dict[str, int] = {}
    tracemalloc.start()
    try:
        begun = time.perf_counter()
        for answer in files.deliveries(
            shared_data / "air" / "cnemc_sites_2019_yangtze_delta_monthly.tar.xz",
            is_unchanged=lambda *_: False,
            wanted=lambda origin: 16 * MIB if "tar.xz!yrd_sites_2019" in origin else None,
            scratch=tmp_path / "scratch",
        ):
            assert isinstance(answer, Delivery), answer
            sizes[answer.name] = answer.path.stat().st_size
        spent_s = time.perf_counter() - begun
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert list(sizes) == [
        *(f"yrd_sites_2019{month:02d}.csv" for month in range(1, 13)),
        "cnemc_sites_2019_yangtze_delta_monthly.tar.xz",
    ]
    assert list(sizes.values()) == [
        8_081_457, 6_884_167, 8_119_570, 7_555_098, 8_253_005, 7_721_428,
        8_081_463, 6_737_613, 6_902_974, 7_803_880, 7_872_339, 7_889_089,
        22_704_492,
    ]  # fmt: skip
    assert peak < 8 * MIB, f"{peak / MIB:.1f} MiB for 92 MB of content"
    assert spent_s < 30
