"""What moved an amount, and whether two things move together: the arithmetic of synergy between pollution and carbon.

Belongs here: LMDI, Tapio decoupling, coupling coordination, cross elasticity, the synergy coordinate system, pollutant
equivalents – arrays in, arrays out, any number of regions and periods at once. Does not belong here: levels, states and
factors themselves (data of the catalog's editions, handed in), and composite indices (``evaluation.composite``).
"""
