"""How often a machine is fast, and for how long at a time, as the witness sees it.

    python tests/benchmarks/fast_moments.py [SECONDS]

Every processor does the witness's product over and over. Printed are the share of time in which each is within SLOW of
its fast state, that in which all are at once, how long such moments last, and how the product's time is distributed.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import numpy as np

from bench.records.witness import SLOW
from bench.worker.environment import THREAD_VARIABLES
from bench.worker.processors import ALLOWED

GRAIN_SECONDS = 0.001
CHILD = """
import json, os, sys, time
sys.path.insert(0, {root!r})
os.sched_setaffinity(0, {{int(sys.argv[1])}})
from bench.witness.work import Products
products, end, taken = Products(), float(sys.argv[2]), []
while time.monotonic() < end:
    began = time.monotonic()
    taken.append((began, products.seconds()))
print(json.dumps(taken))
"""


def main() -> None:
    seconds = float((sys.argv[1:] or ["20"])[0])
    begin = time.monotonic() + 1.0  # all have started by then
    end, code = begin + seconds, CHILD.format(root=str(Path(__file__).resolve().parent.parent.parent))
    variables = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")}
    words = ([sys.executable, "-c", code, str(processor), str(end)] for processor in ALLOWED)
    children = [subprocess.Popen(each, stdout=subprocess.PIPE, env=variables) for each in words]
    moments, fast = np.arange(begin, end - 0.1, GRAIN_SECONDS), []
    for processor, child in zip(ALLOWED, children, strict=True):
        began, took = np.array(json.loads(child.communicate()[0])).T
        state = np.quantile(took, 0.01)
        at = took[np.minimum(np.searchsorted(began, moments), len(took) - 1)]
        fast.append(at <= SLOW * state)
        shares = [(share, np.quantile(took, share) / state) for share in (0.05, 0.25, 0.5, 0.75, 0.95)]
        over = ", ".join(f"{share:.0%}: {value:.2f}" for share, value in shares)
        print(f"processor {processor}: {state * 1e6:.1f} us, in {fast[-1].mean():.0%} of the time; over it {over}")
    together = np.all(fast, axis=0)
    edges = np.diff(np.concatenate([[0], together.astype(int), [0]]))
    lengths = (np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)) * GRAIN_SECONDS
    print(f"all at once in {together.mean():.0%} of the time", end="")
    if len(lengths):
        within = lengths[lengths >= 0.01].sum() / (end - 0.1 - begin)
        median = np.median(lengths) * 1e3
        print(f", half of these moments at most {median:.0f} ms; in moments of 10 ms or more {within:.0%}")


if __name__ == "__main__":
    main()
