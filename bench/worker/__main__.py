"""The child process: loads one net, and on request checks it, starts it, or times a slice of it.

Requests and replies are JSON lines: requests on standard input, replies on what was standard output.
Whatever a framework prints goes to standard error.
"""

import ctypes
import gc
import importlib.util
import json
import os
import signal
import statistics
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.agreement import check, operations
from bench.agreement.tolerances import tolerances
from bench.host.device import Events
from bench.host.frameworks import allocated_bytes, events, missing, refused
from bench.host.nvml import GpuWatch
from bench.nets.net_file import own, source
from bench.records.cell import holds_lower_bounds
from bench.records.health import Health, Reading
from bench.records.record import DEVICE, LATENCY, LOSS_READ, LOWER_BOUNDS, SIZED_LOWER_BOUNDS
from bench.timing import energy, sampling, validity
from bench.timing.device_time import time_on_device
from bench.timing.energy import Energy
from bench.timing.peak_memory import PeakMemory
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.problem import Problem
from bench.workloads.size import Size

# Which part of a slice each of these gets besides the steps: phases, latency and reading the loss, device time; floors.
PHASES_SHARE, LATENCY_SHARE, DEVICE_SHARE, FLOOR_SHARE = 0.5, 0.2, 0.1, 0.3
# The processors this process may use at first, and its threads.
ALLOWED = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
TASKS = Path("/proc/self/task")


class Worker:
    """One net of one cell. Every method is the answer to the request of its name."""

    problem: Problem
    cumulative: bool
    floors: bool
    phased: bool
    framework: str
    make: check.MakeNet
    make_reference: check.MakeNet
    period: int
    first: bool
    memory: PeakMemory | None = None
    net: Any = None
    timed: dict[str, tuple[Any, int, float]]
    events: Events | None = None
    used: Energy | None = None

    def __init__(self, threads: str) -> None:
        self.threads = threads

    def load(self, net: dict[str, Any], workload: str, size: list[int], dtype: str, device: str) -> Any:
        """Imports the net's file; `skip` says why it cannot run here, if so."""
        self.net, self.timed, self.events, self.used = None, {}, None, None  # an earlier cell's
        gc.unfreeze()
        self.problem = Problem(workload, Size(*size), dtype)
        self.cumulative, self.framework = net["cumulative"], net["framework"]
        path = Path(net["path"])
        self.floors = holds_lower_bounds(path.stem)
        try:
            module = imported(path)
        except ModuleNotFoundError as error:
            return {"skip": missing((error.name or "",)) or str(error)}
        self.first = self.memory is None
        # Before a framework starts its device. Later cells are larger, so that the peak is always the last one's.
        self.memory = self.memory or PeakMemory()
        if refusal := refused(net["framework"], device):
            return {"skip": refusal}
        make, keywords = module.NETS[workload], net["keywords"]
        self.make = lambda problem: make(problem, device, **keywords)
        # Always this project's own, also where the net and its siblings are another checkout's
        reference = imported(own(WORKLOADS[workload].reference)).NETS.get(workload)
        self.make_reference = lambda problem: reference(problem, "cpu", **net["reference"])
        self.period = WORKLOADS[workload].period
        self.device = device
        return {"runtime": {**runtime(), "source": source(path)}}

    def agree(self) -> Any:
        """Compares the net with the reference, or a framework's basics with what is known of them."""
        if not WORKLOADS[self.problem.workload].timed:
            return asdict(operations.check(self.make(self.problem), self.problem))
        return asdict(check.check(self.make, self.make_reference, self.problem))

    def once(self) -> Any:
        """One step, untimed: that it runs at all."""
        net = self.make(self.problem)
        loss = float(net.step())
        net.wait()
        return {"loss": loss}

    def start(self, suspect: bool, step_only: bool = False, metered: bool = False) -> Any:
        """Builds the net, times its first step, warms it up; of floors, warms each of them up.

        A net that is still `suspect` must first show that its wait waits. With `step_only` its slices hold nothing
        but steps. Where it is `metered`, what a step takes of a GPU's energy is measured too.
        """
        confine(self.threads)
        if self.floors:
            return self.start_floors()
        self.net, setup_seconds = sampling.start_net(lambda: self.make(self.problem))
        first_step_seconds = sampling.first_step(self.net)
        if suspect and (wrong := validity.late(self.net, self.period)):
            return {"wrong": wrong}
        steps = sampling.steps_per_sample(self.net, self.period)
        steady = sampling.warm_up(self.net, steps)
        self.wait_seconds = sampling.idle_wait_seconds(self.net)
        self.timed = {"step": (self.net, steps, 1.0)}
        self.phased = not step_only
        if self.phased:
            self.time_phases(0.0)
        if self.phased and steps > self.period:  # else a sample is one step, or one period, already
            self.timed[LATENCY] = sampling.waited(self.net), steps, LATENCY_SHARE
            self.timed[LOSS_READ] = sampling.read(self.net), steps, LATENCY_SHARE
        if self.phased and self.device == "cuda":
            self.events = events(self.framework, self.device)
            self.time_on_device(0.0)
        if metered and self.device == "cuda":
            self.used = energy.measure(self.net, steps, GpuWatch().joules)
        return self.started(setup_seconds, first_step_seconds, steps, steady)

    def start_floors(self) -> Any:
        """Each floor of the file is timed as if it were a net's step; at later sizes only those that depend on them."""
        self.phased = False
        self.net, setup_seconds = sampling.start_net(lambda: self.make(self.problem))
        floors = {
            name: sampling.Timed(getattr(self.net, name), self.net.wait)
            for name in (LOWER_BOUNDS if self.first else SIZED_LOWER_BOUNDS)
            if hasattr(self.net, name)
        }
        first_seconds = sum(sampling.first_step(floor) for floor in floors.values())
        self.timed = {name: (floor, sampling.steps_per_sample(floor, 1), FLOOR_SHARE) for name, floor in floors.items()}
        settled = [sampling.warm_up(floor, steps) for floor, steps, _ in self.timed.values()]
        self.wait_seconds = sampling.idle_wait_seconds(self.net)
        return self.started(setup_seconds, first_seconds, 1, all(settled)) | {"work": self.net.work}

    def started(self, setup_seconds: float, first_step_seconds: float, steps: int, steady: bool) -> dict[str, Any]:
        gc.collect()
        gc.freeze()
        sampling.quieten()
        return {
            "start": {
                "setup_seconds": setup_seconds,
                "first_step_seconds": first_step_seconds,
                "steps": steps,
                "wait_seconds": self.wait_seconds,
                "steady": steady,
                "memory_bytes": self.memory and self.memory.bytes,
                "device_bytes": allocated_bytes(self.framework, self.device),
                "joules_per_step": self.used and self.used.joules_per_step,
                "watts": self.used and self.used.watts,
            },
        }

    def slice(self, seconds: float, planted: float = 0.0) -> Any:
        """One visit: untimed samples to warm up again, a slice of steps, and of what else there is.

        What is timed is slowed down by the `planted` share.
        """
        first, steps, _ = self.timed.get("products") or next(iter(self.timed.values()))
        sampling.lead_in(first, steps, 0.0 if self.device == "cpu" else sampling.LEAD_SECONDS)
        before = Reading.now()
        samples = {
            name: sampling.time_steps(sampling.slowed(call, planted) if planted else call, steps, share * seconds)
            for name, (call, steps, share) in self.timed.items()
        }
        if self.phased:
            samples |= self.time_phases(PHASES_SHARE * seconds)
            samples |= self.time_on_device(DEVICE_SHARE * seconds)
        after = Reading.now()
        return {
            "seconds": {name: statistics.median(values) for name, values in samples.items()},
            "timed_seconds": after.clock_seconds - before.clock_seconds,
            "health": asdict(Health.between(before, after, sampling.quieten())),
        }

    def scrutinise(self) -> Any:
        """Whether the net still does what was checked, after all the steps that were timed."""
        checked = tolerances(self.problem).steps
        wrong = validity.astray(self.net, lambda: self.make(self.problem), checked, self.period)
        sampling.quieten()
        return {"wrong": wrong}

    def time_phases(self, seconds: float) -> dict[str, list[float]]:
        steps = self.timed["step"][1]
        return sampling.time_phases(
            self.net, self.cumulative, seconds, self.wait_seconds, steps=steps, period=self.period
        )

    def time_on_device(self, seconds: float) -> dict[str, list[float]]:
        if self.events is None:
            return {}
        steps = self.timed["step"][1]
        found = time_on_device(self.net, self.events, steps, self.period, seconds)
        return {DEVICE: found} if found else {}


