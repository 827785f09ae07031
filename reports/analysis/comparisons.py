"""Against which baseline? The comparisons that "50x" may stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bench.records.cell import Cell
from bench.records.record import Record, Round
from bench.records.run import Run
from reports.analysis.competitors import Competitors, on_cpu, on_gpu
from reports.analysis.fastest import Pair, Pick, over

FASTEST_GPU, FASTEST_CPU = "fastest GPU net", "fastest CPU net"
TUTORIALS_NET, TUTORIALS_NUMPY = "torch_tensor", "the tutorial's NumPy (float64)"


@dataclass(frozen=True)
class Comparison:
    """What is compared with which baseline, in words, and the two cells of it."""

    label: str
    baseline: str
    pair: Pair


def comparisons(run: Run, competitors: Competitors) -> tuple[Comparison, ...]:
    """The comparisons that the competitors offer, the fairest first.

    With a GPU: the fastest of each device on equal work; the fastest GPU cell against NumPy in the same dtype; and
    the tutorial's own, torch in float32 against NumPy in float64. Without one: the fastest CPU cell against NumPy
    in either dtype.
    """
    if not competitors:
        return ()
    gpus, cpus = on_gpu(competitors), on_cpu(competitors)
    reference = competitors[0].cell.reference
    equal = [record for record in cpus if record.cell == reference]
    plain = f"NumPy in {reference.dtype}"
    if gpus:
        tensor = run.record(replace(reference, net=TUTORIALS_NET, device=gpus[0].cell.device))
        own = tutorials_pair(run, tensor) if tensor else None
        offered = [
            (FASTEST_GPU, FASTEST_CPU, Pair.fastest(run, gpus, cpus)),
            (FASTEST_GPU, plain, Pair.fastest(run, gpus, equal)),
            (f"{TUTORIALS_NET} on the GPU in {reference.dtype}", TUTORIALS_NUMPY, own),
        ]
    else:
        others = [record for record in cpus if record.cell != reference and run.speedup(record)]
        chosen = Pick.fastest(run, others)
        tutorials = tutorial_baseline(run, chosen.cell, chosen.steps) if chosen else None
        offered = [
            (FASTEST_CPU, plain, Pair.fastest(run, others, equal)),
            (FASTEST_CPU, TUTORIALS_NUMPY, Pair.fastest(run, others, [tutorials] if tutorials else [])),
        ]
    return tuple(Comparison(label, baseline, pair) for label, baseline, pair in offered if pair)


def tutorials_pair(run: Run, tensor: Record) -> Pair | None:
    """The tutorial's own net beside the tutorial's own NumPy."""
    tutorials = tutorial_baseline(run, tensor.cell, tensor.seconds.get("step", {}))
    return Pair.of(run, tensor, tutorials) if tutorials else None


def tutorial_baseline(run: Run, cell: Cell, steps: Mapping[Round, float]) -> Record | None:
    """The tutorial's own baseline of a cell of another dtype: NumPy in float64, with the system's allocator.

    Where that shared no round with the cell's `steps`, the one with the pinned allocator; None without either. In a run
    in which a pilot chose numbers of threads, the baseline keeps NumPy's own.
    """
    if cell.reference.dtype == "float64":
        return None
    threads = Cell.threads if run.settings.tune_threads else cell.threads
    double = replace(cell.reference, dtype="float64", threads=threads)
    baselines = (run.record(replace(double, allocator=allocator)) for allocator in ("system", "pinned"))
    return next((baseline for baseline in baselines if over(run, baseline, steps)), None)
