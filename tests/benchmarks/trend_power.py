"""What the search for changes of level finds, and how often it finds one where there is none, in made-up series.

    python tests/benchmarks/trend_power.py [SERIES]

Each series has 80 runs of noise with a standard deviation of 1, and is looked at as it is and with a step of 2.3
standard deviations 10 runs ago, which counts as found within 2 runs of where it is. `trend` is stricter: it corrects
for the number of series.
"""

import sys
from pathlib import Path
from unittest.mock import patch

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.stats import changepoint
from bench.stats.changepoint import changes_of_level
from tests.helpers.histories import KINDS, noise

RUNS, STEP, SINCE, NEAR = 80, 2.3, 10, 2
BLOCKS = (8, changepoint.LEAST_BLOCKS)


def main() -> None:
    (series,) = map(int, sys.argv[1:] or ("1000",))
    print(f"{'noise':14}{'least blocks':>14}{'steps found':>14}{'false alarms':>14}   of {series} series each")
    for kind in KINDS:
        still = noise(kind, RUNS, series, np.random.default_rng(7)).T
        stepped = still + STEP * (np.arange(RUNS) >= RUNS - SINCE)
        for blocks in BLOCKS:
            with patch.object(changepoint, "LEAST_BLOCKS", blocks):
                found = sum(
                    any(abs(at - (RUNS - SINCE)) <= NEAR for at in changes_of_level(values)) for values in stepped
                )
                false = sum(bool(changes_of_level(values)) for values in still)
            print(f"{kind:14}{blocks:14}{found / series:14.1%}{false / series:14.1%}", flush=True)


if __name__ == "__main__":
    main()
