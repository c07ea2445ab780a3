"""Measured quantities: one name, one unit, one set of credible limits, whoever sends them.

``<family>.yml`` beside this file is the fact; a dataset's card only says what the source calls the quantity. Does not
belong here: limits of law (``catalog/editions``) or what happens to a value beyond a limit (``quality``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class Quantity(BaseModel):
    """One quantity; its name carries the unit (``pm25_ug_m3``).

    ``minimum``/``maximum``: beyond them the number cannot be a measurement. ``unit_trap_above``: beyond it the value
    is most likely in another unit. ``suspect_above``: possible, but worth a look. ``max_step``: largest credible
    change between neighbouring hours. ``repeat_hours``: longest credible run of one value. ``resolution``: step of
    publication. ``published``: computed by the agency (AQI, moving means), kept to compare with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: str
    zh: str
    en: str
    minimum: float | None = None
    maximum: float | None = None
    unit_trap_above: float | None = None
    suspect_above: float | None = None
    max_step: float | None = None
    repeat_hours: int | None = None
    published: bool = False


@cache
def quantities() -> dict[str, Quantity]:
    """All quantities by name. Raises ValueError when two files define the same name."""
    found: dict[str, Quantity] = {}
    for path in sorted(Path(__file__).parent.glob("*.yml")):
        for name, payload in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"catalog/quantities/{path.name}: {name} is defined twice")
            found[name] = Quantity.model_validate(payload)
    return found
