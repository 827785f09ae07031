"""A run's coordinates in words: the machine, the work that cells compete on, the settings of a cell."""

from collections.abc import Sequence

from bench.records.cell import Cell
from bench.records.processor_words import cpus, processor
from bench.records.run import Run
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.size import TUTORIAL, Size


def machine(run: Run) -> str:
    """Processor, number of CPUs and graphics cards: `AMD EPYC (2 virtual CPUs)`."""
    return " with ".join([f"{processor(run.machine)} ({cpus(run.machine)})", *gpus(run)])


def generation(run: Run) -> str:
    """`family 25, model 1, stepping 1`; nothing where the processor has none, or an older file."""
    cpu = run.machine["cpu"]
    return ", ".join(f"{name} {cpu[name]}" for name in ("family", "model", "stepping") if name in cpu)


def hypervisor(run: Run) -> str:
    told = str(run.machine.get("hypervisor", "not recorded"))
    return "one that gives no name" if told == "unnamed" else told


def gpus(run: Run) -> list[str]:
    """The names of the NVIDIA GPUs."""
    return [str(gpu.get("name", "NVIDIA GPU")) for gpu in run.machine.get("gpus", ())]


def work(workload: str, size: Size) -> str:
    """`two_layer at 64x1000x100x10 (the tutorial's size)`; and how many steps a call is, where it is several."""
    at_size = f"{workload} at {size}" + (" (the tutorial's size)" if size == TUTORIAL else "")
    return at_size + per_call(workload)


def per_call(workload: str) -> str:
    """`, 10 steps a call`, or nothing where a call of `step()` is one step."""
    steps = WORKLOADS[workload].steps_per_call
    return f", {steps} steps a call" if steps > 1 else ""


def net_of(workload: str) -> str:
    """`two-layer net`, whatever its biases and its optimizer; another workload by its name."""
    return "two-layer net" if workload.startswith("two_layer") else f"{workload} net"


def threads(setting: str) -> str:
    """A cell's thread setting: each framework's own default, or a number for all."""
    if setting == "all":
        return "each framework's own number of threads"
    return "1 thread" if setting == "1" else f"{setting} threads"


def with_threads(cell: Cell) -> str:
    """The net, with its number of threads where that is not the framework's own: `torch_inplace with 1 thread`."""
    return cell.label if cell.threads == Cell.threads else f"{cell.label} with {threads(cell.threads)}"


def where(run: Run, cell: Cell, chosen: bool = False) -> str:
    """Work, dtype, threads and machine; a cell that was chosen may be one whose number of threads a pilot found."""
    own = threads(cell.threads)
    setting = "each net's best number of threads" if chosen and run.settings.tune_threads else own
    return f"on {work(*cell.work)} in {cell.dtype} with {setting}, on {machine(run)}"


def unfinished(run: Run) -> str:
    """A warning where the run has not finished, to end a sentence with."""
    return "" if run.finished else ", and the run is unfinished"


def named(cell: Cell) -> str:
    """The net, with what sets it apart from float32 on the CPU under the usual settings: `jax_grad (float64, GPU)`."""
    apart = [cell.dtype] * (cell.dtype != "float32") + [cell.runs_on.title] * cell.on_gpu + settings(cell)
    return f"{cell.label} ({', '.join(apart)})" if apart else cell.label


def settings(cell: Cell) -> list[str]:
    """The unusual settings: the usual ones are each framework's own number of threads and the pinned allocator."""
    unusual = [threads(cell.threads)] * (cell.threads != "all")
    return unusual + ["system allocator"] * (cell.allocator != "pinned")


def listed(words: Sequence[str], glue: str = "and") -> str:
    """`a, b and c`."""
    return f" {glue} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
