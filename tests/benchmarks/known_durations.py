"""What the engine reports of steps whose length is known, and what the harness itself adds to a step.

    python tests/benchmarks/known_durations.py

Nets that spin until a set time is over go through the whole engine, on one thread: they are to be reported within 1%.
Then a net that does nothing is timed as a worker times it, k steps a sample: under 200 ns a step where k > 1.
"""

import statistics
import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from rich.console import Console

from bench.nets.net_file import discover
from bench.nets.selection import select
from bench.records.settings import Settings
from bench.runner.job import new_run
from bench.runner.progress import shown
from bench.runner.runner import Runner
from bench.timing import sampling
from bench.workloads.size import Size

# So small that NumPy's own part of the step fits into the shortest of them.
SIZE = Size(8, 16, 4, 2)
SETTINGS = Settings(least_restarts=5, most_restarts=5, budget_seconds=300.0)
STEPS, SAMPLING_SECONDS = (1, 2, 10, 100, 1000), 0.2


def main() -> None:
    nets = discover([Path(__file__).parent / "nets"])
    variants = nets["spinning"].variants
    cells = select(nets, [f"spinning:{variant}" for variant in variants], sizes=[SIZE], threads="1")
    with shown(Console(stderr=True), SETTINGS.budget_seconds) as progress:
        run = Runner(new_run(cells, SETTINGS), nets, lambda run: None, progress).check_and_time()
    print(f"{'a step lasts':>14}{'k':>6}{'reported / known':>18}   95% interval")
    for cell in cells:
        record = run.records[cell.id]
        found = run.time(record)
        assert found is not None and found.low is not None and found.high is not None, record.reason
        known, k = variants[cell.variant]["seconds"], statistics.median(start.steps for start in record.starts)
        ratios = [value / known for value in (found.value, found.low, found.high)]
        print(f"{cell.variant:>14}{k:6g}{ratios[0]:18.5f}   {ratios[1]:.5f} to {ratios[2]:.5f}")

    empty = SimpleNamespace(step=lambda: None, wait=lambda: None)
    print(f"\n{'an empty step, k':>20}{'ns':>8}")
    for k in STEPS:
        seconds = statistics.median(sampling.time_steps(empty, k, SAMPLING_SECONDS))
        print(f"{k:20}{seconds * 1e9:8.0f}")


if __name__ == "__main__":
    main()
