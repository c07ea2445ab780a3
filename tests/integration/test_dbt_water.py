"""Surface water computed a second time: the project's SQL expressions against plain Python over random values.

Limits, weights and coefficients are typed in again from the standards; nothing is shared with the dbt project but the
expressions under test and the seeds they read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.dbt_macros import macros

EDITIONS = Path(__file__).parents[2] / "catalog" / "editions"
M = macros("water")
# GB 3838-2002 table 1, I to V, mg/L (fecal coliform count/L); phosphorus of rivers and of lakes; oxygen is a minimum.
LIMITS = {
    ("codmn_mg_l", "river"): "2 4 6 10 15",
    ("cod_mg_l", "river"): "15 15 20 30 40",
    ("bod5_mg_l", "river"): "3 3 4 6 10",
    ("nh3n_mg_l", "river"): "0.15 0.5 1.0 1.5 2.0",
    ("tp_mg_l", "river"): "0.02 0.1 0.2 0.3 0.4",
    ("tp_mg_l", "lake"): "0.01 0.025 0.05 0.1 0.2",
    ("tn_mg_l", "lake"): "0.2 0.5 1.0 1.5 2.0",
    ("copper_mg_l", "river"): "0.01 1 1 1 1",
    ("zinc_mg_l", "river"): "0.05 1 1 2 2",
    ("fluoride_mg_l", "river"): "1 1 1 1.5 1.5",
    ("selenium_mg_l", "lake"): "0.01 0.01 0.01 0.02 0.02",
    ("arsenic_mg_l", "river"): "0.05 0.05 0.05 0.1 0.1",
    ("mercury_mg_l", "river"): "0.00005 0.00005 0.0001 0.001 0.001",
    ("cadmium_mg_l", "river"): "0.001 0.005 0.005 0.005 0.01",
    ("chromium6_mg_l", "lake"): "0.01 0.05 0.05 0.05 0.1",
    ("lead_mg_l", "river"): "0.01 0.01 0.05 0.05 0.1",
    ("cyanide_mg_l", "river"): "0.005 0.05 0.2 0.2 0.2",
    ("volatile_phenol_mg_l", "river"): "0.002 0.002 0.005 0.01 0.1",
    ("petroleum_mg_l", "river"): "0.05 0.05 0.05 0.5 1.0",
    ("las_mg_l", "lake"): "0.2 0.2 0.2 0.3 0.3",
    ("sulfide_mg_l", "river"): "0.05 0.1 0.2 0.5 1.0",
    ("fecal_coliform_count_l", "river"): "200 2000 10000 20000 40000",
    ("dissolved_oxygen_mg_l", "river"): "7.5 6 5 3 2",
}
WEIGHTS = {"chla": "1", "tp": "0.84", "tn": "0.82", "sd": "-0.83", "codmn": "0.83"}  # correlations with chlorophyll a
TLI = {"chla": (2.5, 1.086), "tp": (9.436, 1.624), "tn": (5.453, 1.694), "sd": (5.118, -1.94), "codmn": (0.109, 2.661)}
fast = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    """The seeds of water, and a table for the values of an example."""
    with duckdb.connect() as found:
        for seed in ("water_limits", "water_tli_parameters", "water_tli_bands"):
            found.execute(f"CREATE TABLE {seed} AS FROM read_csv('{EDITIONS / f'{seed}.csv'}', header = true)")
        for n in range(1, 6):
            found.execute(f"ALTER TABLE water_limits ALTER class{n} TYPE DECIMAL(18, 6)")
        yield found


def rounded(value: Decimal, decimals: int) -> Decimal:
    """GB/T 8170, one significant digit kept of what would become 0."""
    short = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    if short == 0 and value != 0:
        return value.quantize(Decimal(1).scaleb(value.adjusted()), ROUND_HALF_EVEN)
    return short


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("0.25", 1, "0.2"),
        ("0.35", 1, "0.4"),
        ("2.5", 0, "2"),
        ("8.5", 0, "8"),
        ("0.0205", 3, "0.02"),  # 20.5 thousandths: to the even 20
        ("0.0004", 3, "0.0004"),  # would be 0: one significant digit stays
        ("0.0005", 3, "0.0005"),
        ("0.000024", 4, "0.00002"),
        ("0.0000055", 5, "0.00001"),
        ("0", 3, "0"),
    ],
)
def test_rounding_is_half_to_even_and_keeps_a_digit(
    db: duckdb.DuckDBPyConnection, value: str, decimals: int, expected: str
) -> None:
    row = db.execute(f"SELECT {M.half_even_at(f'{value}::DECIMAL(18, 9)', str(decimals))}").fetchone()
    assert row == (Decimal(expected),)


@fast
@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 6)), min_size=1, max_size=50))
def test_rounding_equals_pythons_decimal(db: duckdb.DuckDBPyConnection, cases: list[tuple[int, int]]) -> None:
    values = [(Decimal(units).scaleb(-8), decimals) for units, decimals in cases]
    db.execute("CREATE OR REPLACE TABLE v (n INTEGER, value DECIMAL(18, 9), decimals INTEGER)")
    db.executemany("INSERT INTO v VALUES (?, ?, ?)", [(n, *case) for n, case in enumerate(values)])
    found = db.execute(f"SELECT {M.half_even_at('value', 'decimals')} FROM v ORDER BY n").fetchall()
    assert [r[0] for r in found] == [rounded(*case) for case in values]


@pytest.mark.parametrize(("item", "kind"), LIMITS)
def test_class_at_below_and_above_each_limit(db: duckdb.DuckDBPyConnection, item: str, kind: str) -> None:
    """A value at a limit still has the class; the least step beyond it has the next one that has a limit of its own."""
    limits = [Decimal(x) for x in LIMITS[item, kind].split()]
    best_is_high = item.startswith("dissolved")
    step = Decimal("0.000001")
    for value in {v + move for v in limits for move in (-step, Decimal(0), step)}:
        met = [n for n, limit in enumerate(limits, 1) if (value >= limit if best_is_high else value <= limit)]
        row = db.execute(
            f"SELECT {M.water_class(f'{value:f}::DECIMAL(18, 9)')} FROM water_limits AS limits "
            "WHERE item = ? AND water_type = ?",
            [item, kind],
        ).fetchone()
        assert row == (min(met, default=6),), value


def test_ph_is_good_from_6_to_9_and_rivers_have_no_limit_for_nitrogen(db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute(
        f"SELECT {M.water_class('v')} FROM water_limits AS limits, "
        "(VALUES (5.999), (6), (9), (9.001), (NULL)) AS t (v) "
        "WHERE item = 'ph' AND water_type = 'river' ORDER BY v NULLS LAST"
    ).fetchall()
    assert found == [(6,), (1,), (1,), (6,), (None,)]
    assert db.execute("SELECT water_type FROM water_limits WHERE item = 'tn_mg_l'").fetchall() == [("lake",)]


def test_the_21_items_are_table_1_without_temperature_nitrogen_and_coliform(db: duckdb.DuckDBPyConnection) -> None:
    counts = db.execute(
        "SELECT water_type, count(*) FILTER (in_21), count(*) FROM water_limits GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert counts == [("lake", 21, 23), ("river", 21, 22)]


@fast
@given(st.lists(st.decimals("4", "10", places=2), min_size=1, max_size=31))
def test_mean_of_ph_is_that_of_the_hydrogen_ions(db: duckdb.DuckDBPyConnection, values: list[Decimal]) -> None:
    db.execute("CREATE OR REPLACE TABLE v (item VARCHAR, value DECIMAL(18, 9))")
    db.executemany("INSERT INTO v VALUES ('ph', ?)", [(v,) for v in values])
    row = db.execute(f"SELECT {M.water_mean('item', 'value')} FROM v GROUP BY item").fetchone()
    ions = math.fsum(10.0 ** -float(v) for v in values) / len(values)
    assert row is not None
    assert abs(float(row[0]) + math.log10(ions)) <= 1e-9  # a decimal with nine places


@fast
@given(st.lists(st.decimals("0", "9999", places=6), min_size=1, max_size=31))
def test_other_means_are_arithmetic(db: duckdb.DuckDBPyConnection, values: list[Decimal]) -> None:
    db.execute("CREATE OR REPLACE TABLE v (item VARCHAR, value DECIMAL(18, 9))")
    db.executemany("INSERT INTO v VALUES ('cod_mg_l', ?)", [(v,) for v in values])
    row = db.execute(f"SELECT {M.water_mean('item', 'value')} FROM v GROUP BY item").fetchone()
    exact = sum((Fraction(v) for v in values), Fraction(0)) / len(values)
    assert row is not None
    assert abs(Fraction(row[0]) - exact) <= Fraction(5, 10**10) + exact * Fraction(1, 10**15)


@fast
@given(st.dictionaries(st.sampled_from(sorted(TLI)), st.decimals("0.001", "500", places=3), min_size=5))
def test_trophic_level_index(db: duckdb.DuckDBPyConnection, values: dict[str, Decimal]) -> None:
    """Chlorophyll stands in mg/L in the marts and in mg/m3 in the formula; weights are r² over their sum."""
    db.execute("CREATE OR REPLACE TABLE v (item VARCHAR, value DECIMAL(18, 9))")
    db.executemany("INSERT INTO v VALUES (?, ?)", list(values.items()))
    found = dict(
        db.execute(
            f"SELECT item, {M.tli_part('v.value')} FROM v JOIN water_tli_parameters AS parameters USING (item)"
        ).fetchall()
    )
    squares = {item: float(r) ** 2 for item, r in WEIGHTS.items()}
    weights = dict(db.execute("SELECT item, weight FROM water_tli_parameters").fetchall())
    for item, value in values.items():
        a, b = TLI[item]
        x = float(value) * (1000 if item == "chla" else 1)
        assert math.isclose(found[item], 10 * (a + b * math.log(x)), rel_tol=1e-12, abs_tol=1e-12)
        assert abs(weights[item] - squares[item] / sum(squares.values())) < 0.00005


def test_trophic_bands_follow_without_gap(db: duckdb.DuckDBPyConnection) -> None:
    """30 and 50 are mesotrophic, 50.1 is light, 60.1 moderate, 70.1 heavy eutrophication; judged on one decimal."""
    states = db.execute(
        "SELECT t, state FROM (VALUES (29.9), (30.0), (50.0), (50.1), (60.0), (60.1), (70.0), (70.1)) AS v (t) "
        "LEFT JOIN water_tli_bands ON t BETWEEN tli_min AND tli_max ORDER BY t"
    ).fetchall()
    assert [state for _, state in states] == [1, 2, 2, 3, 3, 4, 4, 5]


@fast
@given(
    st.sampled_from([key for key in LIMITS if key[0] not in ("tn_mg_l", "fecal_coliform_count_l")]),
    st.decimals("0.00001", "90", places=5),
)
def test_part_of_the_city_index(db: duckdb.DuckDBPyConnection, key: tuple[str, str], value: Decimal) -> None:
    """C / SIII, for oxygen SIII / C."""
    third = float(LIMITS[key].split()[2])
    expected = third / float(value) if key[0].startswith("dissolved") else float(value) / third
    row = db.execute(
        f"SELECT {M.cwqi_part('item', f'{value:f}::DECIMAL(18, 9)')} FROM water_limits AS limits "
        "WHERE item = ? AND water_type = ?",
        list(key),
    ).fetchone()
    assert row is not None
    assert math.isclose(row[0], expected, rel_tol=1e-12)


@pytest.mark.parametrize(("ph", "part"), [("6.4", 0.6), ("7", 0.0), ("8.5", 0.75), ("9", 1.0)])
def test_ph_counts_by_its_distance_from_7(db: duckdb.DuckDBPyConnection, ph: str, part: float) -> None:
    row = db.execute(
        f"SELECT {M.cwqi_part('item', f'{ph}::DECIMAL(18, 9)')} FROM water_limits AS limits "
        "WHERE item = 'ph' AND water_type = 'river'"
    ).fetchone()
    assert row is not None
    assert math.isclose(row[0], part, rel_tol=1e-12)


@pytest.mark.parametrize(
    ("item", "value", "multiple"),
    [("codmn_mg_l", "9.3", 0.55), ("tp_mg_l", "0.2", None), ("dissolved_oxygen_mg_l", "1", None)],
)
def test_exceedance_multiple_over_class_iii(
    db: duckdb.DuckDBPyConnection, item: str, value: str, multiple: float | None
) -> None:
    """(9.3 - 6) / 6 = 0.55; none at the limit, none for oxygen."""
    row = db.execute(
        f"SELECT {M.exceedance_multiple(f'{value}::DECIMAL(18, 9)')} FROM water_limits AS limits "
        "WHERE item = ? AND water_type = 'river'",
        [item],
    ).fetchone()
    assert row == (None if multiple is None else Decimal(str(multiple)),)
