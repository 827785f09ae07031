"""After how many steps compiling has paid off: a stand-in."""

from dataclasses import dataclass

from bench.record import Record, Run
from bench.stats import Estimate


@dataclass(frozen=True)
class BreakEven:
    """One compiled cell beside its eager one; `steps` is None where it never pays off."""

    label: str
    record: Record
    eager: Record
    cold_seconds: float
    warm_seconds: float | None
    saved_seconds: Estimate
    steps: tuple[float, float, float] | None


def break_evens(run: Run) -> tuple[BreakEven, ...]:
    return ()
