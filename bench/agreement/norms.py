"""How far arrays are apart, as one number."""

import math
from typing import Any

import numpy as np


def relative(actual: Any, expected: Any, allowance: float = 0.0, least_scale: float = 0.0) -> float:
    """Frobenius norm of the difference over that of the expected array; NaN where anything is not finite.

    `allowance` is taken off the difference; the expected norm counts as `least_scale` at least. A zero reference
    needs a zero (1e-12).
    """
    actual, expected = np.asarray(actual, "float64"), np.asarray(expected, "float64")
    if not np.all(np.isfinite(actual)):
        return math.nan
    distance = max(0.0, float(np.linalg.norm(actual - expected)) - allowance)
    scale = max(float(np.linalg.norm(expected)), least_scale)
    if scale == 0:
        return 0.0 if distance <= 1e-12 else math.inf
    return distance / scale


def angle(actual: Any, expected: Any) -> float:
    """The tangent of the angle between two arrays: their relative difference but for a common factor."""
    return relative(actual, expected * (np.vdot(actual, expected) / np.vdot(expected, expected)))


def median_column(actual: Any, expected: Any) -> float:
    """The median over columns of a column's relative difference; NaN where anything is not finite."""
    return float(np.median([relative(*columns) for columns in zip(np.transpose(actual), expected.T, strict=True)]))
