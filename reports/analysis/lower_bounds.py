"""The yardsticks beside the nets, as the page names and counts them."""

from dataclasses import dataclass

from bench.records.record import Record
from bench.stats.estimate import Estimate
from reports.wording.units import quantity


@dataclass(frozen=True)
class LowerBound:
    """`unit` is what a second of it is counted in, where it computes or moves anything."""

    name: str
    title: str
    unit: str = ""

    def rate(self, record: Record, seconds: Estimate) -> str:
        """`1.32 TFLOP/s`; nothing where nothing is counted."""
        work = record.work.get(self.name)
        return quantity(work / seconds.value, f"{self.unit}/s") if self.unit and work else ""


LOWER_BOUNDS = (
    LowerBound("empty", "Empty step"),
    LowerBound("dispatch", "Tiny operation"),
    LowerBound("replay", "Replayed"),
    LowerBound("products", "Products alone", "FLOP"),
    LowerBound("peak", "Large product", "FLOP"),
    LowerBound("copy", "Large copy", "B"),
    LowerBound("transfer", "Transfer of x and y", "B"),
)
