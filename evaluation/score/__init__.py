"""The score: a change split into effort and luck, with an interval, a grade, and the tests that a grade must survive.

``assess`` is the one call. Belongs here: what is done with a normalised series. Does not belong here: how weather or
flow is taken out of a series, which weights, baselines and pools are in force (``catalog/editions``), any words for
people but the measured facts in ``detail``.
"""
