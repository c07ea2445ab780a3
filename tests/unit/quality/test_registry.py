"""What each test does to a value is a decision, written down once."""

from __future__ import annotations

from quality.registry import tests as registered_tests


def test_only_what_cannot_be_a_measurement_or_a_person_excludes_a_value() -> None:
    effects = {name: test.effect for name, test in registered_tests().items() if test.level != "batch"}
    assert effects == {
        "sentinel": "exclude",
        "not_numeric": "inform",
        "out_of_range": "exclude",
        "unit_suspect": "exclude",
        "implausible": "inform",
        "repeated": "inform",
        "step": "inform",
        "pm25_gt_pm10": "inform",
        "too_regular": "inform",
        "invalid": "exclude",
        "maintenance": "exclude",
        "confirmed_good": "lift",
    }


def test_every_test_says_its_name_in_both_languages_and_why() -> None:
    assert [t.test for t in registered_tests().values() if not (t.zh and t.en and t.why and t.version)] == []
