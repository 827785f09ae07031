"""The line that linear regression is after, as a net recovered it and as it might have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.workloads.catalogue import WORKLOADS
from bench.workloads.problem import Problem


@dataclass(frozen=True)
class Line:
    """intercept + slope x."""

    intercept: float
    slope: float

    def __str__(self) -> str:
        sign = "-" if self.slope < 0 else "+"
        return f"{self.intercept:.4g} {sign} {abs(self.slope):.4g}x"


@dataclass(frozen=True)
class Recovery:
    """The line after training, the best one for the same points, and the one that they scatter about."""

    recovered: Line
    least_squares: Line
    true: Line

    def __str__(self) -> str:
        return f"recovered {self.recovered}; least squares {self.least_squares}; true {self.true}"

    @classmethod
    def of(cls, problem: Problem, parameters: Mapping[str, Any]) -> "Recovery | None":
        """What parameters w (1, 1) and b (1,) recovered; None where the workload has no line, or a net no number."""
        line = WORKLOADS[problem.workload].line
        if line is None:
            return None
        recovered = Line(float(np.squeeze(parameters["b"])), float(np.squeeze(parameters["w"])))
        if not np.isfinite([recovered.intercept, recovered.slope]).all():
            return None
        slope, intercept = np.polyfit(problem.x.ravel().astype("float64"), problem.y.ravel().astype("float64"), 1)
        return cls(recovered, Line(float(intercept), float(slope)), Line(*line))

    @classmethod
    def from_json(cls, lines: Mapping[str, Mapping[str, float]]) -> "Recovery":
        return cls(**{name: Line(**line) for name, line in lines.items()})
