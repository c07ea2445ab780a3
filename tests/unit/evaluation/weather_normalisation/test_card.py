"""The model card: complete, plain enough for JSON, and doubtful where it should be."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evaluation.series import NotAssessable
from evaluation.weather_normalisation.boosted import Boosted
from evaluation.weather_normalisation.card import Curve, doubts, model_card, partial_curves
from evaluation.weather_normalisation.fitted import Fitted
from evaluation.weather_normalisation.normalised import normalise
from evaluation.weather_normalisation.predictors import Predictors
from evaluation.weather_normalisation.reach import Reach
from evaluation.weather_normalisation.skill import Scores
from evaluation.weather_normalisation.trees import from_sklearn
from tests.unit.evaluation.weather_normalisation.worlds import world

MODE = Boosted(rounds=80)
INSIDE = Reach(100, {"ws": 0.0}, 0.0, 0.01, 0.0)
FALLING = {"ws": Curve((1.0, 9.0), (50.0, 30.0))}


def good(nse: float) -> Scores:
    return Scores(100, nse, nse, 1.0)


def test_a_card_of_a_series_that_weather_explains() -> None:
    given = world(gaps=0.05)
    card = model_card(given, normalise(given, MODE)).as_dict()
    assert json.loads(json.dumps(card, allow_nan=False)) == card
    assert (card["first"], card["last"]) == ("2014-01-01 00:00:00", "2016-12-31 00:00:00")
    assert card["rows"] + card["rows_without_value"] == 1096
    assert card["settings"] == {
        "estimand": "weather_only", "window_days": 14, "scale": "log", "rounds": 80, "leaves": 31,
        "learning_rate": 0.1, "min_rows_in_leaf": 20, "seed": 1,
    }  # fmt: skip
    assert card["predictors"] == ["wind_speed", "temperature", "date_unix", "day_julian", "weekday"]
    # wind's variance in the logarithm is 0.16, what nobody can know 0.01
    assert 0.8 < card["skill_blocked"]["nse"] <= card["skill_random"]["nse"] + 0.02
    assert max(card["importance"], key=card["importance"].get) == "wind_speed"
    wind = card["curves"]["wind_speed"]["value"]
    assert wind[0] > 1.8 * wind[-1]
    assert card["curves"]["weekday"]["at"] == [1, 2, 3, 4, 5, 6, 7]
    assert card["warnings"] == []


def test_noise_is_called_noise() -> None:
    given = world(noise=2.0)
    codes = [warned.code for warned in model_card(given, normalise(given, Boosted(rounds=20))).warnings]
    assert "skill_low" in codes


def test_a_series_with_fewer_months_than_folds_has_no_card() -> None:
    given = world(years=1)
    short = type(given)(**{**vars(given), "frame": given.frame.head(100)})
    with pytest.raises(NotAssessable, match="too_short"):
        model_card(short, normalise(short, MODE))


@pytest.mark.parametrize(
    ("blocked", "at_random", "within", "curves", "expected"),
    [
        (0.7, 0.75, INSIDE, FALLING, []),
        (0.55, 0.76, INSIDE, FALLING, ["random_flatters"]),
        (0.49, 0.5, INSIDE, FALLING, ["skill_low"]),
        (float("nan"), float("nan"), INSIDE, FALLING, ["skill_low"]),
        (0.7, 0.7, Reach(100, {"ws": 0.06}, 0.06, None, 0.0), FALLING, ["weather_outside_pool"]),
        (0.7, 0.7, Reach(100, {"ws": 0.0}, 0.0, 0.06, 0.0), FALLING, ["weather_outside_pool"]),
        (0.7, 0.7, INSIDE, {"wind_speed": Curve((1.0, 9.0), (30.0, 30.0))}, ["wind_does_not_dilute"]),
        (0.7, 0.7, INSIDE, {"wd": Curve((1.0, 9.0), (30.0, 50.0)), "ws": Curve((1.0,), (30.0,))}, []),
    ],
)
def test_doubts(blocked: float, at_random: float, within: Reach, curves: dict[str, Curve], expected: list[str]) -> None:
    assert [warned.code for warned in doubts(good(blocked), good(at_random), within, curves)] == expected


def test_a_curve_is_the_average_over_the_rows_as_observed() -> None:
    from sklearn.tree import DecisionTreeRegressor

    x = np.array([[1.0, 1.0], [2.0, 1.0], [1.0, 3.0], [2.0, 3.0]])
    y = np.log([8.0, 4.0, 2.0, 2.0])
    fitted = Fitted(from_sklearn(DecisionTreeRegressor(random_state=0).fit(x, y)), True, 1.5, 4)
    curves = partial_curves(fitted, Predictors(("ws",), ("weekday",)), x)
    # geometric means 4 = √(8·2) and √8 = √(4·2), times the smearing factor
    assert curves["ws"].at == (1.0, 2.0)
    assert curves["ws"].value == pytest.approx((6.0, 1.5 * 8**0.5))
    assert curves["weekday"].value == pytest.approx((1.5 * 32**0.5, 3.0))
