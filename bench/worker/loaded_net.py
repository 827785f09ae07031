"""A net's file, imported, with the problem that it is given."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.agreement import check, operations, recheck
from bench.host.frameworks import missing, refused, wake
from bench.nets.net_file import own, source
from bench.records.agreement import Agreement, worst
from bench.records.cell import holds_lower_bounds
from bench.records.record import CellEnded
from bench.worker.protocol import Load
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.problem import Problem
from bench.workloads.workload import Workload


@dataclass(frozen=True)
class LoadedNet:
    """Makes nets of one cell, which a worker may do several times, and checks them."""

    request: Load
    problem: Problem
    module: Any

    @classmethod
    def of(cls, request: Load) -> "LoadedNet":
        """Imports the file. Raises CellEnded (skipped) where it cannot run here, and whatever the file raises."""
        try:
            module = imported(Path(request.path))
        except ModuleNotFoundError as error:
            raise CellEnded("skipped", missing((error.name or "",)) or str(error)) from error
        return cls(request, Problem(request.workload, request.size, request.dtype), module)

    def start_device(self) -> bool:
        """Whether the device is awake, so that no set-up that is timed holds its start.

        Raises CellEnded (skipped) where the framework does not see it.
        """
        if refusal := refused(self.request.framework, self.request.device):
            raise CellEnded("skipped", refusal)
        return wake(self.request.framework, self.request.device)

    @property
    def workload(self) -> Workload:
        return WORKLOADS[self.request.workload]

    @property
    def has_lower_bounds(self) -> bool:
        return holds_lower_bounds(Path(self.request.path).stem)

    @property
    def runtime(self) -> Mapping[str, str]:
        """What a run file keeps of the net's origin."""
        return {"source": source(Path(self.request.path)), "framework": self.request.framework}

    def make(self, problem: Problem | None = None) -> Any:
        """A fresh net, of this problem or another one."""
        kind = self.module.NETS[self.request.workload]
        return kind(problem or self.problem, self.request.device, **self.request.keywords)

    def make_reference(self, problem: Problem) -> Any:
        """A fresh reference net: this project's own, also where the net and its siblings are another checkout's."""
        reference = imported(own(self.workload.reference))
        return reference.NETS[self.request.workload](problem, "cpu", **self.request.reference)

    def check(self) -> Agreement:
        """Compares the net with the reference, or a framework's basics with known results."""
        if not self.workload.timed:
            return operations.check(self.make(), self.problem)
        return check.check(self.make, self.make_reference, self.problem)

    def recheck(self) -> None:
        """Compares fresh nets with the reference after the timed steps. Raises CellEnded (wrong) where one is off."""
        found = worst(recheck.recheck(self.make, self.make_reference, self.problem))
        if not found.passes:
            raise CellEnded("wrong", f"{found}, under the conditions that are timed")

    def step_once(self) -> None:
        """One step, untimed: that it runs at all."""
        net = self.make()
        float(net.step())
        net.wait()


def imported(path: Path) -> Any:
    """The file as a module of its own. Raises whatever it raises."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
