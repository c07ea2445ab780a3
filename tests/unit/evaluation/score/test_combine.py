"""A city from its stations: weighted logs, common noise, coverage stated."""

import numpy as np
import pytest
from scipy.stats import t

from evaluation.score.assess import Assessment, Estimate
from evaluation.score.combine import combine
from evaluation.score.decomposition import Decomposition, Period
from evaluation.series import Reason

BASE, YEAR = Period.year(2014), Period.year(2017)
NOISE = np.random.default_rng(1).normal(0, 0.03, (3, 200))
DEGREES = 39


def station(key: str, effort: float, luck: float, noise: np.ndarray, draw: str = "seed 1") -> Assessment:
    split = Decomposition(40.0, 40.0 * np.exp(effort + luck), 40.0, 40.0 * np.exp(effort))
    estimate = Estimate(split, effort - 0.05, effort + 0.05, noise, DEGREES, draw)
    return Assessment(key, "no2", BASE, YEAR, "improved", estimate)


def silent(key: str, reason: Reason) -> Assessment:
    return Assessment(key, "no2", BASE, YEAR, "not_assessable", reason=reason, detail="…")


def test_log_changes_are_averaged_by_weight_and_the_identity_holds() -> None:
    members = {"a": station("a", -0.2, 0.1, NOISE[0]), "b": station("b", -0.1, -0.2, NOISE[1])}
    city = combine("city", members, {"a": 0.75, "b": 0.25}, confidence=0.9, resolution=0.01)
    assert city.effort_log == pytest.approx(0.75 * -0.2 + 0.25 * -0.1)
    assert city.luck_log == pytest.approx(0.75 * 0.1 + 0.25 * -0.2)
    assert city.total_log == pytest.approx(city.effort_log + city.luck_log, abs=1e-12)
    assert (city.grade, city.coverage) == ("improved", 1.0)


def test_noise_of_the_same_days_is_averaged_draw_by_draw() -> None:
    weights = {"a": 0.5, "b": 0.5}
    width = {}
    for name, second in {"common": NOISE[0], "opposite": -NOISE[0], "own": NOISE[1]}.items():
        members = {"a": station("a", -0.2, 0.0, NOISE[0]), "b": station("b", -0.2, 0.0, second)}
        city = combine("city", members, weights, confidence=0.9, resolution=0.01)
        width[name] = (city.effort_upper_log - city.effort_lower_log) / 2
    factor = t.ppf(0.95, DEGREES)
    assert width["common"] == pytest.approx(factor * NOISE[0].std(ddof=1))
    assert width["opposite"] == pytest.approx(0.0, abs=1e-15)
    assert width["own"] == pytest.approx(factor * (NOISE[:2].mean(axis=0)).std(ddof=1))


def test_noise_of_unknown_dependence_is_taken_as_common() -> None:
    members = {"a": station("a", -0.2, 0.0, NOISE[0]), "b": station("b", -0.2, 0.0, NOISE[1], draw="seed 2")}
    city = combine("city", members, {"a": 0.5, "b": 0.5}, confidence=0.9, resolution=0.01)
    widest = t.ppf(0.95, DEGREES) * np.mean([n.std(ddof=1) for n in NOISE[:2]])
    assert (city.effort_upper_log - city.effort_lower_log) / 2 == pytest.approx(widest)


def test_a_missing_station_is_left_out_and_said() -> None:
    members = {
        "a": station("a", -0.2, 0.0, NOISE[0]),
        "b": station("b", -0.1, 0.0, NOISE[1]),
        "c": silent("c", "too_short"),
    }
    city = combine("city", members, {"a": 0.6, "b": 0.2, "c": 0.2}, confidence=0.9, resolution=0.01)
    assert city.coverage == pytest.approx(0.8)
    assert city.effort_log == pytest.approx((0.6 * -0.2 + 0.2 * -0.1) / 0.8)
    assert city.left_out == {"c": "too_short"}


def test_below_the_coverage_there_is_no_number() -> None:
    members = {"a": station("a", -0.2, 0.0, NOISE[0]), "b": silent("b", "too_short"), "c": silent("c", "too_short")}
    city = combine("city", members, {"a": 0.4, "b": 0.3, "c": 0.3}, confidence=0.9, resolution=0.01)
    assert (city.grade, city.reason) == ("not_assessable", "too_short")
    assert city.detail == "members with 40% of the weight can be assessed; 75% are needed"
    assert city.effort_log is city.total_log is city.luck_log is city.effort_lower_log is None


def test_nobody_assessable_is_no_number_either() -> None:
    city = combine(
        "city", {"a": silent("a", "no_values")}, {"a": 1.0}, confidence=0.9, resolution=0.01, least_coverage=0.0
    )
    assert (city.grade, city.reason, city.coverage) == ("not_assessable", "no_values", 0)


@pytest.mark.parametrize("weights", [{"a": 0.9}, {"b": 1.0}, {"a": 0.5, "b": 0.5}])
def test_weights_must_name_the_members_and_sum_to_one(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        combine("city", {"a": station("a", -0.2, 0.0, NOISE[0])}, weights, confidence=0.9, resolution=0.01)
