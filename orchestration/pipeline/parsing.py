"""``parse``: every landed object that the current build has not seen goes through its parser and the door.

Does not belong here: what a parser or the door does with rows.
"""

from __future__ import annotations

from collections.abc import Container

import polars as pl

from ingest.card import Card
from ingest.core import Batch
from ingest.landing import DamagedObjectError, LandedObject, LandingZone
from ingest.parsing import UnreadableObjectError
from orchestration.pipeline.workshop import Workshop, registers_first
from quality.door import admit


def parse(shop: Workshop, months: tuple[str, str] | None = None, only: Container[str] | None = None) -> list[Batch]:
    """Parse and admit every landed object that the current build has not seen; registers first.

    What resolves names by a register that has no rows yet stays pending.

    ``months`` (first, last) leaves out objects whose name says another period, ``only`` all but these SHA-256.
    """
    done: list[Batch] = []
    for card in registers_first(shop.cards):
        # Looked up after the registers before it were parsed: they decide the build of what resolves names by them.
        todo = [o for o in _pending(shop, card, months) if only is None or o.sha256 in only]
        if not todo:
            continue
        register = _register(shop, card) if card.resolve is not None else None
        if card.resolve is not None and register is None:
            waiting = f"waiting_for_register: {len(todo)} object(s) until {card.resolve.register_dataset} has rows"
            shop.log.note("warning", "parse", card.id, waiting)
            continue
        with shop.log.step(f"parse {card.id}", len(todo), zh="解析入库") as advance:
            for landed in todo:
                if (batch := _parse_one(shop, card, landed, register)) is not None:
                    done.append(batch)
                advance(1, landed.name)
    return done


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


def _parse_one(shop: Workshop, card: Card, landed: LandedObject, register: pl.DataFrame | None) -> Batch | None:
    """The object's batch; None when our own code failed on it: it stays to be parsed, and the rest goes on."""
    core = shop.core(card)
    try:
        raw = LandingZone(shop.lake, card.id).read(landed)
        batch = core.commit(landed, admit(card, landed, card.parser()(raw, landed), register))
    except UnreadableObjectError as error:
        batch = core.commit_unreadable(landed, error.code, str(error))
        shop.log.note("error", "parse", f"{card.id} {landed.name}", f"{error.code}: {error}")
    except (OSError, DamagedObjectError):
        raise  # the disk or the landing zone is not what it was: nothing else can be trusted either
    except Exception as error:  # a fault of one parser must not stop the feeds of the others
        shop.log.note("error", "parse", f"{card.id} {landed.name}", f"parser_fault: {type(error).__name__}: {error}")
        return None
    else:
        for change in batch.drift:
            message = f"column {change['kind']}: {change['column']}: {change['detail']}"
            shop.log.note("warning", "drift", f"{card.id} {landed.name}", message)
        if turned_away := batch.counts["quarantined"]:
            why = ", ".join(f"{n} {reason}" for reason, n in batch.reasons.items())
            message = f"{turned_away} of {batch.rows_in} rows quarantined ({why})"
            shop.log.note("info", "parse", f"{card.id} {landed.name}", message)
    return batch


def _register(shop: Workshop, card: Card) -> pl.DataFrame | None:
    """Names and codes of the register a card resolves by, the newest entry of each of its keys."""
    rule = card.resolve
    assert rule is not None
    register = shop.cards[rule.register_dataset]
    live = shop.live(register)
    files = [shop.lake.root / f.path for b in live for f in b.files if f.kind == "core"]
    if not files:
        return None
    wanted = list(dict.fromkeys([*register.key, *rule.match, rule.to]))
    rows = pl.concat([pl.read_parquet(path, columns=wanted) for path in files])
    return rows.unique(subset=register.key, keep="last", maintain_order=True).select(*rule.match, rule.to)
