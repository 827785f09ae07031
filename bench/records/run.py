"""One run of the engine: its records, and the estimates that can be had of them. Times are seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bench.records.cell import Cell
from bench.records.counted_rounds import counted_rounds
from bench.records.record import CUMULATIVE_PHASES, DEVICE, SEPARATE_PHASES, Record, Round
from bench.records.settings import Settings
from bench.records.spent import Spent
from bench.records.witness import Witness
from bench.stats.estimate import Estimate, mean_estimate, ratio_estimate, time_estimate


@dataclass(frozen=True)
class Run:
    """One run of the engine on one machine."""

    machine: Mapping[str, Any]
    commit: Mapping[str, Any]
    started: str
    settings: Settings
    records: Mapping[str, Record]
    finished: bool = False
    spent: Spent = field(default_factory=Spent)
    witness: Witness = field(default_factory=Witness)

    def record(self, cell: Cell) -> Record | None:
        return self.records.get(cell.id)

    def with_record(self, record: Record) -> "Run":
        return replace(self, records={**self.records, record.cell.id: record})

    def time(self, record: Record, phase: str = "step") -> Estimate | None:
        """Seconds per step, or of a phase or floor, with the interval over restarts."""
        return time_estimate(self.counted(record.seconds.get(phase, {})))

    def speedup(self, record: Record, baseline: Record | None = None, phase: str = "step") -> Estimate | None:
        """How many times faster than the baseline (by default the cell's NumPy reference) one step is.

        A cell with a number of threads that the pilot chose is compared with NumPy's own number, like all others.
        None where the two share no round, since no interval is given for numbers that were not measured side by side;
        and where the baseline turned out wrong or failed.
        """
        baseline = baseline or self.reference(record.cell)
        if baseline is None or baseline.outcome != "measured":
            return None
        return self.ratio(baseline.seconds.get(phase, {}), record.seconds.get(phase, {}))

    def reference(self, cell: Cell) -> Record | None:
        """The NumPy record that a cell is compared with; None where it is not in the run."""
        own = self.record(replace(cell.reference, threads=Cell.threads)) if self.settings.tune_threads else None
        return own or self.record(cell.reference)

    def is_firm(self, record: Record) -> bool:
        """Whether the speedup rests on restarts enough and is as precise as the run was to make it."""
        speedup = self.speedup(record)
        return speedup is not None and not speedup.provisional and speedup.precision <= self.settings.precision

    @property
    def compared(self) -> list[Record]:
        """The records of measured nets that have a reference to be compared with."""
        measured = [record for record in self.records.values() if record.outcome == "measured"]
        return [record for record in measured if not (record.cell.is_reference or record.cell.is_lower_bound)]

    @property
    def firm(self) -> list[Record]:
        """Those of them whose speedup is firm."""
        return [record for record in self.compared if self.is_firm(record)]

    def ratio(self, numerator: Mapping[Round, float], denominator: Mapping[Round, float]) -> Estimate | None:
        """The ratio of any two measured quantities of this run, round by round; None where they share no round."""
        return ratio_estimate(self.counted(numerator), self.counted(denominator))

    def phases(self, record: Record) -> dict[str, Estimate]:
        """Seconds of forward, backward and update, where the net offers them.

        Those of a cumulative net are differences taken round by round (`record.derived`), and may come out
        negative where the framework does less for the longer chain.
        """
        rounds = {phase: record.seconds[phase] for phase in record.phases}
        if record.derived:
            chain = [rounds[phase] for phase in CUMULATIVE_PHASES]
            parts = chain[0], less(chain[1], chain[0]), less(chain[2], chain[1])
            rounds = dict(zip(SEPARATE_PHASES, parts, strict=True))
        estimates = {phase: mean_estimate(self.counted(values)) for phase, values in rounds.items()}
        return {phase: estimate for phase, estimate in estimates.items() if estimate is not None}

    def fusion_gain(self, record: Record) -> Estimate | None:
        """The sum of the phases, each less what an idle wait costs, over the whole step.

        None without phases, and where they sum to nothing in some round that counts: they took no longer than the wait.
        """
        if not record.phases:
            return None
        whole = CUMULATIVE_PHASES[-1:] if record.derived else SEPARATE_PHASES
        parts = [record.seconds[phase] for phase in whole]
        total = {key: sum(part[key] for part in parts) for key in parts[0]}
        positive = min(self.counted(total).values(), default=0.0) > 0
        return self.ratio(total, record.seconds.get("step", {})) if positive else None

    def lower_bound(self, record: Record, name: str) -> Record | None:
        """The record that measured this yardstick for the cell's work, dtype and device fastest."""
        beside = [other for other in self.records.values() if name in other.seconds and other.cell.bounds(record.cell)]
        timed = [(took.value, other.cell.id, other) for other in beside if (took := self.time(other, name))]
        return min(timed)[2] if timed else None

    def over_lower_bound(self, record: Record, name: str = "products") -> Estimate | None:
        """How many times longer a step takes than a yardstick; None where it was not measured beside the cell."""
        bound = self.lower_bound(record, name)
        return self.ratio(record.seconds.get("step", {}), bound.seconds[name]) if bound else None

    def device_share(self, record: Record) -> Estimate | None:
        """How much of a step the device is at work; None where its time was not measured."""
        return self.ratio(record.seconds.get(DEVICE, {}), record.seconds.get("step", {}))

    def disturbed(self, key: Round) -> tuple[str, ...]:
        """What disturbed a round, in words."""
        return self._disturbances.get(key, ())

    def counted(self, rounds: Mapping[Round, float]) -> dict[Round, float]:
        """The rounds that count; see counted_rounds."""
        return {key: value for key, value in rounds.items() if key in self._counted}

    @cached_property
    def _disturbances(self) -> dict[Round, tuple[str, ...]]:
        """Of every disturbed round: by the witness's word, and in files from before it by the counters of slices."""
        if self.witness.rounds:
            return self.witness.disturbances
        labels: dict[Round, dict[str, None]] = {}
        for record in self.records.values():
            for key, health in record.health.items():
                if disturbances := health.disturbances:
                    labels.setdefault(key, {}).update(dict.fromkeys(disturbances))
        return {key: tuple(each) for key, each in labels.items()}

    @cached_property
    def _counted(self) -> frozenset[Round]:
        works = {
            key: record.cell.work
            for record in self.records.values()
            for rounds in record.seconds.values()
            for key in rounds
        }
        return counted_rounds(works, self._disturbances, self.settings.least_rounds, self.witness.rounds)


def less(longer: Mapping[Round, float], shorter: Mapping[Round, float]) -> dict[Round, float]:
    """The difference of two cumulative phases in every round that has both."""
    return {key: longer[key] - shorter[key] for key in longer if key in shorter}
