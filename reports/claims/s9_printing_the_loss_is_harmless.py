"""Statement 9: a step whose loss is read to the host, over one whose loss is not, for every net."""

from bench.records.record import LOSS_READ, Record
from bench.records.run import Run
from bench.stats.estimate import Estimate, side
from reports.analysis.competitors import all_competitors, with_one_setting
from reports.claims.claim import Claim, Verdict, own_interval, undecided_because
from reports.claims.evidence import conditions, missing
from reports.wording.units import factor

TEXT = "Printing the loss at every step is harmless"
# Reading the loss is harmless if a step takes at most this many times as long.
HARMLESS = 1.05


def printing_the_loss_is_harmless(run: Run) -> Claim:
    """By the net for which reading the loss costs most."""
    tables = (
        [(record, ratio) for record in with_one_setting(table) if (ratio := cost(run, record))]
        for table in all_competitors(run)
    )
    costs = next(filter(None, tables), [])
    if not costs:
        what = "No step was timed both with its loss read to the host and without"
        return missing(run, what, "fiftyx run torch_tensor torch_autograd")
    sides = [side(ratio, HARMLESS) for _, ratio in costs]
    verdict: Verdict = "does not hold" if True in sides else "undecided" if None in sides else "holds"
    # A cost that is decided counts as worse than one that is only larger
    ranked = sorted(costs, key=lambda cost: ((False, None, True).index(side(cost[1], HARMLESS)), cost[1].value))
    worst_by_device = {record.cell.device: (record, ratio) for record, ratio in ranked}
    dearest = [
        f"{record.cell.label} on the {record.cell.runs_on.title} {factor(ratio.value)} as long{own_interval(ratio)}"
        for record, ratio in worst_by_device.values()
    ]
    answer = f"At worst reading the loss at every step makes a step of {' and one of '.join(dearest)}"
    answer += f". Harmless is at most {HARMLESS - 1:.0%} longer"
    record, ratio = ranked[-1]
    if verdict == "undecided":
        answer += f", which is undecided, as {undecided_because(ratio, HARMLESS)}"
    return Claim(verdict, answer, conditions(run, record, ratio), ratio)


def cost(run: Run, record: Record) -> Estimate | None:
    """How many times as long a step takes with its loss read; None where that was not timed."""
    return run.ratio(record.seconds.get(LOSS_READ, {}), record.seconds["step"])
