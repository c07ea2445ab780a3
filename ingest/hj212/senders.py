"""Who may be answered: a list of data loggers with their access passwords.

Does not belong here: outlets and units (dataset ``ecology/outlet_register``), which hold no passwords.
"""

from __future__ import annotations

import csv
import hmac
from collections.abc import Callable
from pathlib import Path

from ingest.hj212.packet import Head


class SendersError(ValueError):
    """The list cannot be used; the message says why."""


def listed(path: Path) -> Callable[[Head], bool]:
    """A check against a CSV with the columns ``mn,pw``; an empty ``pw`` lets any pass.

    Raises:
        SendersError: the file has not these columns, or names no data logger.
    """
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        if not {"mn", "pw"} <= set(reader.fieldnames or ()):
            raise SendersError(f"{path}: expected a CSV with the columns mn,pw; found {reader.fieldnames}")
        passwords = {row["mn"]: (row["pw"] or "").encode() for row in reader if row["mn"]}
    if not passwords:
        raise SendersError(f"{path}: lists no data logger; nobody could be answered")

    def admits(head: Head) -> bool:
        expected = passwords.get(head.mn)
        return expected is not None and (not expected or hmac.compare_digest(expected, head.pw.encode()))

    return admits
