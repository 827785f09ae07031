"""Which comes first where both hold, slower or contaminated? Made-up duels of one cell, judged in four orders.

    python tests/benchmarks/duel_order.py [DUELS]

Each of the three arms (base, head, control) is faster or slower than the others throughout the duel, by a luck that is
drawn once; its fresh workers scatter by 1.1%. The margin is 2%, with 20 pairs. Called slower, in each order:

contaminated first   no cell whose control differs too much is called slower
slower first         the control has no say in it
from both            such a cell must be slower than base and control, each by more than the margin
from both, widened   and by the distance between these two as well: what `duel` does
"""

import sys
from pathlib import Path

import numpy as np
from scipy.special import stdtr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.stats.duel_test import Array, Stage, mean_and_error
from bench.stats.holm import ERROR

MARGIN, PAIRS, SPREAD = 0.02, 20, 0.011
LUCK, SLOWDOWNS = (0.0, 0.005, 0.01, 0.02, 0.05), (0.0, 0.05, 0.1, 0.2)


def slower_than(values: Array, limit: float) -> Array:
    """Whether Student's t alone calls each cell slower by more than the limit."""
    mean, error = mean_and_error(values)
    return stdtr(PAIRS - 1, (limit - mean) / error) <= ERROR


def orders(values: Array, control: Array) -> dict[str, Array]:
    limit = float(np.log1p(MARGIN))
    outcomes = Stage.of(values[:, None], control[:, None], MARGIN)
    contaminated, slower = outcomes.contaminated[:, 0], slower_than(values, limit)
    both = slower & slower_than(values - control, limit)
    return {
        "contaminated": contaminated,
        "contaminated first": slower & ~contaminated,
        "slower first": slower,
        "from both": np.where(contaminated, both, slower),
        "from both, widened": outcomes.outcomes[:, 0] == "slower",
    }


def main() -> None:
    (duels,) = map(int, sys.argv[1:] or ("20000",))
    draw = np.random.default_rng(1)
    for luck in LUCK:
        for slowdown in SLOWDOWNS:
            arms = draw.normal(0, SPREAD, (3, duels, PAIRS)) + draw.normal(0, luck, (3, duels, 1))
            base, head, control = arms
            shares = orders(head + np.log1p(slowdown) - base, control - base)
            if luck == slowdown == 0:
                print("luck  slower by  " + "  ".join(shares))
            cells = (f"{share.mean():{len(name)}.1%}" for name, share in shares.items())
            print(f"{luck:4.1%}  {slowdown:9.0%}  " + "  ".join(cells))


if __name__ == "__main__":
    main()
