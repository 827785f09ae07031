"""What there is to choose from, and what of it can run here."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bench.host.devices import DEVICES, present_devices
from bench.nets.availability import obstacle
from bench.nets.net_file import NetFile
from bench.records.cell import Cell, holds_lower_bounds
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import DTYPES
from bench.workloads.size import TUTORIAL
from bench.workloads.workload import Workload


@dataclass(frozen=True)
class Offer:
    """What one variant of a net can compute; `obstacles` says for each of its devices why not here, or None."""

    net: NetFile
    variant: str
    workloads: tuple[str, ...]
    dtypes: tuple[str, ...]
    obstacles: Mapping[str, str | None]

    @classmethod
    def of(cls, net: NetFile, variant: str) -> "Offer":
        pairs = [(work, dtype) for work in net.workloads for dtype in net.dtypes if net.offers(variant, work, dtype)]
        ends = {device: obstacle(Cell(net.name, variant, device=device), net) for device in net.devices_of(variant)}
        return cls(
            net,
            variant,
            tuple(dict.fromkeys(work for work, _ in pairs)),
            tuple(dict.fromkeys(dtype for _, dtype in pairs)),
            {device: end.reason if end else None for device, end in ends.items()},
        )

    @property
    def label(self) -> str:
        return Cell(self.net.name, self.variant).label

    @property
    def has_lower_bounds(self) -> bool:
        """Whether it is measured beside nets instead of being one."""
        return holds_lower_bounds(self.net.name)

    @property
    def here(self) -> tuple[str, ...]:
        """The devices on which it can run on this machine, judged without importing anything."""
        return tuple(device for device, reason in self.obstacles.items() if reason is None)


def offers(nets: Mapping[str, NetFile]) -> list[Offer]:
    """Every variant of every net."""
    return [Offer.of(net, variant) for net in nets.values() for variant in net.variants]


def absences(offers: Iterable[Offer]) -> dict[str, list[str]]:
    """Why some nets cannot run here at all: each reason with their labels."""
    reasons: dict[str, list[str]] = {}
    for offer in offers:
        if not offer.here:
            for reason in dict.fromkeys(filter(None, offer.obstacles.values())):
                reasons.setdefault(reason, []).append(offer.label)
    return reasons


def to_json(nets: Mapping[str, NetFile]) -> dict[str, Any]:
    """The catalogue for machines; an obstacle of null means that the variant can run on that device."""
    return {
        "nets": [_net_to_json(net) for net in nets.values() if not holds_lower_bounds(net.name)],
        "floors": [_net_to_json(net) for net in nets.values() if holds_lower_bounds(net.name)],
        "workloads": {name: workload_to_json(workload) for name, workload in WORKLOADS.items()},
        "sizes": {"tutorial": asdict(TUTORIAL)},
        "dtypes": DTYPES,
        "devices": {device: {"present": device in present_devices()} for device in DEVICES},
    }


def workload_to_json(workload: Workload) -> dict[str, Any]:
    return {
        "learning_rate": workload.rate,
        "period": workload.period,
        "size": workload.size and asdict(workload.size),
        "steps": workload.steps,
        "steps_per_call": workload.steps_per_call,
        "timed": workload.timed,
    }


def _net_to_json(net: NetFile) -> dict[str, Any]:
    return {
        "name": net.name,
        "title": net.title,
        "framework": net.framework,
        "path": str(net.path),
        "variants": [
            {
                "name": offer.variant,
                "label": offer.label,
                "workloads": offer.workloads,
                "dtypes": offer.dtypes,
                "devices": tuple(offer.obstacles),
                "runs_here": bool(offer.here),
                "obstacles": offer.obstacles,
            }
            for offer in (Offer.of(net, variant) for variant in net.variants)
        ],
    }
