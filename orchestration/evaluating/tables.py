"""The tables of schema ``evaluation`` and their columns: what dbt's second half is declared to read.

Imported when Dagster loads its definitions, so nothing heavy is. Does not belong here: filling them (``results``).
"""

from __future__ import annotations

# Table → its columns, besides edition and series; the names are those of `evaluation.score.results`.
COLUMNS = {
    "scores": {
        **dict.fromkeys(["item"], "VARCHAR"),
        "year": "INTEGER",
        **dict.fromkeys(["baseline_start", "baseline_end", "period_start", "period_end"], "DATE"),
        **dict.fromkeys(["observed_base", "observed", "normalised_base", "normalised"], "DOUBLE"),
        **dict.fromkeys(["total_log", "effort_log", "luck_log"], "DOUBLE"),
        **dict.fromkeys(["effort_lower_log", "effort_upper_log", "luck_lower_log", "luck_upper_log"], "DOUBLE"),
        "confidence": "DOUBLE",
        **dict.fromkeys(["grade", "reason", "detail", "caveat", "method"], "VARCHAR"),
        "n_values": "BIGINT",
        **dict.fromkeys(["coverage", "skill_blocked_nse", "skill_random_nse", "outside_pool_share"], "DOUBLE"),
        "n_replicates": "BIGINT",
        "series_hash": "VARCHAR",
    },
    "months": {
        "month": "DATE",
        **dict.fromkeys(["observed", "normalised", "normalised_lower", "normalised_upper"], "DOUBLE"),
        "n_values": "BIGINT",
    },
    "models": {
        "kind": "VARCHAR",
        "name": "VARCHAR",
        "nth": "BIGINT",
        "x": "DOUBLE",
        "value": "DOUBLE",
        "text": "VARCHAR",
    },
    "backtests": {
        **dict.fromkeys(["kind", "name"], "VARCHAR"),
        "year": "INTEGER",
        **dict.fromkeys(["effort_log", "lower_log", "upper_log", "moved_log"], "DOUBLE"),
        "passed": "BOOLEAN",
        "detail": "VARCHAR",
    },
}
