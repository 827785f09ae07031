"""The tutorial's nine statements, and what a run says of each."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.records.run import Run
from reports.claims import (
    s1_fifty_times,
    s2_tensor_is_an_array,
    s3_moving_takes_only_a_data_type,
    s4_autograd_saves_the_backward_pass,
    s5_static_graph_is_amortised,
    s6_dynamic_graphs_make_control_flow_simple,
    s7_sharing_a_module_is_safe,
    s8_descent_recovers_the_line,
    s9_printing_the_loss_is_harmless,
)
from reports.claims.claim import Claim

TESTS: tuple[tuple[str, Callable[[Run], Claim]], ...] = (
    (s1_fifty_times.TEXT, s1_fifty_times.fifty_times),
    (s2_tensor_is_an_array.TEXT, s2_tensor_is_an_array.tensor_is_an_array),
    (s3_moving_takes_only_a_data_type.TEXT, s3_moving_takes_only_a_data_type.moving_takes_only_a_data_type),
    (s4_autograd_saves_the_backward_pass.TEXT, s4_autograd_saves_the_backward_pass.autograd_saves_the_backward_pass),
    (s5_static_graph_is_amortised.TEXT, s5_static_graph_is_amortised.static_graph_is_amortised),
    (
        s6_dynamic_graphs_make_control_flow_simple.TEXT,
        s6_dynamic_graphs_make_control_flow_simple.dynamic_graphs_make_control_flow_simple,
    ),
    (s7_sharing_a_module_is_safe.TEXT, s7_sharing_a_module_is_safe.sharing_a_module_is_safe),
    (s8_descent_recovers_the_line.TEXT, s8_descent_recovers_the_line.descent_recovers_the_line),
    (s9_printing_the_loss_is_harmless.TEXT, s9_printing_the_loss_is_harmless.printing_the_loss_is_harmless),
)


@dataclass(frozen=True, kw_only=True)
class Statement(Claim):
    """One statement of the tutorial with what is claimed of it; `anchor` is its name in links."""

    number: int
    text: str
    anchor: str


def statements(run: Run) -> tuple[Statement, ...]:
    """All nine, in the tutorial's order."""
    claims = ((number, text, test(run)) for number, (text, test) in enumerate(TESTS, 1))
    return tuple(
        Statement(**vars(claim), number=number, text=text, anchor=f"statement-{number}")
        for number, text, claim in claims
    )
