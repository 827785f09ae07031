"""The 50x taken apart: from the tutorial's NumPy to the fastest cell, one factor a rung."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.records.cell import Cell
from bench.records.record import Record
from bench.records.run import Run
from bench.stats.estimate import FIRM_RESTARTS, Estimate, log_interval
from bench.stats.restarts import log_ratios
from reports.analysis.competitors import all_competitors, on_gpu, timed
from reports.analysis.fastest import CHOOSING, Pick, fastest, restarts_of, widened, within
from reports.analysis.rungs import title, way

# The place of a rung among all, and what it changes on the way to which record.
Rise = tuple[tuple[int, int], tuple[str, Record]]


@dataclass(frozen=True)
class Rung:
    """What changes (`title`), from which cell to which (`label`), and how many times faster it makes a step.

    It is one change where the run measured the cells that lie between; else the title names all that change at once.
    """

    title: str
    label: str
    slower: Record
    faster: Record
    factor: Estimate


@dataclass(frozen=True)
class Ladder:
    """The rungs from the slowest up, and the ratio of the last cell to the first, which is their product."""

    rungs: tuple[Rung, ...]
    whole: Estimate

    @property
    def product(self) -> float:
        return math.prod(rung.factor.value for rung in self.rungs)


@dataclass(frozen=True)
class Step:
    """A cell on the way up, and what has changed on the way to it; nothing for the first."""

    pick: Pick
    title: str = ""


def ladder(run: Run) -> Ladder | None:
    """The ladder of the first table's work; None where there are fewer than two rungs.

    All its cells were timed side by side. The fastest is chosen by each half of the restarts and timed on the other.
    A cell's height is, for each restart, the median over rounds of log(first cell's seconds / cell's seconds), and
    a rung is a difference of heights: so a drifting machine cancels out, and the rungs multiply to the whole.
    """
    steps = climb(run, side_by_side(run))
    if len(steps) < 3:  # two rungs have three ends
        return None
    heights = heights_of(run, [step.pick for step in steps])
    if not heights[0]:
        return None
    rungs = []
    for lower, upper, low, high in zip(steps, steps[1:], heights, heights[1:], strict=False):
        slower, faster = (run.records[step.pick.cell.id] for step in (lower, upper))
        factor = widened(between(low, high), lower.pick, upper.pick)
        rungs.append(Rung(upper.title, differences(lower.pick, upper.pick), slower, faster, factor))
    return Ladder(tuple(rungs), widened(between(heights[0], heights[-1]), steps[-1].pick))


def side_by_side(run: Run) -> list[Record]:
    """The records of the first table's work that were timed beside its fastest cell, in the restarts they share.

    The fastest cell is a GPU's where there is one: it is the GPU's 50x that is taken apart.
    """
    tables = all_competitors(run)
    records = [record for record in timed(run) if tables and record.cell.work == tables[0][0].cell.work]
    goal = Pick.fastest(run, on_gpu(records) or records)
    if goal is None:
        return []
    wanted = set(restarts_of(run, goal.choices[0]))
    # A cell that is known precisely leaves a run early, and has fewer restarts than the others
    enough = min(FIRM_RESTARTS, len(wanted))
    beside = {record.cell: wanted & set(restarts_of(run, record)) for record in records}
    present = [record for record in records if len(beside[record.cell]) >= enough]
    shared = sorted(wanted.intersection(*(beside[record.cell] for record in present)))
    return [within(record, shared) for record in present]


def climb(run: Run, records: Sequence[Record]) -> list[Step]:
    """The cells on the way up.

    Each half of the restarts climbs to the fastest cell of its own choice; where only one takes a rung, the other
    stays where it is.
    """
    start, goal = foot(records), Pick.fastest(run, on_gpu(records) or records)
    if start is None or goal is None:
        return []
    ways = [dict(path(run, records, start, end, by)) for end, by in zip(goal.choices, CHOOSING, strict=True)]
    here, steps = (start, start), [Step(Pick.of(run, start, start))]
    for place in sorted({*ways[0], *ways[1]}):
        taken = [way[place] for way in ways if place in way]
        first, second = (way[place][1] if place in way else stays for way, stays in zip(ways, here, strict=True))
        here = first, second
        steps.append(Step(Pick.of(run, *here), " or ".join(dict.fromkeys(words for words, _ in taken))))
    return steps


def path(run: Run, records: Sequence[Record], start: Record, goal: Record, by: int) -> Iterator[Rise]:
    """The rungs to a goal, each by its place among all: one from each cell on the way that is there to the next."""
    present = {record.cell: record for record in records}

    def tuned(cell: Cell) -> Cell:
        others = [record for record in records if record.cell == replace(cell, threads=record.cell.threads)]
        best = fastest(run, others, by) if cell in present else None
        return best.cell if best else cell

    changed: tuple[str, ...] = ()
    for cell, changes, place in way(start.cell, goal.cell, tuned):
        changed += changes
        if cell in present:
            yield place, (title(changed), present[cell])
            changed = ()


def foot(records: Sequence[Record]) -> Record | None:
    """The tutorial's NumPy: float64, the C library's own allocator, NumPy's own threads.

    Settings under which float32 was timed too go first, or the next rung would be missing.
    """
    cells = {record.cell for record in records}

    def oddity(cell: Cell) -> tuple[bool, ...]:
        has_single = replace(cell, dtype="float32") in cells
        return cell.dtype != "float64", not has_single, cell.allocator != "system", cell.threads != "all"

    numpys = [record for record in records if record.cell.net == record.cell.reference.net]
    return min(numpys, key=lambda record: oddity(record.cell), default=None)


def differences(lower: Pick, upper: Pick) -> str:
    """What differs between two picks, in words, by either half of the restarts."""
    cells = ((here.cell, to.cell) for here, to in zip(lower.choices, upper.choices, strict=True))
    return " or ".join(dict.fromkeys(difference(here, to) for here, to in cells if here != to))


def difference(here: Cell, to: Cell) -> str:
    """What differs between two cells, in words."""
    coordinates = (
        ("", here.runs_on.title, to.runs_on.title),
        ("", here.label, to.label),
        ("", here.dtype, to.dtype),
        ("allocator ", here.allocator, to.allocator),
        ("threads ", here.threads, to.threads),
    )
    return ", ".join(f"{name}{old} → {new}" for name, old, new in coordinates if old != new)


def heights_of(run: Run, picks: Sequence[Pick]) -> list[dict[int, float]]:
    """For each pick, by restart: the median log ratio of the first pick's seconds to its own, where all have rounds."""
    steps = [run.counted(pick.steps) for pick in picks]
    first = {key: seconds for key, seconds in steps[0].items() if all(key in rounds for rounds in steps)}
    return [log_ratios(first, rounds) for rounds in steps]


def between(lower: Mapping[int, float], upper: Mapping[int, float]) -> Estimate:
    """The factor from one height to another."""
    factor = log_interval([upper[restart] - lower[restart] for restart in lower])
    assert factor is not None  # a ladder has a restart
    return factor
