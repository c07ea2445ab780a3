"""What SQL cannot compute: weather and flow normalisation, the split into effort and luck, composite indices.

Belongs here: pure computation on arrays and polars frames – the same input gives the same digits on every run. Does not
belong here: where the data come from or go to (``orchestration``), set-based work (``dbt_project``), rules of law and
frozen editions (``catalog/editions``), any drawing of pages (``streamlit_app``).
"""
