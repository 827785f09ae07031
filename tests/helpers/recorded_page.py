"""A run with everything that a page can show, and its analysis: made up, never to be taken for results."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.records.cell import Cell
from bench.records.health import Health
from bench.records.record import DEVICE, LATENCY, LOSS_READ, Record, Round
from bench.records.run import Run
from bench.records.spent import Spent
from bench.stats.estimate import Estimate
from bench.workloads.size import Size
from reports import run_view
from reports.analysis.abstractions import Cost
from reports.analysis.break_even import BreakEven
from reports.analysis.break_even import Cost as BreakEvenCost
from reports.analysis.crossing import Crossing, Point
from reports.analysis.fastest import Pair, Pick
from reports.analysis.ladder import Ladder, Rung
from reports.analysis.rungs import ON_GPU
from reports.analysis.scaling import Grid, Scaling, Series
from reports.wording.span import Span
from tests.helpers.recorded import a_run, ended, timed

LARGE = Size(4096, 4096, 4096, 10)
SOURCE = Path("results/made-up/20260102T030405Z-0123456789ab.json")


def estimate(value: float, spread: float = 1.05, restarts: int = 6) -> Estimate:
    """A value with an interval of that factor on either side."""
    return Estimate(value, value / spread, value * spread, restarts)


def named(net: str, **cell: Any) -> Record:
    """A record of which only the cell and the framework matter."""
    return Record(Cell(net, **cell), "measured", runtime={"framework": net.partition("_")[0]})


def chosen(record: Record) -> Pick:
    """A pick on which both halves of the restarts agree."""
    return Pick((record, record), (frozenset(), frozenset()))


def rich(net: str, microseconds: float, restarts: int = 6, **cell: Any) -> Record:
    """A measured record with latency, loss read, memory, warm starts and health; on a GPU device time and energy."""
    record = timed(net, microseconds, restarts, **cell)
    step = record.seconds["step"]
    seconds = {
        **record.seconds,
        LATENCY: {key: value * 1.1 + 4e-6 for key, value in step.items()},
        LOSS_READ: {key: value * 1.2 + 6e-6 for key, value in step.items()},
    }
    gpu = record.cell.on_gpu
    if gpu and not net.startswith("jax"):
        seconds[DEVICE] = {key: value * 0.25 for key, value in step.items()}
    starts = tuple(
        replace(
            start,
            cold=start.restart == 0,
            steady=start.restart != 1,
            memory_bytes=40_000_000 + int(microseconds * 1e4),
            device_bytes=300_000_000 if gpu else None,
            joules_per_step=microseconds * 2e-4 if gpu and start.restart == 0 else None,
            watts=200.0 if gpu and start.restart == 0 else None,
        )
        for start in record.starts
    )
    health = {
        key: Health(3, 120, own_cores=1.9, **({"gpu_mhz": 1755, "gpu_celsius": 41, "gpu_watts": 180.4} if gpu else {}))
        for key in step
    }
    health[Round(2, 1)] = replace(health[Round(2, 1)], stolen_cores=0.4)
    runtime = {"thread_pools": ["openblas x4", "openmp x4"], "processors": 4, "source": "00aa11bb22cc"}
    return replace(record, seconds=seconds, starts=starts, health=health, runtime={**record.runtime, **runtime})


def floors(framework: str, **cell: Any) -> Record:
    """The floors of one framework beside the cells."""
    record = timed(f"{framework}_floors", 60, 6, **cell)
    step = record.seconds["step"]
    shares = {"empty": 0.002, "dispatch": 0.04, "products": 1.0, "peak": 200.0, "copy": 90.0}
    work = {"products": 25.98e6, "peak": 2 * 4096.0**3, "copy": 5.4e8}
    if record.cell.device == "cuda":
        shares, work = {**shares, "transfer": 0.5}, {**work, "transfer": 258_560.0}
    seconds = {floor: {key: value * share for key, value in step.items()} for floor, share in shares.items()}
    return replace(record, seconds=seconds, agreement=None, work=work)


def everything() -> Run:
    """Both devices, three precisions, two sizes, every outcome."""
    cpu = (
        rich("numpy_manual", 300),
        rich("numpy_manual", 900, dtype="float64"),
        rich("torch_tensor", 200),
        rich("torch_autograd", 260),
        rich("torch_module", 310),
        rich("torch_compile", 170),
        rich("jax_grad", 190, cumulative=True),
        rich("tensorflow_static_graph", 600, cumulative=True),
        rich("keras_model", 800, variant="tensorflow"),
    )
    gpu = (
        rich("cupy_manual", 150, device="cuda"),
        rich("torch_autograd", 180, device="cuda"),
        rich("torch_cuda_graph", 20, device="cuda"),
        rich("torch_tensor", 19, device="cuda", dtype="tf32"),
    )
    large = (
        rich("numpy_manual", 4.1e6, size=LARGE),
        rich("torch_tensor", 2.1e6, size=LARGE),
        rich("torch_tensor", 2.1e4, size=LARGE, device="cuda"),
    )
    others = (
        ended("torch_cuda_graph", "wrong", "gradient of w1 is off by 3.0e-01 (limit 1e-04) at step 1", device="cpu"),
        ended("triton_fused", "skipped", "triton is not installed: pip install triton", device="cuda"),
        ended("tensorflow_eager", "failed", "RuntimeError: out of memory"),
    )
    spent = Spent(40.0, 30.0, 50.0, 90.0, 72.0)
    return a_run(*cpu, *gpu, *large, *others, floors("torch"), floors("torch", device="cuda"), gpus=1, spent=spent)


def crowd() -> Run:
    """Two hundred cells: 25 nets and variants on two devices in four workloads, with 80 rounds each."""
    names = [("numpy_manual", ""), ("cupy_manual", "")]
    names += [
        (net, variant) for net in ("torch_tensor", "torch_compile", "jax_grad", "keras_model") for variant in "abcde"
    ]
    names += [("tensorflow_function", ""), ("tensorflow_eager", ""), ("torch_module", "")]
    workloads = ("two_layer", "two_layer_bias", "two_layer_adam", "dynamic")
    return a_run(
        *(
            rich(net, 100.0 * (number + 1), 20, variant=variant, workload=workload, device=device)
            for workload in workloads
            for device in ("cpu", "cuda")
            for number, (net, variant) in enumerate(names)
        ),
        gpus=1,
    )


def analysed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a made-up analysis in the place of the run's own, so that every chart has something to show."""
    for name, analysis in (
        ("scaling", a_scaling()),
        ("grid", a_grid()),
        ("ladder", a_ladder()),
        ("abstractions", some_costs()),
        ("break_evens", some_break_evens()),
    ):
        monkeypatch.setattr(run_view, name, lambda run, analysis=analysis: analysis)


