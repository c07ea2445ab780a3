"""The steps of a run, each a function that can be called alone, again, or by another scheduler.

``land`` → ``parse`` → ``check`` → ``transform`` → ``publish``. Every step looks at what is there and does what is
missing, so a run that was killed is resumed by running it again. No rule about data lives here: a step calls the layer
that knows.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import polars as pl

from catalog.indicators import catalog_rows
from catalog.lake import Lake, write_json
from catalog.publication import shelf
from catalog.publication.build import Outcome, build
from catalog.publication.manifest import BatchFacts, CodeFacts, FileFacts
from catalog.publication.plan import PublicationFacts, TableSpec
from catalog.publication.reader import open_publication
from ingest.card import Card, claim, readable_cards
from ingest.connectors import files as file_connector
from ingest.connectors import http as http_connector
from ingest.core import Batch, CoreZone, live_batches, read_batches
from ingest.landing import ARCHIVES, ArchiveDelivery, Delivery, LandedObject, LandingZone, Refusal, now
from ingest.parsing import UnreadableObjectError
from orchestration import transform
from orchestration.report import Advance, Level, Log
from orchestration.scratch import Inputs, prepare
from quality import context, flag_events, flags
from quality.door import admit
from quality.gate import GateResult, held_batches, run_gate
from quality.gate import results as gate_results
from quality.reading import core_zone

SIMULATED_PREFIX = "sim_"
MIB = 1 << 20


@dataclass
class Workshop:
    """One lake, its readable cards, and where progress is told."""

    lake: Lake
    log: Log = field(default_factory=lambda: Log(quiet=True))
    cards: dict[str, Card] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.cards:
            self.cards, faults = readable_cards()
            for fault in faults:
                where, _, what = str(fault).partition(": ")
                self.log.note("error", "cards", where, what)

    def select(self, names: Sequence[str]) -> Workshop:
        """The same workshop limited to some datasets; registers that they resolve names by come along.

        Raises:
            ValueError: a name is no dataset; the message lists those there are.
        """
        if not names:
            return self
        if unknown := sorted(set(names) - set(self.cards)):
            raise ValueError(f"no dataset {', '.join(unknown)}; there are: {', '.join(sorted(self.cards))}")
        wanted = set(names)
        wanted |= {c.resolve.register_dataset for n in names if (c := self.cards[n]).resolve is not None}
        return replace(self, cards={n: c for n, c in self.cards.items() if n in wanted})

    def core(self, card: Card) -> CoreZone:
        """The core zone of one dataset; a new register is a new build of the datasets that resolve names by it."""
        return core_zone(self.lake, card)

    def live(self, card: Card, as_of: datetime | None = None) -> list[Batch]:
        """The batches that count: newest knowledge, current build, not held by a gate."""
        held = held_batches(self.lake, card.id)
        known = [b for b in read_batches(self.lake, card.id) if b.name not in held]
        return live_batches(known, self.core(card).build, as_of)


def land(shop: Workshop, sources: Iterable[Path], *, live: bool = False) -> int:
    """Bring in what is new in files, folders and archives, and from the cards' addresses if ``live``.

    Returns how many objects were new. What is refused is noted and recorded; it never stops the rest.
    """
    landings = {name: LandingZone(shop.lake, name) for name in [*shop.cards, ARCHIVES]}
    incoming = shop.lake.work / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)  # what a killed run left half-copied
    incoming.mkdir(parents=True)
    taken = 0
    for source in sources:
        with shop.log.step("land", None, zh="入湖") as advance:
            for card, found in _offers(shop, source, landings, incoming):
                taken += _take(shop, landings, card, found, advance)
    if live:
        with shop.log.step("fetch", None, zh="抓取") as advance:
            for card, found in _feeds(shop, landings):
                taken += _take(shop, landings, card, found, advance)
    return taken


def parse(shop: Workshop, months: tuple[str, str] | None = None, only: Container[str] | None = None) -> list[Batch]:
    """Parse and admit every landed object that the current build has not seen; registers first.

    ``months`` (first, last) leaves out objects whose name says another period, ``only`` all but these SHA-256.
    """
    done: list[Batch] = []
    for card in _registers_first(shop.cards):
        # Looked up after the registers before it were parsed: they decide the build of what resolves names by them.
        todo = [o for o in _pending(shop, card, months) if only is None or o.sha256 in only]
        if not todo:
            continue
        register = _register(shop, card) if card.resolve is not None else None
        with shop.log.step(f"parse {card.id}", len(todo), zh="解析入库") as advance:
            for landed in todo:
                done.append(_parse_one(shop, card, landed, register))
                advance(1, landed.name)
    return done


def check(shop: Workshop) -> None:
    """The gate on every batch without a verdict, then contextual flags on what it let through."""
    with shop.log.step("check", len(shop.cards), zh="门禁与标记") as advance:
        for card in _registers_first(shop.cards):
            judge(shop, card)
            flag(shop, card)
            advance(1, card.id)


def judge(shop: Workshop, card: Card) -> list[GateResult]:
    """The gate on live batches that have no verdict yet; what fails is held from now on. Returns the new verdicts."""
    judged = {(r.batch, r.rules) for r in gate_results(shop.lake, card.id)}
    candidates = live_batches(read_batches(shop.lake, card.id), shop.core(card).build)
    new = [r for r in run_gate(shop.lake, card, candidates) if (r.batch, r.rules) not in judged]
    for result in new:
        if result.status != "pass":
            level: Level = "error" if result.status == "fail" else "warning"
            shop.log.note(level, "gate", f"{card.id} {result.batch}", result.summary)
    return new


def flag(shop: Workshop, card: Card) -> list[str]:
    """Contextual flags of the live batches; returns the months that had to be computed.

    Comes after :func:`judge`: flags are computed beside the batches that count, and a held one does not.
    """
    months = [r.month for r in context.refresh(shop.lake, card, shop.live(card)) if r.computed]
    for month in months:
        shop.log.note("info", "flags", f"{card.id} {month}", "contextual tests done")
    return months


def transform_months(
    shop: Workshop,
    *,
    months: tuple[str, str] | None = None,
    as_of: datetime | None = None,
    full: bool = False,
    tests: bool = True,
) -> Built:
    """Lay out the scratch database and run dbt for the months whose inputs changed."""
    return _compute(shop, lay_out(shop, months=months, as_of=as_of, full=full), tests=tests)


def transform_inputs(
    shop: Workshop,
    inputs: Inputs,
    scratch: Path,
    *,
    months: tuple[str, str] | None = None,
    full: bool = False,
    tests: bool = True,
) -> Built:
    """The same for a given set of batches: what a rebuild of an old publication starts from."""
    return _compute(shop, _lay_out_inputs(shop, inputs, scratch, months=months, full=full), tests=tests)


def lay_out(
    shop: Workshop, *, months: tuple[str, str] | None = None, as_of: datetime | None = None, full: bool = False
) -> Built:
    """Write what dbt reads into the scratch database and say what dbt has to do; no number is computed."""
    inputs = Inputs({name: shop.live(card, as_of) for name, card in shop.cards.items()}, as_of)
    return _lay_out_inputs(shop, inputs, scratch_path(shop.lake, as_of), months=months, full=full)


def _compute(shop: Workshop, built: Built, *, tests: bool) -> Built:
    todo = built.todo
    with shop.log.step("transform", None if todo.is_nothing else len(todo.months), zh="指标计算") as advance:
        transform.build(shop.lake, built.scratch, todo, built.states, tests=tests)
        advance(len(todo.months))
    return built


def _lay_out_inputs(
    shop: Workshop,
    inputs: Inputs,
    scratch: Path,
    *,
    months: tuple[str, str] | None = None,
    full: bool = False,
) -> Built:
    long_cards = {name: card for name, card in shop.cards.items() if card.is_long}
    flagged = {
        name: flags.view_sql(
            shop.lake,
            card,
            inputs.batches[name],
            [found.path for found in context.refresh(shop.lake, card, inputs.batches[name])],
            inputs.as_of,
        )
        for name, card in long_cards.items()
    }
    hashes = prepare(
        shop.lake,
        shop.cards,
        inputs,
        scratch,
        flag_views=flagged,
        event_views={name: flags.events_sql(shop.lake, card, inputs.as_of) for name, card in long_cards.items()},
        flag_hashes=_flag_hashes(shop, inputs, long_cards),
        indicators=catalog_rows(),
    )
    only = None if months is None else [m for m in hashes if months[0] <= m <= months[1]]
    # A month that has become verified is computed again, though its inputs are the same: its status is part of it.
    states = {month: f"{value}{'+verified' if inputs.is_verified(month) else ''}" for month, value in hashes.items()}
    return Built(inputs, scratch, states, transform.plan(scratch, states, only, full=full))


def _flag_hashes(shop: Workshop, inputs: Inputs, cards: Mapping[str, Card]) -> dict[str, str]:
    """Month → hash of every flag that touches it."""
    months = {m for name in cards for b in inputs.batches[name] for m in b.months}
    return {
        month: "+".join(
            flags.fingerprint(shop.lake, card, inputs.batches[name], month, inputs.as_of)
            for name, card in cards.items()
        )
        for month in sorted(months)
    }


@dataclass(frozen=True)
class Built:
    """A scratch database, what it is built from, and what had to be done for it."""

    inputs: Inputs
    scratch: Path
    states: Mapping[str, str]
    todo: transform.Plan


def publish(shop: Workshop, built: Built, *, by: str = "ecolake run") -> Outcome:
    """Release the built numbers; the pointer moves only when everything is whole.

    Nothing is read again when the current publication was made from exactly this state of inputs and code.
    """
    note = shop.lake.work / "published.json"
    state = {"months": dict(built.states), "code": transform.code_hash(), "publication": shelf.current_id(shop.lake)}
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


def _known_until(shop: Workshop, batches: Sequence[Batch]) -> datetime:
    """The instant of the newest knowledge: the last arrival, or what a person said about values after it."""
    said = [e.at for name in shop.cards for e in flag_events.history(shop.lake, name)]
    return max([*(b.received_at for b in batches), *said], default=now())


def _fingerprints(specs: Sequence[TableSpec], states: Mapping[str, str], code: str) -> dict[tuple[str, str], str]:
    """Which partitions a month's inputs decide alone; periods longer than a month depend on others too."""
    named = {
        ("month",): ["month={}"],
        ("period_type", "month"): ["period_type=hour/month={}", "period_type=day/month={}"],
    }
    return {
        (spec.name, form.format(month)): f"{state}-{code}"
        for spec in specs
        for form in named.get(spec.partition, [])
        for month, state in states.items()
    }


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


