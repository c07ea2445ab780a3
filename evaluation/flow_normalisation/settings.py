"""What WRTDS may be told, with EGRET's defaults. Does not belong here: thresholds of a score or a grade."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.flow_normalisation.calendar import YearFraction


@dataclass(frozen=True)
class Settings:
    """Defaults of EGRET 3.0.12 ``modelEstimation`` and ``setupYears``; raises ValueError for what cannot work."""

    window_years: float = 7.0
    """Half-width of the time window, years (windowY)."""
    window_log_flow: float = 2.0
    """Half-width of the flow window, units of ln Q (windowQ)."""
    window_season: float = 0.5
    """Half-width of the season window, years (windowS); 0.5 takes in every season."""
    min_samples: int = 100
    """Samples of positive weight a regression needs; windows widen until it has them (minNumObs)."""
    min_uncensored: int = 50
    """Uncensored ones among them (minNumUncen)."""
    edge_adjust: bool = True
    """Keep the time window's full width near the ends of the record (edgeAdjust)."""
    period_start: int = 10
    """First month of the period of analysis, 1-12; 10 = US water year, 1 = calendar year (paStart)."""
    period_months: int = 12
    """Length of the period of analysis, 1-12 months (paLong)."""
    min_share_of_days: float = 0.9
    """A year counts when at least this share of its days has an estimate (EGRET: no more than 10 % missing)."""
    year_fraction: YearFraction = "leap_slots"
    """How a date becomes a decimal year, see :func:`evaluation.flow_normalisation.calendar.decimal_year`."""

    def __post_init__(self) -> None:
        if min(self.window_years, self.window_log_flow, self.window_season) <= 0:
            raise ValueError("every half-window must be positive")
        if not (1 <= self.period_start <= 12 and 1 <= self.period_months <= 12):
            raise ValueError(
                f"period of analysis: month {self.period_start}, {self.period_months} months; both are 1-12"
            )
        if not 0 < self.min_share_of_days <= 1:
            raise ValueError(f"min_share_of_days is a share above 0 up to 1, not {self.min_share_of_days}")
        if self.min_uncensored > self.min_samples or self.min_uncensored < 1:
            raise ValueError(
                f"min_uncensored {self.min_uncensored} must lie between 1 and min_samples {self.min_samples}"
            )


EGRET = Settings()
"""EGRET's defaults."""
