"""Whether speedups keep while another process loads a core: on one thread, half of the time.

    python tests/benchmarks/loaded_core.py

Restarts of the engine come in pairs: one on the machine as it is, one beside a fresh process that computes for 20 ms
and sleeps for 20 ms, on whichever core it likes. The ratio loaded / quiet of every net's speedup over NumPy is taken
pair by pair; its interval is Student's t over pairs, and is to lie within 5%.
"""

import math
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from rich.console import Console

from bench.nets.net_file import discover
from bench.nets.selection import select
from bench.records.run import Run
from bench.records.settings import Settings
from bench.runner.job import new_run
from bench.runner.progress import shown
from bench.runner.runner import Runner
from bench.stats.estimate import log_interval

NETS = ("torch_tensor", "torch_autograd", "jax_grad")
LEAST_PAIRS, MOST_PAIRS, PRECISION, ASKED = 10, 30, 0.02, 0.05
# One restart a run.
SETTINGS = Settings(least_restarts=1, most_restarts=1)
LOAD = """
import os, time
while os.getppid() == {parent}:
    end = time.perf_counter() + 0.02
    while time.perf_counter() < end:
        pass
    time.sleep(0.02)
"""


@contextmanager
def load() -> Iterator[None]:
    """Another process at work; it ends itself should this one be killed."""
    with subprocess.Popen([sys.executable, "-c", LOAD.format(parent=os.getpid())]) as process:
        try:
            yield
        finally:
            process.kill()


def say(name: str, runs: list[Run]) -> None:
    """How many rounds count, and what the witness says of the machine."""
    rounds = [run.disturbed(key) for run in runs for key in run.witness.rounds]
    slow = statistics.mean(run.witness.slow_share for run in runs)
    kept = sum(not disturbed for disturbed in rounds)
    print(f"{name}: {kept} of {len(rounds)} rounds count; the witness was slow in {slow:.0%} of its readings")


def main() -> None:
    nets = discover()
    reference, *cells = select(nets, ("numpy_manual", *NETS), threads="1")
    runs: dict[str, list[Run]] = {"quiet": [], "loaded": []}
    with shown(Console(stderr=True), MOST_PAIRS * 20.0) as progress:
        checked = Runner(new_run([reference, *cells], SETTINGS), nets, lambda run: None, progress).check()
        while len(runs["quiet"]) < MOST_PAIRS:
            for name in random.sample(list(runs), 2):
                # A run's time is what its runner shuffles by.
                job = replace(checked, started=f"{checked.started} {name} {len(runs[name])}")
                with load() if name == "loaded" else nullcontext():
                    runs[name].append(Runner(job, nets, lambda run: None, progress).check_and_time())
            ratios = {cell: log_interval(pairs(runs, cell.id)) for cell in cells}
            if len(runs["quiet"]) >= LEAST_PAIRS and all(found.precision <= PRECISION for found in ratios.values()):
                break
    print(f"{'net':16}{'quiet':>8}{'loaded':>8}{'ratio':>8}   95% interval")
    for cell, found in ratios.items():
        medians = [statistics.median(speedups(runs[name], cell.id)) for name in runs]
        within = "within" if found.low >= 1 - ASKED and found.high <= 1 + ASKED else "beyond"
        print(f"{cell.label:16}{medians[0]:8.2f}{medians[1]:8.2f}{found.value:8.4f}", end="   ")
        print(f"{found.low:.4f} to {found.high:.4f}   {within} {ASKED:.0%}")
    for name, each in runs.items():
        say(name, each)


def speedups(runs: list[Run], cell: str) -> list[float]:
    """The cell's speedup over NumPy in each run."""
    found = []
    for run in runs:
        speedup = run.speedup(run.records[cell])
        assert speedup is not None, run.records[cell].reason
        found.append(speedup.value)
    return found


def pairs(runs: dict[str, list[Run]], cell: str) -> list[float]:
    """Log of loaded / quiet, pair by pair."""
    both = zip(speedups(runs["loaded"], cell), speedups(runs["quiet"], cell), strict=True)
    return [math.log(loaded / quiet) for loaded, quiet in both]


if __name__ == "__main__":
    main()
