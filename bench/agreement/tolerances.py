"""How far a correct net may be from float64 NumPy: the limits for a problem, and why.

The limits for reduced precision come from nets in NumPy that round or cut off the operands of each product, at over a
thousand random sizes; PyTorch, TensorFlow, Keras and JAX err as these do.
"""

import math
from dataclasses import dataclass

from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import REDUCED
from bench.workloads.problem import Problem
from bench.workloads.size import TUTORIAL

# In reduced precision ReLUs flip from the first step on, while a wrong formula errs by 0.5 or more. For a few steps
# these limits held for all honest nets but a few tiny ones (N*H < 100), with an allowance for the one or two flips
# that decide in a small net.
REDUCED_LIMITS = {"tf32": 0.1, "bfloat16": 0.2}
FLIPS = 4

# The least and the most angle between the first gradient of w2 and the reference's. It does not feel a flip, where h is
# nearly zero, and hardware that cuts bits off instead of rounding hardly turns it. Seen: float32 up to 1e-6, TF32 1e-4
# to 1.7e-3 (7e-4 without biases), bfloat16 1.2e-3 to 6e-3. The loss tells none of them from below: its errors cancel.
STRICT, COARSE = 1e-5, 1e-4
ANGLES = {"float32": (0.0, STRICT), "tf32": (STRICT, 2e-3), "bfloat16": (8e-4, 2e-2)}
# In a smaller batch, hidden layer or output too few roundings are averaged to tell.
TELLING_WIDTH, TELLING_OUTPUTS = 32, 4
# A flipped ReLU changes one column of w1's gradient, that of one hidden unit; the median column has only the rounding
# of its sums. A sum of n float32 terms errs by about sqrt(n) * 6e-8 (Higham, "Accuracy and Stability of Numerical
# Algorithms", 2002, section 4.2): 6e-6 for 10,000 terms, less where a library adds in blocks. Seen: up to 1e-6 at
# 1024x1000x1600x10, while bfloat16 in this one product makes it 2e-3.
COLUMN_LIMITS = {"float64": 1e-9, "float32": STRICT, **REDUCED_LIMITS}
# Away from the tutorial's size.
FEW_STEPS = 3


@dataclass(frozen=True)
class Tolerances:
    """Frobenius-relative limits: first loss, gradients, displacement of the parameters, and for how many steps.

    `angle` has the least and the most for the first gradient of w2, `column` the most for the median column of w1's
    gradients; None where they tell nothing.
    """

    loss: float
    gradient: float
    displacement: float
    steps: int
    angle: tuple[float, float] | None = None
    column: float | None = None


def tolerances(problem: Problem) -> Tolerances:
    """The limits of a problem: as long as the tutorial trains, or a few steps at other sizes and in reduced precision.

    The tutorial's arrays are such that no ReLU flips between two correct nets. Where there are more hidden values
    one may, which costs a gradient 1e-2 or less: there the gradients prove the structure, and the loss, the angle of
    w2's gradient and the median column of w1's prove the precision. The dynamic net has no such column: a flip in a
    later layer reaches every column of an earlier one.
    """
    workload, size, dtype = WORKLOADS[problem.workload], problem.size, problem.dtype
    few_steps = max(FEW_STEPS, workload.period)
    steps = workload.steps if size in (TUTORIAL, workload.size) else few_steps
    wide = workload.reducible and not workload.depths and size.hidden >= TELLING_WIDTH
    column = COLUMN_LIMITS[dtype] if wide else None
    if dtype == "float64":
        return Tolerances(1e-9, 1e-9, 1e-9, steps, column=column)
    telling = workload.reducible and min(size.batch, size.hidden) >= TELLING_WIDTH and size.d_out >= TELLING_OUTPUTS
    angle = ANGLES[dtype] if telling else None
    if dtype in REDUCED:
        limit = REDUCED_LIMITS[dtype] + FLIPS / math.sqrt(size.batch * size.hidden)
        return Tolerances(limit, limit, limit + workload.sign_allowance, few_steps, angle, column)
    steps = min(steps, workload.float32_steps or steps)
    if size.batch * size.hidden > TUTORIAL.batch * TUTORIAL.hidden:
        return Tolerances(STRICT, 2e-2, 2e-2, steps, angle, column)
    return Tolerances(STRICT, workload.float32_limit, workload.float32_limit, steps, angle, column)
