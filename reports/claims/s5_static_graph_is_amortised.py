"""Statement 5: after how many steps a static graph has paid for its set-up, against the eager net."""

import math

from bench.records.run import Run
from bench.stats.estimate import side
from bench.workloads.catalogue import WORKLOADS
from reports.analysis.break_even import BreakEven, Cost, break_evens
from reports.claims.claim import Claim, Verdict, undecided_because
from reports.claims.evidence import conditions, missing, records_of
from reports.wording import phrases
from reports.wording.units import seconds, span, steps

TEXT = "A static graph's up-front cost is amortised over many runs"
STATIC_GRAPH = "tensorflow_static_graph"


def static_graph_is_amortised(run: Run) -> Claim:
    """By whether the compiled step is shorter; it holds from the step by which the last of them has caught up.

    The tutorial speaks of TensorFlow's static graph, so that one decides where it was measured, else all compiled nets.
    """
    points = break_evens(run)
    alike = [point for point in points if settings(point) == settings(points[0])]
    deciding = [point for point in alike if point.record.cell.net == STATIC_GRAPH] or alike
    if not deciding:
        nets = f"{STATIC_GRAPH}:resident tensorflow_function tensorflow_eager torch_compile torch_autograd"
        what = "No compiled net was timed beside the eager net that takes the same step"
        return missing(run, what, f"fiftyx run {nets}", records_of(run, STATIC_GRAPH))
    sides = [side(point.saved_seconds, 0.0) for point in deciding]
    last = max(point.cold.steps.value if point.cold.steps else math.inf for point in deciding)
    verdict: Verdict = "does not hold" if False in sides else "undecided" if None in sides else "holds from"
    if verdict == "holds from" and all(point.pays_at_once for point in deciding):
        verdict = "holds"
    others = [point for point in alike if point not in deciding]
    answer = f"{'. '.join(map(in_words, deciding + others))}. The tutorial takes {WORKLOADS['two_layer'].steps} steps"
    if verdict == "undecided":
        why = undecided_because(deciding[sides.index(None)].saved_seconds, 0.0)
        answer += f". Whether a step is shorter is undecided, as {why}"
    if not all(point.awake for point in alike):
        answer += ". On the GPU both set-ups include starting it"
    first = deciding[0]
    ratio = run.speedup(first.record, first.eager)
    assert ratio is not None  # they share rounds
    since = f"step {steps(last)}" if verdict == "holds from" else ""
    return Claim(verdict, answer, conditions(run, first.record, ratio), ratio, since=since)


def settings(point: BreakEven) -> tuple[object, ...]:
    """What break-even points of one answer have in common."""
    return point.record.cell.table_key, point.record.cell.dtype


def in_words(point: BreakEven) -> str:
    """`A start of torch_compile costs 2.10 s more than torch_autograd's, a step saves 20 µs: paid by step 105,000`."""
    name, eager, saved = phrases.named(point.record.cell), point.eager.cell.label, point.saved_seconds
    begin = f"A start of {name} costs {start(point.cold)} {eager}'s"
    if point.cold.steps is None:
        return f"{begin}, and each later step {seconds(-saved.value)} more: it never catches up"
    if side(saved, 0.0) is None:
        return f"{begin}; whether its later steps save any time is undecided"
    begin += f", and each later step saves {seconds(saved.value)}"
    if point.pays_at_once:
        within = "with its first step" if point.early_steps == 1 else f"within its first {point.early_steps} steps"
        return f"{begin}: it has caught up {within}"
    bounds = span(point.cold.steps, steps, least=point.early_steps)
    text = f"{begin}: it has caught up by step {steps(point.cold.steps.value)} ({bounds})"
    if point.warm and point.warm.steps and point.warm.is_less(point.cold):
        text += f", with warm caches by step {steps(point.warm.steps.value)}"
    return text


def start(cost: Cost) -> str:
    """`2.10 s more than`; `no more than` where it takes less."""
    extra = cost.extra_seconds.value
    return f"{seconds(extra)} more than" if extra > 0 else "no more than"
