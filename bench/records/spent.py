"""Where the wall time of a run went."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Spent:
    """Where the wall time of a run went, in seconds.

    `piloting_seconds` went to trying numbers of threads. `loading_seconds` is process start-up (until every worker of
    a restart has imported its framework), `preparing_seconds` first steps and warm-up, `visiting_seconds` the rounds:
    of which `timed_seconds` in samples, `untimed_seconds` in steps that warm up again, `witness_seconds` in the
    witness's work beside slices, and `waiting_seconds` until the witness was fast. In the first files `timed_seconds`
    held whole slices.
    """

    checking_seconds: float = 0.0
    piloting_seconds: float = 0.0
    loading_seconds: float = 0.0
    preparing_seconds: float = 0.0
    visiting_seconds: float = 0.0
    timed_seconds: float = 0.0
    untimed_seconds: float = 0.0
    witness_seconds: float = 0.0
    waiting_seconds: float = 0.0

    @property
    def timed_share(self) -> float:
        """The part of the rounds that was spent in samples and in the witness; 0 where nothing was timed."""
        useful_seconds = self.timed_seconds + self.witness_seconds
        return useful_seconds / self.visiting_seconds if self.visiting_seconds else 0.0

    def plus(self, **seconds: float) -> "Spent":
        """With so much more of each."""
        return replace(self, **{name: getattr(self, name) + more for name, more in seconds.items()})
