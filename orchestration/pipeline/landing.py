"""``land``: bring in what is new, from files and from the cards' addresses.

Does not belong here: how a transport works (``ingest.connectors``) or how bytes are kept (``ingest.landing``).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ingest.card import Card, claim
from ingest.connectors import files as file_connector
from ingest.connectors import http as http_connector
from ingest.landing import ARCHIVES, ArchiveDelivery, Delivery, LandingZone, Refusal
from orchestration.pipeline.workshop import Workshop
from orchestration.report import Advance, Level

MIB = 1 << 20


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
