"""Whether a framework's operations are NumPy's and its derivatives those of mathematics. Runs inside a worker."""

from typing import Any

import numpy as np

from bench.agreement.norms import relative
from bench.agreement.snapshot import copied, require_same_shapes
from bench.records.agreement import Agreement, Deviation
from bench.workloads.problem import Problem

# The branch is x^2 where x > 0, else x^3.
SLOPES = {"x^3 at 2": 12.0, "branch at 2": 4.0, "branch at -2": 12.0}
LIMITS = {"float32": 1e-6, "float64": 1e-9}
# Of 1..5; both are right, and frameworks differ in which one is their default.
BY_COUNT, BY_COUNT_LESS_ONE = 2.0, 2.5


def operations(x: Any) -> dict[str, Any]:
    """What each operation gives for x (3, 4); the variance is that of 1..5."""
    return {
        "sum": np.sum(x),
        "mean": np.mean(x),
        "max": np.max(x),
        "argmax": np.argmax(x),
        "variance": BY_COUNT,
        "reshape": np.reshape(x, (2, 6)),
        "transpose": np.transpose(x),
        "flatten": np.ravel(x),
        "zeros": np.zeros((3, 4)),
        "ones": np.ones((3, 4)),
        "arange": np.arange(12),
    }


def check(page: Any, problem: Problem) -> Agreement:
    """Compares `operations()`, and `slopes()` where the framework has any. Raises ValueError where one is missing."""
    limit = LIMITS[problem.dtype]
    taken, expected = copied(page.operations()), operations(problem.x.astype("float64"))
    require_same_shapes(taken, expected)
    conventions = []
    if relative(taken["variance"], BY_COUNT_LESS_ONE) <= limit:
        expected["variance"] = BY_COUNT_LESS_ONE
        conventions.append(
            f"variance of 1..5 is {BY_COUNT_LESS_ONE} by default (divides by n - 1) where NumPy's is {BY_COUNT} "
            "(divides by n): another convention, no error"
        )
    results = [("operation", name, taken[name], truth) for name, truth in expected.items()]
    if hasattr(page, "slopes"):
        slopes = copied(page.slopes())
        require_same_shapes(slopes, SLOPES)
        results += [("slope", name, slopes[name], truth) for name, truth in SLOPES.items()]
    deviations = (Deviation(what, name, 0, relative(value, truth), limit) for what, name, value, truth in results)
    return Agreement(tuple(deviations), 0, conventions=tuple(conventions))
