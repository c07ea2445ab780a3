"""How a connector says no: the error that becomes a ``Refusal``, and words safe to print.

Does not belong here: deciding what is refused (``files``, ``archives``, ``expansion``, ``http``).
"""

from __future__ import annotations

SHOWN_CHARS = 120


class RefusedError(Exception):
    """Something will not be taken. ``code`` is stable, the message is for a person.

    ``member_only``: one member of an archive is at fault and the next can still be read.
    """

    def __init__(self, code: str, message: str, *, member_only: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.member_only = member_only


def human_bytes(size: int) -> str:
    """``1536`` → ``1.5 KiB``."""
    amount = float(size)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def shown(text: str) -> str:
    """``text`` as it may be printed: control characters escaped (a name can drive a terminal), cut when long."""
    plain = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return plain if len(plain) <= SHOWN_CHARS else f"{plain[: SHOWN_CHARS - 1]}…"


def readable_name(raw: bytes) -> str:
    """A file name as text that can be stored as UTF-8: names made on Chinese Windows come as GB 18030."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", errors="backslashreplace")


def too_large(name: str, size: int | None, limit: int) -> RefusedError:
    """Beyond the dataset's limit; ``size`` is None when the end was not waited for."""
    found = f"is {human_bytes(size)}" if size is not None else "goes on beyond the limit"
    return RefusedError(
        "too_large",
        f"{shown(name)} {found}; its dataset takes at most {human_bytes(limit)}. If the size is right, raise "
        "delivery.max_object_mib in the dataset's card; else ask the provider what went wrong",
        member_only=True,
    )


def unclaimed(name: str) -> RefusedError:
    """No dataset's patterns match."""
    return RefusedError(
        "unclaimed",
        f"no dataset claims the name {shown(name)}. If it holds data, add a matching pattern under "
        "delivery.patterns in the card (dataset.yml) of its dataset; else take it out of the source",
        member_only=True,
    )
