"""Compute a publication's numbers again from the landed bytes: what ``ecolake verify --rebuild`` compares with.

Everything between the bytes and the numbers is made anew in a lake of its own; only the landed bytes, their arrival log
and what people said are shared. Does not belong here: comparing (``catalog.publication.recompute``).
"""

from __future__ import annotations

from pathlib import Path

from catalog.lake import Lake
from catalog.publication.errors import PublicationError
from catalog.publication.manifest import Manifest
from ingest.core import Batch
from orchestration import pipeline
from orchestration.scratch import Inputs
from quality.flag_events import EVENTS


def from_landed_bytes(manifest: Manifest, folder: Path) -> Path:
    """Parse, flag and compute what the manifest's batches came from; returns the scratch database.

    Raises:
        PublicationError: this code parses the objects another way than the code that published them did.
    """
    origin = Lake.from_env()
    lake = Lake(folder / "lake")
    for shared, target in (
        (origin.root / "landing", lake.root / "landing"),
        (origin.flags(EVENTS), lake.flags(EVENTS)),
    ):
        if shared.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(shared.resolve())
    shop = pipeline.Workshop(lake)
    wanted = {(batch.dataset, batch.batch) for batch in manifest.batches}
    parsed = {(b.dataset, b.name): b for b in pipeline.parse(shop, only={b.object_sha256 for b in manifest.batches})}
    if missing := sorted(wanted - parsed.keys()):
        raise PublicationError(
            f"{missing[0][0]} {missing[0][1]} and {len(missing) - 1} more batches are not what this code makes of the "
            f"landed objects; check out commit {manifest.code.commit or 'of that publication'} and verify again"
        )
    batches: dict[str, list[Batch]] = {name: [] for name in shop.cards}
    for dataset, name in sorted(wanted, key=lambda key: (parsed[key].received_at, key[1])):
        batches[dataset].append(parsed[dataset, name])
    inputs = Inputs(batches, manifest.as_of)
    return pipeline.transform_inputs(shop, inputs, folder / "scratch.duckdb", full=True, tests=False).scratch
