"""Synthetic worlds whose effort is known: real weather, an invented city, and what a perfect method would say.

Belongs here: generators, their truth, and the oracle that is told the weather effect. Does not belong here: a method
under test, the reading of weather files (tests and bench read them), or a verdict on a method (``bench/known_truth``).
"""
