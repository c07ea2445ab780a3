"""Transport: bring files here whole, or say why not, in words a person can act on.

A connector yields :class:`~ingest.landing.Delivery` and :class:`~ingest.landing.Refusal` and trusts nobody: sizes,
archives and servers may lie. Does not belong here: which dataset a file is for or what it means (cards, parsers),
keeping the bytes (``ingest.landing``), deciding when to fetch (``orchestration``).
"""
