"""How far an index can be trusted: screening, coherence, importance, compensability, uncertainty, certainty, tipping.

``report.audit`` runs them all; each module also stands alone. Results are dataclasses and polars frames. Does not
belong here: drawing or writing a report (``orchestration``), changing an index because of what an audit finds (a person
does).
"""