def scratch_path(lake: Lake, as_of: datetime | None = None) -> Path:
    """The workshop's database; a look at an earlier state of knowledge has one of its own."""
    suffix = f"-as-of-{as_of:%Y%m%dT%H%M%S}" if as_of else ""
    return lake.work / f"scratch{suffix}.duckdb"


def _claims(shop: Workshop) -> str:
    """State of all claims: an archive is opened again when a card claims more."""
    rules = sorted((name, card.delivery.model_dump_json()) for name, card in shop.cards.items())
    return hashlib.sha256(repr(rules).encode()).hexdigest()[:12]


def _offers(
    shop: Workshop, source: Path, landings: Mapping[str, LandingZone], incoming: Path
) -> Iterator[tuple[Card | None, Delivery | Refusal]]:
    """What files offer, with the card that claims it (None for refusals and archives)."""

    def wanted(path: str) -> int | None:
        card = claim(path, shop.cards.values())
        return card.delivery.max_object_mib * MIB if card else None

    def is_unchanged(origin: str, signature: str) -> bool:
        return any(zone.is_unchanged(origin, signature) for zone in landings.values())

    found = file_connector.deliveries(
        source, is_unchanged=is_unchanged, wanted=wanted, scratch=incoming, claims=_claims(shop)
    )
    for offer in found:
        yield claim(offer.origin, shop.cards.values()), offer


