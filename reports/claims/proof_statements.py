"""The tutorial's statements on which agreement decides: moving to a GPU, autograd, control flow, sharing, the line."""

import math
from collections.abc import Sequence
from dataclasses import replace

from bench.records.line import Recovery
from bench.records.run import Run
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.definitions.dynamic import DEPTHS
from bench.workloads.definitions.linear_regression import NOISE, POINTS
from reports.analysis.abstractions import BASE, WAYS, abstractions
from reports.analysis.competitors import contests, on_cpu, plainest
from reports.analysis.fastest import Pair
from reports.claims.claim import Claim, Verdict, interval
from reports.claims.evidence import agrees, at_worst, conditions, errors, missing, records_of
from reports.claims.s1_fifty_times import conditions as fastest_conditions
from reports.wording import phrases
from reports.wording.units import digits, factor

AUTOGRAD, DYNAMIC = "torch_autograd", "torch_dynamic"
PYTHON_LOOPS = (DYNAMIC, "tensorflow_eager")
GRAPH_LOOPS = ("tensorflow_static_graph", "tensorflow_function", "jax_grad")
SHARED = ("w_middle", "b_middle")
RATES = ("linear_regression", "linear_regression_1e-2")
# The 95% interval of intercept and slope about the least-squares line: x is standard normal.
LINE_MARGIN = 1.96 * NOISE / math.sqrt(POINTS)


def moving_takes_only_a_data_type(run: Run) -> Claim:
    """Statement 3: every net that agrees with NumPy on the CPU does so on the GPU."""
    fine = {record.cell for record in run.records.values() if agrees(record)}
    moved = [record for record in run.records.values() if record.agreement and record.cell.device != "cpu"]
    moved = [record for record in moved if replace(record.cell, device="cpu") in fine]
    if not moved:
        command = f"fiftyx run {BASE} {AUTOGRAD} --device all"
        if phrases.gpus(run):
            return missing(run, "No net was checked on both devices", command)
        return missing(run, "This machine has no NVIDIA GPU to move to", command, place="on one that has, ")
    where = f"on {phrases.machine(run)}{phrases.ends(run)}"
    for record in moved:
        if not agrees(record):
            answer = f"{record.cell.label} agrees with NumPy on the CPU, but was {record.outcome} on the GPU: "
            return Claim("does not hold", answer + record.reason, where)
    names = list(dict.fromkeys(record.cell.label for record in moved))
    answer = (
        f"The same code computes on the GPU what it computes on the CPU, {at_worst(errors(moved))}: {listed(names)}"
    )
    tensor = plainest(record for record in moved if record.cell.label == BASE)
    there = run.record(replace(tensor.cell, device="cpu")) if tensor else None
    ratio = run.speedup(tensor, there) if tensor and there else None
    if ratio and tensor:
        answer += f". What that buys: {BASE}'s step runs {factor(ratio.value)} as fast there{interval(ratio)}"
        where = conditions(run, tensor, ratio)
    return Claim("holds", answer, where, ratio)


def autograd_saves_the_backward_pass(run: Run) -> Claim:
    """Statement 4: autograd's gradients are those of the backward pass by hand; what it costs is told beside it."""
    nets = records_of(run, AUTOGRAD)
    record = plainest(record for record in nets if record.agreement)
    command = f"fiftyx run {' '.join(WAYS)}"
    if record is None:
        return missing(run, f"{AUTOGRAD} was not compared with the backward pass by hand", command, nets)
    if not agrees(record):
        return Claim(
            "does not hold", f"{AUTOGRAD} was {record.outcome}: {record.reason}", phrases.where(run, record.cell)
        )
    answer = f"{AUTOGRAD}'s gradients are those of the backward pass by hand, {at_worst(errors([record], 'gradient'))}"
    asked = record.cell.table_key, record.cell.dtype
    costs = [cost for cost in abstractions(run) if (cost.record.cell.table_key, cost.record.cell.dtype) == asked]
    own = [cost for cost in costs if cost.record.cell.label == AUTOGRAD]
    if not own:
        answer += f". What it costs was not timed; `{command}` measures it"
        return Claim("holds", answer, phrases.where(run, record.cell))
    told = [
        f"{factor(c.ratio.value)} as long as {BASE}'s on the {phrases.device(c.record.cell)}{interval(c.ratio)}"
        for c in own
    ]
    answer += f". Its step takes {listed(told)}"
    return Claim("holds", answer, conditions(run, own[0].record, own[0].ratio), own[0].ratio)


