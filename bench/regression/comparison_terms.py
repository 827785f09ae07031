"""How far to trust a comparison of two recorded runs, in sentences."""

import math
from statistics import median

from bench.records.run import Run
from bench.regression.compare import MOVED, Comparison
from bench.stats.between_runs import RECORDED_FREEDOM, RECORDED_SD
from bench.stats.holm import ERROR
from bench.stats.welch import POWER


def terms(base: Run, head: Run, comparison: Comparison, across_machines: bool) -> str:
    """What the verdicts rest on, which changes they find, and how much weaker than a duel that is."""
    sentences = [f"Not interleaved: the base began at {base.started}, the head at {head.started}."]
    unfinished = [side for side, run in (("base", base), ("head", head)) if not run.finished]
    if unfinished:
        sentences.append(f"Unfinished: {' and '.join(unfinished)}.")
    sentences.append("Compared are times over the reference net's of the same rounds.")
    if across_machines:
        sentences.append("A reference net may suit one machine better, which no interval here covers.")
    controls = [cell.control for cell in comparison.cells if cell.control]
    if controls:
        most = max(controls, key=lambda control: abs(math.log(control.value)))
        sentences.append(
            f"The reference net itself, which is not judged, moved by {most.value - 1:+.1%}; where that is more than "
            f"{MOVED:.0%}, the margin is widened by it."
        )
    if comparison.tested:
        sentences += [deciding_term(comparison), found(comparison)]
    return " ".join(sentences)


def deciding_term(comparison: Comparison) -> str:
    """How much of the median cell's error is due to what differs between runs."""
    share = median(1 - (cell.restarts.error / cell.runs.error) ** 2 for cell in comparison.tested)
    term = "what differs between runs" if share > 0.5 else "the scatter of restarts"
    return (
        f"The intervals are those of another pair of runs, and {term} decided them: runs of equal code scatter by "
        f"{RECORDED_SD:.1%} (recorded repeats, {RECORDED_FREEDOM} degrees of freedom), which makes {share:.0%} of the "
        "median cell's variance."
    )


def found(comparison: Comparison) -> str:
    """The rate of false alarms, and the slowdown of one cell that is found all the same."""
    tests = len(comparison.tested)
    least = median(cell.runs.detectable(cell.limit(comparison.margin), ERROR / tests) for cell in comparison.tested)
    return (
        f"At most {ERROR:.0%} of comparisons of equal code call a cell slower; one that became {math.expm1(least):.0%} "
        f"slower is called so in {POWER:.0%}. `fiftyx duel` measures both sides at the same time and finds much "
        "smaller changes."
    )
