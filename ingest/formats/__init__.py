"""From a published format to text tables: delimited text, JSON records, workbooks, fixed width.

Structure only: which cell stands where. Does not belong here: what a column means (the card), types and limits (the
lake door), how the bytes came (``ingest.connectors``).
"""
