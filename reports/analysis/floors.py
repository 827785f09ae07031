"""What no net of a framework can beat, as the page names and counts it."""

from dataclasses import dataclass

from bench.records.record import Record
from bench.stats.estimate import Estimate
from reports.wording.units import quantity


@dataclass(frozen=True)
class Floor:
    """`unit` is what a second of it is counted in, where it computes or moves anything."""

    name: str
    title: str
    unit: str = ""

    def rate(self, record: Record, found: Estimate) -> str:
        """`1.32 TFLOP/s`; nothing where nothing is counted."""
        work = record.work.get(self.name)
        return quantity(work / found.value, f"{self.unit}/s") if self.unit and work else ""


LOWER_BOUNDS = (
    Floor("empty", "Empty step"),
    Floor("dispatch", "Tiny operation"),
    Floor("replay", "Replayed"),
    Floor("products", "Products alone", "FLOP"),
    Floor("peak", "Large product", "FLOP"),
    Floor("copy", "Large copy", "B"),
    Floor("transfer", "Transfer of x and y", "B"),
)
