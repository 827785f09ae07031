"""A kind of device that nets compute on, with all that is known of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bench.workloads.dtypes import DTYPES


class Events(NamedTuple):
    """What a framework does with its device's queue.

    `mark()` puts an event there, `happened(event)` says whether the device has come so far, `milliseconds(first, last)`
    passed between two that have happened, and `hold(cycles)` keeps the device from later work for that number
    of its cycles.
    """

    mark: Callable[[], Any]
    happened: Callable[[Any], bool]
    milliseconds: Callable[[Any, Any], float]
    hold: Callable[[int], Any]


@dataclass(frozen=True)
class Device:
    """`title` is what a page calls it, `maker` what a message does; `present` says whether this machine has one.

    `needs` names the requirements other than a framework, `check` the remedy where a framework does not see it. NVML
    reads the state of those that have it (`has_nvml`). One that is `missed` is reported as skipped where it is absent,
    instead of being left out.

    By framework, each function being given the imported module: `seen_by` says whether it can use the device, `install`
    is the remedy where it cannot, `wake` starts the device with one tiny operation, `allocated_bytes` is the peak of
    what it has allocated there, `events` how it marks moments of the device's queue.
    """

    name: str
    title: str
    maker: str = ""
    present: Callable[[], bool] = lambda: True
    needs: str = ""
    check: str = ""
    dtypes: tuple[str, ...] = DTYPES
    has_nvml: bool = False
    missed: bool = False
    seen_by: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)
    install: Mapping[str, str] = field(default_factory=dict)
    wake: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    allocated_bytes: Mapping[str, Callable[[Any], int | None]] = field(default_factory=dict)
    events: Mapping[str, Callable[[Any], Events]] = field(default_factory=dict)

    @property
    def is_gpu(self) -> bool:
        return self.name != "cpu"
