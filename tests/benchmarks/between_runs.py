"""By how much the same speedup differs from run to run of one machine with the same packages.

    python tests/benchmarks/between_runs.py

Of all committed runs of two or more cells in common: the pooled standard deviation over runs of the logarithm of each
cell's speedup over NumPy, what the restarts of each run say of their own scatter taken off, and its degrees of freedom.
"""

import math
import statistics
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.files import run_files
from bench.records.run import Run
from bench.stats.restarts import log_ratios
from bench.worker.environment import ROOT


def speedups(run: Run) -> dict[str, tuple[float, float]]:
    """The logarithm of each speedup, and the variance that the scatter of its restarts gives it."""
    found = {}
    for record in run.records.values():
        reference = run.record(record.cell.reference) if record.cell.timed else None
        if record.outcome != "measured" or record.cell.is_reference or reference is None:
            continue
        values = list(log_ratios(*(run.counted(each.seconds.get("step", {})) for each in (reference, record))).values())
        if len(values) > 2:
            found[record.cell.id] = statistics.fmean(values), statistics.variance(values) / len(values)
    return found


def main() -> None:
    series = defaultdict(list)
    for path in sorted((ROOT / "results").rglob("2*.json")):
        run = run_files.load(path)
        for cell, value in speedups(run).items():
            series[run.machine["name"], run.machine["fingerprint"], cell].append(value)
    squares = freedom = own = 0.0
    for (machine, _, cell), values in series.items():
        if len(values) > 1:
            logs = [value for value, _ in values]
            squares += (len(logs) - 1) * statistics.variance(logs)
            own += (len(logs) - 1) * statistics.fmean(variance for _, variance in values)
            freedom += len(logs) - 1
            print(f"{machine:36} {cell:60} {len(logs)} runs, {statistics.stdev(logs):.2%} apart")
    total, within = squares / freedom, own / freedom
    print(f"pooled: {math.sqrt(total):.2%}, {freedom:.0f} degrees of freedom, of it restarts {math.sqrt(within):.2%}")
    print(f"between runs: {math.sqrt(max(0.0, total - within)):.2%}")


if __name__ == "__main__":
    main()
