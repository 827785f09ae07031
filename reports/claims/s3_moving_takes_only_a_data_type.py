"""Statement 3: every net that agrees with NumPy on the CPU does so on the GPU."""

from dataclasses import replace

from bench.records.run import Run
from reports.analysis.abstractions import BASE
from reports.analysis.competitors import on_gpu, plainest
from reports.claims.claim import Claim, interval
from reports.claims.evidence import agrees, at_worst, conditions, errors, missing
from reports.wording import phrases
from reports.wording.units import factor

TEXT = "Moving to the GPU takes only a change of data type"


def moving_takes_only_a_data_type(run: Run) -> Claim:
    """By agreement on both devices; the answer adds how much faster the tutorial's net is there."""
    fine = {record.cell for record in run.records.values() if agrees(record)}
    checked = on_gpu(record for record in run.records.values() if record.agreement)
    moved = [record for record in checked if replace(record.cell, device="cpu") in fine]
    if not moved:
        command = f"fiftyx run {BASE} torch_autograd --device all"
        if phrases.gpus(run):
            return missing(run, "No net was checked on both devices", command)
        return missing(run, "This machine has no NVIDIA GPU to move to", command, place="on one that has, ")
    where = f"on {phrases.machine(run)}{phrases.unfinished(run)}"
    for record in moved:
        if not agrees(record):
            answer = f"{record.cell.label} agrees with NumPy on the CPU, but was {record.outcome} on the GPU: "
            return Claim("does not hold", answer + record.reason, where)
    names = phrases.listed(list(dict.fromkeys(record.cell.label for record in moved)))
    answer = f"The same code computes on the GPU what it computes on the CPU, {at_worst(errors(moved))}: {names}"
    tensor = plainest(record for record in moved if record.cell.label == BASE)
    there = run.record(replace(tensor.cell, device="cpu")) if tensor else None
    ratio = run.speedup(tensor, there) if tensor and there else None
    if ratio and tensor:
        answer += f". What that buys: {BASE}'s step runs {factor(ratio.value)} as fast there{interval(ratio)}"
        where = conditions(run, tensor, ratio)
    return Claim("holds", answer, where, ratio)
