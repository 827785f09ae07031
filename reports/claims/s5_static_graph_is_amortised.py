"""Statement 5: after how many steps a static graph has paid for its set-up, against the eager net."""

from bench.records.run import Run
from bench.stats.estimate import side
from bench.workloads.catalogue import WORKLOADS
from reports.analysis.break_even import BreakEven, break_evens
from reports.claims.claim import Claim, Verdict, undecided_because
from reports.claims.evidence import conditions, missing, records_of
from reports.wording.units import seconds, span, steps

TEXT = "A static graph's up-front cost is amortised over many runs"
STATIC_GRAPH = "tensorflow_static_graph"


def static_graph_is_amortised(run: Run) -> Claim:
    """By whether the compiled step is shorter.

    The tutorial speaks of TensorFlow's static graph, so that one decides where it was measured, else all compiled nets.
    """
    points = break_evens(run)
    alike = [point for point in points if settings(point) == settings(points[0])]
    deciding = [point for point in alike if point.record.cell.label == STATIC_GRAPH] or alike
    if not deciding:
        nets = "tensorflow_static_graph tensorflow_function tensorflow_eager torch_compile torch_autograd"
        what = "No compiled net was timed beside the eager net that takes the same step"
        return missing(run, what, f"fiftyx run {nets}", records_of(run, STATIC_GRAPH))
    sides = [side(point.saved_seconds, 0.0) for point in deciding]
    verdict: Verdict = "does not hold" if False in sides else "undecided" if None in sides else "holds from"
    others = [point for point in alike if point not in deciding]
    answer = f"{'; '.join(map(in_words, deciding + others))}. The tutorial takes {WORKLOADS['two_layer'].steps} steps"
    if verdict == "undecided":
        why = undecided_because(deciding[sides.index(None)].saved_seconds, 0.0)
        answer += f". Whether a step is shorter is undecided, as {why}"
    first = deciding[0]
    ratio = run.speedup(first.record, first.eager)
    assert ratio is not None  # they share rounds
    return Claim(verdict, answer, conditions(run, first.record, ratio), ratio)


def settings(point: BreakEven) -> tuple[object, ...]:
    """What break-even points of one answer have in common."""
    return point.record.cell.table_key, point.record.cell.dtype


def in_words(point: BreakEven) -> str:
    cell, eager = point.record.cell, point.eager.cell.label
    cold = seconds(point.cold_seconds)
    begin = f"{cell.label} on the {cell.runs_on.title} needs {cold} until its first step is done"
    if point.steps is None:
        return f"{begin} and never catches up with {eager}, whose steps are shorter"
    if side(point.saved_seconds, 0.0) is None:
        return f"{begin} and may or may not catch up with {eager}"
    warm = f", or {steps(point.warm_steps.value)} with warm caches" if point.warm_steps else ""
    after = f"step {steps(point.steps.value)} ({span(point.steps, steps, least=1.0)}){warm}"
    return f"{begin} and has caught up with {eager} by {after}"
