"""Evaluation by human effort, between dbt's two halves: from daily values with their weather to scores.

``editions`` says what is evaluated and against which baseline, ``inputs`` takes each series out of the scratch
database, ``one`` evaluates one series (``air``, ``water``), ``worker`` does so in a process of its own, ``store`` keeps
what was computed under the hash of what it was computed from, ``places`` combines a place's items, ``results`` lays
everything out for dbt. Does not belong here: any method or statistics (``evaluation``), what the results mean together
(``dbt_project/models/topics/effort``).
"""
