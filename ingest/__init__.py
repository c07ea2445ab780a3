"""How data get in: transport, landing zone, cards and parsers, core zone.

Does not belong here: judging whether data can be trusted (``quality``), deciding when to fetch
(``orchestration``), or what the tables mean (``dbt_project``).
"""
