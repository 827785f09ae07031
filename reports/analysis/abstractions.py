"""What each of torch's abstractions costs on equal work: its step over the one written by hand on tensors."""

from dataclasses import dataclass, replace

from bench.records.record import Record
from bench.records.run import Run
from bench.stats.estimate import Estimate
from reports.analysis.competitors import oddity, timed
from reports.wording import phrases

# In the tutorial's order: what each of the others adds to the first.
WAYS = (
    "torch_tensor",
    "torch_autograd",
    "torch_custom_function",
    "torch_nn",
    "torch_optim",
    "torch_module",
    "torch_parameter",
)
BASE = WAYS[0]


@dataclass(frozen=True)
class Cost:
    """One way to write the same step, and how many times as long it takes as the first of its device."""

    label: str
    record: Record
    ratio: Estimate


def abstractions(run: Run) -> tuple[Cost, ...]:
    """The ways that were timed beside torch_tensor, in the tutorial's order, the CPU's before the GPU's.

    Of the plainest table in one dtype. torch_tensor is the first of its device, with a ratio of 1.
    """
    bases = sorted((record for record in timed(run) if record.cell.label == BASE), key=lambda base: oddity(base.cell))
    costs: list[Cost] = []
    for base in bases:
        if (base.cell.table_key, base.cell.dtype) != (bases[0].cell.table_key, bases[0].cell.dtype):
            continue
        ways = [record for net in WAYS if (record := run.record(replace(base.cell, net=net)))]
        beside = [
            Cost(phrases.named(record.cell), record, ratio)
            for record in ways
            if (ratio := run.ratio(record.seconds.get("step", {}), base.seconds["step"]))
        ]
        costs += beside if len(beside) > 1 else []
    return tuple(costs)
