"""What a run finds out, as frozen data. Times are seconds, per step or per phase of one step."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from bench.cell import Cell
from bench.line import Recovery
from bench.stats import Estimate, mean_estimate, ratio_estimate, time_estimate

# A cell is pending only in a run that has not finished.
Outcome = Literal["pending", "measured", "skipped", "wrong", "failed"]
SEPARATE_PHASES = ("forward", "backward", "update")
# What a net offers whose framework runs each phase together with those before it.
CUMULATIVE_PHASES = ("forward", "forward+backward", "forward+backward+update")


class Round(NamedTuple):
    """One visit to one cell: the restart (a fresh set of workers, numbered through the run) and its round."""

    restart: int
    round: int


@dataclass(frozen=True)
class Deviation:
    """One comparison with the reference: what was compared, of which array, after which step."""

    what: str
    array: str
    step: int
    error: float
    limit: float

    @property
    def passes(self) -> bool:
        return self.error <= self.limit  # False for NaN

    @property
    def when(self) -> str:
        """` at step 3`; nothing where no steps are taken."""
        return f" at step {self.step}" if self.step else ""

    def __str__(self) -> str:
        number = "is not finite" if math.isnan(self.error) else f"is off by {self.error:.1e} (limit {self.limit:.0e})"
        return f"{self.what} of {self.array} {number}{self.when}"


@dataclass(frozen=True)
class Agreement:
    """All comparisons of one cell with float64 NumPy, over so many steps; of linear regression, the line too.

    `conventions` tells what differs from NumPy and yet is no error.
    """

    deviations: tuple[Deviation, ...]
    steps: int
    recovery: Recovery | None = None
    conventions: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Agreement":
        """What a worker's reply says."""
        lines = answer["recovery"]
        return cls(
            tuple(Deviation(**found) for found in answer["deviations"]),
            answer["steps"],
            lines and Recovery.from_json(lines),
            tuple(answer["conventions"]),
        )

    @property
    def first_wrong(self) -> Deviation | None:
        return next((deviation for deviation in self.deviations if not deviation.passes), None)

    @property
    def worst(self) -> Deviation:
        """The comparison that comes nearest to its limit, or exceeds it most; NaN exceeds everything."""
        return max(
            self.deviations, key=lambda found: math.inf if math.isnan(found.error) else found.error / found.limit
        )


@dataclass(frozen=True)
class Start:
    """What one fresh worker took before it was timed.

    `setup_seconds` builds the net, `first_step_seconds` is its first step with cold caches (compile,
    allocate, autotune), `steps` is k, the steps of one sample; `steady` says that warm-up found no trend.
    """

    restart: int
    setup_seconds: float
    first_step_seconds: float
    steps: int
    wait_seconds: float
    steady: bool


@dataclass(frozen=True)
class Health:
    """What disturbed one slice, and whether its worker was quiet again before the next one's."""

    involuntary_switches: int
    minor_faults: int
    quiet: bool = True


@dataclass(frozen=True)
class Record:
    """Everything about one cell.

    `seconds` maps "step" and each phase, as it was measured, to the seconds per step of each round.
    """

    cell: Cell
    outcome: Outcome
    reason: str = ""
    agreement: Agreement | None = None
    starts: tuple[Start, ...] = ()
    seconds: Mapping[str, Mapping[Round, float]] = field(default_factory=dict)
    health: Mapping[Round, Health] = field(default_factory=dict)
    runtime: Mapping[str, Any] = field(default_factory=dict)

    @property
    def derived(self) -> bool:
        """Whether backward and update can only be had as differences of cumulative phases."""
        return CUMULATIVE_PHASES[1] in self.seconds


@dataclass(frozen=True)
class Settings:
    """How times are made.

    After `least_restarts` restarts a batch is done once every speedup's interval is within `precision`;
    else it goes on up to `most_restarts`, or until another restart would overrun `budget_seconds` of timing.
    """

    # Ten, since the fastest cell is chosen on half of them and timed on the other half.
    least_restarts: int = 10
    most_restarts: int = 40
    rounds: int = 8
    slice_seconds: float = 0.05
    precision: float = 0.02
    budget_seconds: float = 160.0
    timeout_seconds: float = 120.0
    workers: int = 12

    @property
    def least_rounds(self) -> int:
        """A restart that was cut short counts once it has half of its rounds."""
        return (self.rounds + 1) // 2


@dataclass(frozen=True)
class Run:
    """One run of the engine on one machine."""

    machine: Mapping[str, Any]
    commit: Mapping[str, Any]
    started: str
    settings: Settings
    records: Mapping[str, Record]
    finished: bool = False

    def record(self, cell: Cell) -> Record | None:
        return self.records.get(cell.id)

    def with_record(self, record: Record) -> "Run":
        return replace(self, records={**self.records, record.cell.id: record})

    def time(self, record: Record, phase: str = "step") -> Estimate | None:
        """Seconds per step with the interval over restarts."""
        return time_estimate(record.seconds.get(phase, {}), self.settings.least_rounds)

    def speedup(self, record: Record, baseline: Record | None = None) -> Estimate | None:
        """How many times faster than the baseline (by default the cell's NumPy reference) one step is.

        None where the two share no round: no interval is given for numbers that did not share a batch.
        """
        baseline = baseline or self.record(record.cell.reference)
        if baseline is None:
            return None
        return ratio_estimate(
            baseline.seconds.get("step", {}), record.seconds.get("step", {}), self.settings.least_rounds
        )

    def phases(self, record: Record) -> dict[str, Estimate]:
        """Seconds of forward, backward and update, as far as the net offers them.

        Those of a cumulative net are differences taken round by round (`record.derived`), and may come out
        negative where the framework does less for the longer chain.
        """
        rounds = {phase: record.seconds[phase] for phase in record.seconds if phase != "step"}
        if record.derived:
            chain = [rounds[phase] for phase in CUMULATIVE_PHASES]
            parts = chain[0], less(chain[1], chain[0]), less(chain[2], chain[1])
            rounds = dict(zip(SEPARATE_PHASES, parts, strict=True))
        estimates = {phase: mean_estimate(values, self.settings.least_rounds) for phase, values in rounds.items()}
        return {phase: found for phase, found in estimates.items() if found is not None}


def less(longer: Mapping[Round, float], shorter: Mapping[Round, float]) -> dict[Round, float]:
    """The difference of two cumulative phases in every round that has both."""
    return {key: longer[key] - shorter[key] for key in longer if key in shorter}
