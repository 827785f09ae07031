"""Statement 8: at which learning rates the line comes within the 95% interval about the least-squares one."""

import math

from bench.records.line import Recovery
from bench.records.run import Run
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.definitions.linear_regression import NOISE, POINTS
from reports.analysis.competitors import plainest
from reports.claims.claim import Claim, Verdict
from reports.claims.evidence import agrees, missing
from reports.wording import phrases
from reports.wording.units import digits

TEXT = "Gradient descent recovers the line"
# The tutorial's learning rate, and one ten times as large.
RATES = ("linear_regression", "linear_regression_1e-2")
# The 95% interval of intercept and slope about the least-squares line: x is standard normal.
LINE_MARGIN = 1.96 * NOISE / math.sqrt(POINTS)


def descent_recovers_the_line(run: Run) -> Claim:
    """It holds at both rates, or from the larger one up."""
    lines = {workload: line for workload in RATES if (line := recovery(run, workload))}
    absent = [f"--workload {workload}" for workload in RATES if workload not in lines]
    command = f"fiftyx run torch_autograd {' '.join(absent)}"
    if not lines:
        return missing(run, "No net was trained to fit a line", command)
    good = [recovered(line) for line in lines.values()]
    sentences = [
        f"At a learning rate of {WORKLOADS[workload].rate:g} the line {'is' if fine else 'is not'} recovered: "
        f"{line.recovered} after {WORKLOADS[workload].steps} steps, where least squares gives {line.least_squares}"
        for (workload, line), fine in zip(lines.items(), good, strict=True)
    ]
    sentences.append(
        f"Recovered means that both numbers are within {digits(LINE_MARGIN)} of least squares, which is the 95% "
        "interval that the noise of the points leaves"
    )
    if absent:
        sentences.append(f"`{command}` tries the other rate")
    verdict: Verdict = "holds" if all(good) else "holds from" if good == [False, True] else "does not hold"
    since = f"a learning rate of {WORKLOADS[RATES[1]].rate:g}" if verdict == "holds from" else ""
    where = f"on {phrases.machine(run)}{phrases.unfinished(run)}"
    return Claim(verdict, ". ".join(sentences), where, since=since)


def recovery(run: Run, workload: str) -> Recovery | None:
    """The line of the plainest net that agrees with NumPy."""
    record = plainest(record for record in run.records.values() if record.cell.workload == workload and agrees(record))
    return record.agreement.recovery if record and record.agreement else None


def recovered(line: Recovery) -> bool:
    """Whether it is as near to the least-squares line as the noise of the points lets any line be."""
    misses = (
        line.recovered.intercept - line.least_squares.intercept,
        line.recovered.slope - line.least_squares.slope,
    )
    return max(map(abs, misses)) <= LINE_MARGIN
