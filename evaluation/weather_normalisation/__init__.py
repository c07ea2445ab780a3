"""Weather normalisation of a concentration series: what the values would have been under the weather of a fixed pool.

``partial_dependence`` averages any tree ensemble over the pool exactly; ``forest`` and ``boosted`` train it,
``normalise`` puts them together, ``card`` says how far the result can be trusted. ``backfit`` is the mode that
separates month effects from weather without trees of time. Belongs here: what turns a series and its weather into a
normalised series. Does not belong here: effort, luck, intervals and grades (``evaluation.score``), rivers
(``evaluation.flow_normalisation``).
"""
