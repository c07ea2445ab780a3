"""``publish``: release what was computed, with the facts of where it comes from.

Does not belong here: how a publication is written (``catalog.publication``).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from catalog.lake import write_json
from catalog.publication import shelf
from catalog.publication.build import Outcome, build
from catalog.publication.manifest import BatchFacts, CodeFacts, FileFacts
from catalog.publication.plan import PublicationFacts, TableSpec
from catalog.publication.reader import open_publication
from ingest.core import Batch
from ingest.landing import LandingZone, now
from orchestration import transform
from orchestration.dbt_graph import theme_of
from orchestration.pipeline.computing import Built
from orchestration.pipeline.workshop import Workshop
from quality import flag_events

SIMULATED_PREFIX = "sim_"


def publish(shop: Workshop, built: Built, *, by: str = "ecolake run") -> Outcome:
    """Release the built numbers; the pointer moves only when everything is whole.

    Nothing is read again when the current publication was made from exactly this state of inputs and code.
    """
    note = shop.lake.work / "published.json"
    months = {f"{theme}/{month}": state for (theme, month), state in sorted(built.states.items())}
    state = {"months": months, "code": transform.code_hash(), "publication": shelf.current_id(shop.lake)}
    if state["publication"] and note.exists() and json.loads(note.read_text(encoding="utf-8")) == state:
        return Outcome(open_publication(shop.lake), "unchanged", "same inputs, same code: nothing to publish")
    specs = transform.table_specs(shop.lake)
    with shop.log.step("publish", None, zh="发布") as advance:
        outcome = build(
            shop.lake,
            scratch=built.scratch,
            tables=specs,
            facts=publication_facts(shop, built, specs, by),
            progress=lambda step, done, total: advance(1, step),
        )
    write_json(note, state | {"publication": outcome.publication.id})
    shop.log.note("info", "publish", outcome.publication.id, f"{outcome.kind}: {outcome.reason}")
    return outcome


def publication_facts(shop: Workshop, built: Built, specs: Sequence[TableSpec], by: str) -> PublicationFacts:
    """What the publication says about where its numbers come from."""
    batches = [b for bs in built.inputs.batches.values() for b in bs]
    simulated = any(b.object_name.startswith(SIMULATED_PREFIX) for b in batches)
    landed = {name: {o.key: o for o in LandingZone(shop.lake, name).objects} for name in shop.cards}
    root = shop.lake.root
    return PublicationFacts(
        as_of=built.inputs.as_of or _known_until(shop, batches),
        built_at=now(),
        profile="demo" if simulated else "live",
        simulated=simulated,
        code=code_facts(),
        editions=tuple(sorted(path.stem for path in transform.EDITIONS.glob("*.csv"))),
        batches=tuple(
            BatchFacts(
                batch=b.name,
                dataset=b.dataset,
                object_sha256=b.object_sha256,
                object_name=b.object_name,
                landing_path=str(
                    LandingZone(shop.lake, b.dataset).path(landed[b.dataset][b.object_key]).relative_to(root)
                ),
                received_at=b.received_at,
                build=b.build,
                files=tuple(FileFacts(path=f.path, sha256=f.sha256) for f in b.files),
            )
            for b in batches
        ),
        fingerprints=_fingerprints(specs, built.states, transform.code_hash()),
        by=by,
    )


def code_facts() -> CodeFacts:
    """Commit and state of the checkout this runs from; unknown outside a checkout."""

    def git(*arguments: str) -> str | None:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", *arguments],  # noqa: S607 - the user's git
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip() if done.returncode == 0 else None

    return CodeFacts(
        commit=git("rev-parse", "HEAD"),
        dirty=bool(git("status", "--porcelain", "--untracked-files=no")),
        version=version("ecolake"),
    )


def _known_until(shop: Workshop, batches: Sequence[Batch]) -> datetime:
    """The instant of the newest knowledge: the last arrival, or what a person said about values after it."""
    said = [e.at for name in shop.cards for e in flag_events.history(shop.lake, name)]
    return max([*(b.received_at for b in batches), *said], default=now())


def _fingerprints(
    specs: Sequence[TableSpec], states: Mapping[transform.Part, str], code: str
) -> dict[tuple[str, str], str]:
    """Which partitions a month's inputs decide alone; periods longer than a month depend on others too.

    A mart depends on its own theme's month; what unites themes (``indicator_values``) on the month of each.
    """
    named = {
        ("month",): ["month={}"],
        ("period_type", "month"): ["period_type=hour/month={}", "period_type=day/month={}"],
    }
    months: dict[str, dict[str, str]] = {}
    for (theme, month), state in sorted(states.items()):
        months.setdefault(month, {})[theme] = state
    return {
        (spec.name, form.format(month)): f"{_state(mine, theme_of(spec.name))}-{code}"
        for spec in specs
        for form in named.get(spec.partition, [])
        for month, mine in months.items()
    }


def _state(states: Mapping[str, str], theme: str | None) -> str:
    """The state of a theme's month, or of all themes' together."""
    if theme is not None:
        return states.get(theme, "none")
    return hashlib.sha256("\n".join(f"{name} {state}" for name, state in states.items()).encode()).hexdigest()
