"""Whether a net's products are as precise as its dtype claims, neither less nor more."""

import math
from dataclasses import replace

import numpy as np

from bench.agreement.norms import angle
from bench.agreement.snapshot import Snapshot
from bench.agreement.tolerances import ANGLES, COARSE
from bench.records.agreement import Deviation
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.problem import Problem


def precision(
    how: str, taken: Snapshot, expected: Snapshot, problem: Problem, limits: tuple[float, float]
) -> Deviation | None:
    """The angle between w2's first gradient and the reference's; None where a net does not show it.

    Where a step shows no gradient, its displacement of w2 stands for it, if the rule is proportional to it and the
    rounding of w2 itself does not hide it: where the products of the batch are added to w2 one after the other, each
    sum is rounded as w2 is, and the errors grow with the root of their number.
    """
    least, limit = limits
    if taken.gradients:
        error = angle(taken.gradients["w2"], expected.gradients["w2"])
    else:
        origin = problem.parameters["w2"].astype("float64")
        moved = expected.parameters["w2"] - origin
        rounding = np.finfo(problem.storage).eps * np.linalg.norm(origin) / np.linalg.norm(moved)
        rounding *= math.sqrt(problem.size.batch) / 2
        if not WORKLOADS[problem.workload].proportional or rounding > (least or COARSE):
            return None
        limit = max(limit, float(rounding))
        error = angle(taken.parameters["w2"] - origin, moved)
    deviation = Deviation(f"direction{how}", "w2", expected.step, error, limit, least)
    seen = next((dtype for dtype, (low, high) in ANGLES.items() if low <= error <= high), None)
    if deviation.passes or not seen:
        return deviation
    return replace(deviation, what=f"{seen}, not {problem.dtype}: {deviation.what}")
