"""Whether NumPy's time depends on the company it is measured in.

    python tests/benchmarks/neighbours.py

Fresh workers of numpy_manual are visited alternately: one alone in its round, one right after workers of every other
framework have had their slices. The ratio is taken round by round; its interval is Student's t over restarts.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.nets.availability import obstacle
from bench.nets.net_file import discover
from bench.records.cell import Cell
from bench.stats.estimate import ratio_estimate
from bench.worker.process import WorkerProcess
from bench.worker.protocol import Prepare, TakeSlice

RESTARTS, ROUNDS, SLICE_SECONDS, TIMEOUT_SECONDS = 6, 12, 0.05, 120.0
NEIGHBOURS = ("torch_autograd", "tensorflow_static_graph", "jax_grad")


def visit(worker: WorkerProcess) -> float:
    seconds = worker.ask(TakeSlice(("step",), SLICE_SECONDS), TIMEOUT_SECONDS).seconds["step"]
    worker.stop()
    return seconds


def main() -> None:
    nets = discover()
    cells = [Cell(name) for name in NEIGHBOURS if obstacle(Cell(name), nets[name]) is None]
    alone: dict[tuple[int, int], float] = {}
    among: dict[tuple[int, int], float] = {}
    for restart in range(RESTARTS):
        with tempfile.TemporaryDirectory(prefix="fiftyx-") as folder:
            workers = [
                WorkerProcess(cell, nets[cell.net], Path(folder) / str(number))
                for number, cell in enumerate([Cell("numpy_manual"), Cell("numpy_manual"), *cells])
            ]
            try:
                for worker in workers:
                    worker.loaded(TIMEOUT_SECONDS)
                    worker.ask(Prepare(suspect=False), TIMEOUT_SECONDS)
                    worker.stop()
                first, second, *neighbours = workers
                for number in range(ROUNDS):
                    alone[restart, number] = visit(first)
                    for neighbour in neighbours:
                        visit(neighbour)
                    among[restart, number] = visit(second)
                    first, second = second, first
            finally:
                for worker in workers:
                    worker.kill()
    found = ratio_estimate(among, alone)
    assert found is not None
    print(f"NumPy after {', '.join(cell.net for cell in cells)} / NumPy after NumPy:")
    print(f"{found.value:.4f}   95% interval {found.low:.4f} to {found.high:.4f}   ({found.restarts} restarts)")


if __name__ == "__main__":
    main()
