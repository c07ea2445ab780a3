"""No rank without its interval: pairs, ties, tipping weights, against brute force and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluation.composite.aggregate import aggregate
from evaluation.composite.audit.alternatives import Alternatives
from evaluation.composite.audit.certainty import pair_table, pairwise, rank_table, tied_places
from evaluation.composite.audit.tipping import tipping_weights
from evaluation.composite.audit.uncertainty import Runs, simulate
from evaluation.composite.ranks import all_ranks, ranks
from evaluation.composite.scoring import score
from evaluation.composite.tree import codes
from tests.unit.evaluation.composite.small import flat, long, small


def of_scores(runs: np.ndarray, nominal: np.ndarray) -> Runs:
    regions = tuple(f"r{n}" for n in range(runs.shape[1]))
    return Runs(regions, (), np.zeros((len(runs), 0), np.int64), runs, all_ranks(runs), nominal, ranks(nominal))


def places(nominal: list[float], above: list[list[float]]) -> list[tuple[int, int, int]]:
    regions = tuple(f"r{n}" for n in range(len(nominal)))
    return list(zip(*(a.tolist() for a in tied_places(np.array(nominal), np.array(above), regions)), strict=True))


def test_pairwise_shares_count_draws_half() -> None:
    found = pairwise(np.array([[3.0, 2.0, 1.0], [3.0, 3.0, 1.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
    assert found.tolist() == [[0.5, 0.625, 0.75], [0.375, 0.5, 0.75], [0.25, 0.25, 0.5]]


def test_exactly_ninety_percent_is_certain_and_below_is_not() -> None:
    assert places([9, 8], [[0.5, 0.9], [0.1, 0.5]]) == [(1, 1, 1), (2, 2, 2)]
    assert places([9, 8], [[0.5, 0.899], [0.101, 0.5]]) == [(1, 2, 1), (1, 2, 1)]


def test_ties_do_not_chain_but_groups_do() -> None:
    """A ~ B, B ~ C, A surely above C."""
    above = [[0.5, 0.7, 0.95], [0.3, 0.5, 0.8], [0.05, 0.2, 0.5]]
    assert places([9, 8, 7], above) == [(1, 2, 1), (1, 3, 1), (2, 3, 1)]


def test_equal_scores_are_tied_whatever_the_runs_say() -> None:
    assert places([8, 8], [[0.5, 1.0], [0.0, 0.5]]) == [(1, 2, 1), (1, 2, 1)]


@settings(max_examples=80, deadline=None)
@given(st.integers(2, 7).flatmap(lambda n: arrays(float, (12, n), elements=st.integers(0, 6).map(float))))
def test_uncertain_pairs_share_places_and_parted_pairs_are_certain(runs: np.ndarray) -> None:
    nominal, above = runs.mean(axis=0), pairwise(runs)
    first, last, group = tied_places(nominal, above, tuple(f"r{n}" for n in range(runs.shape[1])))
    order = sorted(range(len(nominal)), key=lambda r: (-nominal[r], r))
    for place, one in enumerate(order):
        assert first[one] <= place + 1 <= last[one]
        for other in order[place + 1 :]:
            certain = above[one, other] >= 0.9 - 1e-12 and nominal[one] > nominal[other]
            parted = last[one] < first[other]
            assert certain or not parted
            if group[one] != group[other]:
                assert parted
    # groups are the finest: within one, every border is crossed by some uncertain pair
    for k in range(1, len(order)):
        crossed = any(last[one] >= first[other] for one in order[:k] for other in order[k:])
        assert (group[order[k - 1]] == group[order[k]]) == crossed


def test_rank_intervals_are_quantiles_of_the_runs() -> None:
    runs = np.array([[30.0, 20, 10]] * 15 + [[20.0, 30, 10]] * 5)
    table = rank_table(of_scores(runs, np.array([27.5, 22.5, 10])))
    assert table.select("region_code", "rank", "rank_low", "rank_high", "rank_median").rows() == [
        ("r0", 1, 1, 2, 1), ("r1", 2, 1, 2, 2), ("r2", 3, 3, 3, 3)
    ]  # fmt: skip
    assert table.select("tied_from", "tied_to", "group").rows() == [(1, 2, 1), (1, 2, 1), (3, 3, 2)]
    assert table["score_low"].to_list() == [None] * 3
    own_scale = of_scores(runs, np.array([27.5, 22.5, 10]))
    assert rank_table(own_scale, comparable=own_scale)["score_low"].to_list() == [20, 20, 10]
    assert pair_table(own_scale).rows() == [("r0", "r1", 0.75), ("r0", "r2", 1.0), ("r1", "r2", 1.0)]


def test_certainty_of_two_under_spread_weights_is_the_share_of_weights_that_keep_them() -> None:
    """A leads where w₀ > w₁·(x₁B − x₁A)/(x₀A − x₀B): computed over a fine grid of both weights."""
    found = score(flat(2), long([[60.0, 40.0], [44.0, 55.0]]))
    runs = simulate(found, "2023", Alternatives(weight_spread=0.25), runs=40_000, seed=1)
    grid = np.linspace(0.75, 1.25, 1001)
    truth = (grid[:, None] * 16 > grid[None, :] * 15).mean()
    assert pair_table(runs)["certainty"].item() == pytest.approx(truth, abs=4 * np.sqrt(truth * (1 - truth) / 40_000))


def test_tipping_share_has_its_closed_form() -> None:
    """Two leaves: A (60, 40), B (44, 55). s·60 + (1−s)·40 = s·44 + (1−s)·55 at s = 15/31."""
    found = tipping_weights(score(flat(2), long([[60.0, 40.0], [44.0, 55.0]])), "2023")
    assert found.select("above", "below", "share").rows() == [("r00", "r01", 0.5)]
    by_node = {"x0": 15 / 31, "x1": 16 / 31}
    assert found["tipping_share"].item() == pytest.approx(by_node[found["node"].item()], abs=1e-12)
    assert abs(found["change"].item()) == pytest.approx(0.5 - 15 / 31, abs=1e-12)


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric", "harmonic", "penalised"])
def test_at_the_tipping_weight_two_regions_score_the_same(aggregation: str) -> None:
    indicators = ["air_pm25_mean", "air_o3_days", "forest_share"]
    table = long([[20, 40, 50], [35, 30, 52], [60, 20, 70], [15, 80, 30]], indicators)
    definition = small(aggregation)
    found = tipping_weights(score(definition, table), "2023", pairs=[("r00", "r01"), ("r02", "r03"), ("r03", "r00")])
    assert found["node"].null_count() < 3
    for above, below, node, _, share, change in found.drop_nulls().iter_rows():
        parent = next(n.parent for n in definition.everything if n.code == node)
        siblings = [n for n in definition.children(parent or "") if n.code != node]
        rest = sum(s.weight for s in siblings)
        weights = {node: share} | {s.code: s.weight / rest * (1 - share) for s in siblings}
        moved = score(definition.with_weights(weights), table)
        by_region = dict(zip(moved.inputs.regions, moved.score, strict=True))
        assert by_region[above] == pytest.approx(by_region[below], abs=1e-9)
        nearer = {node: share - 0.01 * change} | {
            s.code: s.weight / rest * (1 - share + 0.01 * change) for s in siblings
        }
        still = dict(zip(moved.inputs.regions, score(definition.with_weights(nearer), table).score, strict=True))
        assert still[above] > still[below]


@pytest.mark.parametrize("aggregation", ["arithmetic", "penalised"])
def test_the_tipping_change_is_the_smallest_of_all_nodes(aggregation: str) -> None:
    """Against the scores of 60 pairs at 401 shares of each of three nodes."""
    values = np.random.default_rng(8).integers(0, 100, (12, 3)).astype(float)
    scores = score(flat(3, aggregation), long(values))
    regions = scores.inputs.regions
    found = tipping_weights(scores, "2023", [(regions[a], regions[b]) for a in range(12) for b in range(a)][:60])
    places = {region: place for place, region in enumerate(regions)}
    above, below = (np.array([places[region] for region in found[side]]) for side in ("above", "below"))
    shares = np.linspace(0, 1, 401)
    changes = []
    for node in range(3):
        weights = np.insert(np.column_stack([(1 - shares) / 2] * 2), node, shares, axis=1)
        grid = np.array([aggregate(values, scores.tree._replace(weight=np.append(w, 1)))[:, -1] for w in weights])
        swapped = grid[:, below] >= grid[:, above]
        changes.append(np.where(swapped, (shares - 1 / 3)[:, None], np.nan))
    smallest = np.nanmin(np.abs(np.concatenate(changes)), axis=0, initial=np.inf)
    told = found["change"].abs().fill_null(np.inf).to_numpy()
    np.testing.assert_allclose(told, smallest, atol=1 / 400)
    assert np.isfinite(told).sum() > 20


def test_who_is_better_in_everything_is_swapped_by_no_weight() -> None:
    found = tipping_weights(score(flat(3), long([[9, 8, 7], [5, 4, 3]])), "2023")
    assert found.rows() == [("r00", "r01", None, None, None, None)]


def test_what_if_weights_take_one_call() -> None:
    table = long([[60.0, 40.0], [44.0, 55.0]])
    definition = flat(2)
    assert score(definition, table).rank.tolist() == [1, 2]
    assert score(definition.with_weights({"x0": 0.4, "x1": 0.6}), table).rank.tolist() == [2, 1]
    assert codes(definition) == ["x0", "x1", "index"]
