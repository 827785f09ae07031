"""Statement 9: a step whose loss is read to the host, over one whose loss is not: who pays for it."""

from collections.abc import Sequence

from bench.records.record import LOSS_READ, Record
from bench.records.run import Run
from bench.stats.estimate import Estimate, side
from bench.stats.simultaneous import simultaneous
from reports.analysis.competitors import all_competitors, with_one_setting
from reports.analysis.execution import reads_loss_anyway
from reports.claims.claim import Claim, Verdict, undecided_because
from reports.claims.evidence import conditions, missing
from reports.wording import phrases
from reports.wording.units import factor, factor_span

TEXT = "Printing the loss at every step is harmless"
# Reading the loss is harmless if a step takes at most this many times as long.
HARMLESS = 1.05


def printing_the_loss_is_harmless(run: Run) -> Claim:
    """By the nets that pay for it: those whose intervals, which hold for all nets at once, lie above the limit.

    A net whose step leaves the loss on the host anyway has nothing to pay.
    """
    tables = (
        [(record, ratio) for record in with_one_setting(table) if (ratio := cost(run, record))]
        for table in all_competitors(run)
    )
    alone = next(filter(None, tables), [])
    if not alone:
        what = "No step that may leave its loss on the device was timed both with its loss read to the host and without"
        return missing(run, what, "fiftyx run torch_tensor torch_autograd")
    costs = [(record, simultaneous(ratio, len(alone))) for record, ratio in alone]
    costs.sort(key=lambda pair: -pair[1].value)
    paying, undecided, free = (
        [pair for pair in costs if side(pair[1], HARMLESS) is which] for which in (True, None, False)
    )
    verdict: Verdict = "does not hold" if paying else "undecided" if undecided else "holds"
    sentences = []
    if paying:
        sentences.append(f"Reading the loss makes a step over {HARMLESS - 1:.0%} longer for {in_words(paying)}")
    if undecided:
        why = f", as {undecided_because(undecided[0][1], HARMLESS)}" if len(undecided) == 1 else ""
        sentences.append(f"Whether reading it is harmless is undecided for {in_words(undecided)}{why}")
    if free:
        whom = "every net" if len(free) == len(costs) else f"{len(free)} of {len(costs)} nets"
        sentences.append(f"Reading it is harmless for {whom}: at worst {in_words(free[:1])}")
    sentences.append(f"Harmless is at most {HARMLESS - 1:.0%} longer")
    if len(costs) > 1:
        sentences.append(f"The intervals of all {len(costs)} nets hold at once (Bonferroni)")
    record, ratio = (paying or undecided or free)[0]
    return Claim(verdict, ". ".join(sentences), conditions(run, record, ratio), ratio)


def in_words(costs: Sequence[tuple[Record, Estimate]]) -> str:
    """`jax_grad on the CPU (1.23x as long, 95% interval 1.15 to 1.31)`."""
    return phrases.listed(
        [
            f"{record.cell.label} on the {record.cell.runs_on.title} ({factor(ratio.value)} as long"
            f"{'' if ratio.low is None else f', 95% interval {factor_span(ratio)}'})"
            for record, ratio in costs
        ]
    )


def cost(run: Run, record: Record) -> Estimate | None:
    """How many times as long a step takes with its loss read; None where that was not timed, or every step reads it."""
    if reads_loss_anyway(record.cell):
        return None
    return run.ratio(record.seconds.get(LOSS_READ, {}), record.seconds["step"])
