"""The plan's verdicts and weighted prices a second time: plain fractions in Python against the models' own SQL.

Nothing here is shared with the dbt project but the text of a model, its ``ref`` and macros filled in by hand: rounding
and means are not what is tested, so ``mean_of`` is the macro's own arithmetic.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import jinja2
from hypothesis import given, settings
from hypothesis import strategies as st

MODELS = Path(__file__).parents[2] / "dbt_project" / "models"
START = date(2024, 1, 1)


def _sql(model: str) -> str:
    """The model's SQL with tables of a scratch connection for its refs."""
    text = re.sub(r"\{\{ config\(.*?\) \}\}", "", (MODELS / model).read_text(encoding="utf-8"), flags=re.DOTALL)
    return jinja2.Template(text).render(
        ref=lambda name: name,
        mean_of=lambda total, n: f"CAST(CAST({total} AS DOUBLE) / nullif({n}, 0) AS DECIMAL(18, 9))",
    )


# value, value at the path's start, target, year, kind, day judged
Case = tuple[Decimal | None, Decimal, int, int | None, str, date]


def _verdict(case: Case) -> str:
    """The rules of ``plan_progress`` as its card words them."""
    value, start, target, year, kind, day = case
    if value is not None and value >= target:
        return "reached"
    if year is None:
        return "no_year_set"
    due = date(year, 12, 31)
    if day >= due:
        return "due_not_reported" if value is None else "due_missed"
    if value is None or kind == "milestone":
        return "not_due_yet"
    share = Fraction((day - START).days + 1, (due - START).days + 1)
    path = Fraction(start) + (target - Fraction(start)) * share
    return "on_track" if Fraction(value) >= path else "behind"


TARGETS = st.tuples(
    st.none() | st.decimals(0, 120, places=3),
    st.decimals(0, 20, places=1),
    st.integers(21, 100),
    st.none() | st.integers(2024, 2027),
    st.sampled_from(["milestone", "coverage", "count"]),
    st.integers(0, 1600).map(lambda n: START + timedelta(days=n)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(TARGETS, min_size=1, max_size=12))
def test_a_verdict_follows_from_value_target_year_and_day(
    cases: list[Case],
) -> None:
    with duckdb.connect() as db:
        db.execute("CREATE TABLE plan_rules AS SELECT 'path_start' AS rule, '2024-01-01' AS value")
        db.execute(
            "CREATE TABLE plan_targets (code VARCHAR, value DECIMAL(12,4), unit VARCHAR, year INTEGER, kind VARCHAR)"
        )
        db.execute(
            "CREATE TABLE plan_measured (code VARCHAR, month VARCHAR, judged_on DATE, value DECIMAL(18,9), "
            "value_at_start DECIMAL(18,9), value_source VARCHAR, numerator BIGINT, denominator BIGINT, known_on DATE, "
            "reported_value DECIMAL(18,4), reported_status VARCHAR, reported_evidence VARCHAR, reported_on DATE)"
        )
        db.execute("CREATE TABLE plan_measures (code VARCHAR, datasets VARCHAR, rule_zh VARCHAR, rule_en VARCHAR)")
        for n, (value, start, target, year, kind, day) in enumerate(cases):
            db.execute("INSERT INTO plan_targets VALUES (?, ?, 'u', ?, ?)", [str(n), target, year, kind])
            db.execute(
                "INSERT INTO plan_measured (code, month, judged_on, value, value_at_start) VALUES (?, ?, ?, ?, ?)",
                [str(n), f"{day:%Y-%m}", day, value, start],
            )
            db.execute("INSERT INTO plan_measures (code) VALUES (?)", [str(n)])
        told = db.execute(f"SELECT code, verdict, gap FROM ({_sql('topics/plan/plan_progress.sql')})").fetchall()
    assert {code: verdict for code, verdict, _ in told} == {str(n): _verdict(case) for n, case in enumerate(cases)}
    assert {code: gap for code, _, gap in told} == {
        str(n): None if case[0] is None else case[2] - case[0] for n, case in enumerate(cases)
    }


DAYS = st.lists(
    st.tuples(
        st.integers(0, 29),
        st.decimals(0, 500_000, places=0),
        st.decimals(0, 200, places=2),
        st.decimals(0, 2_000_000, places=0),
        st.decimals(0, 200, places=2),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=25, deadline=None)
@given(DAYS)
def test_a_price_is_the_amount_over_the_volume(rows: list[tuple[int, Decimal, Decimal, Decimal, Decimal]]) -> None:
    first = date(2025, 6, 1)
    with duckdb.connect() as db:
        db.execute(
            "CREATE TABLE dim_period AS SELECT 'carbon' AS theme, 'month' AS period_type, DATE '2025-06-01' AS "
            "period_start, DATE '2025-06-30' AS period_end"
        )
        db.execute(
            "CREATE TABLE carbon_market_day (market VARCHAR, product VARCHAR, local_date DATE, "
            "price_yuan_t DECIMAL(12,4), listed_t DECIMAL(12,4), listed_yuan DECIMAL(18,2), "
            "block_t DECIMAL(12,4), block_yuan DECIMAL(18,2))"
        )
        db.executemany(
            "INSERT INTO carbon_market_day VALUES ('national', ?, ?, NULL, ?, ?, ?, ?)",
            [
                (str(n), first + timedelta(days=day), listed, listed * price, block, block * block_price)
                for n, (day, listed, price, block, block_price) in enumerate(rows)
            ],
        )
        told = db.execute(
            "SELECT listed_t, block_yuan, price_weighted_yuan_t, price_listed_yuan_t "
            f"FROM ({_sql('themes/carbon/carbon_market_period.sql')})"
        ).fetchall()[0]
    listed = sum((Fraction(r[1]) for r in rows), Fraction(0))
    block = sum((Fraction(r[3]) for r in rows), Fraction(0))
    listed_yuan = sum((Fraction(r[1]) * Fraction(r[2]) for r in rows), Fraction(0))
    block_yuan = sum((Fraction(r[3]) * Fraction(r[4]) for r in rows), Fraction(0))
    assert (Fraction(told[0]), Fraction(told[1])) == (listed, block_yuan)
    for price, amount, volume in ((told[2], listed_yuan + block_yuan, listed + block), (told[3], listed_yuan, listed)):
        if volume == 0:
            assert price is None
        else:
            # kept with nine decimals
            assert abs(Fraction(price) - amount / volume) <= Fraction(1, 10**9)
