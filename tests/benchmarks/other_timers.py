"""The same nets timed by pyperf, by torch.utils.benchmark.Timer and by the engine.

    pip install "pyperf>=2.6,<3"
    python tests/benchmarks/other_timers.py [NET...]

A restart is a fresh process for each of the three, all alive at once and told in random order to take a slice; the
engine's is its own worker. Two more processes show what is due to loops and what to processes: a second worker of the
engine's, and a process like pyperf's in which the engine's own loop takes the samples. Without pyperf it is left out.
All have the same environment (allocator, one thread on one processor), as many steps before a wait, and as much time
in a slice. One thread, since more would compare how three pools of threads get along. pyperf's Runner does what it
does in a process of its own (a warm-up value, then the others), torch's Timer its `blocked_autorange`; of each slice
the median is taken. Ratios are taken slice by slice, their intervals are Student's t over restarts, and are to lie
within 3%.
"""

import io
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.nets.net_file import NetFile, discover
from bench.records.cell import Cell
from bench.stats.estimate import Estimate, ratio_estimate
from bench.timing.sampling import time_steps
from bench.worker.environment import worker_environment
from bench.worker.process import WorkerProcess
from bench.worker.protocol import Prepare, TakeSlice
from bench.worker.threads import confine
from bench.workloads.problem import Problem
from bench.workloads.size import TUTORIAL

NETS = ("numpy_manual", "torch_tensor", "torch_autograd", "jax_grad")
THREADS = "1"
LEAST_RESTARTS, MOST_RESTARTS, PRECISION, ASKED = 10, 40, 0.01, 0.03
# Short slices: what disturbs the machine lasts longer than a round of them.
ROUNDS, SLICE_SECONDS, SAMPLES, TIMEOUT_SECONDS = 40, 0.02, 8, 120.0
# Seconds per step, for each timer and each (restart, round).
Times = dict[str, dict[tuple[int, int], float]]


def by_pyperf(sample: Callable[[], None]) -> Callable[[], float]:
    import pyperf

    runner = pyperf.Runner()
    runner.parse_args(["--worker", "--loops=1", "--warmups=1", f"--values={SAMPLES}"])
    names = map(str, range(sys.maxsize))  # a Runner takes no name twice

    def take() -> float:
        with redirect_stdout(io.StringIO()):
            return float(runner.bench_func(next(names), sample).median())

    return take


def by_torch(sample: Callable[[], None]) -> Callable[[], float]:
    from torch.utils.benchmark import Timer

    timer = Timer("sample()", globals={"sample": sample}, num_threads=int(THREADS))
    return lambda: timer.blocked_autorange(min_run_time=SLICE_SECONDS).median


def by_engine_s_loop(net: Any, steps: int) -> Callable[[], float]:
    """The engine's samples without its worker."""
    return lambda: steps * statistics.median(time_steps(net, steps, SLICE_SECONDS))


OTHERS = {**({"pyperf": by_pyperf} if find_spec("pyperf") else {}), "torch Timer": by_torch}
# A process of the others' kind in which the engine's own loop takes the samples, and another worker of the engine's:
# where only these differ from the engine, processes do, and not loops.
PROCESSES = ("same loop", "engine again")
TIMERS = ("engine", *PROCESSES, *OTHERS)


def serve(timer: str, name: str) -> None:
    """In a process of its own: is told the steps of a sample, then answers every line with seconds per step."""
    confine(THREADS)
    net = import_module(f"implementations.two_layer.{name}").NETS["two_layer"](
        Problem("two_layer", TUTORIAL, "float32"), "cpu"
    )
    step, wait = net.step, net.wait
    step()
    wait()
    print("ready", flush=True)
    steps = int(sys.stdin.readline())

    def sample() -> None:
        for _ in range(steps):
            step()
        wait()

    take = OTHERS[timer](sample) if timer in OTHERS else by_engine_s_loop(net, steps)
    for _ in range(ROUNDS):
        take()
    print("warm", flush=True)
    for _ in sys.stdin:
        seconds = take() / steps
        print(seconds, flush=True)


class Other:
    """The parent's end of a process that serves another timer."""

    def __init__(self, timer: str, net: NetFile, folder: Path) -> None:
        environment = worker_environment(Cell(net.name, threads=THREADS), net, folder / "caches", THREADS)
        command = [sys.executable, __file__, "--serve", timer, net.name]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    def say(self, text: object) -> None:
        print(text, file=self._process.stdin, flush=True)

    def hear(self) -> str:
        line = self._process.stdout.readline()
        assert line, "it has ended; above it says why"
        return line

    def take(self) -> float:
        self.say("slice")
        return float(self.hear())

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def restart(net: NetFile, number: int, times: Times, folder: Path) -> None:
    """Fresh processes and their rounds, added to the times."""
    workers = [WorkerProcess(Cell(net.name, threads=THREADS), net, folder / name) for name in ("engine", "again")]

    def by_engine(worker: WorkerProcess) -> float:
        seconds = worker.ask(TakeSlice(("step",), SLICE_SECONDS), TIMEOUT_SECONDS).seconds["step"]
        worker.stop()
        return seconds

    others = {timer: Other(timer, net, folder / timer) for timer in ("same loop", *OTHERS)}
    try:
        for each in workers:
            each.loaded(TIMEOUT_SECONDS)
        for other in others.values():
            other.hear()
        steps = None
        for each in workers:
            steps = each.ask(Prepare(suspect=False, steps=steps), TIMEOUT_SECONDS).steps
            each.stop()
        for other in others.values():
            other.say(steps)
            other.hear()
        takes = {"engine": partial(by_engine, workers[0]), "engine again": partial(by_engine, workers[1])}
        takes |= {timer: other.take for timer, other in others.items()}
        for turn in range(ROUNDS):
            for timer in random.sample(list(takes), len(takes)):
                times.setdefault(timer, {})[number, turn] = takes[timer]()
    finally:
        for process in (*workers, *others.values()):
            process.kill()


def ratios(times: Times) -> dict[str, Estimate]:
    """Of every two timers."""
    pairs = combinations(TIMERS, 2)
    return {f"{one} / {two}": ratio_estimate(times[one], times[two]) for two, one in pairs}


def compare(names: Sequence[str]) -> None:
    nets = discover()
    times: dict[str, Times] = {name: {} for name in names}
    waiting = list(times)
    for number in range(MOST_RESTARTS):
        for name in random.sample(waiting, len(waiting)):
            with tempfile.TemporaryDirectory(prefix="fiftyx-", ignore_cleanup_errors=True) as folder:
                restart(nets[name], number, times[name], Path(folder))
            precise = all(found.precision <= PRECISION for found in ratios(times[name]).values())
            if precise and number + 1 >= LEAST_RESTARTS:
                waiting.remove(name)
            print(f"restart {number + 1}: {name}", file=sys.stderr)
    print(f"{'net':16}{'timers':28}{'ratio':>8}   95% interval     restarts")
    for name in times:
        for timers, found in ratios(times[name]).items():
            within = "within" if found.low >= 1 - ASKED and found.high <= 1 + ASKED else "beyond"
            print(f"{name:16}{timers:28}{found.value:8.4f}   {found.low:.4f} to {found.high:.4f}", end="")
            print(f"{found.restarts:9}   {within} {ASKED:.0%}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:])
    else:
        compare(sys.argv[1:] or NETS)
