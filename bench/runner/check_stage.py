"""Agreement of the pending cells with float64 NumPy, in workers of their own, before anything is timed."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bench.nets.net_file import NetFile
from bench.records.cell import Cell, WorkerKey
from bench.records.record import TO_CHECK, CellEnded, Outcome
from bench.runner.recorder import Recorder
from bench.worker.launch import HERE, Launch
from bench.worker.pool import WorkerPool
from bench.worker.process import WorkerProcess
from bench.worker.protocol import CheckAgreement

# Nothing is timed while agreement is checked, so several workers share the cores. Were each to take them
# all, their threads would spin against each other's and a check take ten times as long.
CORES = os.cpu_count() or 1
CHECKERS = max(2, CORES // 4)
CHECKER_THREADS = str(max(1, CORES // CHECKERS))


def check(recorder: Recorder, nets: Mapping[str, NetFile], launch: Launch = HERE) -> None:
    """Agreement for every cell that waits for it; cells that differ in size alone share a worker."""
    cells = [record.cell for record in recorder.run.records.values() if record.outcome in TO_CHECK]
    waiting = [cell for cell in cells if not cell.is_lower_bound and recorder.record(cell).agreement is None]
    recorder.progress.stage("checking", len(waiting))
    queue = by_worker(waiting)
    with WorkerPool(nets, launch) as pool, recorder.spending("checking"):
        running: list[tuple[WorkerProcess, list[Cell]]] = []
        while queue or running:
            while queue and len(running) < CHECKERS:
                first, *others = queue.pop(0)
                threads = CHECKER_THREADS if first.threads == "all" else min(CHECKER_THREADS, first.threads, key=int)
                worker = pool.open(first, threads)
                worker.send(CheckAgreement())
                running.append((worker, others))
            worker, others = running.pop(0)
            recorder.progress.advance(worker.cell.label)
            survived = recorder.survives(worker, lambda worker: agreed(recorder, worker))
            if not others:
                worker.kill()
            elif survived:
                pool.load(worker, others[0])
                worker.send(CheckAgreement())
                running.append((worker, others[1:]))
            else:
                queue.append(others)


def by_worker(cells: Iterable[Cell]) -> list[list[Cell]]:
    """The cells that may take turns in one worker, the smallest first."""
    families: dict[WorkerKey, list[Cell]] = {}
    for cell in cells:
        families.setdefault(cell.worker_key, []).append(cell)
    return [sorted(family, key=lambda cell: cell.size.flops_per_step) for family in families.values()]


def agreed(recorder: Recorder, worker: WorkerProcess) -> None:
    """Keeps what the worker found. Raises CellEnded where the net is wrong or could not be compared."""
    recorder.loaded(worker)
    agreement = worker.receive(CheckAgreement(), recorder.run.settings.timeout_seconds)
    record = recorder.record(worker.cell)
    outcome: Outcome = "checked" if record.outcome == "unchecked" else record.outcome
    recorder.keep(replace(record, outcome=outcome, agreement=agreement))
    if agreement.first_wrong:
        raise CellEnded("wrong", str(agreement.first_wrong))
    recorder.progress.tell(recorder.record(worker.cell))
