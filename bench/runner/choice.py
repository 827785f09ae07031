"""Which cells a request is for."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.errors import UserError
from bench.host.devices import all_devices, present_devices
from bench.nets.net_file import NetFile
from bench.nets.selection import select, with_lower_bounds
from bench.records.cell import Cell, holds_lower_bounds
from bench.workloads.catalogue import TIMED, WORKLOADS
from bench.workloads.dtypes import DTYPES
from bench.workloads.size import TUTORIAL, Size

# Where there are so few processors its compilation would take a third of the default job's four minutes (measured on
# two: 30 s to check it, 18 s for each cold start).
COMPILER, FEW_PROCESSORS = "torch_compile", 3
# What `fiftyx run` times at the tutorial's size when no net is named: each way of computing once, in one group.
DEFAULT_NETS = (
    "numpy_manual",
    "numpy_inplace",
    "torch_tensor",
    "torch_tensor:fed",
    "torch_inplace",
    "torch_autograd",
    "torch_nn",
    COMPILER,
    "torch_cuda_graph",
    "triton_fused",
    "tensorflow_static_graph",
    "tensorflow_eager",
    "jax_grad",
    "cupy_manual",
)
# And at the other sizes: the fastest on a CPU and on a GPU, and a compiler.
SWEEP_NETS = ("numpy_manual", "torch_inplace", "triton_fused", "jax_grad")
# What the default job checks and does not time, for statements that agreement alone decides.
CHECKED_ONLY = (
    ("torch_dynamic", "dynamic"),
    ("torch_autograd", "linear_regression"),
    ("torch_autograd", "linear_regression_1e-2"),
)
# What is timed where no workload is named.
USUAL = ("two_layer",)
PROCESSORS = os.cpu_count() or 1
SHORT_SWEEP = (TUTORIAL, Size(256, 1000, 400, 10), Size(4096, 1000, 1600, 10))


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


def wanted_cells(choice: Choice, nets: Mapping[str, NetFile]) -> tuple[Cell, ...]:
    """The cells that a run is for: those chosen, or the default nets; where nothing was chosen, also a short sweep."""
    sizes = choice.sizes or (SHORT_SWEEP if choice.is_default else (TUTORIAL,))
    if choice.nets or choice.everything:
        return replace(choice, sizes=sizes).cells(nets, TIMED, USUAL)
    tutorial, others = [size for size in sizes if size == TUTORIAL], [size for size in sizes if size != TUTORIAL]
    cells: tuple[Cell, ...] = ()
    for ours, chosen in ((DEFAULT_NETS, tutorial), (SWEEP_NETS, others)):
        if chosen:
            chosen_nets = default_nets(nets, ours, choice.workloads)
            cells += replace(choice, nets=chosen_nets, sizes=chosen).cells(nets, TIMED, USUAL)
    return cells


def default_nets(
    nets: Mapping[str, NetFile], ours: Sequence[str] = DEFAULT_NETS, workloads: Collection[str] = ()
) -> tuple[str, ...]:
    """Our nets, those made for the workloads alone, and every net that does not come with the project."""
    others = [net for net in nets.values() if not holds_lower_bounds(net.name) and net.name not in ours]
    special = (net for net in others if {*workloads} & {*net.workloads} and not {*USUAL} & {*net.workloads})
    guests = (net for net in others if not net.is_own)
    joining = dict.fromkeys(f"{net.name}:{variant}" for net in (*special, *guests) for variant in net.variants)
    return (*ours, *joining)


def with_baselines(cells: Sequence[Cell], choice: Choice, nets: Mapping[str, NetFile]) -> tuple[Cell, ...]:
    """The cells, the NumPy cells that they are compared with, and the lower bounds.

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


def too_long_here(cells: Sequence[Cell], choice: Choice, quick: bool) -> dict[Cell, str]:
    """The cells of the default job that its time does not allow on this machine, and why."""
    if not choice.is_default or not (quick or PROCESSORS <= FEW_PROCESSORS):
        return {}
    where = "the minute of --quick" if quick else f"the four minutes of the default job on {PROCESSORS} processors"
    reason = f"compiling takes too much of {where}: `fiftyx run {COMPILER}` times it"
    return {cell: reason for cell in cells if cell.net == COMPILER}


def checked_only(choice: Choice, nets: Mapping[str, NetFile]) -> tuple[Cell, ...]:
    """What the default job checks without timing it."""
    if not choice.is_default:
        return ()
    chosen = (replace(choice, nets=(net,), workloads=(workload,)) for net, workload in CHECKED_ONLY)
    return tuple(cell for one in chosen for cell in one.cells(nets, TIMED, ()))
