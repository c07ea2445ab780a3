"""``datapackage.json``: the package described in the words of Frictionless Data Package v2 (datapackage.org/standard).

What the standard has no word for (recipient, level, publication) stands under names of our own, which it allows. No
clock reading: the same publication and card give the same bytes, so ``created`` is left out. Does not belong here: the
data files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.lake import canonical_json
from catalog.publication.manifest import Column, Manifest
from sharing.errors import RefusedError
from sharing.feed import Feed
from sharing.policy import Grant, primary_key

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
STANDARD = "DB33/T 2350-2021"
SIMULATED = "模拟数据，不是观测 / SIMULATED, not observed"
# Type of DuckDB → type of the Table Schema.
TYPES = {
    "VARCHAR": "string",
    "UUID": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "FLOAT": "number",
    "DOUBLE": "number",
}
FORMATS = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


@dataclass(frozen=True)
class DataFile:
    """One finished file of the package."""

    path: str
    sha256: str
    size: int

    @property
    def kind(self) -> str:
        """Its format: csv or parquet."""
        return self.path.rsplit(".", 1)[1]


def render(name: str, given: Grant, manifest: Manifest, files: Sequence[DataFile], rows: int) -> str:
    """The text of ``datapackage.json``; ``name``: the feed's."""
    feed = given.feed
    title = f"【{SIMULATED}】{feed.title.both}" if manifest.simulated else feed.title.both
    sources = [{"title": source.both} for source in feed.sources]
    descriptor = {
        "$schema": PROFILE,
        "name": name,
        "title": title,
        "description": f"{feed.purpose.both}. {'【' + SIMULATED + '】' if manifest.simulated else ''}".strip(),
        "version": manifest.id,
        "contributors": [{"title": feed.owner.both, "roles": ["steward"]}],
        # "other-closed": the Open Definition's word for terms that are no open licence
        "licenses": [{"name": "other-closed", "title": f"{feed.agreement.reference}: {feed.agreement.title.both}"}],
        "sources": sources,
        "resources": [_resource(feed, given, each, sources) for each in files],
        "simulated": manifest.simulated,
        "rows": rows,
        "recipient": feed.recipient.model_dump(),
        "purpose": feed.purpose.model_dump(),
        "agreement": feed.agreement.model_dump() | {"valid_to": feed.valid_to.isoformat()},
        "classification": {"standard": STANDARD, "highest": given.highest, "ceiling": feed.ceiling},
        "filter": feed.rows.model_dump(mode="json"),
        "publication": _publication(manifest),
    }
    return canonical_json(descriptor) + "\n"


def _publication(manifest: Manifest) -> Mapping[str, Any]:
    return {
        "id": manifest.id,
        "content_hash": manifest.content_hash,
        "as_of": manifest.as_of.isoformat(),
        "built_at": manifest.built_at.isoformat(),
        "profile": manifest.profile,
        "code_commit": manifest.code.commit,
        "editions": list(manifest.editions),
    }


def _resource(feed: Feed, given: Grant, file: DataFile, sources: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:
    resource: dict[str, Any] = {
        "name": f"{feed.table}_{file.kind}",
        "type": "table",
        "path": file.path,
        "title": f"{feed.title.both} ({file.kind})",
        "format": file.kind,
        "mediatype": FORMATS[file.kind],
        "hash": f"sha256:{file.sha256}",
        "sources": sources,
        "schema": schema(given),
    }
    if file.kind == "csv":
        dialect = {"header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n"}
        # frictionless 5.21 counts no bytes of Parquet and would call a sound file corrupted: `bytes` for CSV only
        resource |= {"encoding": "utf-8", "dialect": dialect, "bytes": file.size}
    return resource


def schema(given: Grant) -> Mapping[str, Any]:
    """The Table Schema of the given columns; a missing value is an empty cell."""
    key = primary_key(given)
    described = {"fields": [_field(column, given) for column in given.columns], "missingValues": [""]}
    return described | ({"primaryKey": list(key)} if key else {})


def _field(column: Column, given: Grant) -> Mapping[str, Any]:
    words = given.words[column.name]
    field: dict[str, Any] = {
        "name": column.name,
        "type": table_schema_type(column),
        "title": words.zh or column.name,
        "description": words.en,
        "level": given.levels[column.name],
    }
    if words.unit:
        field["unit"] = words.unit
    if column.name in given.table.key:
        alone = given.table.key == (column.name,)
        field["constraints"] = {"required": True} | ({"unique": True} if alone else {})
    return field


def table_schema_type(column: Column) -> str:
    """What the Table Schema calls a column's type.

    Raises:
        RefusedError: a type that CSV cannot carry.
    """
    if re.fullmatch(r"U?(TINY|SMALL|BIG)?INT(EGER)?", column.type):
        return "integer"
    if column.type.startswith("DECIMAL("):
        return "number"
    if column.type not in TYPES:
        raise RefusedError(f"column {column.name}: type {column.type} has no place in CSV; cast it in the model")
    return TYPES[column.type]