def dynamic_graphs_make_control_flow_simple(run: Run) -> Claim:
    """Statement 6: a Python loop and a loop inside the graph compute what NumPy does; which is faster is told too."""
    nets = (*PYTHON_LOOPS, *GRAPH_LOOPS)
    contest = next((found for found in contests(run) if found[0].cell.workload == "dynamic"), [])
    beside = on_cpu(contest)
    loops = [record for record in beside if record.cell.net in PYTHON_LOOPS]
    graphs = [record for record in beside if record.cell.net in GRAPH_LOOPS]
    pair = Pair.fastest(run, graphs, loops)
    if pair is None:
        what = "A Python loop and a loop inside a graph were not timed side by side"
        absent = [record for net in nets for record in records_of(run, net, "dynamic")]
        return missing(run, what, f"fiftyx run {' '.join(nets)} torch_compile --workload dynamic", absent)
    names = [listed([record.cell.label for record in records]) for records in (loops, graphs)]
    answer = (
        f"A plain Python loop is enough for {names[0]}, and the loop is part of the graph in {names[1]}; all compute "
        f"what NumPy computes at every depth, {at_worst(errors([*loops, *graphs], 'gradient at depth'))}. The fastest "
        f"graph, {pair.chosen.label}, runs {factor(pair.ratio.value)} as fast as {pair.baseline.label}"
        f"{interval(pair.ratio)}"
    )
    unrolled, dynamic = (next((r for r in beside if r.cell.label == net), None) for net in ("torch_compile", DYNAMIC))
    ratio = run.speedup(unrolled, dynamic) if unrolled and dynamic else None
    if ratio:
        answer += f"; torch_compile takes {DYNAMIC}'s own loop and runs {factor(ratio.value)} as fast{interval(ratio)}"
    return Claim("holds", answer, fastest_conditions(run, pair), pair.ratio)


def sharing_a_module_is_safe(run: Run) -> Claim:
    """Statement 7: the shared layer's gradients agree with NumPy's however often the layer is used."""
    nets = records_of(run, DYNAMIC, "dynamic")
    depths = [f"gradient at depth {depth}" for depth in DEPTHS]
    record = plainest(record for record in nets if all(errors([record], depth, SHARED) for depth in depths))
    if record is None:
        what = f"{DYNAMIC}, which uses one layer 0 to {max(DEPTHS)} times, was not checked"
        return missing(run, what, f"fiftyx run {DYNAMIC} --workload dynamic", nets)
    found = errors([record], "gradient at depth", SHARED)
    where = f"{phrases.where(run, record.cell)}{phrases.ends(run)}"
    wrong = [each for each in found if not each.passes]
    if wrong:
        return Claim("does not hold", f"The {wrong[0]}", where)
    answer = f"The gradients of {DYNAMIC}'s shared layer are NumPy's, whether the layer is used "
    answer += f"{listed([str(depth) for depth in DEPTHS], 'or')} times; {at_worst(found)}"
    return Claim("holds", answer, where)


def descent_recovers_the_line(run: Run) -> Claim:
    """Statement 8: at which learning rates the line comes within the 95% interval about the least-squares one."""
    found = {workload: line for workload in RATES if (line := recovery(run, workload))}
    absent = [f"--workload {workload}" for workload in RATES if workload not in found]
    command = f"fiftyx run {AUTOGRAD} {' '.join(absent)}"
    if not found:
        return missing(run, "No net was trained to fit a line", command)
    good = [recovered(line) for line in found.values()]
    told = [
        f"At a learning rate of {WORKLOADS[workload].rate:g} the line {'is' if fine else 'is not'} recovered: "
        f"{line.recovered} after {WORKLOADS[workload].steps} steps, where least squares gives {line.least_squares}"
        for (workload, line), fine in zip(found.items(), good, strict=True)
    ]
    told.append(
        f"Recovered means that both numbers are within {digits(LINE_MARGIN)} of least squares, which is the 95% "
        "interval that the noise of the points leaves"
    )
    if absent:
        told.append(f"`{command}` tries the other rate")
    verdict: Verdict = "holds" if all(good) else "holds from" if good == [False, True] else "does not hold"
    return Claim(verdict, ". ".join(told), f"on {phrases.machine(run)}{phrases.ends(run)}")


def recovery(run: Run, workload: str) -> Recovery | None:
    """The line of the plainest net that agrees with NumPy."""
    record = plainest(record for record in run.records.values() if record.cell.workload == workload and agrees(record))
    return record.agreement.recovery if record and record.agreement else None


def recovered(line: Recovery) -> bool:
    """Whether it is as near to the least-squares line as the points can tell."""
    misses = (
        line.recovered.intercept - line.least_squares.intercept,
        line.recovered.slope - line.least_squares.slope,
    )
    return max(map(abs, misses)) <= LINE_MARGIN


def listed(words: Sequence[str], glue: str = "and") -> str:
    """`a, b and c`."""
    return f" {glue} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
