"""What a run is going to do: the chosen cells, all pending, or an unfinished run taken up again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench import store
from bench.cell import Cell, with_references
from bench.environment import ROOT
from bench.errors import UserError
from bench.machine import commit, machine
from bench.netfile import IMPLEMENTATIONS, NetFile, is_floors, source
from bench.record import Record, Run, Settings

# What `fiftyx run` times when no net is named: one batch that shows each way of computing once.
TELLING_NETS = (
    "numpy_manual",
    "torch_tensor",
    "torch_autograd",
    "tensorflow_static_graph",
    "tensorflow_static_graph:float64_feeds",
    "jax_grad",
    "cupy_manual",
)
QUICK = Settings(least_restarts=3, most_restarts=3, rounds=5, budget_seconds=30.0)


def planned(cells: Iterable[Cell], settings: Settings) -> Run:
    """A new run on this machine of these cells and the NumPy cells that their speedups need."""
    records = {cell.id: Record(cell, "pending") for cell in with_references(cells)}
    return Run(machine(), commit(ROOT), datetime.now(UTC).isoformat(timespec="seconds"), settings, records)


def default_nets(nets: Mapping[str, NetFile]) -> tuple[str, ...]:
    """The telling nets, and every net that does not come with the project."""
    guests = [net for net in nets.values() if net.path.parent != IMPLEMENTATIONS and not is_floors(net.name)]
    names = [f"{net.name}:{variant}" for net in guests for variant in net.variants]
    return (*TELLING_NETS, *names)


def with_tutorial_baseline(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells and NumPy in float64, which is what the tutorial compares its float32 rows with."""
    baselines = (replace(cell.reference, dtype="float64") for cell in cells if cell.timed)
    return tuple(dict.fromkeys([*cells, *baselines]))


def resumed(path: Path, nets: Mapping[str, NetFile]) -> Run:
    """The unfinished run of a file. Raises UserError where it cannot go on here and now."""
    job = store.load(path)
    if job.finished:
        raise UserError(f"{path} is finished: leave out --resume to measure anew")
    if job.machine["fingerprint"] != machine()["fingerprint"]:
        raise UserError(f"{path} was measured on another machine or with other packages: leave out --resume")
    gone = sorted({record.cell.net for record in job.records.values()} - nets.keys())
    if gone:
        raise UserError(f"{path} times {', '.join(gone)}, which is not here: add its folder with --nets")
    for record in job.records.values():
        if record.runtime and record.runtime.get("source") != source(nets[record.cell.net].path):
            raise UserError(f"{nets[record.cell.net].path} has changed since {path} began: leave out --resume")
    return job
