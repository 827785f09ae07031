"""Statement 7: the shared layer's gradients agree with NumPy's however often the layer is used."""

from bench.records.run import Run
from bench.workloads.definitions.dynamic import DEPTHS
from reports.analysis.competitors import plainest
from reports.claims.claim import Claim
from reports.claims.evidence import at_worst, errors, missing, records_of
from reports.wording import phrases

TEXT = "Reusing one module several times is safe"
DYNAMIC = "torch_dynamic"
# The shared layer's parameters.
SHARED = ("w_middle", "b_middle")


def sharing_a_module_is_safe(run: Run) -> Claim:
    """By the agreement of its gradients at each depth."""
    nets = records_of(run, DYNAMIC, "dynamic")
    depths = [f"gradient at depth {depth}" for depth in DEPTHS]
    record = plainest(record for record in nets if all(errors([record], depth, SHARED) for depth in depths))
    if record is None:
        what = f"{DYNAMIC}, which uses one layer 0 to {max(DEPTHS)} times, was not checked"
        return missing(run, what, f"fiftyx run {DYNAMIC} --workload dynamic", nets)
    deviations = errors([record], "gradient at depth", SHARED)
    where = f"{phrases.where(run, record.cell)}{phrases.unfinished(run)}"
    wrong = [each for each in deviations if not each.passes]
    if wrong:
        return Claim("does not hold", f"The {wrong[0]}", where)
    times = phrases.listed([str(depth) for depth in DEPTHS], "or")
    answer = f"The gradients of {DYNAMIC}'s shared layer are NumPy's, whether the layer is used {times} times"
    return Claim("holds", f"{answer}; {at_worst(deviations)}", where)
