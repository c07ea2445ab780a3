"""Composite indices as data: a definition, the steps from raw values to ranks, what explains a score, and its audit.

Reading order: ``definition`` (what an index is), ``inputs`` (the table it is computed from), ``scoring`` (all steps at
once: impute, treat, normalise, aggregate, rank), ``contributions`` and ``change`` (why a score is what it is),
``audit`` (how far it can be trusted). The steps follow the OECD/JRC Handbook on Constructing Composite Indicators
(Nardo et al. 2008). Does not belong here: deciding weights (``evaluation.weighting``), drivers of a total
(``evaluation.decomposition``), reading or writing tables (``orchestration``).
"""