def _feeds(shop: Workshop, landings: Mapping[str, LandingZone]) -> Iterator[tuple[Card | None, Delivery | Refusal]]:
    """What the cards' addresses offer; secrets and hosts come from the environment (``${NAME}`` in the card)."""
    requests: dict[str, tuple[Card, http_connector.HttpRequest]] = {}
    for card in shop.cards.values():
        if card.delivery.url is None:
            continue
        url = os.path.expandvars(card.delivery.url)
        if "${" in url:
            shop.log.note("info", "fetch", card.id, f"no address: set the variable in {card.delivery.url}")
            continue
        request = http_connector.HttpRequest(
            url=url,
            name=card.delivery.url_name,
            headers={k: os.path.expandvars(v) for k, v in card.delivery.headers.items()},
            limits=http_connector.HttpLimits(max_bytes=card.delivery.max_object_mib * MIB),
        )
        requests[request.origin] = (card, request)
    downloads = shop.lake.work / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    answers = http_connector.deliveries(
        (request for _, request in requests.values()),
        scratch=downloads,
        previous_signature=lambda origin: landings[requests[origin][0].id].signature_of(origin),
    )
    for answer in answers:
        if not isinstance(answer, http_connector.Unchanged):
            yield requests[answer.origin][0], answer


def _take(
    shop: Workshop,
    landings: Mapping[str, LandingZone],
    card: Card | None,
    found: Delivery | Refusal,
    advance: Advance,
) -> int:
    """Land one delivery or record one refusal; returns 1 if something new arrived."""
    if isinstance(found, Refusal):
        landings[card.id if card else ARCHIVES].refuse(found)
        level: Level = "info" if found.code == "unclaimed" else "error"
        shop.log.note(level, "land", found.origin, f"{found.code}: {found.message}")
        return 0
    if isinstance(found, ArchiveDelivery):
        landings[ARCHIVES].put(found)
        return 0
    assert card is not None, "a connector delivers only what a card claims"
    landed = landings[card.id].put(found)
    advance(1, found.name)
    return int(landed is not None)


