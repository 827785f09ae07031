"""Is a GPU 50 times faster? The verdict on the statement that the page begins with."""

from collections.abc import Sequence

from bench.records.run import Run
from bench.stats.estimate import Estimate, reached, side
from bench.workloads.size import TUTORIAL
from reports.analysis.comparisons import FASTEST_CPU, FASTEST_GPU, TUTORIALS_NUMPY, comparisons, tutorial_baseline
from reports.analysis.competitors import Contest, contests, on_gpu, over_sizes
from reports.analysis.fastest import Pair, Pick, widened
from reports.claims.claim import Claim, Verdict, at_least, interval, open_because
from reports.wording import phrases
from reports.wording.units import factor, flops

__all__ = ["STATEMENT", "Claim", "fifty_times"]

STATEMENT = 50.0


def fifty_times(run: Run) -> Claim:
    """Whether a GPU is 50 times faster: the fastest GPU cell against the fastest CPU cell of the same dtype.

    Both compute the same work and shared their rounds. Where that was measured at several sizes, it is said from
    which size up. Without a GPU the best ratio over NumPy is told instead.
    """
    asked = contests(run)
    if not asked:
        return Claim(
            "cannot be tested here", f"Nothing was measured, so the 50x statement is left open{phrases.ends(run)}"
        )
    gpus = on_gpu(asked[0])
    if not gpus:
        return without_gpu(run, asked[0])
    pairs = [pair for contest in over_sizes(run) if (pair := fair(run, contest))]
    if not pairs:
        answer = "The 50x statement cannot be tested here: no CPU cell shared its rounds with the fastest GPU cell"
        return Claim("cannot be tested here", answer, f"{phrases.where(run, gpus[0].cell)}{phrases.ends(run)}")
    return at_one_size(run, pairs[0]) if len(pairs) == 1 else at_several_sizes(run, pairs)


def fair(run: Run, contest: Contest) -> Pair | None:
    """The fastest GPU cell and the fastest CPU cell beside it."""
    wanted = FASTEST_GPU, FASTEST_CPU
    return next((c.pair for c in comparisons(run, contest) if (c.label, c.baseline) == wanted), None)


def at_one_size(run: Run, pair: Pair) -> Claim:
    """By which side of 50 the whole interval lies on."""
    verdict = at_least(pair.ratio, STATEMENT)
    opening = {
        "holds": "A GPU is at least 50x faster here",
        "does not hold": "A GPU is not 50x faster here",
        "undecided": f"Whether a GPU is 50x faster here cannot be told, as {open_because(pair.ratio, STATEMENT)}",
    }[verdict]
    answer = f"{opening}: {result(run, pair)}"
    return Claim(verdict, answer, conditions(run, pair), pair.ratio, pair.chosen.record.cell.size)


def at_several_sizes(run: Run, pairs: Sequence[Pair]) -> Claim:
    """By the smallest size from which up every interval lies above 50; `pairs` go from the smallest size up."""
    verdict, opening, shown = over_all_sizes(pairs)
    answer = f"{opening}: at {shown.chosen.record.cell.size}, {result(run, shown)}"
    own = [pair for pair in pairs if pair.chosen.record.cell.size == TUTORIAL and pair is not shown]
    for pair in own:
        answer += f". At the tutorial's size it is {factor(pair.ratio.value)}{interval(pair.ratio)}"
    return Claim(verdict, answer, conditions(run, shown), shown.ratio, shown.chosen.record.cell.size)


