"""Emergencies: mostly lorries and accidents at work, reached within hours; some are false alarms."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import MOMENT, broken, earlier, feed, undated
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
PER_YEAR = 45
CAUSES = {"交通事故": 40, "安全生产次生": 30, "企业排污": 12, "自然灾害": 8, "其他": 10}
GRADES = {"未达级别": 62, "一般": 33, "较大": 5}
POLLUTANTS = {"水": "柴油", "大气": "氯化氢", "土壤": "废酸"}


def simulate(world: World) -> Iterator[Feed]:
    """One answer of the API: all events of the period; two are sent twice, first as still running."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    told = ledgers.moments(world, rng, count)
    places = ledgers.some_rows(rng, ledgers.counties(world), count)
    status = ledgers.pick(rng, ["已终止", "误报"], count, [11, 1])
    false_alarm = status == "误报"
    medium = ledgers.pick(rng, list(POLLUTANTS), count, [6, 3, 1])
    came = ledgers.later(told, rng, 1.1, 0.4)
    rows = places.select(
        event_code=ledgers.serials("YJ", told),
        region_code="region_code",
        grade=ledgers.pick(rng, list(GRADES), count, list(GRADES.values())),
        cause=ledgers.pick(rng, list(CAUSES), count, list(CAUSES.values())),
        medium=medium,
        pollutant=medium.replace_strict(POLLUTANTS, return_dtype=pl.String),
        arrived_at=came.set(false_alarm, None),
        ended_at=ledgers.later(came, rng, 14, 1).set(false_alarm, None),
        evacuated=pl.Series(rng.choice([0, 0, 0, 0, 12, 60, 300], count)),
        status=status,
        label_local=told,
    )
    yield feed(
        CARD,
        f"sim_emergency_events_{world.last:%Y%m%d}.json",
        rows,
        as_json(),
        label=("reportTime", MOMENT),
        faults=[earlier({"status": "处置中"}), broken("unknown_grade", "grade", "Ⅳ级"), undated("昨晚")],
    )
