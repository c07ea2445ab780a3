"""How long, how often and how much: the bounds of asking any feed, and trying again within them.

Does not belong here: what counts as worth another attempt (each transport).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import stamina

from ingest.connectors.refusing import RefusedError

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """Bounds of one request. ``total_s`` counts everything, waits included; ``read_s`` is the longest silence.

    Defaults: six attempts with waits of 1, 2, 4, 8, 16 s ride out a restart of a provider's server (half a minute);
    a quarter of an hour is what an hourly feed can spare.
    """

    max_bytes: int = 64 << 20
    attempts: int = 6
    total_s: float = 900.0
    connect_s: float = 10.0
    read_s: float = 60.0
    backoff_initial_s: float = 1.0
    backoff_max_s: float = 60.0
    jitter_s: float = 1.0
    retry_after_max_s: float = 300.0


class RetryableError(RefusedError):
    """Worth another attempt; ``wait_s`` is what the server asked for."""

    def __init__(self, code: str, message: str, *, wait_s: float | None = None) -> None:
        super().__init__(code, message)
        self.wait_s = wait_s


def persistently(do: Callable[[], T], limits: Limits) -> T:
    """What ``do`` returns, tried again after a :class:`RetryableError` with growing, jittered waits.

    Raises:
        RefusedError: it failed otherwise, or to the end.
    """
    tried = 0
    try:
        for attempt in stamina.retry_context(
            on=RetryableError,
            attempts=limits.attempts,
            timeout=limits.total_s,
            wait_initial=limits.backoff_initial_s,
            wait_max=limits.backoff_max_s,
            wait_jitter=limits.jitter_s,
        ):
            tried = attempt.num
            with attempt:
                return do()
    except RetryableError as error:
        raise RefusedError(error.code, f"{error.message}; gave up after {tried} attempt(s)") from error
    raise AssertionError("a retry loop ends by an answer or an error")
