"""Holm's correction: many tests, one bound on the chance that any of them errs."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# The chance that any of the cells of a comparison is called changed though none is.
ERROR = 0.01


def adjusted(p_values: ArrayLike) -> NDArray[np.float64]:
    """The p values, each corrected for being one of all on the last axis (Holm, 1979): rejected where at most ERROR."""
    p = np.asarray(p_values, float)
    order = np.argsort(p, axis=-1)
    stepwise = np.take_along_axis(p, order, axis=-1) * np.arange(p.shape[-1], 0, -1)
    corrected = np.empty(p.shape)
    np.put_along_axis(corrected, order, np.minimum(np.maximum.accumulate(stepwise, axis=-1), 1.0), axis=-1)
    return corrected
