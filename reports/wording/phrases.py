"""A run's coordinates in words: the machine, the question that cells compete on, what a cell ran on."""

from collections.abc import Mapping

from bench.records.cell import Cell, TableKey
from bench.records.run import Run
from bench.workloads.size import TUTORIAL


def machine(run: Run) -> str:
    """Processor, core count and graphics cards: `AMD EPYC (2 cores)`."""
    return " with ".join([f"{processor(run)} ({run.machine.get('cores', '?')} cores)", *gpus(run)])


def processor(run: Run) -> str:
    """The processor's own name."""
    cpu = run.machine.get("cpu")
    name = cpu.get("brand_raw") if isinstance(cpu, Mapping) else cpu
    return str(name or "unknown processor")


def gpus(run: Run) -> list[str]:
    """The names of the NVIDIA GPUs."""
    return [str(gpu.get("name", "NVIDIA GPU")) for gpu in run.machine.get("gpus", ())]


def work(asked: TableKey) -> str:
    """Workload and size: `two_layer at 64x1000x100x10 (the tutorial's size)`."""
    at = f"{asked.workload} at {asked.size}"
    return at + (" (the tutorial's size)" if asked.size == TUTORIAL else "")


def threads(setting: str) -> str:
    """A cell's thread setting: each framework's own default, or a number for all."""
    if setting == "all":
        return "each framework's own number of threads"
    return "1 thread" if setting == "1" else f"{setting} threads"


def where(run: Run, cell: Cell) -> str:
    """Work, dtype, threads and machine."""
    return f"on {work(cell.table_key)} in {cell.dtype} with {threads(cell.threads)}, on {machine(run)}"


def ends(run: Run) -> str:
    """A warning where the run has not finished."""
    return "" if run.finished else ", and the run is unfinished"


def device(cell: Cell) -> str:
    """`CPU`, `GPU`, or `mps GPU` where it is not NVIDIA's."""
    return {"cpu": "CPU", "cuda": "GPU"}.get(cell.device, f"{cell.device} GPU")


def named(cell: Cell) -> str:
    """The net, with what sets it apart from float32 on the CPU under the usual settings: `jax_grad (float64, GPU)`."""
    apart = [cell.dtype] * (cell.dtype != "float32") + [device(cell)] * (cell.device != "cpu") + settings(cell)
    return f"{cell.label} ({', '.join(apart)})" if apart else cell.label


def settings(cell: Cell) -> list[str]:
    """What is set otherwise than usual, where each framework has its own number of threads and memory is pinned."""
    unusual = [threads(cell.threads)] * (cell.threads != "all")
    return unusual + ["system allocator"] * (cell.allocator != "pinned")
