"""Holm's correction: many tests, one bound on the chance that any of them errs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# The chance that any of the cells of a comparison is called changed though none is.
ERROR = 0.01


def adjusted(p_values: Sequence[float]) -> NDArray[np.float64]:
    """The p values, each corrected for being one of all of them (Holm, 1979): rejected where at most ERROR."""
    found = np.asarray(p_values, float)
    order = np.argsort(found)
    stepwise = found[order] * np.arange(len(found), 0, -1)
    corrected = np.empty(len(found))
    corrected[order] = np.minimum(np.maximum.accumulate(stepwise), 1.0)
    return corrected
