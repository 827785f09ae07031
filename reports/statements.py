"""The tutorial's nine statements: a stand-in that decides nothing yet."""

from dataclasses import dataclass
from typing import Literal

from bench.record import Run
from bench.stats import Estimate

Verdict = Literal["holds", "does not hold", "holds from", "undecided", "cannot be tested here"]

TEXTS = (
    'On a GPU modern nets run "50x or more" faster than with NumPy',
    "A PyTorch tensor is in essence a NumPy array",
    "Moving to the GPU takes only a change of data type",
    "Autograd saves you the backward pass",
    "A static graph's up-front cost is amortised over many runs",
    "Dynamic graphs make control flow simple, static ones need it inside the graph",
    "Reusing one module several times is safe",
    "Gradient descent recovers the line",
    "Printing the loss at every step is harmless",
)


@dataclass(frozen=True)
class Statement:
    """One statement, the verdict on it, and the answer with its conditions."""

    number: int
    text: str
    verdict: Verdict
    answer: str
    conditions: str
    ratio: Estimate | None
    anchor: str


def statements(run: Run) -> tuple[Statement, ...]:
    return tuple(
        Statement(number, text, "cannot be tested here", "Not analysed yet", "", None, f"statement-{number}")
        for number, text in enumerate(TEXTS, 1)
    )
