"""How nets execute a step: compiled first or operation by operation, with their data on the device or copied to it."""

from dataclasses import replace

from bench.records.cell import Cell

# Traced, compiled or recorded first; each with the net that takes the same step eagerly, where there is one.
# A net that is not named here counts as eager.
EAGER_OF = {
    "torch_compile": "torch_autograd",
    "torch_cuda_graph": "torch_autograd",
    "triton_fused": "torch_tensor",
    "tensorflow_loop": None,
    "jax_scan": None,
    "keras_steps_per_execution": None,
    "tensorflow_function": "tensorflow_eager",
    "tensorflow_static_graph": "tensorflow_eager",
    "jax_grad": None,
    "keras_model": None,
}
# Keras runs eagerly on PyTorch.
EAGER_VARIANTS = {("keras_model", "torch")}


def compiled(cell: Cell) -> bool:
    """Whether the cell's step is compiled."""
    return cell.net in EAGER_OF and (cell.net, cell.variant) not in EAGER_VARIANTS


def fed(cell: Cell) -> bool:
    """Whether x and y come from the host at every step, which is more work than a net has whose data are on the device.

    The tutorial's own TensorFlow row does so too; it competes nevertheless.
    """
    return cell.variant == "fed"


def eager_counterpart(cell: Cell) -> Cell | None:
    """The cell that takes the same step under the same settings eagerly; None where there is no such net."""
    net = EAGER_OF.get(cell.net)
    if net == "torch_autograd" and cell.workload == "dynamic":
        net = "torch_dynamic"
    return replace(cell, net=net, variant="") if net else None
