"""Statement 1: is a GPU 50 times faster? The statement that the page begins with."""

from collections.abc import Sequence

from bench.records.record import Record
from bench.records.run import Run
from bench.stats.between_runs import another_run
from bench.stats.estimate import reached
from bench.workloads.size import TUTORIAL
from reports.analysis.comparisons import FASTEST_CPU, FASTEST_GPU, TUTORIALS_NUMPY, comparisons, tutorial_baseline
from reports.analysis.competitors import Competitors, all_competitors, on_gpu, over_sizes
from reports.analysis.fastest import Pair, Pick, over, widened
from reports.claims.claim import Claim, Verdict, at_least, decided, interval, undecided_because
from reports.claims.evidence import conditions_of_fastest
from reports.wording import phrases
from reports.wording.levels import FIFTY
from reports.wording.units import factor, flops

TEXT = 'On a GPU modern nets run "50x or more" faster'


def fifty_times(run: Run) -> Claim:
    """Whether a GPU is 50 times faster: the fastest GPU cell against the fastest CPU cell of the same dtype.

    Both compute the same work and shared their rounds. Where that was measured at several sizes, the claim says from
    which size up it holds. Without a GPU it gives the best ratio over NumPy instead.
    """
    tables = all_competitors(run)
    if not tables:
        answer = f"Nothing was measured, so the 50x statement is left open{phrases.unfinished(run)}"
        return Claim("cannot be tested here", answer)
    gpus = on_gpu(tables[0])
    if not gpus:
        return without_gpu(run, tables[0])
    pairs = [pair for competitors in over_sizes(run) if (pair := fairest(run, competitors))]
    if not pairs:
        answer = "The 50x statement cannot be tested here: no CPU cell shared its rounds with the fastest GPU cell"
        return Claim("cannot be tested here", answer, f"{phrases.where(run, gpus[0].cell)}{phrases.unfinished(run)}")
    return at_one_size(run, pairs[0]) if len(pairs) == 1 else at_several_sizes(run, pairs)


def fairest(run: Run, competitors: Competitors) -> Pair | None:
    """The fastest GPU cell and the fastest CPU cell beside it."""
    wanted = FASTEST_GPU, FASTEST_CPU
    return next((c.pair for c in comparisons(run, competitors) if (c.label, c.baseline) == wanted), None)


def at_one_size(run: Run, pair: Pair) -> Claim:
    """By which side of 50 the whole interval lies on."""
    verdict = at_least(pair.ratio, FIFTY)
    opening = {
        "holds": "A GPU is at least 50x faster here",
        "does not hold": "A GPU is not 50x faster here",
        "undecided": f"Whether a GPU is 50x faster here is undecided, as {undecided_because(pair.ratio, FIFTY)}",
    }[verdict]
    answer = f"{opening}: {result(run, pair)}"
    return Claim(verdict, answer, conditions_of_fastest(run, pair), pair.ratio, pair.chosen.cell.size)


def at_several_sizes(run: Run, pairs: Sequence[Pair]) -> Claim:
    """By the smallest size from which up every interval lies above 50; `pairs` go from the smallest size up."""
    verdict, opening, shown = over_all_sizes(pairs)
    size = shown.chosen.cell.size
    answer = f"{opening}: at {size}, {result(run, shown)}"
    for pair in pairs:
        if pair.chosen.cell.size == TUTORIAL and pair is not shown:
            answer += f". At the tutorial's size it is {factor(pair.ratio.value)}{interval(pair.ratio)}"
    return Claim(verdict, answer, conditions_of_fastest(run, shown), shown.ratio, size)


def over_all_sizes(pairs: Sequence[Pair]) -> tuple[Verdict, str, Pair]:
    """The verdict, its opening words, and the pair that shows it best."""
    _, above = reached([another_run(pair.ratio) for pair in pairs], FIFTY)
    sides, last = {decided(pair.ratio, FIFTY) for pair in pairs}, pairs[-1]
    count = f"of the {len(pairs)} sizes measured"
    if above == 0:
        return "holds", f"A GPU is at least 50x faster here at each {count}", pairs[0]
    if above is not None:
        size = pairs[above].chosen.cell.size
        up = f"{size} up ({flops(size.flops_per_step)} a step)"
        return "holds from", f"A GPU is at least 50x faster here from {up}", pairs[above]
    if sides == {False}:
        best = max(pairs, key=lambda pair: pair.ratio.value)
        return "does not hold", f"A GPU is not 50x faster here at any {count}", best
    if decided(last.ratio, FIFTY) is False:
        return "does not hold", f"A GPU is not 50x faster here at the largest {count}", last
    why = undecided_because(last.ratio, FIFTY)
    return "undecided", f"Whether a GPU is 50x faster here at the largest {count} is undecided, as {why}", last


def without_gpu(run: Run, cpus: Competitors) -> Claim:
    """No GPU cell was measured: the best ratio over NumPy on the same CPU."""
    cell = cpus[0].cell
    reason = "this machine has no NVIDIA GPU"
    if phrases.gpus(run):
        reason = f"no GPU cell was measured in {cell.dtype} (`fiftyx run --device all` measures some)"
    answer = f"The 50x statement cannot be tested here, as {reason}"
    pair = next((each.pair for each in comparisons(run, cpus) if each.label == FASTEST_CPU), None)
    if pair is None:
        answer += f"; nothing was timed beside NumPy{phrases.unfinished(run)}"
        return Claim("cannot be tested here", answer, phrases.where(run, cell))
    answer += (
        f"; on its CPU, {pair.chosen.label} is the fastest beside NumPy and runs {factor(pair.ratio.value)} as "
        f"fast as NumPy in {cell.dtype}{interval(pair.ratio)}{over_tutorial(run, pair.chosen)}"
    )
    return Claim("cannot be tested here", answer, conditions_of_fastest(run, pair), pair.ratio)


def result(run: Run, pair: Pair) -> str:
    """The two cells, and their ratio."""
    gpu = phrases.gpus(run)[0] if phrases.gpus(run) else "the GPU"
    return (
        f"{pair.chosen.label} on {gpu} runs {factor(pair.ratio.value)} as fast as "
        f"{pair.baseline.label}, the fastest CPU net beside it{interval(pair.ratio)}"
        f"{over_numpy(run, pair.chosen)}"
    )


def over_tutorial(run: Run, chosen: Pick) -> str:
    """The tutorial's own baseline, which sets float32 against NumPy's float64."""
    return further(run, chosen, tutorial_baseline(run, chosen.cell, chosen.steps), TUTORIALS_NUMPY)


def over_numpy(run: Run, chosen: Pick) -> str:
    """The tutorial's own baseline, or, where it is missing, NumPy in the cell's dtype."""
    reference = chosen.cell.reference
    plain = further(run, chosen, run.record(reference), f"NumPy in {reference.dtype}")
    return over_tutorial(run, chosen) or plain


def further(run: Run, chosen: Pick, baseline: Record | None, name: str) -> str:
    """The ratio over a further baseline, if it was measured."""
    ratio = over(run, baseline, chosen.steps)
    if ratio is None:
        return ""
    ratio = widened(ratio, chosen)
    return f", and {factor(ratio.value)} as fast as {name}{interval(ratio)}"
