"""Cases of tracing: a section's alarm, a fingerprint that matches a unit or none, found within a day."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import MOMENT, broken, earlier, feed
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
PER_YEAR = 60


def simulate(world: World) -> Iterator[Feed]:
    """One answer of the API: all cases of the period."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count)
    conclusion = ledgers.pick(rng, ["锁定", "未锁定", "自然波动", "撤销"], count, [65, 20, 12, 3])
    nobody = conclusion != "锁定"
    units = ledgers.some_rows(rng, ledgers.firms(world, 120), count)
    rows = units.select(
        case_code=ledgers.serials("SYL", at),
        section_name=ledgers.pick(rng, [f"模拟断面{n}" for n in range(1, 20)], count),
        region_code="region_code",
        trigger=ledgers.pick(rng, ["氨氮", "总磷", "高锰酸盐指数", "总氮", "生物毒性"], count, [40, 30, 20, 7, 3]),
        exceedance=ledgers.fixed(0.2 + rng.exponential(0.9, count), 2),
        suspect_code=units["credit_code"].set(nobody, None),
        similarity=ledgers.fixed(rng.beta(14, 3, count), 3).set(nobody, None),
        traced_at=ledgers.later(at, rng, 11, 1).set(nobody, None),
        conclusion=conclusion,
        label_local=at,
    )
    yield feed(
        CARD,
        f"sim_source_tracing_cases_{world.last:%Y%m%d}.json",
        rows,
        as_json(),
        label=("alarmTime", MOMENT),
        faults=[earlier({"conclusion": "未锁定"}), broken("bad_case_code", "case_code", "SYL-1")],
    )
