"""An edition of the evaluation: baseline, pool, method, settings, all frozen, so that a score can be repeated.

Belongs here: what an edition is. Does not belong here: those in force (``catalog/editions/effort_editions.csv``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from evaluation.score.assess import METHOD
from evaluation.score.decomposition import Period
from evaluation.score.settings import ScoreSettings


@dataclass(frozen=True)
class EffortEdition:
    """Everything but the data that a score depends on. A change of any field is another edition with another id.

    ``pool``: the period whose weather is the frozen reference. Raises ValueError for an unknown method.
    """

    id: str
    baseline: Period
    pool: Period
    valid_from: date
    method: str = METHOD
    settings: ScoreSettings = field(default_factory=ScoreSettings)

    def __post_init__(self) -> None:
        if self.method != METHOD:
            raise ValueError(f"edition {self.id}: method {self.method!r} is unknown; scores are made by {METHOD!r}")

    @property
    def seed(self) -> int:
        """Of the bootstrap, part of the settings."""
        return self.settings.seed
