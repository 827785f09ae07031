"""Which cells a request chooses, and which must stand beside them: references and lower bounds."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from bench.errors import UserError, unknown
from bench.host.devices import DEVICES
from bench.nets.net_file import NetFile, find
from bench.records.cell import ALLOCATORS, Cell, holds_lower_bounds
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import DTYPES
from bench.workloads.size import TUTORIAL, Size


def select(
    nets: Mapping[str, NetFile],
    names: Sequence[str] = (),
    workloads: Collection[str] = ("two_layer",),
    sizes: Sequence[Size] = (TUTORIAL,),
    dtypes: Sequence[str] = ("float32",),
    devices: Sequence[str] = ("cpu",),
    threads: str = "all",
    allocator: str = "pinned",
    fallback: bool = False,
) -> tuple[Cell, ...]:
    """Every combination that some selected net offers; no names means every net with every variant.

    With `fallback`, a net that offers none of the devices (in this dtype) is taken on its own first one, so that it is
    reported as skipped instead of being left out silently. Raises UserError for an unknown name, and where
    nothing is left.
    """
    for kind, chosen, known in (
        ("workload", workloads, WORKLOADS),
        ("dtype", dtypes, DTYPES),
        ("device", devices, DEVICES),
        ("allocator", [allocator], ALLOCATORS),
    ):
        for name in chosen:
            if name not in known:
                raise unknown(kind, name, known)
    if threads != "all" and threads not in map(str, range(1, 1 + (os.cpu_count() or 1))):
        raise UserError(f"--threads {threads} is out of range: give all, or a number from 1 to {os.cpu_count()}")
    if names:
        chosen_nets = [find(nets, name) for name in names]
    else:
        known_nets = (net for net in nets.values() if not holds_lower_bounds(net.name))
        chosen_nets = [(net, variant) for net in known_nets for variant in net.variants]
    cells = [
        Cell(net.name, variant, workload, size, dtype, device, threads, allocator)
        for workload in workloads
        for size in WORKLOADS[workload].sizes(sizes)
        for dtype in dtypes
        for net, variant in chosen_nets
        if net.defect or net.offers(variant, workload, dtype)
        for device in usable(net.devices_of(variant), dtype, devices, fallback)
    ]
    if not cells:
        needs = ", and tf32 needs an NVIDIA GPU" * ("tf32" in dtypes)
        needs += ", and Apple's GPUs (mps) know no float64" * ("float64" in dtypes and "mps" in devices)
        raise UserError(
            f"no selected net offers {'/'.join(workloads)} in {'/'.join(dtypes)} on {'/'.join(devices)}{needs}: "
            "see `fiftyx list` for what each net offers"
        )
    return tuple(dict.fromkeys(cells))


def usable(offered: Sequence[str], dtype: str, wanted: Sequence[str], fallback: bool) -> Sequence[str]:
    """Those of the wanted devices that a net offers and that know the dtype; else, with `fallback`, its own first."""
    known = [device for device in offered if device in DEVICES and dtype in DEVICES[device].dtypes]
    return [device for device in wanted if device in known] or (known[:1] if fallback else [])


def with_references(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """The cells, and before them the NumPy cells that their speedups need."""
    cells = tuple(cells)
    return tuple(dict.fromkeys([*(cell.reference for cell in cells if cell.timed), *cells]))


def with_lower_bounds(cells: Iterable[Cell], nets: Mapping[str, NetFile]) -> tuple[Cell, ...]:
    """The cells, and behind them their lower bounds, where their files offer the same.

    NumPy's cells, to which the others are compared, get none of their own.
    """
    cells = tuple(cells)
    bounds = [
        replace(cell, net=file.name, variant="")
        for cell in [cell for cell in cells if not cell.is_reference] or cells
        for file in nets.values()
        if holds_lower_bounds(file.name)
        and file.framework in bounding(cell, nets[cell.net])
        and file.offers("", cell.workload, cell.dtype)
        and cell.device in file.devices_of("")
    ]
    return tuple(dict.fromkeys([*cells, *bounds]))


def bounding(cell: Cell, net: NetFile) -> set[str]:
    """The frameworks that limit a cell: its own (of Keras, the one that its variant names), on a CPU NumPy too."""
    return {net.framework, cell.variant} | (set() if cell.on_gpu else {"numpy"})