def over_all_sizes(pairs: Sequence[Pair]) -> tuple[Verdict, str, Pair]:
    """The verdict, its opening words, and the pair that shows it best."""
    _, above = reached([pair.ratio for pair in pairs], STATEMENT)
    sides, last = {side(pair.ratio, STATEMENT) for pair in pairs}, pairs[-1]
    count = f"of the {len(pairs)} sizes measured"
    if above == 0:
        return "holds", f"A GPU is at least 50x faster here at each {count}", pairs[0]
    if above is not None:
        size = pairs[above].chosen.record.cell.size
        up = f"{size} up ({flops(size.flops_per_step)} a step)"
        return "holds from", f"A GPU is at least 50x faster here from {up}", pairs[above]
    if sides == {False}:
        best = max(pairs, key=lambda pair: pair.ratio.value)
        return "does not hold", f"A GPU is not 50x faster here at any {count}", best
    if side(last.ratio, STATEMENT) is False:
        return "does not hold", f"A GPU is not 50x faster here at the largest {count}", last
    why = open_because(last.ratio, STATEMENT)
    return "undecided", f"Whether a GPU is 50x faster here at the largest {count} cannot be told, as {why}", last


def without_gpu(run: Run, cpus: Contest) -> Claim:
    """No GPU cell was measured: the best ratio over NumPy on the same CPU."""
    dtype = cpus[0].cell.dtype
    reason = "this machine has no NVIDIA GPU"
    if phrases.gpus(run):
        reason = f"no GPU cell was measured in {dtype} (`fiftyx run --device all` measures some)"
    answer = f"The 50x statement cannot be tested here, as {reason}"
    beside = [found.pair for found in comparisons(run, cpus) if found.label == FASTEST_CPU]
    if not beside:
        answer += f"; nothing was timed beside NumPy{phrases.ends(run)}"
        return Claim("cannot be tested here", answer, phrases.where(run, cpus[0].cell))
    pair = beside[0]
    answer += (
        f"; on its CPU, {pair.chosen.label} is the fastest beside NumPy and runs {factor(pair.ratio.value)} as "
        f"fast as NumPy in {dtype}{interval(pair.ratio)}{over_tutorial(run, pair.chosen)}"
    )
    return Claim("cannot be tested here", answer, conditions(run, pair), pair.ratio)


def result(run: Run, pair: Pair) -> str:
    """What was compared, and what came out."""
    on_gpu = phrases.gpus(run)[0] if phrases.gpus(run) else "the GPU"
    return (
        f"{pair.chosen.label} on {on_gpu} runs {factor(pair.ratio.value)} as fast as "
        f"{pair.baseline.label}, the fastest CPU net beside it{interval(pair.ratio)}"
        f"{over_numpy(run, pair.chosen)}"
    )


def over_tutorial(run: Run, chosen: Pick) -> str:
    """The tutorial's own baseline, which sets float32 against NumPy's float64."""
    tutorial = tutorial_baseline(run, chosen.record)
    return over(chosen, run.speedup(chosen.record, tutorial) if tutorial else None, TUTORIALS_NUMPY)


def over_numpy(run: Run, chosen: Pick) -> str:
    """The tutorial's own baseline, or, where it is missing, NumPy in the cell's dtype."""
    plain = over(chosen, run.speedup(chosen.record), f"NumPy in {chosen.record.cell.reference.dtype}")
    return over_tutorial(run, chosen) or plain


def over(chosen: Pick, ratio: Estimate | None, baseline: str) -> str:
    """A further ratio, if it was measured."""
    if ratio is None:
        return ""
    ratio = widened(ratio, chosen)
    return f", and {factor(ratio.value)} as fast as {baseline}{interval(ratio)}"


def conditions(run: Run, pair: Pair) -> str:
    """Where it was measured, and which restarts chose and timed the fastest."""
    count = pair.ratio.restarts
    if count == 1:
        restarts = "a single restart gives no interval"
    elif not pair.chosen.halves[1]:
        restarts = f"the fastest chosen and timed on the same {count} restarts"
    elif pair.agreed:
        restarts = f"either half of the restarts chose the same fastest, timed on all {count}"
    else:
        restarts = f"the two halves of {count} restarts chose differently, and each choice is timed on the other half"
    provisional = "provisional, " if pair.ratio.provisional else ""
    where = phrases.where(run, pair.chosen.record.cell)
    return f"{where}: {provisional}{restarts}{phrases.ends(run)}"
