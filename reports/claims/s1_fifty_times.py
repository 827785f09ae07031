"""Statement 1: is a GPU 50 times faster? The statement that the page begins with."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.records.cell import Cell
from bench.records.run import Run
from bench.stats.between_runs import another_run
from bench.stats.estimate import reached
from bench.workloads.size import TUTORIAL
from reports.analysis.comparisons import FASTEST_CPU, FASTEST_GPU, TUTORIALS_NUMPY, comparisons, tutorial_baseline
from reports.analysis.competitors import Competitors, all_competitors, on_gpu, over_sizes
from reports.analysis.fastest import Pair, Pick, over, widened
from reports.claims.claim import Claim, Judged, Verdict, at_least, decided, interval, undecided_because
from reports.claims.evidence import conditions_of_fastest
from reports.wording import phrases
from reports.wording.levels import EQUAL, FIFTY
from reports.wording.units import factor, flops

TEXT = (
    "Numpy is a great framework, but it cannot utilize GPUs to accelerate its numerical computations. For modern deep "
    "neural networks, GPUs often provide speedups of 50x or greater, so unfortunately numpy won't be enough for modern "
    "deep learning."
)
NUMPY, BEST_CPU = "NumPy", "the best CPU net"


@dataclass(frozen=True)
class Answer:
    """The fastest GPU cell over one baseline, at each size that was measured, the smallest first."""

    over: str
    pairs: Sequence[Pair]

    @classmethod
    def of(cls, run: Run, name: str) -> "Answer":
        """Without pairs where that was not measured."""
        offered = (each for competitors in over_sizes(run) for each in comparisons(run, competitors))
        fastest = [each for each in offered if each.label == FASTEST_GPU]
        return cls(name, [each.pair for each in fastest if (each.baseline == FASTEST_CPU) == (name == BEST_CPU)])

    @property
    def place(self) -> int | None:
        """That of the first size from which up every interval lies above 50; None where there is none."""
        return reached([another_run(pair.ratio) for pair in self.pairs], FIFTY)[1]

    @property
    def verdict(self) -> Verdict:
        """By the intervals; of several sizes the largest decides where no size is reached from which up it holds."""
        return at_least(self.pairs[-1].ratio, FIFTY) if not self.place else "holds from"

    @property
    def shown(self) -> Pair:
        """The pair that shows the verdict best."""
        if self.place is not None:
            return self.pairs[self.place]
        never = all(decided(pair.ratio, FIFTY) is False for pair in self.pairs)
        return max(self.pairs, key=lambda pair: pair.ratio.value) if never else self.pairs[-1]

    @property
    def judged(self) -> Judged:
        since = str(self.shown.chosen.cell.size) if self.verdict == "holds from" else ""
        return Judged(f"over {self.over}", self.verdict, self.shown.ratio, since)

    @property
    def clause(self) -> str:
        """`not 50x as fast as NumPy at any of the 9 sizes measured`."""
        size, verdict = self.shown.chosen.cell.size, self.verdict
        if verdict == "holds from":
            where = f" from {size} up ({flops(size.flops_per_step)} a step)"
        else:
            all_alike = self.place == 0 or {decided(pair.ratio, FIFTY) for pair in self.pairs} == {False}
            which = "at the largest" if not all_alike else "at each" if verdict == "holds" else "at any"
            where = f" {which} of the {len(self.pairs)} sizes measured" if len(self.pairs) > 1 else ""
        if verdict == "undecided":
            where += f" (undecided, as {undecided_because(self.shown.ratio, FIFTY)})"
        begin = {"does not hold": "not", "undecided": "perhaps"}.get(verdict, "at least")
        return f"{begin} 50x as fast as {self.over}{where}"

    def figures(self, run: Run) -> str:
        """The two cells and their ratio; of several sizes at the one that is shown, and at the tutorial's."""
        shown = self.shown
        gpu = phrases.gpus(run)[0] if phrases.gpus(run) else "the GPU"
        baseline = numpy_in_words(shown.baseline.cell) if self.over == NUMPY else best_in_words(run, shown)
        where = f" at {shown.chosen.cell.size}" if len(self.pairs) > 1 else ""
        text = f"Over {baseline}{where}: {shown.chosen.label} on {gpu} runs {factor(shown.ratio.value)} as fast"
        text += interval(shown.ratio)
        for pair in self.pairs:
            if pair.chosen.cell.size == TUTORIAL and pair is not shown:
                text += f"; at the tutorial's size it is {factor(pair.ratio.value)}{interval(pair.ratio)}"
        return text


