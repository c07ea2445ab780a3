"""``land``: bring in what is new, from files and from the cards' addresses.

Does not belong here: how a transport works (``ingest.connectors``) or how bytes are kept (``ingest.landing``).
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ingest.card import Card, claim, published_name
from ingest.connectors import files as file_connector
from ingest.connectors.archives import Receiver
from ingest.connectors.environment import NOT_CONFIGURED
from ingest.connectors.feeds import Desk, offers
from ingest.connectors.files import OWN_DISK
from ingest.connectors.http import Unchanged
from ingest.landing import ARCHIVES, ArchiveDelivery, Delivery, LandingZone, Refusal
from orchestration.pipeline.workshop import Workshop
from orchestration.report import Advance, Level

MIB = 1 << 20
# told, but no trouble: somebody else's file, or one for the next time
HARMLESS = ("unclaimed", "growing")
# transports that hand over files of several datasets, told apart by their names
FOLDERS = ("object_store", "sftp")


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
            for card in shop.cards.values():
                if card.delivery.transport != "files":
                    taken += _fetch(shop, landings, card, advance)
    return taken


def _claims(shop: Workshop) -> str:
    """State of all claims: an archive is opened again when a card claims more."""
    rules = sorted((name, card.delivery.model_dump_json()) for name, card in shop.cards.items())
    return hashlib.sha256(repr(rules).encode()).hexdigest()[:12]


def _offers(
    shop: Workshop, source: Path, landings: Mapping[str, LandingZone], incoming: Path
) -> Iterator[tuple[Card | None, Delivery | Refusal]]:
    """What files offer, with the card that claims it (None for refusals and archives)."""
    receiver = _receiver(shop, landings, incoming)
    found = file_connector.deliveries(
        source,
        is_unchanged=receiver.is_unchanged,
        wanted=receiver.wanted,
        scratch=receiver.scratch,
        claims=_claims(shop),
    )
    for offer in found:
        yield claim(offer.origin, shop.cards.values()), offer


def _receiver(shop: Workshop, landings: Mapping[str, LandingZone], scratch: Path) -> Receiver:
    def wanted(path: str) -> int | None:
        card = claim(path, shop.cards.values())
        return card.delivery.max_object_mib * MIB if card else None

    def is_unchanged(origin: str, signature: str) -> bool:
        return any(zone.is_unchanged(origin, signature) for zone in landings.values())

    return Receiver(is_unchanged, wanted, scratch)


def _fetch(shop: Workshop, landings: Mapping[str, LandingZone], card: Card, advance: Advance) -> int:
    """Ask one card's feed; returns how many objects were new. Whatever goes wrong is noted, the next feed is asked.

    Raises:
        OSError: our own disk is full or read-only, as it would be for the next feed.
    """
    taken = 0
    try:
        for found in offers(card.delivery, _desk(shop, landings, card)):
            if isinstance(found, Unchanged):
                continue
            if isinstance(found, Refusal) and found.code == NOT_CONFIGURED:
                shop.log.note("info", "fetch", card.id, found.message)
                continue
            taken += _take(shop, landings, _owner(shop, card, found), found, advance)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in OWN_DISK:
            raise
        # the class alone: what a library says of a failure it did not foresee may quote a secret
        message = f"a fault in the connector, not in the data ({type(error).__name__}); the other feeds went on"
        _take(shop, landings, card, Refusal(card.id, card.id, "feed_failed", message), advance)
    return taken


def _desk(shop: Workshop, landings: Mapping[str, LandingZone], card: Card) -> Desk:
    downloads = shop.lake.work / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)

    def signature_of(origin: str) -> str | None:
        return landings[ARCHIVES].signature_of(origin) or landings[card.id].signature_of(origin)

    return Desk(
        dataset=card.id,
        receiver=_receiver(shop, landings, downloads),
        signature_of=signature_of,
        cursor=shop.lake.landing(card.id) / "_cursor.json",
        claims=_claims(shop),
    )


def _owner(shop: Workshop, card: Card, found: Delivery | Refusal) -> Card:
    """Whose file it is: the feed's own, unless it came with others, told apart by name."""
    is_shared = card.delivery.transport in FOLDERS or (isinstance(found, Delivery) and found.container_sha256)
    return (claim(found.origin, shop.cards.values()) or card) if is_shared else card


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
        level: Level = "info" if found.code in HARMLESS else "error"
        shop.log.note(level, "land", found.origin, f"{found.code}: {found.message}")
        return 0
    if isinstance(found, ArchiveDelivery):
        landings[ARCHIVES].put(found)
        return 0
    assert card is not None, "a connector delivers only what a card claims"
    landed = landings[card.id].put(replace(found, name=published_name(card, found.name, found.origin)))
    advance(1, found.name)
    return int(landed is not None)
