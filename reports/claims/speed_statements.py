"""The tutorial's statements on which times decide: tensors, static graphs, printing the loss."""

from bench.records.record import LOSS_READ, Record
from bench.records.run import Run
from bench.stats.estimate import Estimate, side
from bench.workloads.catalogue import WORKLOADS
from reports.analysis.abstractions import BASE
from reports.analysis.breakeven import BreakEven, break_evens
from reports.analysis.competitors import contests, plainest
from reports.claims.claim import Claim, Verdict, at_least, interval, open_because
from reports.claims.evidence import agrees, at_worst, conditions, errors, missing, records_of
from reports.wording import phrases
from reports.wording.units import factor, seconds, span, steps

# A tensor may stand in for an array if its step takes at most so many times as long.
PARITY = 1.1
# Reading the loss is harmless if a step takes at most so many times as long.
HARMLESS = 1.05
STATIC_GRAPH = "tensorflow_static_graph"


def tensor_is_an_array(run: Run) -> Claim:
    """Statement 2: torch_tensor computes what NumPy computes, and keeps up with it on the same CPU."""
    tensors = records_of(run, BASE, device="cpu")
    record = plainest(record for record in tensors if record.outcome == "wrong" or run.speedup(record))
    if record and not agrees(record):
        answer = f"{BASE} computes something else than NumPy: {record.reason}"
        return Claim("does not hold", answer, phrases.where(run, record.cell))
    ratio = run.speedup(record) if record else None
    if record is None or ratio is None:
        return missing(run, f"{BASE} was not timed beside NumPy on the CPU", f"fiftyx run {BASE}", tensors)
    verdict = at_least(ratio, 1 / PARITY)
    answer = (
        f"{BASE} computes what NumPy computes ({at_worst(errors([record]))}), and its step runs "
        f"{factor(ratio.value)} as fast as NumPy's on the same CPU{interval(ratio)}. A tensor is in essence an array "
        f"here if it computes the same and takes at most {PARITY - 1:.0%} longer"
    )
    if verdict == "undecided":
        answer += f", which cannot be told, as {open_because(ratio, 1 / PARITY)}"
    return Claim(verdict, answer, conditions(run, record, ratio), ratio)


def static_graph_is_amortised(run: Run) -> Claim:
    """Statement 5: after how many steps a static graph has paid for its set-up, against the eager net.

    The tutorial speaks of TensorFlow's static graph, so that one decides where it was measured, else all compiled nets.
    """
    found = break_evens(run)
    alike = [each for each in found if settings(each) == settings(found[0])]
    deciding = [each for each in alike if each.record.cell.label == STATIC_GRAPH] or alike
    if not deciding:
        nets = "tensorflow_static_graph tensorflow_function tensorflow_eager torch_compile torch_autograd"
        what = "No compiled net was timed beside the eager net that takes the same step"
        return missing(run, what, f"fiftyx run {nets}", records_of(run, STATIC_GRAPH))
    sides = {side(each.saved_seconds, 0.0) for each in deciding}
    verdict: Verdict = "does not hold" if False in sides else "undecided" if None in sides else "holds from"
    others = [each for each in alike if each not in deciding]
    answer = f"{'; '.join(map(told, deciding + others))}. The tutorial takes {WORKLOADS['two_layer'].steps} steps"
    first = deciding[0]
    if verdict == "undecided":
        undecided = next(each for each in deciding if side(each.saved_seconds, 0.0) is None)
        answer += f". Whether a step is shorter cannot be told, as {open_because(undecided.saved_seconds, 0.0)}"
    ratio = run.speedup(first.record, first.eager)
    assert ratio is not None  # they share rounds
    return Claim(verdict, answer, conditions(run, first.record, ratio), ratio)


def settings(found: BreakEven) -> tuple[object, ...]:
    """What break-even points have in common that are told together."""
    return found.record.cell.table_key, found.record.cell.dtype


def told(found: BreakEven) -> str:
    """One break-even point in words."""
    cell, eager = found.record.cell, found.eager.cell.label
    begin = (
        f"{cell.label} on the {phrases.device(cell)} needs {seconds(found.cold_seconds)} until its first step is done"
    )
    if found.steps is None:
        return f"{begin} and never catches up with {eager}, whose steps are shorter"
    if side(found.saved_seconds, 0.0) is None:
        return f"{begin} and may or may not catch up with {eager}"
    warm = f", or {steps(found.warm_steps.value)} with warm caches" if found.warm_steps else ""
    after = f"step {steps(found.steps.value)} ({span(found.steps, steps, least=1.0)}){warm}"
    return f"{begin} and has caught up with {eager} by {after}"


def printing_the_loss_is_harmless(run: Run) -> Claim:
    """Statement 9: a step whose loss is read to the host, over one whose loss is not, for every net."""
    timed = ([(record, ratio) for record in found if (ratio := reading(run, record))] for found in contests(run))
    costs = next(filter(None, timed), [])
    if not costs:
        what = "No step was timed both with its loss read to the host and without"
        return missing(run, what, "fiftyx run torch_tensor torch_autograd")
    sides = [side(ratio, HARMLESS) for _, ratio in costs]
    verdict: Verdict = "does not hold" if True in sides else "undecided" if None in sides else "holds"
    # A cost that is decided counts as worse than one that is only larger
    ranked = sorted(costs, key=lambda cost: ((False, None, True).index(side(cost[1], HARMLESS)), cost[1].value))
    worst = {record.cell.device: (record, ratio) for record, ratio in ranked}
    dearest = [
        f"{record.cell.label} on the {phrases.device(record.cell)} {factor(ratio.value)} as long{interval(ratio)}"
        for record, ratio in worst.values()
    ]
    answer = f"At worst reading the loss at every step makes a step of {' and one of '.join(dearest)}"
    answer += f". Harmless is at most {HARMLESS - 1:.0%} longer"
    record, ratio = ranked[-1]
    if verdict == "undecided":
        answer += f", which cannot be told, as {open_because(ratio, HARMLESS)}"
    return Claim(verdict, answer, conditions(run, record, ratio), ratio)


def reading(run: Run, record: Record) -> Estimate | None:
    """How many times as long a step takes with its loss read; None where that was not timed."""
    return run.ratio(record.seconds.get(LOSS_READ, {}), record.seconds["step"])
