"""What statements are judged by besides times: agreement with NumPy; and what to say where a test is missing."""

from collections.abc import Iterable

from bench.records.agreement import Deviation
from bench.records.record import Record
from bench.records.run import Run
from bench.stats.estimate import Estimate
from reports.claims.claim import Claim
from reports.wording import phrases


def records_of(run: Run, net: str, workload: str = "two_layer", device: str = "") -> list[Record]:
    """The plain net's records of one workload, on one device or on any, whatever became of them."""
    return [
        record
        for record in run.records.values()
        if (record.cell.label, record.cell.workload) == (net, workload) and device in ("", record.cell.device)
    ]


def agrees(record: Record) -> bool:
    """Whether it was compared with NumPy and every comparison passed."""
    return record.agreement is not None and record.agreement.first_wrong is None


def errors(records: Iterable[Record], what: str = "", arrays: Iterable[str] = ()) -> list[Deviation]:
    """The comparisons whose name begins so, of these arrays or of all."""
    found = [each for record in records if record.agreement for each in record.agreement.deviations]
    return [each for each in found if each.what.startswith(what) and (not arrays or each.array in arrays)]


def at_worst(found: Iterable[Deviation]) -> str:
    """The error that comes nearest to its limit."""
    worst = max(found, key=lambda each: each.error / each.limit, default=None)
    if worst is None:
        return "by how much is not recorded"
    return f"at worst off by {worst.error:.1e}, where {worst.limit:.0e} is allowed"


def conditions(run: Run, record: Record, ratio: Estimate) -> str:
    """Where a ratio was measured, and on how many restarts it rests."""
    if ratio.restarts == 1:
        restarts = "a single restart, which gives no interval"
    else:
        restarts = f"{'provisional, ' if ratio.provisional else ''}{ratio.restarts} restarts"
    return f"{phrases.where(run, record.cell)}: {restarts}{phrases.ends(run)}"


def missing(run: Run, what: str, command: str, records: Iterable[Record] = (), place: str = "") -> Claim:
    """What was not measured, why if the run says so, and the command that measures it."""
    reasons = [f"{record.cell.label} was {record.outcome} ({record.reason})" for record in records if record.reason]
    why = f", as {reasons[0]}" if reasons else ""
    return Claim("cannot be tested here", f"{what}{why}; {place}`{command}` measures it{phrases.ends(run)}")
