"""Simulated register of sections: the list as exported, one section twice, one without its region."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, without
from ingest.simulate.water import sections
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """All sections in one file."""
    rows = by_card(CARD, sections(world))
    faults = [repeated(), without("station_code")]
    yield feed(CARD, "sim_section_register.csv", rows, as_csv(), faults=faults)
