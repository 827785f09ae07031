"""The child process: loads one net, and on request checks it, starts it, or times a slice of it.

Requests and replies are JSON lines: requests on standard input, replies on what was standard output.
Whatever a framework prints goes to standard error.
"""

import ctypes
import gc
import importlib
import importlib.util
import json
import os
import resource
import signal
import statistics
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import agreement, basics, timing
from bench.framework import cuda_refused, missing
from bench.netfile import REFERENCE, source
from bench.problem import WORKLOADS, Problem, Size

# A net with this share of its work still under way after its wait did not wait for it.
LATE = 0.3


class Worker:
    """One net of one cell. Every method is the answer to the request of its name."""

    problem: Problem
    cumulative: bool
    make: agreement.MakeNet
    make_reference: agreement.MakeNet
    period: int
    net: Any

    def load(self, net: dict[str, Any], workload: str, size: list[int], dtype: str, device: str) -> Any:
        """Imports the net's file; `skip` says why it cannot run here, if so."""
        self.problem = Problem(workload, Size(*size), dtype)
        self.cumulative = net["cumulative"]
        path = Path(net["path"])
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except ModuleNotFoundError as error:
            return {"skip": missing((error.name or "",)) or str(error)}
        if device == "cuda" and (refusal := cuda_refused(net["framework"])):
            return {"skip": refusal}
        make, keywords = module.NETS[workload], net["keywords"]
        self.make = lambda problem: make(problem, device, **keywords)
        reference: Any = importlib.import_module(f"implementations.{REFERENCE}").NETS.get(workload)
        self.make_reference = lambda problem: reference(problem, "cpu", **net["reference"])
        self.period = WORKLOADS[workload].period
        return {"runtime": {**runtime(), "source": source(path)}}

    def agree(self) -> Any:
        """Compares the net with the reference, or a framework's basics with what is known of them."""
        if not WORKLOADS[self.problem.workload].timed:
            return asdict(basics.check(self.make(self.problem), self.problem))
        return asdict(agreement.check(self.make, self.make_reference, self.problem))

    def once(self) -> Any:
        """One step, untimed: that it runs at all."""
        net = self.make(self.problem)
        loss = float(net.step())
        net.wait()
        return {"loss": loss}

    def start(self) -> Any:
        """Builds the net, times its first step, warms it up."""
        self.net, setup_seconds, first_step_seconds = timing.start_net(lambda: self.make(self.problem))
        late = timing.lateness(self.net, self.period)
        if late > LATE:
            return {"late": late}
        self.steps = timing.steps_per_sample(self.net, self.period)
        steady = timing.warm_up(self.net, self.steps)
        self.wait_seconds = timing.idle_wait_seconds(self.net)
        self.time_phases(timing.WARM_SLICE_SECONDS)
        gc.collect()
        gc.freeze()
        timing.quieten()
        return {
            "start": {
                "setup_seconds": setup_seconds,
                "first_step_seconds": first_step_seconds,
                "steps": self.steps,
                "wait_seconds": self.wait_seconds,
                "steady": steady,
            },
        }

    def slice(self, seconds: float) -> Any:
        """One visit: an untimed sample to warm the caches again, a slice of steps, a slice of phases."""
        timing.time_steps(self.net, self.steps, 0.0)
        before = resource.getrusage(resource.RUSAGE_SELF)
        samples = {"step": timing.time_steps(self.net, self.steps, seconds)}
        after = resource.getrusage(resource.RUSAGE_SELF)
        samples |= self.time_phases(seconds / 2)
        return {
            "seconds": {phase: statistics.median(values) for phase, values in samples.items()},
            "health": {
                "involuntary_switches": after.ru_nivcsw - before.ru_nivcsw,
                "minor_faults": after.ru_minflt - before.ru_minflt,
                "quiet": timing.quieten(),
            },
        }

    def time_phases(self, seconds: float) -> dict[str, list[float]]:
        return timing.time_phases(self.net, self.cumulative, seconds, self.wait_seconds, period=self.period)


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
    return {"thread_pools": sorted(set(pools)), "processors": processors()}


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def confine(threads: str) -> None:
    """Some frameworks (JAX on a CPU) heed no thread variable, only which processors they may use."""
    if threads != "all" and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(threads)])


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
    confine(threads)
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker()
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