def numpy_in_words(cell: Cell) -> str:
    """`NumPy in float32 with its own number of threads`."""
    own = cell.threads == Cell.threads
    return f"NumPy in {cell.dtype} with {'its own number of threads' if own else phrases.threads(cell.threads)}"


def best_in_words(run: Run, pair: Pair) -> str:
    """The net, and whether its number of threads was sought."""
    sought = " at its best number of threads" if run.settings.tune_threads else ""
    return f"the best CPU net{sought}, {pair.baseline.label}"


def fifty_times(run: Run) -> Claim:
    """Whether a GPU is 50 times faster: the fastest GPU cell over NumPy, and over the fastest CPU cell, of one dtype.

    All compute the same work and shared their rounds. Where that was measured at several sizes, the claim says from
    which size up it holds. Without a GPU it says what the CPU shows.
    """
    tables = all_competitors(run)
    if not tables:
        why = f"Nothing was measured, so the 50x statement is left open{phrases.unfinished(run)}"
        return Claim("cannot be tested here", why)
    gpus = on_gpu(tables[0])
    if not gpus:
        return without_gpu(run, tables[0])
    answers = [answer for name in (NUMPY, BEST_CPU) if (answer := Answer.of(run, name)).pairs]
    if not answers:
        text = "The 50x statement cannot be tested here: no CPU cell shared its rounds with the fastest GPU cell"
        return Claim("cannot be tested here", text, f"{phrases.where(run, gpus[0].cell)}{phrases.unfinished(run)}")
    strictest = answers[-1].shown
    alike = len({answer.verdict for answer in answers}) == 1
    clauses = f", {'and' if alike else 'but'} ".join(answer.clause for answer in answers)
    opening = f"On a GPU the {phrases.net_of(strictest.chosen.cell.workload)} is {clauses}"
    text = ". ".join([opening, *(answer.figures(run) for answer in answers)])
    return Claim(
        answers[-1].verdict,
        text + over_tutorial(run, strictest.chosen),
        conditions_of_fastest(run, strictest),
        strictest.ratio,
        strictest.chosen.cell.size,
        answers[-1].judged.since,
        tuple(answer.judged for answer in answers),
    )


def without_gpu(run: Run, cpus: Competitors) -> Claim:
    """No GPU cell was measured: which net is the fastest on the CPU, without a verdict."""
    cell = cpus[0].cell
    reason = "this machine has no NVIDIA GPU"
    if phrases.gpus(run):
        reason = f"no GPU cell was measured in {cell.dtype} (`fiftyx run --device all` measures some)"
    answer, net = f"The 50x statement cannot be tested here, as {reason}", phrases.net_of(cell.workload)
    pair = next((each.pair for each in comparisons(run, cpus) if each.label == FASTEST_CPU), None)
    if pair is None:
        answer += f"; nothing was timed beside NumPy{phrases.unfinished(run)}"
        return Claim("cannot be tested here", answer, phrases.where(run, cell))
    faster, label = decided(pair.ratio, EQUAL), pair.chosen.label
    begin = {
        True: f"On its CPU the fastest {net} is {label}, which runs",
        False: f"On its CPU NumPy's own {net} is the fastest; {label}, the next, runs",
        None: f"On its CPU no {net} is known to be faster than NumPy's; {label} runs",
    }[faster]
    answer += f". {begin} {factor(pair.ratio.value)} as fast as {numpy_in_words(pair.baseline.cell)}"
    answer += f"{interval(pair.ratio)}{over_tutorial(run, pair.chosen)}"
    return Claim("cannot be tested here", answer, conditions_of_fastest(run, pair), pair.ratio)


def over_tutorial(run: Run, chosen: Pick) -> str:
    """The tutorial's own baseline, which sets float32 against NumPy's float64; nothing where it was not measured."""
    ratio = over(run, tutorial_baseline(run, chosen.cell, chosen.steps), chosen.steps)
    if ratio is None:
        return ""
    ratio = widened(ratio, chosen)
    return f". Over {TUTORIALS_NUMPY}: {factor(ratio.value)}{interval(ratio)}"
