"""Ten steps of the tutorial's net in one call: what a framework can do that keeps the loop on its own side.

A class of its own: one call of such a net does ten steps, so it is never ranked with nets that return to Python after
each. A loss, a callback or a new batch between two steps is what it gives up.
"""

from bench.workloads.definitions.two_layer import TwoLayer


class ManySteps(TwoLayer):
    """Every `step()` of a net is `steps_per_call` steps, and returns the mean of their losses."""

    @property
    def reducible(self) -> bool:
        """No: after ten steps nothing shows the precision of one product."""
        return False


WORKLOADS = (
    ManySteps("many_steps", 1e-6, lesson=8, steps=50, steps_per_call=10, reference="numpy_loop", proportional=False),
)
