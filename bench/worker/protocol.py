"""What the parent asks of a worker and what it answers: a line of JSON each, answers in the order of the requests."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Generic, TypeVar

from bench.records.agreement import Agreement
from bench.records.record import CellEnded
from bench.timing.counters import Counters
from bench.workloads.size import Size

Answer = TypeVar("Answer")
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Loaded:
    """What the worker's frameworks say of their threads, the net's framework and a digest of its source."""

    runtime: Mapping[str, Any]


@dataclass(frozen=True)
class Prepared:
    """What a fresh net took before it was timed: the fields of a `Start`, and the `work` of lower bounds.

    `offers` names what its slices can time.
    """

    setup_seconds: float
    first_step_seconds: float
    early_steps: int
    early_seconds: float
    steps: int
    wait_seconds: float
    steady: bool
    memory_bytes: int | None
    device_bytes: int | None
    joules_per_step: float | None
    watts: float | None
    work: Mapping[str, float] = field(default_factory=dict)
    offers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slice:
    """Seconds per step of everything that was timed, and what the counters grew by meanwhile.

    `untimed_seconds` went before that, for steps that warm up again.
    """

    seconds: Mapping[str, float]
    untimed_seconds: float
    counters: Counters


@dataclass(frozen=True)
class Done:
    """Nothing else is to be said."""


class Request(ABC, Generic[Answer]):
    """A request, which knows how its answer reads."""

    @abstractmethod
    def answer(self, said: Json) -> Answer:
        """The answer from its JSON."""


@dataclass(frozen=True)
class Load(Request[Loaded]):
    """Import a net's file and make this cell the worker's; an earlier one is dropped."""

    path: str
    framework: str
    cumulative: bool
    keywords: Mapping[str, Any]
    reference: Mapping[str, Any]
    workload: str
    size: Size
    dtype: str
    device: str

    def answer(self, said: Json) -> Loaded:
        return Loaded(**said)


@dataclass(frozen=True)
class CheckAgreement(Request[Agreement]):
    """Compare the net with its reference, or a framework's basics with known results."""

    def answer(self, said: Json) -> Agreement:
        return Agreement.of(said)


@dataclass(frozen=True)
class StepOnce(Request[Done]):
    """Take one step, untimed."""

    def answer(self, said: Json) -> Done:
        return Done()


@dataclass(frozen=True)
class Prepare(Request[Prepared]):
    """Build the net, time its first step, warm it up; of lower bounds, each of them.

    A net that is still `suspect` must first show that its wait waits. With `step_only` its slices hold nothing but
    steps. Where it is `metered`, what a step takes of a GPU's energy is measured too. `steps` of a sample are those of
    an earlier worker of the cell, or are found now.
    """

    suspect: bool
    step_only: bool = False
    metered: bool = False
    steps: int | None = None

    def answer(self, said: Json) -> Prepared:
        return Prepared(**{**said, "offers": tuple(said["offers"])})


@dataclass(frozen=True)
class TakeSlice(Request[Slice]):
    """Time these things of what the net offers, in this order, each for about `seconds`.

    Every sample is made longer by the share `slowdown`.
    """

    things: tuple[str, ...]
    seconds: float
    slowdown: float = 0.0

    def answer(self, said: Json) -> Slice:
        return Slice(said["seconds"], said["untimed_seconds"], Counters(*said["counters"]))


@dataclass(frozen=True)
class Validate(Request[Done]):
    """Show that the net still does what was checked, after all the steps that were timed."""

    def answer(self, said: Json) -> Done:
        return Done()


REQUESTS: Mapping[str, type[Request[Any]]] = {
    kind.__name__: kind for kind in (Load, CheckAgreement, StepOnce, Prepare, TakeSlice, Validate)
}


def request_to_line(request: Request[Any]) -> str:
    words = {each.name: getattr(request, each.name) for each in fields(request)}  # type: ignore[arg-type]
    return json.dumps({"ask": type(request).__name__, **words}, default=asdict)


def request_from_line(line: str) -> Request[Any]:
    words = json.loads(line)
    kind = REQUESTS[words.pop("ask")]
    return kind(**words | ({"size": Size(**words["size"])} if "size" in words else {}))


def answer_to_line(answer: Any) -> str:
    return json.dumps({"answer": asdict(answer)})


def end_to_line(end: CellEnded) -> str:
    """In place of an answer: the cell has come to an outcome."""
    return json.dumps({"ended": [end.outcome, end.reason]})


def answer_from_line(line: bytes, request: Request[Answer]) -> Answer:
    """The answer to a request. Raises CellEnded where the cell has come to an outcome instead."""
    words = json.loads(line)
    if "ended" in words:
        raise CellEnded(*words["ended"])
    return request.answer(words["answer"])
