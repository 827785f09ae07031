"""How often `compare` calls a cell of equal code slower, and which slowdown of one cell it finds, in made-up runs.

    python tests/benchmarks/compare_power.py [COMPARISONS]

Speedups scatter by 0.7% over the five restarts of a run, and from run to run by a standard deviation of 1%, of what was
recorded, or of 7.6%, which is that of the worst recorded net. "Restarts alone" is Welch's test without what differs
between runs.
"""

import math
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.records.verdict import Verdict
from bench.regression.compare import MARGIN, Comparable, Comparison, significant
from bench.stats.between_runs import RECORDED_SD
from bench.stats.holm import ERROR
from bench.stats.welch import Welch

RESTARTS, SCATTER = 5, 0.007


def made_up(draw: np.random.Generator, cells: int, sd: float, slowdown: float = 0.0) -> list[Comparable]:
    """The cells of two runs; the first one is slower in the head."""
    runs = draw.normal(0, sd, (2, cells, 1)) + draw.normal(0, SCATTER, (2, cells, RESTARTS))
    runs[1, 0] += math.log1p(slowdown)
    found = ((f"net_{cell}", Welch.of(*runs[:, cell])) for cell in range(cells))
    return [Comparable(cell, welch, None) for cell, welch in found if welch]


def slower(cells: list[Comparable], margin: float) -> list[Verdict]:
    return [verdict for verdict in Comparison(tuple(cells), margin).verdicts if verdict.outcome == "slower"]


def main() -> None:
    (count,) = map(int, sys.argv[1:] or ("2000",))
    draw = np.random.default_rng(5)
    print("margin  cells  sd of runs  restarts alone  false alarms  slowdown found in 80%  found")
    for margin in (0.03, 0.1, MARGIN):
        for cells in (1, 12):
            for sd in (0.01, RECORDED_SD, 0.076):
                equal = [made_up(draw, cells, sd) for _ in range(count)]
                alone = sum(
                    bool(significant({c.cell: c.restarts.chance_of_at_most(c.limit(margin)) for c in run}))
                    for run in equal
                )
                alarms = sum(bool(slower(run, margin)) for run in equal)
                size = math.expm1(equal[0][0].runs.detectable(math.log1p(margin), ERROR / cells))
                changed = (made_up(draw, cells, sd, size) for _ in range(count))
                found = sum(any(one.cell == "net_0" for one in slower(run, margin)) for run in changed)
                print(
                    f"{margin:6.0%}  {cells:5}  {sd:10.1%}  {alone / count:14.1%}  {alarms / count:12.1%}"
                    f"  {size:21.0%}  {found / count:5.0%}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
