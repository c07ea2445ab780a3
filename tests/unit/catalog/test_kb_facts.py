"""The hand-written facts of plan and library: counts as the plan and the code lists have them, ids that resolve."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest
import yaml

from catalog import knowledge, plan

PLAN = plan.FILE.parent
REGIONS = PLAN.parent / "editions" / "regions.csv"
SEEDS = sorted([*knowledge.FOLDER.glob("*.csv"), *PLAN.glob("*.csv")])
CERTAINTIES = {"verified", "measured", "memory-high", "memory-medium", "doubtful"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


TARGETS, CLAUSES = rows(PLAN / "plan_targets.csv"), rows(PLAN / "plan_clauses.csv")
CHANGES, HISTORY = knowledge.facts("region_changes"), knowledge.facts("region_history")


def test_plan_has_18_targets_of_which_three_have_no_year() -> None:
    assert len({t["code"] for t in TARGETS}) == 18
    assert [t["code"] for t in TARGETS if t["year"] == ""] == ["PLN-10-03", "PLN-11-01", "PLN-11-02"]
    assert {t["year"] for t in TARGETS} == {"", "2024", "2025", "2027"}
    numbers = {t["code"]: (t["comparison"], t["value"], t["unit"], t["year"]) for t in TARGETS}
    assert numbers["PLN-03-03"] == (">=", "100", "%", "2025")
    assert numbers["PLN-05-01"] == (">=", "2", "labs", "2024")
    assert numbers["PLN-05-03"] == (">=", "10", "labs", "2027")
    assert numbers["PLN-14-01"] == (">=", "15000", "devices", "2024")


def test_plan_has_22_clauses_and_80_systems_and_the_lead_is_not_always_the_department() -> None:
    assert [int(c["clause_no"]) for c in CLAUSES] == list(range(1, 23))
    assert len(rows(plan.FILE)) == 80
    assert {s["clause"] for s in rows(plan.FILE)} == {c["clause"] for c in CLAUSES}
    other = {c["clause"]: c["lead_unit"] for c in CLAUSES if c["lead_unit"] != "省生态环境厅"}
    assert other == {"六": "省自然资源厅", "九": "省发展改革委", "十": "省经信厅"}
    assert all(c["lead_unit"] in c["responsible_units"].split("、") for c in CLAUSES)
    assert [c["clause"] for c in CLAUSES if c["and_others"] == "true"] == ["一", "十九", "二十"]


def test_units_of_a_target_are_those_of_its_clause() -> None:
    units = {c["clause"]: c["responsible_units"] for c in CLAUSES} | {"": ""}
    assert [t["code"] for t in TARGETS if t["responsible_units"] != units[t["clause"]]] == []


def test_ten_historic_codes_none_of_them_in_use() -> None:
    in_use = {r["region_code"] for r in rows(REGIONS)}
    assert len(HISTORY) == len({h["region_code"] for h in HISTORY}) == 10
    assert not in_use & {h["region_code"] for h in HISTORY}
    assert {h["region_code"] for h in HISTORY} <= {c["predecessor_code"] for c in CHANGES}


def test_codes_in_use_are_the_deltas() -> None:
    levels = [(r["region_level"], r["region_code"][:2]) for r in rows(REGIONS)]
    assert sum(level == "city" for level, _ in levels) == 41
    assert levels.count(("city", "33")) == 11
    assert levels.count(("county", "33")) == 90


def test_hangzhou_2021_keeps_four_codes_ends_two_and_begins_two() -> None:
    moved = [c for c in CHANGES if c["change_code"] == "HZ-2021"]
    before, after = {c["predecessor_code"] for c in moved}, {c["successor_code"] for c in moved}
    assert {c["effective_from"] for c in moved} == {"2021-04-09"}
    assert before & after == {"330102", "330105", "330109", "330110"}
    assert before - after == {"330103", "330104"}
    assert after - before == {"330113", "330114"}


def test_every_change_speaks_of_known_codes_and_no_predecessor_gives_more_than_itself() -> None:
    known = {r["region_code"] for r in rows(REGIONS)} | {h["region_code"] for h in HISTORY}
    assert {c[side] for c in CHANGES for side in ("predecessor_code", "successor_code")} <= known
    whole = [(c["change_code"], c["predecessor_code"]) for c in CHANGES if c["share"] == "1"]
    assert {c["share"] for c in CHANGES} == {"", "1"}, "no share is guessed"
    every = [(c["change_code"], c["predecessor_code"]) for c in CHANGES]
    assert [pair for pair in whole if every.count(pair) > 1] == []


def test_at_least_60_terms_in_both_languages() -> None:
    terms = knowledge.facts("terms")
    assert len({t["term_zh"] for t in terms}) == len(terms) == len({t["term_en"] for t in terms}) == 81
    assert all(t["definition_zh"] and t["source"] for t in terms)


def test_standards_in_force_do_not_overlap_within_a_family() -> None:
    dated = [s for s in knowledge.facts("standards") if s["in_force_from"]]
    spans = sorted((s["family"], s["in_force_from"], s["in_force_to"] or "9999-12-31") for s in dated)
    assert [b for a, b in itertools.pairwise(spans) if a[0] == b[0] and b[1] <= a[2]] == []
    days = {s["standard_code"]: (s["in_force_from"], s["in_force_to"]) for s in dated}
    assert days["GB-3095-2012"] == ("2016-01-01", "2026-02-28")
    assert days["HJ-212-2025"] == ("2026-01-01", "")
    assert days["DB33T-2274-2025"] == ("2025-03-21", "")


@pytest.mark.parametrize("path", SEEDS, ids=lambda p: p.stem)
def test_seed_describes_its_columns_and_says_how_sure_each_row_is(path: Path) -> None:
    (node,) = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["seeds"]
    found = rows(path)
    assert node["name"] == path.stem
    assert [c["name"] for c in node["columns"]] == list(found[0])
    assert all(c["description"] and c["config"]["meta"]["zh"] for c in node["columns"])
    may_be_empty = {c["name"] for c in node["columns"] if "empty" in c["description"]}
    assert {name for row in found for name, cell in row.items() if cell == ""} == may_be_empty
    assert {row["certainty"] for row in found if "certainty" in row} <= CERTAINTIES
