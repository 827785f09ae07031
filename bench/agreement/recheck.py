"""Whether fresh nets still compute what was checked in the process that was timed: with its threads and settings."""

from threadpoolctl import threadpool_limits

from bench.agreement.check import MakeNet, Trial, compared
from bench.agreement.snapshot import by_steps
from bench.agreement.tolerances import FEW_STEPS, Tolerances, tolerances
from bench.records.agreement import Deviation
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.problem import Problem

# A net is trained so far past the checked steps, but at most twice as far as those.
LATER_STEPS = 200
# Correct nets part by up to 1e-3 there. One of ten gradients of w1 left out after the checked steps makes 2e-2.
LATER_LIMIT = 1e-2
# Threads that wait for busy processors may take a hundred times as long; then a net is compared as far as it came.
MOST_SECONDS = 2.0


def recheck(make_net: MakeNet, make_reference: MakeNet, problem: Problem) -> tuple[Deviation, ...]:
    """Compares fresh nets with the reference once more, by the `step()` that was timed.

    One takes the checked steps, within the tolerances of the check. Where those are as many as the tutorial takes,
    another one goes past them, and on slow inputs, since a net that has converged moves as little if it leaves out
    its gradients. Raises ValueError where names or shapes differ.

    The reference has one thread: on a busy machine threads that wait for each other make its steps fifty times longer.
    """
    limits = tolerances(problem)
    trials = [Trial(" once more", problem, by_steps, limits)]
    if limits.steps > max(FEW_STEPS, WORKLOADS[problem.workload].period):
        steps = limits.steps + min(limits.steps, LATER_STEPS)
        later = Tolerances(limits.loss, LATER_LIMIT, LATER_LIMIT, steps)
        trials.append(Trial(" past the checked steps", problem.slow(), by_steps, later))
    taken = [by_steps(make_net(trial.problem), trial.limits.steps, MOST_SECONDS) for trial in trials]
    with threadpool_limits(1, "blas"):
        return tuple(compared(make_reference, trials, taken))
