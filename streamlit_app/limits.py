"""Which limit a figure is held against: the pollutant's grade II limit of the edition that applies.

Does not belong here: judging attainment of a year (published as ``air_*_attained``).
"""

from __future__ import annotations

import re
from datetime import date

from catalog.publication import Publication
from streamlit_app.figures import limits_edition, rulebook_at
from streamlit_app.reference import Limit, grade2_limits

STATISTIC = re.compile(r"air_(pm25|pm10|so2|no2|co|o3)_(mean|p\d\d|day)")


def limit_of(publication: Publication, code: str, edition: str, day: date) -> Limit | None:
    """The limit for an indicator under an edition on a day; None where no limit exists for it."""
    found = STATISTIC.fullmatch(code)
    if found is None:
        return None
    pollutant, statistic = found.groups()
    if statistic == "mean":
        averaging = "annual"
    else:
        averaging = "daily_max_8h" if pollutant == "o3" else "24h"
    used = limits_edition(publication, rulebook_at(publication, edition, day))
    return grade2_limits().get((used or "", pollutant, averaging))