def a_scaling() -> Scaling:
    """A GPU against three baselines: from slower than a CPU to hundreds of times faster."""
    sizes = [Size(64 * 2**n, 1000, 100 * 2**n, 10) for n in range(8)]

    def series(label: str, baseline: str, slow: float, net: str) -> Series:
        def ratio(flops: float) -> float:
            return slow * (20e-6 + flops / 6e10) / (40e-6 + flops / 3e13)

        points = tuple(
            Point(
                Pair(
                    chosen(named(net, size=size, device="cuda")),
                    chosen(named("numpy_manual", size=size)),
                    estimate(ratio(size.flops_per_step) * (1.1 if n % 2 else 0.93), 1.15, 3 if n == 7 else 6),
                )
            )
            for n, size in enumerate(sizes)
        )
        first, last = points[0].flops, points[-1].flops
        flops = [first * (last / first) ** (n / 40) for n in range(41)]
        curve = tuple((each, ratio(each)) for each in flops)
        crossings = (
            Crossing(1.0, None, "faster at every size measured")
            if slow > 3
            else Crossing(1.0, Span(4e7, 3e7, 5e7), ""),
            Crossing(50.0, Span(2e9, 1.6e9, 2.6e9), "") if slow > 1 else Crossing(50.0, None, "not reached"),
        )
        band = tuple((place, value / 1.1, value * 1.1) for place, value in curve)
        return Series(label, baseline, points, curve, crossings, band, 1.1)

    return Scaling(
        (
            series("fastest GPU cell", "NumPy in float64, the tutorial's comparison", 6.0, "torch_cuda_graph"),
            series("fastest GPU cell", "NumPy in float32", 3.0, "torch_cuda_graph"),
            series("fastest GPU cell", "fastest float32 CPU cell", 0.9, "torch_cuda_graph"),
            series("cupy_manual on the GPU", "NumPy in float32", 0.6, "cupy_manual"),
        )
    )


def a_grid() -> Grid:
    """From a tenth to a few hundred times, with one square missing."""
    batches, hiddens = (16, 64, 256, 1024, 4096), (25, 100, 400, 1600, 6400)
    speedups = {
        (batch, hidden): estimate(0.2 * (batch * hidden / 400) ** 0.62)
        for batch in batches
        for hidden in hiddens
        if (batch, hidden) != (4096, 6400)
    }
    return Grid(batches, hiddens, speedups, "torch_tensor on the GPU over torch_tensor on the CPU, float32")


def a_ladder() -> Ladder:
    """Seven rungs, one of which leads back."""
    changes = (
        ("NumPy in float64 → float32", "numpy_manual", 1.61),
        ("the system's allocator → pinned", "numpy_manual", 1.72),
        ("1 thread → all", "numpy_manual", 0.93),
        ("NumPy → PyTorch", "torch_tensor", 1.4),
        ("CPU → GPU", "torch_tensor", 1.9),
        ("eager → one CUDA graph", "torch_cuda_graph", 4.2),
        ("float32 → TF32", "torch_cuda_graph", 1.1),
    )
    first = named("numpy_manual", dtype="float64")
    rungs = tuple(
        Rung(kind, label, first, named(net), estimate(value))
        for (label, net, value), kind in zip(changes, ON_GPU, strict=False)
    )
    return Ladder(rungs, estimate(math.prod(value for _, _, value in changes), 1.2))


def some_costs() -> tuple[Cost, ...]:
    """The tutorial's ways, from tensors up."""
    ways = (
        ("tensor", 1.0),
        ("autograd", 1.31),
        ("custom_function", 1.42),
        ("nn", 1.6),
        ("optim", 1.9),
        ("module", 2.0),
    )
    return tuple(
        Cost(f"torch_{way}", named(f"torch_{way}"), estimate(value, 1 if way == "tensor" else 1.04))
        for way, value in ways
    )


def some_break_evens() -> tuple[BreakEven, ...]:
    """One that pays off within the tutorial's training, one long after, one that never does."""
    eager, compiled = named("torch_autograd"), named("torch_compile")
    jax, graph = named("jax_grad"), named("tensorflow_static_graph")
    return (
        BreakEven(jax, eager, estimate(6e-4), BreakEvenCost(estimate(0.14), Span(233.0, 210.0, 260.0))),
        BreakEven(
            compiled,
            eager,
            estimate(1.3e-4, 1.4),
            BreakEvenCost(estimate(16.1), Span(123846.0, 90000.0, math.inf)),
            BreakEvenCost(estimate(3.0), Span(23077.0, 16000.0, math.inf)),
        ),
        BreakEven(graph, eager, Estimate(-2e-4, -3e-4, -1e-4, 6), BreakEvenCost(estimate(0.2), None)),
    )
