"""Against which baseline? The comparisons that "50x" may stand for."""

from dataclasses import dataclass, replace

from bench.record import Run
from reports.contest import Contest, on
from reports.fastest import Pair

FASTEST_GPU, FASTEST_CPU = "fastest GPU net", "fastest CPU net"
TUTORIALS_NET = "torch_tensor"


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
    gpus, cpus = on(contest, "cuda"), on(contest, "cpu")
    reference = contest[0].cell.reference
    double = replace(reference, dtype="float64")
    equal = [record for record in cpus if record.cell == reference]
    tutorials = [record for record in run.records.values() if record.cell == double != reference]
    plain = f"NumPy in {reference.dtype}"
    if gpus:
        tensor = run.record(replace(reference, net=TUTORIALS_NET, device="cuda"))
        own = Pair.of(run, tensor, tutorials[0]) if tensor and tutorials else None
        found = [
            (FASTEST_GPU, FASTEST_CPU, Pair.fastest(run, gpus, cpus)),
            (FASTEST_GPU, plain, Pair.fastest(run, gpus, equal)),
            (f"{TUTORIALS_NET} on the GPU in {reference.dtype}", "NumPy in float64", own),
        ]
    else:
        others = [record for record in cpus if record.cell != reference and run.speedup(record)]
        found = [
            (FASTEST_CPU, plain, Pair.fastest(run, others, equal)),
            (FASTEST_CPU, "NumPy in float64", Pair.fastest(run, others, tutorials)),
        ]
    return tuple(Comparison(label, baseline, pair) for label, baseline, pair in found if pair)
