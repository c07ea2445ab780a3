"""Where the weights of a composite index can come from, and TOPSIS, which ranks with them.

Belongs here: one module per method, each from an indicator matrix (places or place-years × indicators), a matrix of
judgements or a recorded decision to weights that are never negative and sum to one. Does not belong here: the index
itself – normalising, aggregating, auditing (``evaluation.composite``) – or any choice of method: that is a decision of
people, and the registry of decisions says whose.
"""
