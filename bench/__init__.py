"""How fast, against what? Ratios against a stated reference in the same run, never a timed test.

``python -m bench [name …]``; real data from ``../shared/data`` (or ``ECOLAKE_SHARED_DATA``). Does not belong here:
anything that asserts, or that the product imports.
"""
