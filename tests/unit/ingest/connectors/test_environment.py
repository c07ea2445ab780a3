"""Settings from the environment, and what of them may be shown."""

from __future__ import annotations

import pytest

from ingest.connectors.environment import Environment, MissingVariableError


def test_secrets_are_filled_in_and_hidden_wherever_they_turn_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "db.example")
    monkeypatch.setenv("TOKEN", "abcdef")
    monkeypatch.setenv("KEY", "-----BEGIN\nlinetwo\n")
    environment = Environment()
    assert environment.public("https://${HOST}/x") == "https://db.example/x"
    assert environment.secret("Bearer ${TOKEN}") == "Bearer abcdef"
    environment.secret("${KEY}")
    assert environment.scrub("db.example said: abcdef is wrong, so is linetwo") == (
        "db.example said: *** is wrong, so is ***"
    )


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("TOKEN", value)
    with pytest.raises(MissingVariableError, match="set the variable TOKEN in the environment"):
        Environment().secret("${TOKEN}")
