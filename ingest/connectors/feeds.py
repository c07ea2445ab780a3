"""Asking the one feed a card names, by whichever transport: its settings in, what it offers out.

Does not belong here: the transports, which dataset a file of an archive is for, when to ask (``orchestration``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ingest import delivery
from ingest.connectors import api, database, object_store, sftp
from ingest.connectors.archives import Receiver, archive_deliveries
from ingest.connectors.cursors import Keeper
from ingest.connectors.environment import Environment, MissingVariableError
from ingest.connectors.expansion import MAX_TOTAL_BYTES
from ingest.connectors.http import HttpRequest, Unchanged, fetch
from ingest.connectors.limits import Limits
from ingest.connectors.members import archive_kind
from ingest.landing import ArchiveDelivery, Delivery, Refusal

Offer = Delivery | Unchanged | Refusal


@dataclass(frozen=True)
class Desk:
    """What the receiving side of one dataset knows; ``signature_of`` is what was last taken from an origin.

    ``cursor`` is the file the feed's cursor is kept in; ``claims``: see ``files.deliveries``.
    """

    dataset: str
    receiver: Receiver
    signature_of: Callable[[str], str | None]
    cursor: Path
    claims: str


def offers(rule: delivery.Delivery, desk: Desk) -> Iterator[Offer]:
    """Everything new that the feed has, or a refusal; archives come as their members, then as themselves.

    The file behind a delivery is gone once the next is asked for, and asking for the next says that it was landed.
    """
    environment = Environment()
    limits = replace(Limits(**rule.limits.model_dump(exclude_none=True)), max_bytes=rule.max_object_mib << 20)
    scratch = desk.receiver.scratch / desk.dataset
    if rule.url is not None:
        yield from _file(rule, environment, limits, desk)
    elif rule.api is not None:
        keeper = Keeper(desk.cursor, rule.api.model_dump_json())
        yield from api.deliveries(rule.api, environment=environment, limits=limits, scratch=scratch, keeper=keeper)
    elif rule.database is not None:
        keeper = Keeper(desk.cursor, rule.database.model_dump_json())
        yield from database.deliveries(
            rule.database, environment=environment, limits=limits, scratch=scratch, keeper=keeper
        )
    elif rule.object_store is not None:
        yield from object_store.deliveries(
            rule.object_store, environment=environment, limits=limits, receiver=desk.receiver, claims=desk.claims
        )
    elif rule.sftp is not None:
        yield from sftp.deliveries(
            rule.sftp, environment=environment, limits=limits, receiver=desk.receiver, claims=desk.claims
        )


def _file(rule: delivery.Delivery, environment: Environment, limits: Limits, desk: Desk) -> Iterator[Offer]:
    """One file at an address, which may be an archive."""
    assert rule.url is not None, "asked for by the caller"
    try:
        url = environment.public(rule.url)
        headers = {name: environment.secret(value) for name, value in rule.headers.items()}
    except MissingVariableError as error:
        yield Refusal(desk.dataset, rule.url, error.code, error.message)
        return
    request = HttpRequest(url, name=rule.url_name, headers=headers, limits=limits)
    if archive_kind(rule.url_name or url.partition("?")[0]):
        request = replace(request, limits=replace(limits, max_bytes=MAX_TOTAL_BYTES))
    previous = desk.signature_of(request.origin)
    if previous is not None and _claims_in(previous) not in (None, desk.claims):
        previous = None  # other cards want other members: it has to come again
    answer = fetch(request, scratch=desk.receiver.scratch, previous_signature=previous)
    if isinstance(answer, Refusal):
        yield replace(answer, message=environment.scrub(answer.message))
    elif isinstance(answer, Unchanged):
        yield answer
    else:
        try:
            if archive_kind(answer.name):
                yield from archive_deliveries(_archive(answer, desk.claims), desk.receiver)
            else:
                yield answer
        finally:
            answer.path.unlink(missing_ok=True)


def _archive(found: Delivery, claims: str) -> ArchiveDelivery:
    signature = json.dumps(json.loads(found.signature) | {"claims": claims}, sort_keys=True, ensure_ascii=False)
    return ArchiveDelivery(found.name, found.origin, signature, found.path)


def _claims_in(signature: str) -> str | None:
    try:
        found = json.loads(signature)
    except ValueError:
        return None
    claims = found.get("claims") if isinstance(found, dict) else None
    return claims if isinstance(claims, str) else None
