"""How times are made."""

from dataclasses import dataclass

from bench.stats.estimate import FIRM_RESTARTS

LEAST_ROUNDS = 3


@dataclass(frozen=True)
class Settings:
    """How times are made.

    After `least_restarts` restarts a cell is done once its speedup's interval is within `precision`; else it goes on up
    to `most_restarts`, or until another restart would overrun `budget_seconds` of timing. With `tune_threads` a pilot
    finds with how many threads the fastest CPU nets are fastest.
    """

    # A rule that stops at a narrow interval stops at lucky ones too: with 5 they would hold the truth less often.
    least_restarts: int = 9
    most_restarts: int = 40
    rounds: int = 30
    slice_seconds: float = 0.002
    precision: float = 0.02
    budget_seconds: float = 215.0
    timeout_seconds: float = 120.0
    workers: int = 32
    # For so long a slice waits for a fast moment.
    patience_seconds: float = 1.0
    # The rounds of a restart take no longer, however large the budget is.
    most_visit_seconds: float = 20.0
    tune_threads: bool = False

    @property
    def least_rounds(self) -> int:
        """A restart counts once it has so many rounds in which the machine was fast."""
        return min(LEAST_ROUNDS, (self.rounds + 1) // 2)

    @property
    def visit_seconds(self) -> float:
        """The rounds of a restart may take so long; so half of the budget is left for starting FIRM_RESTARTS times."""
        return min(self.most_visit_seconds, self.budget_seconds / FIRM_RESTARTS / 2)
