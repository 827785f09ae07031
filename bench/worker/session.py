"""A worker's work: one answer for each request."""

import gc
from collections.abc import Callable, Mapping
from typing import Any

from bench.host.frameworks import allocated_bytes
from bench.records.agreement import Agreement
from bench.timing.peak_memory import PeakMemory
from bench.worker import protocol
from bench.worker.allocator import keeps_freed_memory
from bench.worker.loaded_net import LoadedNet
from bench.worker.prepared_net import PreparedNet
from bench.worker.threads import confine, thread_pools


class Session:
    """The net that a worker has loaded, and when it is to be timed, prepared. Methods answer one request each."""

    def __init__(self, threads: str) -> None:
        self._threads = threads
        self._keeps_freed_memory = keeps_freed_memory()
        self._memory: PeakMemory | None = None
        self._sizes = 0
        self._loaded: LoadedNet
        self._prepared: PreparedNet | None = None
        self._answers: Mapping[type[protocol.Request[Any]], Callable[[Any], Any]] = {
            protocol.Load: self.load,
            protocol.CheckAgreement: self.check_agreement,
            protocol.StepOnce: self.step_once,
            protocol.Prepare: self.prepare,
            protocol.TakeSlice: self.take_slice,
            protocol.Validate: self.validate,
        }

    def answer(self, request: protocol.Request[Any]) -> Any:
        """Raises CellEnded where the cell has come to an outcome, and whatever the net raises."""
        return self._answers[type(request)](request)

    def load(self, request: protocol.Load) -> protocol.Loaded:
        self._prepared = None  # an earlier cell's net goes before the next one comes
        gc.unfreeze()
        self._loaded = LoadedNet.of(request)
        self._sizes += 1
        # Before a framework starts its device. Later cells are larger, but validating an earlier one took several nets.
        self._memory = self._memory or PeakMemory()
        self._memory.forget()
        awake = self._loaded.start_device()
        allocator = {"keeps_freed_memory": self._keeps_freed_memory}
        return protocol.Loaded({**thread_pools(), **allocator, **self._loaded.runtime, "awake": awake})

    def check_agreement(self, request: protocol.CheckAgreement) -> Agreement:
        return self._loaded.check()

    def step_once(self, request: protocol.StepOnce) -> protocol.Done:
        self._loaded.step_once()
        return protocol.Done()

    def prepare(self, request: protocol.Prepare) -> protocol.Prepared:
        confine(self._threads)
        if self._loaded.has_lower_bounds:
            ready = PreparedNet.of_lower_bounds(self._loaded, later_size=self._sizes > 1)
        else:
            ready = PreparedNet.of_net(self._loaded, request)
        self._prepared = ready
        gc.collect()
        gc.freeze()
        asked = self._loaded.request
        return protocol.Prepared(
            setup_seconds=ready.setup_seconds,
            first_step_seconds=ready.first_step_seconds,
            early_steps=ready.early_steps,
            early_seconds=ready.early_seconds,
            steps=ready.steps,
            wait_seconds=ready.wait_seconds,
            steady=ready.steady,
            memory_bytes=self._memory.bytes if self._memory else None,
            device_bytes=allocated_bytes(asked.framework, asked.device),
            joules_per_step=ready.energy and ready.energy.joules_per_step,
            watts=ready.energy and ready.energy.watts,
            work=ready.work,
            offers=tuple(ready.timings),
        )

    def take_slice(self, request: protocol.TakeSlice) -> protocol.Slice:
        assert self._prepared
        return self._prepared.take_slice(request)

    def validate(self, request: protocol.Validate) -> protocol.Done:
        assert self._prepared
        self._prepared.validate()
        return protocol.Done()
