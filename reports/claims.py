"""Statements about speed, and what a run says of them: a verdict from the interval, never from the point estimate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bench.problem import TUTORIAL
from bench.record import Record, Run
from bench.stats import FIRM_RESTARTS, Estimate
from reports import phrases
from reports.fastest import Halves, fastest, fastest_beside
from reports.units import factor, factor_span

Verdict = Literal["holds", "does not hold", "undecided", "cannot be tested here"]

STATEMENT = 50.0


@dataclass(frozen=True)
class Claim:
    """A verdict, the answer that explains it, and the conditions it was found under.

    `ratio` is the estimate that the answer rests on, where there is one.
    """

    verdict: Verdict
    answer: str
    conditions: str = ""
    ratio: Estimate | None = None

    @property
    def sentence(self) -> str:
        """Answer and conditions in one."""
        return f"{self.answer}, {self.conditions}." if self.conditions else f"{self.answer}."


def fifty_times(run: Run) -> Claim:
    """Whether a GPU is 50 times faster: the fastest GPU cell against the fastest CPU cell of the same dtype.

    Both compute the same work and shared their rounds. Without a GPU the best ratio over NumPy is told instead.
    """
    measured = contest(run)
    gpu = fastest(run, [record for record in measured if record.cell.device == "cuda"])
    cpus = [record for record in measured if record.cell.device == "cpu"]
    if not measured:
        return Claim("cannot be tested here", f"Nothing was measured, so the 50x statement is left open{ends(run)}")
    if gpu is None:
        return without_gpu(run, cpus)
    baseline = fastest_beside(run, cpus, gpu)
    halves = Halves.of(run, gpu)
    ratio = run.speedup(halves.timing, baseline=baseline) if baseline else None
    if baseline is None or ratio is None:
        answer = f"The 50x statement cannot be tested here: no CPU cell shared its rounds with {gpu.cell.label}"
        return Claim("cannot be tested here", answer, conditions(run, gpu, halves))
    verdict = judge(ratio)
    on = phrases.gpus(run)[0] if phrases.gpus(run) else "the GPU"
    answer = (
        f"{opening(ratio, verdict)}: {gpu.cell.label} on {on} runs {factor(ratio.value)} as fast as "
        f"{baseline.cell.label}, the fastest CPU net beside it{interval(ratio)}{over_tutorial(run, halves.timing)}"
    )
    return Claim(verdict, answer, conditions(run, gpu, halves), ratio)


def judge(ratio: Estimate) -> Verdict:
    """By which side of 50 the whole interval lies on."""
    if ratio.low is None or ratio.high is None or ratio.low < STATEMENT <= ratio.high:
        return "undecided"
    return "holds" if ratio.low >= STATEMENT else "does not hold"


def opening(ratio: Estimate, verdict: Verdict) -> str:
    if verdict == "holds":
        return "A GPU is at least 50x faster here"
    if verdict == "does not hold":
        return "A GPU is not 50x faster here"
    why = "a single restart has no interval" if ratio.low is None else "the interval includes 50"
    return f"Whether a GPU is 50x faster here cannot be told, as {why}"


def without_gpu(run: Run, cpus: Sequence[Record]) -> Claim:
    """No GPU cell was measured: the best ratio over NumPy on the same CPU."""
    dtype = cpus[0].cell.dtype
    reason = f"no GPU cell was measured in {dtype}" if phrases.gpus(run) else "this machine has no NVIDIA GPU"
    answer = f"The 50x statement cannot be tested here, as {reason}"
    others = [record for record in cpus if record.cell != record.cell.reference and run.speedup(record)]
    best = fastest(run, others)
    if best is None:
        return Claim(
            "cannot be tested here", f"{answer}; nothing was timed beside NumPy{ends(run)}", where(run, cpus[0])
        )
    halves = Halves.of(run, best)
    ratio = run.speedup(halves.timing)
    assert ratio is not None
    answer += (
        f"; on its CPU, {best.cell.label} is the fastest beside NumPy and runs {factor(ratio.value)} as fast as NumPy "
        f"in {best.cell.dtype}{interval(ratio)}{over_tutorial(run, halves.timing)}"
    )
    return Claim("cannot be tested here", answer, conditions(run, best, halves), ratio)


def contest(run: Run) -> list[Record]:
    """The timed cells that compete: of one question and one dtype, float32 where it was measured.

    A question with a GPU cell goes first, then the tutorial's size, then the frameworks' own threads.
    """
    timed = [record for record in run.records.values() if record.outcome == "measured" and run.time(record)]
    timed = [record for record in timed if record.cell.dtype == "float32"] or timed
    asked = {record.cell.question: False for record in timed}
    asked |= {record.cell.question: True for record in timed if record.cell.device == "cuda"}
    if not asked:
        return []
    chosen = max(asked, key=lambda question: (asked[question], question.size == TUTORIAL, question.threads == "all"))
    of_question = [record for record in timed if record.cell.question == chosen]
    return [record for record in of_question if record.cell.dtype == of_question[0].cell.dtype]


def over_tutorial(run: Run, timing: Record) -> str:
    """The tutorial's own comparison, which sets float32 against NumPy's float64."""
    tutorial = run.record(replace(timing.cell.reference, dtype="float64"))
    ratio = run.speedup(timing, baseline=tutorial) if tutorial and timing.cell.dtype != "float64" else None
    found = f"{factor(ratio.value)} as fast as the tutorial's NumPy in float64{interval(ratio)}" if ratio else ""
    return f", and {found}" if found else ""


def interval(ratio: Estimate) -> str:
    return "" if ratio.low is None else f" (95% interval {factor_span(ratio)})"


def conditions(run: Run, record: Record, halves: Halves) -> str:
    """Where it was measured, and which restarts chose and timed the fastest."""
    chosen, timed = halves.restarts
    if halves.separate:
        restarts = f"the fastest chosen on {chosen} restarts and timed on {timed} others"
    elif timed == 1:
        restarts = "a single restart gives no interval"
    else:
        restarts = f"the fastest chosen and timed on the same {timed} restarts"
    provisional = "provisional, " if timed < FIRM_RESTARTS else ""
    return f"{where(run, record)}: {provisional}{restarts}{ends(run)}"


def where(run: Run, record: Record) -> str:
    """Work, dtype, threads and machine."""
    cell = record.cell
    asked = f"on {phrases.work(cell.question)} in {cell.dtype} with {phrases.threads(cell.threads)}"
    return f"{asked}, on {phrases.machine(run)}"


def ends(run: Run) -> str:
    return "" if run.finished else ", and the run is unfinished"
