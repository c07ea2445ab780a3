"""Published penalties: fines with a long tail, most of them paid; one annulled on review in a later file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import Fault, feed, repeated, without
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PER_YEAR = 400
CAUSES = {
    "超标排放水污染物": "水污染防治法第八十三条",
    "超标排放大气污染物": "大气污染防治法第九十九条",
    "未批先建": "环境影响评价法第三十一条",
    "危险废物贮存不规范": "固体废物污染环境防治法第一百一十二条",
    "自动监测设备不正常运行": "大气污染防治法第一百条",
    "未按排污许可证规定提交执行报告": "排污许可管理条例第三十七条",
}
STATES = {"已履行": 80, "未履行": 14, "行政复议中": 4, "已撤销": 2}


def simulate(world: World) -> Iterator[Feed]:
    """A file a year as published, and a later one that says which decisions were annulled on review."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    day = ledgers.moments(world, rng, count).dt.truncate("1d")
    units = ledgers.some_rows(rng, ledgers.firms(world, 120), count)
    cause = ledgers.pick(rng, list(CAUSES), count)
    status = ledgers.pick(rng, list(STATES), count, list(STATES.values()))
    fine = np.where(rng.random(count) < 0.06, np.nan, np.clip(rng.lognormal(2.2, 0.9, count), 0.5, 300))
    table = units.select(
        decision_code=pl.format("浙环模罚〔{}〕{}号", day.dt.year(), pl.int_range(1, count + 1)),
        credit_code="credit_code",
        party="firm_name",
        region_code="region_code",
        cause=cause,
        legal_basis=cause.replace_strict(CAUSES, return_dtype=pl.String),
        fine_10k_yuan=ledgers.fixed(fine, 2),
        paid_on=pl.when(status == "已履行").then(ledgers.days_after(day.dt.date(), rng.integers(3, 60, count))),
        status=status,
        label_local=day,
    )
    for year, rows in ledgers.periods(table):
        yield _file(f"sim_penalties_{year}.csv", rows, [repeated(last=1), without("party")])
    reviewed = table.filter(pl.col("status") == "行政复议中").head(2).with_columns(status=pl.lit("已撤销"))
    if reviewed.height:
        yield _file("sim_penalties_更正.csv", reviewed)


def _file(name: str, rows: pl.DataFrame, faults: Sequence[Fault] = ()) -> Feed:
    return feed(CARD, name, rows, as_csv("gb18030", "\r\n"), label=("处罚日期", "%Y-%m-%d"), faults=faults)
