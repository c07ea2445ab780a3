"""What can go wrong with a publication, in words a person can act on. No logic."""

from __future__ import annotations


class PublicationError(RuntimeError):
    """A publication cannot be built, found or read; the message says what, where, and how to mend it."""


class UnknownPublicationError(PublicationError):
    """No publication of that id, or none at all."""


class TableRefusedError(PublicationError):
    """A scratch table breaks its own contract: key, column types or partitions."""


class BusyError(PublicationError):
    """Another process is publishing or rolling back."""


class QuestionError(PublicationError):
    """A question about a number cannot be answered as asked; the message lists what comes near."""
