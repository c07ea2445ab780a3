"""Pollutant equivalents: kilograms of unlike pollutants on one scale, by the law's equivalent value of each.

Σ m_i / E_i, E_i in kg per equivalent: Environmental Protection Tax Law (2018), annex 2. No value of its own exists for
VOCs (single species only) or total nitrogen: a factor for them is agreed and recorded, or they stay out.

Belongs here: the sum. Does not belong here: the equivalent values (an edition of the catalog, handed in) and the tax
(which counts the three greatest pollutants of an outlet only).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from evaluation.decomposition.given import DecompositionError, FloatArray


def equivalents(mass_kg: Mapping[str, ArrayLike], equivalent_kg: Mapping[str, float]) -> dict[str, FloatArray]:
    """Equivalents of each pollutant, in the shape of its mass (…) in kg; add them up as the question asks.

    Masses may be reductions, negative where a pollutant rose; missing stays missing. Raises DecompositionError when a
    pollutant has no equivalent value, or one that is not above zero: nothing is left out in silence.
    """
    unknown = sorted(set(mass_kg) - set(equivalent_kg))
    if unknown:
        raise DecompositionError(
            f"no equivalent value for {', '.join(unknown)}; the law lists none under that name: correct the name, "
            "agree and record a value, or leave the pollutant out in so many words"
        )
    for name in mass_kg:
        if not (np.isfinite(equivalent_kg[name]) and equivalent_kg[name] > 0):
            raise DecompositionError(f"equivalent value of {name} is {equivalent_kg[name]}; it is above zero, in kg")
    return {name: np.asarray(mass, dtype=np.float64) / equivalent_kg[name] for name, mass in mass_kg.items()}
