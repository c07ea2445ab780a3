"""Begin a new dataset: its folder with a card, a parser and a fixture that already run, to be made true.

Does not belong here: judging the result (``tests/contract``) or wiring it anywhere: a card is found by being there.
"""

from __future__ import annotations

import re
from pathlib import Path

CARD = """\
# Everything known about this dataset; each line below is an example to be made true. Fields: docs/engineer.md.
title: {{zh: 待填写, en: To be filled in}}
description: {{zh: 一行一站一日的测量值。, en: One measured value per station and day.}}
provider: {{zh: 待填写, en: To be filled in}}
licence: {{name: none stated, redistribute: false}}
owner: {{zh: 待填写, en: To be filled in}}
steward: {{zh: 待填写, en: To be filled in}}
level: L2
grain: {{zh: 一行一站一日, en: one row per station and day}}
fixture: simulated
delivery:
  patterns: ["{name}_*.csv"]
time: {{zone: Asia/Shanghai, label: start, interval: P1D}}
cadence: daily
key: [station_code, interval_end_at]
sentinels: ["-", "NA"]
limits_why: to be replaced by where the limits below come from
columns:
  - name: station_code
    type: string
    required: true
    pattern: '^[A-Z0-9]+$'
    title: {{zh: 站点编码, en: Station code}}
    good: [A1]
    bad: ["站"]
  - {{name: value_mm, type: decimal, unit: mm, title: {{zh: 测量值, en: Value}}, minimum: 0, maximum: 2000}}
gate:
  min_completeness: 0.75
  why: to be replaced by what this feed really delivers, with the figures seen
"""

PARSER = '''\
"""Parser of {id}: structure only, as text; types, ranges and sentinels are the card's."""

from __future__ import annotations

import polars as pl

from ingest.landing import LandedObject
from ingest.parsing import ParseResult, decode, no_rejects, read_header, read_text_table

COLUMNS = {{"station": "station_code", "value": "value_mm"}}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a station and day."""
    text = decode(raw, "utf-8")
    table = read_text_table(text, read_header(text, ["date", *COLUMNS]))
    return ParseResult(
        table.select(
            "line",
            label_local=pl.col("date").str.to_datetime("%Y-%m-%d", strict=False, time_unit="us"),
            **{{ours: pl.col(theirs) for theirs, ours in COLUMNS.items()}},
        ),
        no_rejects(),
    )
'''

FIXTURE = "date,station,value\n2026-01-01,A1,1.5\n2026-01-01,A2,-\n2026-01-02,A1,-3\nyesterday,A1,1\n"

EXPECTED = """\
{name}_sample.csv:
  rows_in: 4
  accepted: 3
  quarantined: 1
  duplicates: 0
  reasons:
    time_unreadable: 1
  flags:
    value_mm out_of_range: 1
    value_mm sentinel: 1
"""


class ScaffoldError(ValueError):
    """The dataset cannot be begun; the message says why."""


def new_dataset(root: Path, dataset: str) -> Path:
    """Write ``root/<family>/<name>/`` for ``<family>__<name>``; returns the folder.

    Raises:
        ScaffoldError: the id has not the form ``family__name``, or the folder is there already.
    """
    found = re.fullmatch(r"([a-z][a-z0-9]*(?:_[a-z0-9]+)*)__([a-z][a-z0-9]*(?:_[a-z0-9]+)*)", dataset)
    if found is None:
        raise ScaffoldError(
            f"{dataset!r}: expected <family>__<name> in lower case, such as water__cnemc_section_4hourly"
        )
    family, name = found.groups()
    folder = root / family / name
    if folder.exists():
        raise ScaffoldError(f"{family}/{name} is there already; edit its card, or choose another name")
    files = {
        "dataset.yml": CARD.format(name=name),
        "parse.py": PARSER.format(id=dataset),
        f"fixture/{name}_sample.csv": FIXTURE,
        "fixture/expected.yml": EXPECTED.format(name=name),
    }
    for relative, text in files.items():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
