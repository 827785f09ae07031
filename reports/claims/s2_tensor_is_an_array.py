"""Statement 2: torch_tensor computes what NumPy computes, and keeps up with it on the same CPU."""

from bench.records.run import Run
from reports.analysis.abstractions import BASE
from reports.analysis.competitors import on_cpu, plainest
from reports.claims.claim import Claim, at_least, interval, undecided_because
from reports.claims.evidence import agrees, at_worst, conditions, errors, missing, records_of
from reports.wording import phrases
from reports.wording.units import factor

TEXT = "A PyTorch tensor is in essence a NumPy array"
# A tensor may stand in for an array if its step takes at most this many times as long.
PARITY = 1.1


def tensor_is_an_array(run: Run) -> Claim:
    """By agreement, and by which side of 1 / PARITY the interval of the speedup lies on."""
    tensors = on_cpu(records_of(run, BASE))
    record = plainest(record for record in tensors if record.outcome == "wrong" or run.speedup(record))
    if record and not agrees(record):
        answer = f"{BASE} computes something else than NumPy: {record.reason}"
        return Claim("does not hold", answer, phrases.where(run, record.cell))
    ratio = run.speedup(record) if record else None
    if record is None or ratio is None:
        return missing(run, f"{BASE} was not timed beside NumPy on the CPU", f"fiftyx run {BASE}", tensors)
    verdict = at_least(ratio, 1 / PARITY)
    answer = (
        f"{BASE} computes what NumPy computes ({at_worst(errors([record]))}), and its step runs "
        f"{factor(ratio.value)} as fast as NumPy's on the same CPU{interval(ratio)}. A tensor is in essence an array "
        f"here if it computes the same and takes at most {PARITY - 1:.0%} longer"
    )
    if verdict == "undecided":
        answer += f", which is undecided, as {undecided_because(ratio, 1 / PARITY)}"
    return Claim(verdict, answer, conditions(run, record, ratio), ratio)