def imported(path: Path) -> Any:
    """The file as a module of its own. Raises whatever it raises."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def one_line(text: str) -> str:
    """Frameworks' errors run over many lines; the first part tells most."""
    joined = " ".join(text.split())
    return joined if len(joined) <= 400 else f"{joined[:400]} ..."


def runtime() -> dict[str, Any]:
    """The thread pools that are really loaded, and the processors this process may use."""
    from threadpoolctl import threadpool_info

    pools = [
        f"{pool['internal_api']} {pool.get('version') or ''}".strip() + f" x{pool['num_threads']}"
        for pool in threadpool_info()
    ]
    widest = max((int(pool["num_threads"]) for pool in threadpool_info()), default=0)
    return {"thread_pools": sorted(set(pools)), "widest_pool": widest, "processors": processors()}


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def confine(threads: str, loading: bool = False) -> None:
    """Some frameworks (JAX on a CPU) heed no thread variable, only which processors they may use.

    Those are the same for every worker that is timed; while they load they spread, so that several do so at once.
    """
    if threads == "all" or not hasattr(os, "sched_setaffinity"):
        return
    count = int(threads)
    first = os.getpid() % (len(ALLOWED) - count + 1) if loading else 0
    for task in TASKS.iterdir() if TASKS.is_dir() else (Path("0"),):
        with suppress(ProcessLookupError):  # it has ended since
            os.sched_setaffinity(int(task.name), ALLOWED[first : first + count])


def die_with(parent: int) -> None:
    """No worker outlives its parent, not even one that hangs in native code while the parent is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 is PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    parent, threads = int(sys.argv[1]), sys.argv[2]
    die_with(parent)
    confine(threads, loading=True)
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(threads)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"value": getattr(worker, request.pop("ask"))(**request)}
        except Exception as error:  # the net's own failure, to be reported, whatever it is
            reply = {"error": one_line(f"{type(error).__name__}: {error}")}
        print(json.dumps(reply), file=replies, flush=True)
    os._exit(0)  # the frameworks' own tear-down takes seconds and proves nothing


if __name__ == "__main__":
    main()
