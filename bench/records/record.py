"""What a run finds out of one cell, as frozen data. Times are seconds, per step or per phase of one step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from bench.records.agreement import Agreement
from bench.records.cell import Cell
from bench.records.health import Health

# A cell is pending, to be timed, or unchecked, to be checked alone, only in a run that has not finished.
Outcome = Literal["pending", "measured", "unchecked", "checked", "skipped", "wrong", "failed"]
TO_CHECK: tuple[Outcome, ...] = ("pending", "unchecked")
SEPARATE_PHASES = ("forward", "backward", "update")
# What a net offers whose framework runs each phase together with those before it.
CUMULATIVE_PHASES = ("forward", "forward+backward", "forward+backward+update")
# A step with a wait of its own, and a step whose loss is read to the host, as the tutorial does. Measured where a
# sample is more than one step; where it is one, a step is waited for as it is.
LATENCY, LOSS_READ = "latency", "loss_read"
# What a slice times as one: forward, backward and update, whichever a net offers.
PHASES = "phases"
# What a step keeps the device busy for, by the device's own clock: without the time in which it waits for the host.
# Measured on a GPU whose framework has events.
DEVICE = "device"
# Yardsticks beside the nets, as a framework's own calls compute them: nothing at all, one tiny operation, the same
# replayed from a CUDA graph, the step's matrix products alone, a large matrix product, a large copy; feeding x and y
# from the host to the device. Steps that make the same calls take longer; a fused kernel can take less than the
# products alone, as it makes fewer calls and keeps in registers what they write to memory.
LOWER_BOUNDS = ("empty", "dispatch", "replay", "products", "peak", "copy", "transfer")
# Those that depend on the size of the work.
SIZED_LOWER_BOUNDS = ("products", "transfer")


class Round(NamedTuple):
    """Where one slice belongs: the restart (a fresh set of workers, numbered through the run) and its round."""

    restart: int
    round: int


@dataclass(frozen=True)
class Start:
    """What one fresh worker took before it was timed.

    `setup_seconds` builds the net, `first_step_seconds` is its first step (compile, allocate, autotune) with
    `cold` caches or with those that an earlier worker has filled; `early_seconds` are those of its first `early_steps`,
    the very first included, None in files from before they were timed; `steps` is k, the steps of one sample;
    `steady` says that warm-up found no trend. `memory_bytes` is the worker's peak beyond what it held after its
    imports, `device_bytes` the framework's peak on the device; None where neither is known. `joules_per_step` and
    `watts` are those of the whole GPU while it does nothing but steps: of cold starts, where the GPU counts them.
    """

    restart: int
    setup_seconds: float
    first_step_seconds: float
    steps: int
    wait_seconds: float
    steady: bool
    cold: bool = True
    memory_bytes: int | None = None
    device_bytes: int | None = None
    joules_per_step: float | None = None
    watts: float | None = None
    early_steps: int = 1
    early_seconds: float | None = None


@dataclass(frozen=True)
class Record:
    """Everything about one cell.

    `seconds` maps "step", LATENCY, LOSS_READ, DEVICE and each phase, as it was measured, to the seconds per step of
    each round; of a cell of lower bounds, each of LOWER_BOUNDS to the seconds of one. `work` is what one "products" or
    "peak" computes (floating-point operations) and one "copy" or "transfer" moves (bytes). `pilot` maps numbers of
    threads to the seconds per step that a pilot took with them, which choose a cell and count for nothing else.
    """

    cell: Cell
    outcome: Outcome
    reason: str = ""
    agreement: Agreement | None = None
    starts: tuple[Start, ...] = ()
    seconds: Mapping[str, Mapping[Round, float]] = field(default_factory=dict)
    health: Mapping[Round, Health] = field(default_factory=dict)
    runtime: Mapping[str, Any] = field(default_factory=dict)
    work: Mapping[str, float] = field(default_factory=dict)
    pilot: Mapping[str, float] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """Whether it is still to be measured, or measured further."""
        return self.outcome in ("pending", "measured")

    @property
    def framework(self) -> str:
        """The framework that the net's file imports; "" where no worker has loaded it."""
        return str(self.runtime.get("framework", ""))

    @property
    def keeps_freed_memory(self) -> bool | None:
        """Whether the worker's allocator was seen to keep freed memory; None where nobody looked, as in older files."""
        return self.runtime.get("keeps_freed_memory")

    @property
    def derived(self) -> bool:
        """Whether backward and update can only be had as differences of cumulative phases."""
        return CUMULATIVE_PHASES[1] in self.seconds

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases as they were measured."""
        return tuple(phase for phase in self.seconds if phase in SEPARATE_PHASES or phase in CUMULATIVE_PHASES)


class CellEnded(Exception):
    """A cell has come to an outcome other than measured, and why."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome: Outcome = outcome
        self.reason = reason
