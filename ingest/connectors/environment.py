"""Values of ``${NAME}`` in a card's settings, and how none of the secret ones gets out.

Does not belong here: addresses (``addresses`` hides what they carry).
"""

from __future__ import annotations

import os
import re

from ingest.connectors.addresses import HIDDEN
from ingest.connectors.refusing import RefusedError

NOT_CONFIGURED = "not_configured"
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# hiding every "a" of a message because a password is "a" would hide the message, and tell the password
SHORTEST_HIDDEN = 4


class MissingVariableError(RefusedError):
    """A card names a variable that is not set: the feed is not configured here."""

    def __init__(self, name: str) -> None:
        super().__init__(NOT_CONFIGURED, f"no address: set the variable {name} in the environment")


class Environment:
    """Fills in settings and remembers which values must never be shown."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def public(self, text: str) -> str:
        """``text`` with its variables filled in; for hosts, folders and addresses (which are shown redacted)."""
        return VARIABLE.sub(lambda found: _value(found[1]), text)

    def secret(self, text: str) -> str:
        """The same, for what must not be shown."""
        self._secrets.update(_value(found[1]) for found in VARIABLE.finditer(text))
        return self.public(text)

    def scrub(self, text: str) -> str:
        """``text`` without any secret filled in so far: a library's error may quote what it was given."""
        for value in sorted(self._secrets, key=len, reverse=True):
            for part in {value, *value.splitlines()}:
                if len(part) >= SHORTEST_HIDDEN:
                    text = text.replace(part, HIDDEN)
        return text


def _value(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise MissingVariableError(name)
    return value
