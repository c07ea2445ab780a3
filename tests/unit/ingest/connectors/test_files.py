"""What comes out of a file or a folder, and what is refused, in which words."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.connectors import files
from ingest.landing import ArchiveDelivery, Delivery, Refusal

MIB = 1 << 20
Collect = Callable[..., list[Delivery | Refusal]]


@pytest.fixture
def collect(tmp_path: Path) -> Collect:
    """Everything a source yields when one dataset claims ``*.csv`` up to 1 MiB."""

    def run(source: Path, known: dict[str, str] | None = None) -> list[Delivery | Refusal]:
        return list(
            files.deliveries(
                source,
                is_unchanged=lambda origin, signature: (known or {}).get(origin) == signature,
                wanted=lambda name: MIB if name.endswith(".csv") else None,
                scratch=tmp_path / "scratch",
            )
        )

    return run


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def only(answers: list[Delivery | Refusal]) -> Refusal:
    assert len(answers) == 1 and isinstance(answers[0], Refusal), answers
    return answers[0]


def test_a_file_is_delivered_where_it_lies(inbox: Path, collect: Collect) -> None:
    path = inbox / "a.csv"
    path.write_bytes(b"x\n1\n")
    os.utime(path, ns=(1_500_000_000_123_456_789, 1_500_000_000_123_456_789))

    assert collect(path) == [Delivery("a.csv", "inbox/a.csv", "4-1500000000123456789", path)]


def test_a_folder_is_searched_in_the_order_of_paths_without_hidden_and_partial_files(
    inbox: Path, collect: Collect
) -> None:
    for name in ["b/2.csv", "b/1.csv", "a.csv", "z.csv", ".hidden.csv", ".git/c.csv", "b/.tmp-1-x.csv", "d.csv.part"]:
        (inbox / name).parent.mkdir(exist_ok=True)
        (inbox / name).write_text("x")

    assert [d.origin for d in collect(inbox)] == ["inbox/a.csv", "inbox/z.csv", "inbox/b/1.csv", "inbox/b/2.csv"]


def test_an_unchanged_file_is_not_offered_again_and_a_touched_one_is(inbox: Path, collect: Collect) -> None:
    path = inbox / "a.csv"
    path.write_text("x")
    known = {d.origin: d.signature for d in collect(inbox) if isinstance(d, Delivery)}
    assert collect(inbox, known) == []

    os.utime(path, ns=(0, 0))
    assert [d.origin for d in collect(inbox, known)] == ["inbox/a.csv"]


def test_an_empty_file_is_delivered(inbox: Path, collect: Collect) -> None:
    (inbox / "empty.csv").touch()

    [delivery] = collect(inbox)
    assert isinstance(delivery, Delivery)
    assert delivery.path.stat().st_size == 0


def test_a_3_gb_sparse_file_is_refused_at_once_and_the_rest_goes_on(inbox: Path, collect: Collect) -> None:
    with (inbox / "big.csv").open("wb") as handle:
        handle.truncate(3 << 30)
    with (inbox / "big.tar.xz").open("wb") as handle:
        handle.truncate(3 << 30)
    with (inbox / "big.tar").open("wb") as handle:
        handle.truncate(3 << 30)
    (inbox / "small.csv").write_text("x")

    begun = time.perf_counter()
    answers = collect(inbox)
    spent_s = time.perf_counter() - begun

    assert [(a.name, getattr(a, "code", "delivered")) for a in answers] == [
        ("big.csv", "too_large"),
        ("big.tar", "damaged_archive"),
        ("big.tar.xz", "damaged_archive"),
        ("small.csv", "delivered"),
    ]
    assert isinstance(answers[0], Refusal)
    assert answers[0].message == (
        "big.csv is 3.0 GiB; its dataset takes at most 1.0 MiB. If the size is right, raise delivery.max_object_mib "
        "in the dataset's card; else ask the provider what went wrong"
    )
    assert spent_s < 0.5, "reading them would take seconds"


def test_a_file_nobody_claims_is_refused_with_what_to_do(inbox: Path, collect: Collect) -> None:
    (inbox / "notes.txt").write_text("x")

    refusal = only(collect(inbox))
    assert refusal.code == "unclaimed"
    assert refusal.message == (
        "no dataset claims the name notes.txt. If it holds data, add a matching pattern under delivery.patterns in "
        "the card (dataset.yml) of its dataset; else take it out of the source"
    )


def test_an_archive_of_a_kind_not_opened_is_named_as_such(inbox: Path, collect: Collect) -> None:
    (inbox / "a.rar").write_bytes(b"Rar!")

    refusal = only(collect(inbox))
    assert refusal.code == "unclaimed"
    assert refusal.message == (
        "a.rar is a kind of archive that is not opened here; pack it as .zip or .tar.xz, or unpack it"
    )


def test_a_claim_sees_the_whole_path_down_into_an_archive(inbox: Path, tmp_path: Path) -> None:
    (inbox / "air").mkdir()
    (inbox / "air" / "a.csv").write_text("x")
    with zipfile.ZipFile(inbox / "air" / "b.zip", "w") as archive:
        archive.writestr("2020/c.csv", "x")
    asked: list[str] = []

    def wanted(origin: str) -> int:
        asked.append(origin)
        return MIB

    walk = files.deliveries(inbox, is_unchanged=lambda *_: False, wanted=wanted, scratch=tmp_path / "scratch")
    assert [type(d) for d in walk] == [Delivery, Delivery, ArchiveDelivery]
    assert asked == ["inbox/air/a.csv", "inbox/air/b.zip!2020/c.csv"]


@pytest.mark.parametrize("name", ["gone.csv", "dangling.csv"])
def test_what_vanished_is_refused_and_named(inbox: Path, collect: Collect, name: str) -> None:
    (inbox / "dangling.csv").symlink_to(inbox / "nowhere")

    refusal = only(collect(inbox / name))
    assert refusal.code == "unreadable"
    assert refusal.message == (
        f"inbox/{name} cannot be read: No such file or directory. Does it still exist, and may this user read it?"
    )


def test_a_file_that_may_not_be_read_is_refused_and_the_rest_goes_on(inbox: Path, collect: Collect) -> None:
    for name in ["a.csv", "b.csv"]:
        (inbox / name).write_text("x")
    (inbox / "a.csv").chmod(0)
    if os.access(inbox / "a.csv", os.R_OK):
        pytest.skip("this user may read everything (root)")

    assert [(a.name, getattr(a, "code", "delivered")) for a in collect(inbox)] == [
        ("a.csv", "unreadable"),
        ("b.csv", "delivered"),
    ]


def test_a_file_that_vanishes_during_the_walk_does_not_stop_it(inbox: Path, tmp_path: Path) -> None:
    for name in ["a.csv", "b.csv", "c.csv"]:
        (inbox / name).write_text("x")
    walk: Iterator[Delivery | Refusal] = files.deliveries(
        inbox, is_unchanged=lambda *_: False, wanted=lambda _: MIB, scratch=tmp_path / "scratch"
    )
    assert next(walk).name == "a.csv"
    (inbox / "b.csv").unlink()

    assert [(a.name, type(a)) for a in walk] == [("b.csv", Refusal), ("c.csv", Delivery)]


def test_a_pipe_is_refused_instead_of_waited_for(inbox: Path, collect: Collect) -> None:
    os.mkfifo(inbox / "pipe.csv")

    assert only(collect(inbox)).code == "unreadable"


def test_a_linked_folder_is_not_followed_and_not_passed_over_in_silence(
    inbox: Path, tmp_path: Path, collect: Collect
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (inbox / "linked").symlink_to(tmp_path / "elsewhere")

    refusal = only(collect(inbox))
    assert (refusal.code, refusal.origin) == ("unreadable", "inbox/linked")
    assert refusal.message == "inbox/linked is a link to a folder, which is not followed; name that folder as a source"


def test_a_file_name_made_on_chinese_windows_can_be_stored(inbox: Path, collect: Collect) -> None:
    (inbox / os.fsdecode("杭州.csv".encode("gb18030"))).write_text("x")

    assert [d.name for d in collect(inbox)] == ["杭州.csv"]
