"""What a step does besides computing: bringing x and y from the host, and its loss to the host."""

from bench.records.cell import Cell

# Their loss is on the host after every step, asked for or not: NumPy's is there already, a session fetches it, and
# `train_on_batch` returns it.
READ_ANYWAY = {"numpy_manual", "numpy_inplace", "tensorflow_static_graph", "keras_model"}


def fed(cell: Cell) -> bool:
    """Whether x and y come from the host at every step, which is more work than a net has whose data are on the device.

    The tutorial's own TensorFlow row does so too; it competes nevertheless.
    """
    return cell.variant == "fed"


def reads_loss_anyway(cell: Cell) -> bool:
    """Whether every step leaves the loss on the host, so that reading it costs nothing that could be left out."""
    return cell.net in READ_ANYWAY
