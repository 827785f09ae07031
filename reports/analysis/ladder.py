"""The 50x taken apart: from the tutorial's NumPy to the fastest cell, one factor a rung."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench.records.cell import Cell
from bench.records.record import Record
from bench.records.run import Run
from bench.stats.estimate import Estimate, log_interval
from bench.stats.restarts import medians
from bench.workloads.dtypes import REDUCED
from reports.analysis.competitors import contests, on_gpu, timed
from reports.analysis.fastest import CHOOSING, Pick, fastest, restarts_of, widened, within
from reports.analysis.kinds import compiled
from reports.wording import phrases

# The rungs in order, and whether each is chosen for its speed or belongs to the ladder at any price.
CHOSEN = {
    "single precision": False,
    "allocator": False,
    "threads": True,
    "framework": True,
    "GPU": False,
    "compiled or graph": True,
    "reduced precision": True,
}


@dataclass(frozen=True)
class Rung:
    """One change, and how many times faster it makes a step: `label` says what changes, `kind` is one of CHOSEN."""

    label: str
    slower: Record
    faster: Record
    factor: Estimate
    kind: str = ""


@dataclass(frozen=True)
class Ladder:
    """The rungs from the slowest up, and the ratio of the last cell to the first, which is their product."""

    rungs: tuple[Rung, ...]
    whole: Estimate

    @property
    def product(self) -> float:
        return math.prod(rung.factor.value for rung in self.rungs)


def ladder(run: Run) -> Ladder | None:
    """The ladder of the most telling work; None where fewer than two rungs can be had.

    All its cells are of one batch. What is fastest is chosen by each half of the restarts and timed on the other.
    A cell's height is, for each restart, the median over rounds of log(first cell's seconds / cell's seconds), and
    a rung is a difference of heights: so a drifting machine cancels out, and the rungs multiply to the whole.
    """
    steps = climb(run, batch(run))
    heights = heights_of(run, [pick.record for _, pick in steps])
    if len(steps) < 3 or not heights[0]:  # two rungs have three ends
        return None
    rungs = []
    for (_, lower), (kind, upper), low, high in zip(steps, steps[1:], heights, heights[1:], strict=False):
        slower, faster = (run.records[pick.record.cell.id] for pick in (lower, upper))
        factor = widened(between(low, high), lower, upper)
        rungs.append(Rung(changes(lower, upper), slower, faster, factor, kind))
    return Ladder(tuple(rungs), widened(between(heights[0], heights[-1]), steps[-1][1]))


def batch(run: Run) -> list[Record]:
    """The records of the most telling work that were timed beside its fastest cell, in the restarts they share.

    The fastest cell is a GPU's where there is one: it is the GPU's 50x that is taken apart.
    """
    asked = contests(run)
    records = [record for record in timed(run) if asked and record.cell.work == asked[0][0].cell.work]
    goal = Pick.fastest(run, on_gpu(records) or records)
    if goal is None:
        return []
    shared = restarts_of(run, goal.choices[0])
    return [within(record, shared) for record in records if set(shared) <= set(restarts_of(run, record))]


def climb(run: Run, records: Sequence[Record]) -> list[tuple[str, Pick]]:
    """The cells on the way up, each with the kind of rung that leads to it; the first has none.

    Each half of the restarts climbs by its own choices; where only one takes a rung, the other stays where it is.
    """
    steps = [("", Pick.of(run, record, record)) for record in foot(records)]
    for kind in CHOSEN if steps else ():
        here = steps[-1][1].choices
        first, second = (step_up(run, records, kind, record, by) for record, by in zip(here, CHOOSING, strict=True))
        if (first.cell, second.cell) != (here[0].cell, here[1].cell):
            steps.append((kind, Pick.of(run, first, second)))
    return steps


def step_up(run: Run, records: Sequence[Record], kind: str, here: Record, by: int) -> Record:
    """Where a rung of this kind leads from here, by one half of the restarts; here itself if nowhere better."""
    top = next((record.cell.device for record in on_gpu(records)), "cpu")
    there = [record for record in records if leads(kind, here.cell, record.cell, top)]
    return fastest(run, [here, *there] if CHOSEN[kind] else there, by) or here


def foot(records: Sequence[Record]) -> list[Record]:
    """The tutorial's NumPy: float64, the C library's own allocator, NumPy's own threads. One record, or none.

    Settings under which float32 was timed too go first, or the next rung would be missing.
    """
    cells = {record.cell for record in records}

    def oddity(cell: Cell) -> tuple[bool, ...]:
        twin = replace(cell, dtype="float32") in cells
        return cell.dtype != "float64", not twin, cell.allocator != "system", cell.threads != "all"

    numpys = [record for record in records if record.cell.net == record.cell.reference.net]
    return sorted(numpys, key=lambda record: oddity(record.cell))[:1]


def leads(kind: str, here: Cell, to: Cell, top: str) -> bool:
    """Whether a rung of this kind may lead from one cell to the other; `top` is the device the ladder ends on."""
    if kind == "single precision":
        return to == replace(here, dtype="float32")
    if kind == "allocator":
        return to == replace(here, allocator="pinned")
    if kind == "threads":
        return to == replace(here, threads=to.threads)
    if to.allocator != "pinned" or (kind == "reduced precision") != (to.dtype in REDUCED):
        return False
    if kind == "reduced precision":
        return to.device == top
    if kind == "framework":
        return (to.dtype, to.device) == (here.dtype, "cpu") and not compiled(to)
    return (to.dtype, to.device) == (here.dtype, top) and compiled(to) == (kind == "compiled or graph")


def changes(lower: Pick, upper: Pick) -> str:
    """What differs between two picks, in words, by either half of the restarts."""
    cells = ((here.cell, to.cell) for here, to in zip(lower.choices, upper.choices, strict=True))
    return " or ".join(dict.fromkeys(change(here, to) for here, to in cells if here != to))


def change(here: Cell, to: Cell) -> str:
    """What differs between two cells, in words."""
    found = (
        ("", phrases.device(here), phrases.device(to)),
        ("", here.label, to.label),
        ("", here.dtype, to.dtype),
        ("allocator ", here.allocator, to.allocator),
        ("threads ", here.threads, to.threads),
    )
    return ", ".join(f"{name}{old} → {new}" for name, old, new in found if old != new)


def heights_of(run: Run, records: Sequence[Record]) -> list[dict[int, float]]:
    """For each record, by restart: the median over rounds of log(first one's / its own seconds)."""
    steps = [run.counted(record.seconds["step"]) for record in records]
    shared = sorted(set.intersection(*(set(rounds) for rounds in steps))) if steps else []
    logs = [[(key.restart, math.log(steps[0][key] / rounds[key])) for key in shared] for rounds in steps]
    return [medians(values, run.settings.least_rounds) for values in logs]


def between(lower: Mapping[int, float], upper: Mapping[int, float]) -> Estimate:
    """The factor from one height to another."""
    found = log_interval([upper[restart] - lower[restart] for restart in lower])
    assert found is not None  # a ladder has a restart
    return found
