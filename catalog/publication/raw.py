"""One record of a landed file, found by its number, as it was received.

Counts as the parsers do: the header of a CSV is record 1 and a quoted field may hold newlines; in JSON the number is
that of the feature. Reads as far as it must, in constant memory. Does not belong here: what a record means.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class RawRecord:
    """``text`` as received; ``cells`` by column name."""

    number: int
    text: str
    cells: dict[str, str]


def read_records(path: Path, numbers: Iterable[int]) -> dict[int, RawRecord]:
    """The records of these numbers; what is not there is left out."""
    wanted = set(numbers)
    if path.suffix.lower() in (".json", ".geojson"):
        return _read_features(path, wanted)
    for encoding in ENCODINGS:
        try:
            return _read_lines(path, wanted, encoding)
        except UnicodeDecodeError:
            continue
    return {}


def _read_features(path: Path, wanted: set[int]) -> dict[int, RawRecord]:
    try:
        payload = json.loads(path.read_bytes())
    except ValueError:
        return {}
    features = payload.get("features", []) if isinstance(payload, dict) else payload
    found: dict[int, RawRecord] = {}
    for number in wanted:
        if isinstance(features, list) and 1 <= number <= len(features):
            feature = features[number - 1]
            properties = feature.get("properties", feature) if isinstance(feature, dict) else {}
            cells = {str(key): str(value) for key, value in properties.items()}
            found[number] = RawRecord(number, json.dumps(feature, ensure_ascii=False), cells)
    return found


def _read_lines(path: Path, wanted: set[int], encoding: str) -> dict[int, RawRecord]:
    found: dict[int, RawRecord] = {}
    consumed: list[str] = []

    def lines() -> Iterator[str]:
        for line in handle:
            consumed.append(line)
            yield line

    with path.open(encoding=encoding, newline=None) as handle:
        header: list[str] = []
        number = 0
        for record in csv.reader(lines()):
            if record:
                number += 1
                header = header or record
                if number in wanted:
                    cells = dict(zip(header, record, strict=False))
                    found[number] = RawRecord(number, "".join(consumed).strip("\n"), cells)
            consumed.clear()
            if number >= max(wanted, default=0):
                break
    return found
