"""What can go wrong with an export, in words a person can act on. No logic."""

from __future__ import annotations


class FeedError(ValueError):
    """A feed's card is wrong; the message names the file and the field."""


class RefusedError(RuntimeError):
    """The policy does not let these data go; the message says why, and what would have to change."""


class LogError(RuntimeError):
    """The log of exports does not hold together, or cannot be written: nothing may leave."""