def _registers_first(cards: Mapping[str, Card]) -> list[Card]:
    registers = {c.resolve.register_dataset for c in cards.values() if c.resolve is not None}
    return sorted(cards.values(), key=lambda c: (c.id not in registers, c.id))


def _pending(shop: Workshop, card: Card, months: tuple[str, str] | None) -> list[LandedObject]:
    core = shop.core(card)
    return [
        landed
        for landed in LandingZone(shop.lake, card.id).objects
        if _speaks_of(card, landed, months) and not core.is_committed(landed)
    ]


def _speaks_of(card: Card, landed: LandedObject, months: tuple[str, str] | None) -> bool:
    period = card.period_of(landed.name)
    return months is None or period is None or months[0] <= f"{period[0]}-{period[1]:02d}" <= months[1]


def _parse_one(shop: Workshop, card: Card, landed: LandedObject, register: pl.DataFrame | None) -> Batch:
    core = shop.core(card)
    try:
        raw = LandingZone(shop.lake, card.id).read(landed)
        batch = core.commit(landed, admit(card, landed, card.parser()(raw, landed), register))
    except UnreadableObjectError as error:
        batch = core.commit_unreadable(landed, error.code, str(error))
        shop.log.note("error", "parse", f"{card.id} {landed.name}", f"{error.code}: {error}")
    else:
        if turned_away := batch.counts["quarantined"]:
            why = ", ".join(f"{n} {reason}" for reason, n in batch.reasons.items())
            message = f"{turned_away} of {batch.rows_in} rows quarantined ({why})"
            shop.log.note("info", "parse", f"{card.id} {landed.name}", message)
    return batch


def _register(shop: Workshop, card: Card) -> pl.DataFrame | None:
    """Names and codes of the register a card resolves by, newest entry per code."""
    rule = card.resolve
    assert rule is not None
    live = shop.live(shop.cards[rule.register_dataset])
    files = [shop.lake.root / f.path for b in live for f in b.files if f.kind == "core"]
    if not files:
        return None
    rows = pl.concat([pl.read_parquet(path).select(*rule.match, rule.to) for path in files])
    return rows.unique(subset=[rule.to], keep="last", maintain_order=True)
