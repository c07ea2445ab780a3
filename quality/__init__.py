"""Can it be trusted? The lake door, gates on new batches, flags and their history, data docs.

Does not belong here: fetching and parsing (``ingest``), standards and indicators (``dbt_project``, ``catalog``).
"""
