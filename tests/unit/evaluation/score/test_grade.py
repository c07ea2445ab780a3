"""Grades come from the interval."""

import pytest

from evaluation.score.grade import Caveat, Grade, caveat_of, grade


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (-0.3, -0.011, "improved"),
        (-0.3, -0.01, "no_evidence"),
        (-0.1, 0.1, "no_evidence"),
        (0.01, 0.2, "no_evidence"),
        (0.011, 0.2, "worsened"),
    ],
)
def test_evidence_is_an_interval_beyond_the_resolution(lower: float, upper: float, expected: Grade) -> None:
    assert grade(lower, upper, resolution=0.01) == expected


@pytest.mark.parametrize(
    ("item", "expected"), [("o3", "secondary_pollutant"), ("pm25", "secondary_pollutant"), ("no2", None), (None, None)]
)
def test_secondary_pollutants_carry_their_caveat(item: str | None, expected: Caveat | None) -> None:
    assert caveat_of(item) == expected
