"""Which net each net is, but for one change: the only place that says so."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from bench.records.cell import Cell
from bench.workloads.catalogue import WORKLOADS

# What a net may change against another.
LINE_FOR_LINE, FRAMEWORK = "framework, line for line", "framework"
AUTOGRAD, ABSTRACTION, IN_PLACE, ANOTHER = "autograd", "abstraction", "in place", "another net"
COMPILER, FUSED, GRAPH, FED = "compiler", "fused by hand", "graph", "fed from the host"
WRITTEN = (LINE_FOR_LINE, FRAMEWORK, AUTOGRAD, ABSTRACTION, IN_PLACE, ANOTHER)
EXECUTED = (COMPILER, FUSED, GRAPH, FED)
REFERENCE = ""  # the workload's own, whatever it is

# By net, and by net and variant where that is another net's: the parent, and the changes against it.
PARENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "numpy_inplace": (REFERENCE, (IN_PLACE,)),
    "cupy_manual": (REFERENCE, (LINE_FOR_LINE,)),
    "cupy_fused": ("cupy_manual", (FUSED,)),
    "torch_tensor": (REFERENCE, (LINE_FOR_LINE,)),
    "torch_inplace": ("torch_tensor", (IN_PLACE,)),
    "torch_autograd": ("torch_tensor", (AUTOGRAD,)),
    **dict.fromkeys(
        ("torch_custom_function", "torch_nn", "torch_optim", "torch_module", "torch_parameter"),
        ("torch_autograd", (ABSTRACTION,)),
    ),
    "torch_dynamic": (REFERENCE, (FRAMEWORK, AUTOGRAD, ABSTRACTION)),
    "torch_compile": ("torch_autograd", (COMPILER,)),
    "torch_compile:reduce_overhead": ("torch_compile", (GRAPH,)),
    "torch_cuda_graph": ("torch_autograd", (GRAPH,)),
    "torch_cuda_graph:tensor": ("torch_tensor", (GRAPH,)),
    "torch_cuda_graph:inplace": ("torch_inplace", (GRAPH,)),
    "triton_fused": ("torch_tensor", (FUSED,)),
    "tensorflow_eager": (REFERENCE, (FRAMEWORK, AUTOGRAD)),
    "tensorflow_function": ("tensorflow_eager", (GRAPH,)),
    "tensorflow_function:xla": ("tensorflow_function", (COMPILER,)),
    # The tutorial's own row feeds x and y at every step
    "tensorflow_static_graph": ("tensorflow_static_graph:resident", (FED,)),
    "tensorflow_static_graph:resident": ("tensorflow_eager", (GRAPH,)),
    "jax_grad": (REFERENCE, (FRAMEWORK, AUTOGRAD, COMPILER)),
    "keras_model": (REFERENCE, (FRAMEWORK, AUTOGRAD, ABSTRACTION, COMPILER)),
    "jax_scan": (REFERENCE, (FRAMEWORK, AUTOGRAD, COMPILER)),
    "tensorflow_loop": (REFERENCE, (FRAMEWORK, AUTOGRAD, GRAPH)),
    "keras_steps_per_execution": (REFERENCE, (FRAMEWORK, AUTOGRAD, ABSTRACTION, COMPILER)),
    # Keras runs eagerly on PyTorch
    "keras_model:torch": (REFERENCE, (FRAMEWORK, AUTOGRAD, ABSTRACTION)),
}


class Link(NamedTuple):
    """A cell, and what it changes against its parent."""

    cell: Cell
    changes: tuple[str, ...]


def parent(cell: Cell) -> tuple[Cell, tuple[str, ...]] | None:
    """The same cell of the parent, and the changes against it; None of the workload's reference.

    A net that is not named above is another one than the reference, and no more is known of it.
    """
    reference = WORKLOADS[cell.workload].reference
    if cell.label == reference:
        return None
    if cell.variant == "fed":
        return replace(cell, variant=""), (FED,)
    label, changes = PARENTS.get(cell.label) or PARENTS.get(cell.net) or (REFERENCE, (ANOTHER,))
    if (label, cell.workload) == ("torch_autograd", "dynamic"):
        label = "torch_dynamic"
    net, _, variant = (label or reference).partition(":")
    return replace(cell, net=net, variant=variant), changes


def lineage(cell: Cell) -> list[Link]:
    """The cell and its ancestors, the child of the workload's reference first."""
    links: list[Link] = []
    while above := parent(cell):
        links.append(Link(cell, above[1]))
        cell = above[0]
    return links[::-1]


def eager_counterpart(cell: Cell) -> Cell | None:
    """The cell that takes the same step eagerly under the same settings; None where there is no such net.

    What is fed at every step is set against what is fed too, and what is resident against what is.
    """
    changed, here = set(executed(cell)), cell
    while (above := parent(here)) and set(above[1]) <= set(EXECUTED):
        here = above[0]
    if not changed - {FED}:
        return None
    return replace(here, variant="fed") if FED in changed else here


def executed(cell: Cell) -> Iterator[str]:
    """How its step is executed differently from that of the eager net it is."""
    while (above := parent(cell)) and set(above[1]) <= set(EXECUTED):
        yield from above[1]
        cell = above[0]
