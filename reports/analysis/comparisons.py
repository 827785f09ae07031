"""Against which baseline? The comparisons that "50x" may stand for."""

from dataclasses import dataclass, replace

from bench.records.record import Record
from bench.records.run import Run
from reports.analysis.competitors import Contest, on_cpu, on_gpu
from reports.analysis.fastest import Pair, Pick

FASTEST_GPU, FASTEST_CPU = "fastest GPU net", "fastest CPU net"
TUTORIALS_NET, TUTORIALS_NUMPY = "torch_tensor", "the tutorial's NumPy (float64)"


@dataclass(frozen=True)
class Comparison:
    """What is compared with which baseline, in words, and the two cells it came to."""

    label: str
    baseline: str
    pair: Pair


def comparisons(run: Run, contest: Contest) -> tuple[Comparison, ...]:
    """The comparisons that a contest offers, the fairest first.

    With a GPU: the fastest of each device on equal work; the fastest GPU cell against NumPy in the same dtype; and
    the tutorial's own, torch in float32 against NumPy in float64. Without one: the fastest CPU cell against NumPy
    in either dtype.
    """
    if not contest:
        return ()
    gpus, cpus = on_gpu(contest), on_cpu(contest)
    reference = contest[0].cell.reference
    equal = [record for record in cpus if record.cell == reference]
    plain = f"NumPy in {reference.dtype}"
    if gpus:
        tensor = run.record(replace(reference, net=TUTORIALS_NET, device=gpus[0].cell.device))
        tutorials = tutorial_baseline(run, tensor) if tensor else None
        own = Pair.of(run, tensor, tutorials) if tensor and tutorials else None
        found = [
            (FASTEST_GPU, FASTEST_CPU, Pair.fastest(run, gpus, cpus)),
            (FASTEST_GPU, plain, Pair.fastest(run, gpus, equal)),
            (f"{TUTORIALS_NET} on the GPU in {reference.dtype}", TUTORIALS_NUMPY, own),
        ]
    else:
        others = [record for record in cpus if record.cell != reference and run.speedup(record)]
        chosen = Pick.fastest(run, others)
        tutorials = tutorial_baseline(run, chosen.record) if chosen else None
        found = [
            (FASTEST_CPU, plain, Pair.fastest(run, others, equal)),
            (FASTEST_CPU, TUTORIALS_NUMPY, Pair.fastest(run, others, [tutorials] if tutorials else [])),
        ]
    return tuple(Comparison(label, baseline, pair) for label, baseline, pair in found if pair)


def tutorial_baseline(run: Run, record: Record) -> Record | None:
    """The tutorial's own baseline beside a record of another dtype: NumPy in float64 as it comes.

    With the system's allocator, or, where that shared no round with the record, the pinned one.
    """
    double = replace(record.cell.reference, dtype="float64")
    if double == record.cell.reference:
        return None
    found = (run.record(replace(double, allocator=allocator)) for allocator in ("system", "pinned"))
    return next((baseline for baseline in found if baseline and run.speedup(record, baseline)), None)
