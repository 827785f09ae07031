"""What a run is going to do: the chosen cells, all pending, or an unfinished run taken up again."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.errors import UserError
from bench.files import run_files
from bench.host.fingerprint import differences
from bench.host.machine import machine
from bench.host.revision import commit
from bench.nets.net_file import NetFile, source
from bench.records.cell import Cell
from bench.records.record import Record
from bench.records.run import Run
from bench.records.settings import Settings
from bench.worker.environment import ROOT

QUICK = Settings(least_restarts=3, most_restarts=3, rounds=10, budget_seconds=50.0)


def new_run(cells: Iterable[Cell], settings: Settings, checked_only: Iterable[Cell] = ()) -> Run:
    """A new run on this machine of these cells, with others that are only checked."""
    records = {cell.id: Record(cell, "pending") for cell in cells}
    records |= {cell.id: Record(cell, "unchecked") for cell in checked_only}
    return Run(machine(), commit(ROOT), datetime.now(UTC).isoformat(timespec="seconds"), settings, records)


def resumed(path: Path, nets: Mapping[str, NetFile]) -> Run:
    """The unfinished run of a file. Raises UserError where it cannot go on here and now."""
    job = run_files.load(path)
    if job.finished:
        raise UserError(f"{path} is finished: leave out --resume to measure anew")
    here = machine()
    if job.machine["fingerprint"] != here["fingerprint"]:
        changed = "; ".join(differences(job.machine, here)) or "another fingerprint"
        raise UserError(f"{path} was measured under other conditions ({changed}): leave out --resume")
    gone = sorted({record.cell.net for record in job.records.values()} - nets.keys())
    if gone:
        raise UserError(f"{path} times {', '.join(gone)}, which is not here: add its folder with --nets")
    if not job.witness.rounds and any(record.seconds for record in job.records.values()):
        raise UserError(f"{path} was begun by an older fiftyx, which timed otherwise: leave out --resume")
    for record in job.records.values():
        if record.runtime and record.runtime.get("source") != source(nets[record.cell.net].path):
            raise UserError(f"{nets[record.cell.net].path} has changed since {path} began: leave out --resume")
    return job
