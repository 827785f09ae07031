"""Statement 4: autograd's gradients are those of the backward pass by hand."""

from bench.records.run import Run
from reports.analysis.abstractions import BASE, WAYS, abstractions
from reports.analysis.competitors import plainest
from reports.claims.claim import Claim, interval
from reports.claims.evidence import agrees, at_worst, conditions, errors, missing, records_of
from reports.wording import phrases
from reports.wording.units import factor

TEXT = "Autograd saves you the backward pass"
AUTOGRAD = "torch_autograd"


def autograd_saves_the_backward_pass(run: Run) -> Claim:
    """By agreement; the answer adds the cost of autograd."""
    nets = records_of(run, AUTOGRAD)
    record = plainest(record for record in nets if record.agreement)
    command = f"fiftyx run {' '.join(WAYS)}"
    if record is None:
        return missing(run, f"{AUTOGRAD} was not compared with the backward pass by hand", command, nets)
    where = phrases.where(run, record.cell)
    if not agrees(record):
        return Claim("does not hold", f"{AUTOGRAD} was {record.outcome}: {record.reason}", where)
    answer = f"{AUTOGRAD}'s gradients are those of the backward pass by hand, {at_worst(errors([record], 'gradient'))}"
    alike = record.cell.table_key, record.cell.dtype
    costs = [cost for cost in abstractions(run) if (cost.record.cell.table_key, cost.record.cell.dtype) == alike]
    own = [cost for cost in costs if cost.record.cell.label == AUTOGRAD]
    if not own:
        return Claim("holds", f"{answer}. Its cost was not timed; `{command}` measures it", where)
    times = [
        f"{factor(cost.ratio.value)} as long as {BASE}'s on the {cost.record.cell.runs_on.title}{interval(cost.ratio)}"
        for cost in own
    ]
    answer += f". Its step takes {phrases.listed(times)}"
    return Claim("holds", answer, conditions(run, own[0].record, own[0].ratio), own[0].ratio)
