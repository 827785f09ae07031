"""How far to trust a comparison of two recorded runs, in sentences."""

import math
from collections.abc import Sequence

import numpy as np

from bench.records.run import Run
from bench.records.verdict import Verdict
from bench.regression.compare import Values, over_reference, times


def terms(base: Run, head: Run, verdicts: Sequence[Verdict], across_machines: bool) -> str:
    """How much weaker than a duel the comparison is, by these two runs."""
    sentences = [f"Not interleaved: the base began at {base.started}, the head at {head.started}."]
    unfinished = [side for side, run in (("base", base), ("head", head)) if not run.finished]
    if unfinished:
        sentences.append(f"Unfinished: {' and '.join(unfinished)}.")
    controls = [verdict.control for verdict in verdicts if verdict.control]
    if across_machines:
        sentences.append("Times are taken over the reference net of their own run, which may suit one machine better.")
    elif controls:
        most = max(controls, key=lambda control: abs(math.log(control.value)))
        sentences.append(
            f"The reference net, which should stand still, moved by {most.value - 1:+.1%} between them: "
            "a change of that size means nothing here, and every margin is widened by it."
        )
    apart, together = (scatter((base, head), values) for values in (times, over_reference))
    if apart and together:
        sentences.append(
            f"Within a run, times scatter by {apart:.1%} from restart to restart, but ratios taken round by round by "
            f"{together:.1%}: `fiftyx duel` judges by such ratios, and measures both sides at the same time."
        )
    return " ".join(sentences)


def scatter(runs: Sequence[Run], values: Values) -> float | None:
    """The standard deviation over restarts of the compared values: the median over the cells of the runs."""
    deviations = [
        float(np.std(logs, ddof=1))
        for run in runs
        for record in run.records.values()
        if record.outcome == "measured"
        and not record.cell.is_lower_bound
        and not record.cell.is_reference
        and len(logs := values(run, record)) > 1
    ]
    return float(np.median(deviations)) if deviations else None
