"""Why a cell cannot be compared: which side ended it, with which outcome, and the reason."""

from dataclasses import dataclass
from typing import Literal

from bench.records.record import Outcome

# Absent: the side has no such net, or nothing that can be started.
EndedOutcome = Outcome | Literal["absent"]


@dataclass(frozen=True)
class Ended:
    """A cell that a side, named by its label, could not measure to the end."""

    side: str
    outcome: EndedOutcome
    reason: str

    def __str__(self) -> str:
        """In one line: `head: wrong: gradient of w1 is off by 5.0e-01`."""
        return ": ".join((self.side, *([] if self.outcome == "absent" else [self.outcome]), self.reason))


class SideEnded(Exception):
    """A side could not measure a cell to the end."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(str(ended))
        self.ended = ended
