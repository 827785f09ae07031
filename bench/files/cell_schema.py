"""A cell of the run document as types: its coordinates, and what became of it."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.structs import asdict, astuple

from bench.files.damage import Damage, within
from bench.files.health_table import Table
from bench.files.quantities import (
    Amount,
    Count,
    Duration,
    Error,
    Limit,
    Name,
    Positive,
    Seconds,
    Threads,
    Width,
    Work,
)
from bench.host.devices import DEVICES
from bench.records.cell import ALLOCATORS, Cell
from bench.records.record import Outcome
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import DTYPES
from bench.workloads.size import Size

KNOWN = {"workload": WORKLOADS, "dtype": DTYPES, "device": DEVICES, "allocator": ALLOCATORS}


class SizeFields(Struct, frozen=True):
    """A workload without some layer has widths of 0."""

    batch: Width
    d_in: Width
    hidden: Width
    d_out: Width


class CellFields(Struct, frozen=True):
    """A cell's coordinates; the first files had no allocator."""

    net: Name
    variant: str
    workload: str
    size: SizeFields
    dtype: str
    device: str
    threads: Threads
    allocator: str = Cell.allocator

    def __post_init__(self) -> None:
        _cell(self)

    @property
    def cell(self) -> Cell:
        return _cell(self)


@lru_cache(2**12)  # every run of a history has the same cells
def _cell(fields: CellFields) -> Cell:
    """Raises Damage where this fiftyx knows no such cell."""
    for key, known in KNOWN.items():
        if (value := getattr(fields, key)) not in known:
            raise Damage(f"{key} is {value!r}, which this fiftyx does not know")
    size, only = Size(*astuple(fields.size)), WORKLOADS[fields.workload].size
    if only and size != only:
        raise Damage(f"size is {size}, where {fields.workload} has {only} alone")
    if not only and 0 in astuple(fields.size):
        raise Damage(f"size is {size}, which has a width of 0")
    return Cell(**{**asdict(fields), "size": size})


class RuntimeFields(Struct, frozen=True):
    """What is read of a cell's `runtime`, which may hold more; a cell that had no worker has nothing there."""

    thread_pools: tuple[str, ...] = ()
    widest_pool: Count = 0
    processors: Count = 0
    keeps_freed_memory: bool | None = None
    source: str = ""
    framework: str = ""
    awake: bool = False


class CellHead(Struct, frozen=True, kw_only=True):
    """Which cell an entry of `cells[]` is about, and what its worker ran on."""

    id: str
    cell: CellFields
    runtime: dict[str, Any]

    def __post_init__(self) -> None:
        if self.id != self.cell.cell.id:
            raise Damage("id is not that of its cell")
        with within("runtime"):
            msgspec.convert(self.runtime, RuntimeFields)

    @property
    def whole_runtime(self) -> dict[str, Any]:
        """`runtime`, in older files completed by the framework.

        All nets of such files are the project's own, whose names begin with it.
        """
        if not self.runtime or "framework" in self.runtime:
            return self.runtime
        return {**self.runtime, "framework": self.cell.net.partition("_")[0]}


class DeviationRow(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """JSON knows no NaN: null stands for an error that is not a number. `least` is written where it is not 0."""

    what: str
    array: str
    step: Count
    error: Error | None
    limit: Limit
    least: Error = 0.0


class LineFields(Struct, frozen=True):
    """intercept + slope x."""

    intercept: float
    slope: float


class RecoveryFields(Struct, frozen=True):
    """Which only linear regression has."""

    recovered: LineFields
    least_squares: LineFields
    true: LineFields


class AgreementFields(Struct, frozen=True):
    """The first files had no conventions."""

    steps: Count
    deviations: tuple[DeviationRow, ...]
    conventions: tuple[str, ...] = ()
    recovery: RecoveryFields | UnsetType = UNSET


class StartFields(Struct, frozen=True):
    """The first files lacked what has a default."""

    restart: Count
    setup_seconds: Duration
    first_step_seconds: Duration
    steps: Positive
    wait_seconds: Duration
    steady: bool
    cold: bool = True
    memory_bytes: Count | None = None
    device_bytes: Count | None = None
    joules_per_step: Amount | None = None
    watts: Amount | None = None
    early_steps: Positive = 1
    early_seconds: Duration | None = None


class CellEntry(CellHead, frozen=True, kw_only=True):
    """All of a record but the seconds of a measured cell, which `benchmarks[]` holds."""

    outcome: Outcome
    reason: str
    agreement: AgreementFields | None
    starts: tuple[StartFields, ...]
    health: Table
    work: dict[str, Work] = {}
    pilot: dict[Threads, Seconds] = {}
    seconds: dict[str, Raw] = {}
