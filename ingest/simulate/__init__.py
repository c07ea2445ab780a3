"""Offline demo feeds: air and weather of a made-up Zhejiang, in the providers' own formats, with a known truth.

``simulate`` writes them; the pipeline takes them from there like any other delivery. Nothing here reads the lake, and
nothing outside may depend on how a number was made, only on the truth files.
"""

from __future__ import annotations

from ingest.simulate.run import simulate
from ingest.simulate.truth import SimulationTruth

__all__ = ["SimulationTruth", "simulate"]
