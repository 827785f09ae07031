"""Records what a machine does to short slices, at the finest grain, for replay.py.

    python tests/benchmarks/record_trace.py NAME [SECONDS [NET ...]]

Fresh workers of a few nets take slices in random order, one sample each, with nothing waited for; the witness is read
before and after each. After every 20 seconds the workers are fresh ones. Writes tests/benchmarks/traces/NAME.json.gz.
"""

import gzip
import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.nets.net_file import discover
from bench.records.cell import Cell
from bench.witness.process import WitnessProcess
from bench.worker.pool import WorkerPool
from bench.worker.protocol import Prepare, TakeSlice

TRACES = Path(__file__).resolve().parent / "traces"
NETS = ("numpy_manual", "torch_inplace", "torch_autograd", "jax_grad")
RESTART_SECONDS, TIMEOUT_SECONDS = 20.0, 120.0
COLUMNS = ("restart", "round", "net", "clock_seconds", "witness_before_us", "step_us", "witness_after_us")


def main() -> None:
    name, seconds, nets = sys.argv[1], float((sys.argv[2:] or ["100"])[0]), tuple(sys.argv[3:]) or NETS
    known, rows, steps = discover(), [], {}
    with WitnessProcess() as witness:
        for restart in range(max(1, round(seconds / RESTART_SECONDS))):
            with WorkerPool(known) as pool:
                workers = [pool.open(Cell(net)) for net in nets]
                for worker in workers:
                    worker.loaded(TIMEOUT_SECONDS)
                for worker in workers:
                    asked = Prepare(suspect=False, step_only=True, steps=steps.get(worker.cell))
                    steps[worker.cell] = worker.ask(asked, TIMEOUT_SECONDS).steps
                    worker.stop()
                end, number = time.monotonic() + RESTART_SECONDS, 0
                while time.monotonic() < end:
                    for worker in random.sample(workers, len(workers)):
                        before = max(witness.read())
                        step = worker.ask(TakeSlice(("step",), 0.0), TIMEOUT_SECONDS).seconds["step"]
                        worker.stop()
                        moment, after = time.monotonic(), max(witness.read())
                        place = nets.index(worker.cell.net)
                        figures = (round(each * 1e6, 1) for each in (before, step, after))
                        rows.append([restart, number, place, round(moment, 4), *figures])
                    number += 1
    TRACES.mkdir(exist_ok=True)
    with gzip.open(TRACES / f"{name}.json.gz", "wt") as file:
        json.dump({"nets": nets, "columns": COLUMNS, "rows": rows}, file, separators=(",", ":"))
    print(f"{len(rows)} slices of {len(nets)} nets in {restart + 1} restarts")


if __name__ == "__main__":
    main()
