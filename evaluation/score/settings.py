"""What an assessment asks of the data and how its interval is made: one dataclass, part of an evaluation edition."""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluation.weather_normalisation.backfit import BackfitSettings


@dataclass(frozen=True)
class ScoreSettings:
    """Thresholds, each with its source; changing one is a new edition."""

    min_months: int = 24
    """Months from the first value to the last: each calendar month must have been seen twice (issue: one year only)."""
    step_share: float = 0.75
    """Share of steps with a value, in the periods compared and in a month that counts. EU Directive 2008/50/EC,
    Annex VII and XI: 75 % of the values for an aggregate. China's GB 3095-2012, table 4, asks 27 days a month and 324
    a year of a *published mean*; a month's level is estimated here under its own weather, so less suffices."""
    month_share: float = 0.75
    """Share of a period's months that must count in both periods: nine of twelve (2008/50/EC, as above)."""
    weather_share: float = 0.75
    """Share of the evaluation's values whose weather must be known, at least in one variable: as above."""
    skill: float = 0.2
    """Blocked NSE of the weather effect within months below which luck cannot be told from noise. Seen when set:
    worlds 0.3–0.7; Hangzhou, Shanghai, Nanjing 2014–2021 0.21–0.50 (but for one CO), and 0.06–0.34 when the values
    were laid on the weather of the wrong day: a low skill is more often a defect of the data than of the air."""
    outside_pool: float = 0.10
    """Largest share of the evaluation's values with a weather variable outside the pool's range: trees do not
    extrapolate. Own judgement, to be reviewed on the editions' own pools."""
    confidence: float = 0.90
    """Of the interval that grades: issue and bench known_truth are set on 90 %."""
    resolution: float = 0.01
    """Log change below which nothing is claimed: the mean distance between the method and an oracle that knows the
    weather effect was 0.7–1.0 points of annual effort (98 worlds). It also keeps false findings below the one in ten
    that a 90 % interval allows by construction: 7–11 % in 28 null worlds, 7–18 % without it."""
    replicates: int = 200
    """Of the bootstrap (11_effort_methods.md, section 6)."""
    block_days: int = 28
    """Shortest block: two to four weeks for air; longer when the residual's decorrelation time is."""
    seed: int = 20_140_101
    backfit: BackfitSettings | None = field(default=None)
    """None: ``BackfitSettings.for_step``."""
