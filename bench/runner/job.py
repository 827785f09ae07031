"""What a run is going to do: the chosen cells, all pending, or an unfinished run taken up again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bench.errors import UserError
from bench.files import run_files
from bench.host.devices import all_devices, present_devices
from bench.host.machine import machine
from bench.host.revision import commit
from bench.nets.net_file import NetFile, source
from bench.nets.selection import select, with_lower_bounds
from bench.records.cell import Cell, holds_lower_bounds
from bench.records.record import Record
from bench.records.run import Run, Settings
from bench.worker.environment import ROOT
from bench.workloads.catalogue import TIMED, WORKLOADS
from bench.workloads.dtypes import DTYPES
from bench.workloads.size import TUTORIAL, Size

# What `fiftyx run` times at the tutorial's size when no net is named: each way of computing once, in one batch.
TELLING_NETS = (
    "numpy_manual",
    "torch_tensor",
    "torch_tensor:fed",
    "torch_inplace",
    "torch_autograd",
    "torch_nn",
    "torch_cuda_graph",
    "triton_fused",
    "tensorflow_static_graph",
    "tensorflow_eager",
    "jax_grad",
    "cupy_manual",
)
# And at the other sizes: what is fastest on a CPU and on a GPU, and a compiler.
SWEEPING_NETS = ("numpy_manual", "torch_inplace", "triton_fused", "jax_grad")
# What the default job checks and does not time, for statements that agreement alone decides.
PROOFS = (
    ("torch_dynamic", "dynamic"),
    ("torch_autograd", "linear_regression"),
    ("torch_autograd", "linear_regression_1e-2"),
)
SHORT_SWEEP = (TUTORIAL, Size(256, 1000, 400, 10), Size(4096, 1000, 1600, 10))
QUICK = Settings(least_restarts=3, most_restarts=3, rounds=3, slice_seconds=0.05, budget_seconds=50.0)


@dataclass(frozen=True)
class Choice:
    """What cells a request asks for; empty means the default of that coordinate."""

    nets: Sequence[str] = ()
    workloads: Sequence[str] = ()
    sizes: Sequence[Size] = ()
    dtypes: Sequence[str] = ()
    devices: Sequence[str] = ()
    threads: str = "all"
    allocator: str = "pinned"
    everything: bool = False

    @property
    def is_default(self) -> bool:
        """Whether it leaves the job to us; where it runs is the user's to say all the same."""
        return replace(self, devices=()) == Choice()

    def _devices(self) -> Sequence[str]:
        if "all" in self.devices or (self.everything and not self.devices):
            return all_devices()
        return self.devices or present_devices()

    def cells(self, nets: Mapping[str, NetFile], known: Sequence[str], usual: Sequence[str]) -> tuple[Cell, ...]:
        """Every cell it asks for of `known` workloads; `usual` are those of a request that names none.

        Raises UserError where a name is unknown or nothing is left.
        """
        for name in WORKLOADS.keys() & set(self.workloads) - set(known):
            raise UserError(f"{name} is only checked, not timed: use `fiftyx check --workload {name}`")
        return select(
            nets,
            self.nets,
            self.workloads or (known if self.everything else usual),
            self.sizes or (TUTORIAL,),
            self.dtypes or (DTYPES if self.everything else ("float32",)),
            self._devices(),
            self.threads,
            self.allocator,
            fallback=not (self.devices or self.everything),
        )


def asked(choice: Choice, nets: Mapping[str, NetFile]) -> tuple[Cell, ...]:
    """The cells that a run is for: those chosen, or a telling few; nothing having been chosen, also a short sweep."""
    sizes = choice.sizes or (SHORT_SWEEP if choice.is_default else (TUTORIAL,))
    if choice.nets or choice.everything:
        return replace(choice, sizes=sizes).cells(nets, TIMED, ("two_layer",))
    tutorial, others = [size for size in sizes if size == TUTORIAL], [size for size in sizes if size != TUTORIAL]
    cells: tuple[Cell, ...] = ()
    for ours, chosen in ((TELLING_NETS, tutorial), (SWEEPING_NETS, others)):
        if chosen:
            cells += replace(choice, nets=telling(nets, ours), sizes=chosen).cells(nets, TIMED, ("two_layer",))
    return cells


def grounded(cells: Sequence[Cell], choice: Choice, nets: Mapping[str, NetFile]) -> tuple[Cell, ...]:
    """The cells, the NumPy cells that they are compared with, and the floors.

    NumPy in float64 with the system's allocator is what the tutorial compares its float32 rows with. Where no net
    was chosen NumPy runs under other settings too, so that the way from there to the fastest cell can be taken one
    step at a time. In the short sweep of the default job all that is left out.
    """
    numpy = tuple(dict.fromkeys(cell.reference for cell in cells if cell.timed))
    at_tutorial = [cell for cell in numpy if cell.size == TUTORIAL]
    if not choice.dtypes and choice.allocator == "pinned":
        baselines = at_tutorial if choice.is_default else numpy
        numpy += tuple(replace(cell, dtype="float64", allocator="system") for cell in baselines)
        if not choice.nets and choice.threads == "all":
            numpy += tuple(replace(cell, allocator="system") for cell in at_tutorial)
            numpy += tuple(replace(cell, threads="1") for cell in at_tutorial)
    together = with_lower_bounds(dict.fromkeys([*numpy, *cells]), nets)
    return tuple(cell for cell in together if not (choice.is_default and cell.is_lower_bound and cell.size != TUTORIAL))


def telling(nets: Mapping[str, NetFile], ours: Sequence[str]) -> tuple[str, ...]:
    """Our nets, and every net that does not come with the project."""
    guests = [net for net in nets.values() if not (net.is_own or holds_lower_bounds(net.name))]
    return (*ours, *(f"{net.name}:{variant}" for net in guests for variant in net.variants))


def proofs(choice: Choice, nets: Mapping[str, NetFile]) -> tuple[Cell, ...]:
    """What the default job checks besides."""
    if not choice.is_default:
        return ()
    chosen = (replace(choice, nets=(net,), workloads=(workload,)) for net, workload in PROOFS)
    return tuple(cell for one in chosen for cell in one.cells(nets, TIMED, ()))


def planned(cells: Iterable[Cell], settings: Settings, proofs: Iterable[Cell] = ()) -> Run:
    """A new run on this machine of these cells, with others that are only checked."""
    records = {cell.id: Record(cell, "pending") for cell in cells}
    records |= {cell.id: Record(cell, "unchecked") for cell in proofs}
    return Run(machine(), commit(ROOT), datetime.now(UTC).isoformat(timespec="seconds"), settings, records)


def resumed(path: Path, nets: Mapping[str, NetFile]) -> Run:
    """The unfinished run of a file. Raises UserError where it cannot go on here and now."""
    job = run_files.load(path)
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
