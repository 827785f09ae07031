"""What another run would say: an interval that covers what differs between runs too (random effects over runs).

Restarts of one run share its environment, its place on the host and its hour; so this run's own interval promises only
what more restarts of this run would say.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from bench.stats.estimate import CONFIDENCE, Estimate
from bench.stats.welch import Welch

# The standard deviation of a speedup's logarithm between runs of one machine with the same packages, beyond the scatter
# of restarts, and its degrees of freedom: from recorded repeats (tests/benchmarks/between_runs.py).
RECORDED_SD, RECORDED_FREEDOM = 0.031, 11


def another_run(estimate: Estimate, others: Sequence[Estimate] = ()) -> Estimate:
    """A positive quantity with the interval in which another run's value lies; `others` are of runs there are already.

    With m runs the interval is mean +- t * s * sqrt(1 + 1/m), widened by this run's own; s pools the runs' scatter with
    the recorded one. An estimate without an interval stays without.
    """
    if estimate.low is None or estimate.high is None or estimate.low <= 0:
        return estimate
    from scipy.special import stdtrit  # here, since it takes long to import

    logs = [math.log(each.value) for each in (estimate, *others)]
    mean, freedom = math.fsum(logs) / len(logs), RECORDED_FREEDOM + len(logs) - 1
    squares = RECORDED_FREEDOM * RECORDED_SD**2 + math.fsum((value - mean) ** 2 for value in logs)
    spread = math.sqrt(squares / freedom * (1 + 1 / len(logs)))
    between = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * spread
    own = math.log(estimate.high / estimate.low) / 2
    half = math.hypot(between, own)
    return Estimate(math.exp(mean), math.exp(mean - half), math.exp(mean + half), estimate.restarts)


def another_pair(welch: Welch) -> Welch:
    """The difference of two runs' logarithmic speedups with the error that another pair of runs would show.

    The variance between runs counts twice, once for each run. The degrees of freedom are those of the sum of two
    estimated variances (Satterthwaite, 1946).
    """
    within, between = welch.error**2, 2 * RECORDED_SD**2
    freedom = (within + between) ** 2 / (within**2 / welch.freedom + between**2 / RECORDED_FREEDOM)
    return replace(welch, error=math.sqrt(within + between), freedom=freedom)
