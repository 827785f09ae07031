"""The tutorial's nine statements, and what a run says of each."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.records.run import Run
from bench.stats.estimate import Estimate
from reports.claims import proof_statements as proof
from reports.claims import speed_statements as speed
from reports.claims.claim import Claim, Verdict
from reports.claims.s1_fifty_times import fifty_times

__all__ = ["Statement", "Verdict", "statements"]

TESTS: tuple[tuple[str, Callable[[Run], Claim]], ...] = (
    ('On a GPU modern nets run "50x or more" faster', fifty_times),
    ("A PyTorch tensor is in essence a NumPy array", speed.tensor_is_an_array),
    ("Moving to the GPU takes only a change of data type", proof.moving_takes_only_a_data_type),
    ("Autograd saves you the backward pass", proof.autograd_saves_the_backward_pass),
    ("A static graph's up-front cost is amortised over many runs", speed.static_graph_is_amortised),
    (
        "Dynamic graphs make control flow simple, static ones need it inside the graph",
        proof.dynamic_graphs_make_control_flow_simple,
    ),
    ("Reusing one module several times is safe", proof.sharing_a_module_is_safe),
    ("Gradient descent recovers the line", proof.descent_recovers_the_line),
    ("Printing the loss at every step is harmless", speed.printing_the_loss_is_harmless),
)


@dataclass(frozen=True)
class Statement:
    """One statement of the tutorial with its verdict; no text ends in a full stop.

    `answer` gives the numbers with their intervals, `conditions` where they were measured, `ratio` the estimate they
    rest on, where there is one; `anchor` is its name in links.
    """

    number: int
    text: str
    verdict: Verdict
    answer: str
    conditions: str
    ratio: Estimate | None
    anchor: str


def statements(run: Run) -> tuple[Statement, ...]:
    """All nine, in the tutorial's order."""
    found = []
    for number, (text, test) in enumerate(TESTS, 1):
        claim = test(run)
        found.append(
            Statement(number, text, claim.verdict, claim.answer, claim.conditions, claim.ratio, f"statement-{number}")
        )
    return tuple(found)
