"""The run document as types: what a run file holds, checked while it is read.

It is pytest-benchmark's format with a key of this project's beside it: `benchmarks[]` holds an entry for every timed
phase of every measured cell, as any reader of that format expects; `fiftyx` holds the rest. Seconds throughout.
Keys that are not named here are ignored, so that files by a later fiftyx of the same format stay readable.
"""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from bench.files.benchmark_entries import BenchmarkEntry
from bench.files.cell_schema import CellEntry
from bench.files.damage import Damage, within
from bench.files.quantities import Amount, Count, Duration, Name, Positive, Seconds
from bench.files.witness_schema import WitnessFields

FORMAT: Final = 1


class CpuFields(Struct, frozen=True):
    """The processor by its own name, and how many logical CPUs the run could use; older files have no more."""

    brand_raw: str
    count: Count
    family: Count | None = None
    model: Count | None = None
    stepping: Count | None = None
    instruction_sets: tuple[str, ...] = ()
    caches: dict[str, str] = {}
    physical_cores: Positive | None = None
    threads_per_core: Positive | None = None


class GpuFields(Struct, frozen=True):
    """A GPU by its own name; a memory that was not reported is "?"."""

    name: str
    driver: str
    memory_gib: str


class MachineFields(Struct, frozen=True):
    """What is read of `machine_info`, which may hold more."""

    name: Name
    fingerprint: Name
    cpu: CpuFields
    cores: Positive
    memory_gib: Amount
    gpus: tuple[GpuFields, ...]
    system: str
    python: str
    packages: dict[str, str]
    hypervisor: str = ""
    libc: str = ""
    huge_pages: str = ""
    governor: str = ""
    blas: str = ""


class CommitFields(Struct, frozen=True):
    """What is read of `commit_info`, which may hold more."""

    id: Name


class Origin(Struct, frozen=True):
    """When and where the run was measured, and of which revision; what is not read is kept for saving it again."""

    machine_info: dict[str, Any]
    commit_info: dict[str, Any]
    datetime: str

    def __post_init__(self) -> None:
        with within("machine_info"):
            msgspec.convert(self.machine_info, MachineFields)
        with within("commit_info"):
            msgspec.convert(self.commit_info, CommitFields)
        try:
            datetime.fromisoformat(self.datetime)
        except ValueError as error:
            raise Damage(f"datetime is {self.datetime!r}, which is no date and time") from error


class SettingsFields(Struct, frozen=True):
    """How times were made."""

    least_restarts: Positive
    most_restarts: Positive
    rounds: Positive
    slice_seconds: Seconds
    precision: Duration
    budget_seconds: Duration
    timeout_seconds: Duration
    workers: Positive
    patience_seconds: Duration = 0.0
    most_visit_seconds: Duration = 0.0
    tune_threads: bool = False


class SpentFields(Struct, frozen=True):
    """Where the wall time went, which the first files did not say, and later ones less finely."""

    checking_seconds: Duration = 0.0
    piloting_seconds: Duration = 0.0
    loading_seconds: Duration = 0.0
    preparing_seconds: Duration = 0.0
    visiting_seconds: Duration = 0.0
    timed_seconds: Duration = 0.0
    untimed_seconds: Duration = 0.0
    witness_seconds: Duration = 0.0
    waiting_seconds: Duration = 0.0


class OwnPart(Struct, frozen=True):
    """The key `fiftyx`."""

    format: Literal[1]
    finished: bool
    settings: SettingsFields
    cells: list[CellEntry]
    spent: SpentFields = SpentFields()
    witness: WitnessFields = WitnessFields()


class RunDocument(Origin, frozen=True):
    """A whole run file."""

    benchmarks: list[BenchmarkEntry]
    fiftyx: OwnPart
