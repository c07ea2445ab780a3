"""Members of archives: streamed and named; damaged ones; a kill in the middle."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import random
import signal
import subprocess
import sys
import tarfile
import textwrap
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.lake import Lake
from ingest.connectors import files
from ingest.landing import ARCHIVES, ArchiveDelivery, Delivery, LandingZone, Refusal
from tests.unit.ingest.connectors.packing import (
    MIB,
    TWO,
    Answers,
    Taken,
    csv_up_to_1_mib,
    offered,
    tar_bytes,
    write_any,
    write_zip,
)


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
