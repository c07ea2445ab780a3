"""What Dagster is told: assets, checks, jobs, schedules and a sensor, all derived from the cards and dbt's manifest.

Wiring only. An asset's body calls a function of ``pipeline`` and reports what came of it; what a step does, and every
rule about data, lives there or below. ``orchestration/definitions.py`` is the module Dagster loads.
"""
