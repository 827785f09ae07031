"""How a cell was set up and timed: precision, threads, allocator, waits, copies, phases, warm-up, versions."""

from bench.records.cell import Cell
from bench.records.record import LATENCY, Record
from bench.records.run import Run
from reports.analysis.execution import fed
from reports.analysis.rows import median
from reports.wording import phrases
from reports.wording.units import factor, factor_span, seconds

DTYPES = {
    "float64": "float64 throughout",
    "float32": "float32 throughout; TF32 and other reduced products are off",
    "tf32": "float32, with products of numbers rounded to TF32 (10 bits after the point)",
    "bfloat16": "float32 parameters, with products of numbers rounded to bfloat16 (7 bits after the point)",
}
# By whether a worker was seen to keep freed memory, which older files do not tell.
PINNED = {
    True: "pinned: freed memory is kept, by the same settings for all, as was seen in the worker",
    False: "not pinned: the same settings as for all were given, but freed memory went back to the system",
    None: "pinned: the same settings for all were to keep freed memory, which was not verified in the worker",
}
# What crosses between the host's arrays and the framework's at every step, beside the wait.
COPIES = {
    "tensorflow_static_graph:resident": "none of x and y; the loss is fetched at every step",
    "tensorflow_static_graph": "x and y fed and the loss fetched at every step, as the tutorial does",
    "keras_model": "none of x and y; the loss is read at every step by train_on_batch",
}
FED = "x and y copied from the host at every step"
NO_COPIES = "none: x, y and the parameters stay where the net computes"
# The packages that decide a framework's speed, by the beginnings of their names; of one not named here, its own.
PACKAGES = {
    "tensorflow": ("tensorflow", "keras"),
    "keras": ("keras", "tensorflow", "jax", "torch"),
    "triton": ("triton", "torch"),
}
# Of its cells on a GPU alone: PyTorch compiles for it with Triton.
GPU_PACKAGES = {"torch": ("triton",)}


def precision(cell: Cell) -> str:
    return DTYPES.get(cell.dtype, cell.dtype)


def threads(record: Record) -> str:
    """The number that was asked for, how many processors the worker really kept busy, and what the pilot found."""
    asked = phrases.threads(record.cell.threads)
    used = median(health.own_cores for health in record.health.values() if health.own_cores is not None)
    allowed = record.runtime.get("processors")
    room = f" of {allowed}" if allowed else ""
    tried = ", ".join(f"{seconds(took)} with {number}" for number, took in record.pilot.items())
    return "; ".join(
        filter(
            None,
            (asked, f"{used:.3g}{room} CPUs kept busy" if used is not None else "", tried and f"a pilot took {tried}"),
        )
    )


def allocator(record: Record) -> str:
    return PINNED[record.keeps_freed_memory] if record.cell.allocator == "pinned" else "the C library's own defaults"


def waiting(record: Record) -> str:
    """How many steps share a wait, and how long an idle one takes."""
    steps = sorted({start.steps for start in record.starts})
    if not steps:
        return ""
    count = " to ".join(str(each) for each in dict.fromkeys((steps[0], steps[-1])))
    wait = median(start.wait_seconds for start in record.starts)
    shared = "after every step" if count == "1" else f"{count} steps, then one wait"
    alone = "; one after every step for the latency" if LATENCY in record.seconds else ""
    return f"{shared}{alone}" + (f"; an idle wait takes {seconds(wait)}" if wait is not None else "")


def copies(cell: Cell) -> str:
    if fed(cell):
        return FED
    return next((words for label, words in COPIES.items() if cell.label.startswith(label)), NO_COPIES)


def phases(run: Run, record: Record) -> str:
    """Whether the framework is given the step in parts or whole, and how much fusing them gains."""
    if not record.phases:
        return "only the whole step, fused or not"
    how = "fused: timed as longer and longer parts, whose differences are shown" if record.derived else "timed apart"
    gain = run.fusion_gain(record)
    return how + (f"; their sum is {factor(gain.value)} the whole step ({factor_span(gain)})" if gain else "")


def warm_up(record: Record) -> str:
    unsteady = sum(not start.steady for start in record.starts)
    return f"not steady in {unsteady} of {len(record.starts)} restarts" if unsteady else "steady"


def first_step(record: Record) -> str:
    """Building the net, and its first step with cold and with filled caches."""
    cold = median(start.first_step_seconds for start in record.starts if start.cold)
    warm = median(start.first_step_seconds for start in record.starts if not start.cold)
    setup = median(start.setup_seconds for start in record.starts)
    times = ((cold, "with cold caches"), (warm, "with filled ones"), (setup, "to build the net before it"))
    return ", ".join(f"{seconds(value)} {words}" for value, words in times if value is not None)


def versions(run: Run, record: Record) -> str:
    """The packages of the net's framework, and NumPy's; of an unknown framework none but NumPy's."""
    own = PACKAGES.get(record.framework, (record.framework,)) if record.framework else ()
    own += GPU_PACKAGES.get(record.framework, ()) if record.cell.on_gpu else ()
    packages = run.machine.get("packages", {})
    named = [f"{name} {version}" for name, version in packages.items() if str(name).startswith(("numpy", *own))]
    return ", ".join([*named, f"Python {run.machine.get('python', '?')}"])
