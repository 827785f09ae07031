"""How often a race between two threads is found that nothing widens.

    python tests/benchmarks/natural_race.py

A net whose threads may lose each other's part of an update is checked, timed and validated, in fresh workers.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.nets.net_file import discover
from bench.records.cell import Cell
from bench.records.record import CellEnded
from bench.worker.pool import WorkerPool
from bench.worker.protocol import CheckAgreement, Prepare, TakeSlice, Validate
from bench.workloads.size import TUTORIAL, Size

TRIES, TIMEOUT_SECONDS = 20, 300.0
SIZES = (Size(64, 100, 20, 5), TUTORIAL)


def main() -> None:
    nets = discover([Path(__file__).parent / "nets"])
    print(f"{'':22}{'agreed with one thread':>24}{'found with all':>16}   of {TRIES} tries")
    for variant in ("", "widened"):
        for size in SIZES:
            cell = Cell("racing", variant, "two_layer", size, "float32")
            agreed = found = 0
            for _ in range(TRIES):
                with WorkerPool(nets) as pool:
                    checker = pool.open(cell, threads="1")
                    checker.loaded(TIMEOUT_SECONDS)
                    agreed += checker.ask(CheckAgreement(), TIMEOUT_SECONDS).first_wrong is None
                    worker = pool.open(cell)
                    worker.loaded(TIMEOUT_SECONDS)
                    worker.ask(Prepare(suspect=True), TIMEOUT_SECONDS)
                    worker.ask(TakeSlice(("step",), 0.1), TIMEOUT_SECONDS)
                    try:
                        worker.ask(Validate(), TIMEOUT_SECONDS)
                    except CellEnded as end:
                        found += end.outcome == "wrong"
            print(f"{variant or 'natural':8}{size!s:14}{agreed:24}{found:16}", flush=True)


if __name__ == "__main__":
    main()
