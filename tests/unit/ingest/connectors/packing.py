"""Archives made on the spot, and a receiver that takes what comes out of them as the landing zone would."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.connectors import files
from ingest.landing import ArchiveDelivery, Delivery, Refusal

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
