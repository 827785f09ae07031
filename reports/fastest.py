"""The fastest cell, chosen on some restarts so that its time can be taken from the others."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bench.record import Record, Run
from bench.stats import Estimate

# Each half needs two restarts: one to choose is as good as many, one to time leaves no interval.
LEAST_TO_SPLIT = 4


@dataclass(frozen=True)
class Halves:
    """One record twice: with the restarts it is chosen by, and with those its time is taken from.

    The cell that looks fastest is in part the luckiest, so the restarts that made it win would flatter it.
    With fewer than LEAST_TO_SPLIT restarts both are the whole record.
    """

    choosing: Record
    timing: Record
    restarts: tuple[int, int]

    @property
    def separate(self) -> bool:
        return self.choosing is not self.timing

    @classmethod
    def whole(cls, run: Run, record: Record) -> "Halves":
        """Every restart for both, where nothing is chosen."""
        restarts = restarts_of(run, record)
        return cls(record, record, (len(restarts), len(restarts)))

    @classmethod
    def of(cls, run: Run, record: Record) -> "Halves":
        """Alternate restarts, so that a drift of the machine falls on both halves alike."""
        restarts = restarts_of(run, record)
        if len(restarts) < LEAST_TO_SPLIT:
            return cls.whole(run, record)
        choosing, timing = restarts[1::2], restarts[0::2]
        return cls(within(record, choosing), within(record, timing), (len(choosing), len(timing)))


@dataclass(frozen=True)
class Pair:
    """A record, the baseline beside it, and how many times faster than that it is on the timing half."""

    record: Record
    baseline: Record
    ratio: Estimate
    halves: Halves

    @classmethod
    def of(cls, run: Run, record: Record, baseline: Record) -> "Pair | None":
        """Two that were not chosen by their times, and so are timed on every restart; None if they share no round."""
        ratio = run.speedup(record, baseline)
        return cls(record, baseline, ratio, Halves.whole(run, record)) if ratio else None

    @classmethod
    def fastest(cls, run: Run, records: Iterable[Record], baselines: Iterable[Record]) -> "Pair | None":
        """The fastest of the records and the fastest baseline beside it; None if it shares no round with any."""
        record = fastest(run, records)
        baseline = fastest_beside(run, baselines, record) if record else None
        if record is None or baseline is None:
            return None
        halves = Halves.of(run, record)
        ratio = run.speedup(halves.timing, baseline)
        return cls(record, baseline, ratio, halves) if ratio else None


def restarts_of(run: Run, record: Record) -> list[int]:
    """The restarts in which the record has rounds enough, in order."""
    rounds = Counter(key.restart for key in record.seconds.get("step", {}))
    return sorted(restart for restart, count in rounds.items() if count >= run.settings.least_rounds)


def within(record: Record, restarts: Iterable[int]) -> Record:
    """The record as if only these restarts had been made."""
    wanted = set(restarts)
    seconds = {
        phase: {key: value for key, value in rounds.items() if key.restart in wanted}
        for phase, rounds in record.seconds.items()
    }
    return replace(record, seconds=seconds)


def fastest(run: Run, records: Iterable[Record]) -> Record | None:
    """The record with the least seconds per step on its own choosing half."""
    times = [(run.time(Halves.of(run, record).choosing), record) for record in records]
    ranked = [(time.value, record.cell.id, record) for time, record in times if time is not None]
    return min(ranked)[2] if ranked else None


def fastest_beside(run: Run, records: Iterable[Record], other: Record) -> Record | None:
    """The fastest of the records that shared rounds with `other`, by its choosing half."""
    choosing = Halves.of(run, other).choosing
    ratios = [(run.speedup(choosing, baseline=record), record) for record in records if record.cell != other.cell]
    ranked = [(ratio.value, record.cell.id, record) for ratio, record in ratios if ratio is not None]
    return min(ranked)[2] if ranked else None
