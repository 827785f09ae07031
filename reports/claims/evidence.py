"""What statements are judged by: agreement with NumPy, the conditions of a ratio, and what is missing."""

from collections.abc import Iterable

from bench.records.agreement import Deviation, worst
from bench.records.record import Record
from bench.records.run import Run
from bench.stats.estimate import Estimate
from reports.analysis.fastest import Pair
from reports.claims.claim import Claim
from reports.wording import phrases


def records_of(run: Run, net: str, workload: str = "two_layer") -> list[Record]:
    """The plain net's records of one workload, whatever became of them."""
    return [record for record in run.records.values() if (record.cell.label, record.cell.workload) == (net, workload)]


def agrees(record: Record) -> bool:
    """Whether it was compared with NumPy and every comparison passed."""
    return record.agreement is not None and record.agreement.first_wrong is None


def errors(records: Iterable[Record], what: str = "", arrays: Iterable[str] = ()) -> list[Deviation]:
    """The comparisons whose name begins so, of these arrays or of all."""
    deviations = [each for record in records if record.agreement for each in record.agreement.deviations]
    return [each for each in deviations if each.what.startswith(what) and (not arrays or each.array in arrays)]


def at_worst(deviations: list[Deviation]) -> str:
    """The error that comes nearest to its limit."""
    if not deviations:
        return "by how much is not recorded"
    nearest = worst(deviations)
    return f"at worst off by {nearest.error:.1e}, where {nearest.limit:.0e} is allowed"


def conditions(run: Run, record: Record, ratio: Estimate) -> str:
    """Where a ratio was measured, and on how many restarts it rests."""
    if ratio.restarts == 1:
        restarts = "a single restart, which gives no interval"
    else:
        restarts = f"{'provisional, ' if ratio.provisional else ''}{ratio.restarts} restarts"
    return f"{phrases.where(run, record.cell)}: {restarts}{phrases.unfinished(run)}"


def conditions_of_fastest(run: Run, pair: Pair) -> str:
    """Where a pair's ratio was measured, and which restarts chose and timed the fastest."""
    count = pair.ratio.restarts
    if count == 1:
        restarts = "a single restart gives no interval"
    elif not pair.chosen.halves[1]:
        restarts = f"the fastest chosen and timed on the same {count} restarts"
    elif pair.agreed:
        restarts = f"either half of the restarts chose the same fastest, timed on all {count}"
    else:
        restarts = f"the two halves of {count} restarts chose differently, and each choice is timed on the other half"
    provisional = "provisional, " if pair.ratio.provisional else ""
    return f"{phrases.where(run, pair.chosen.cell, chosen=True)}: {provisional}{restarts}{phrases.unfinished(run)}"


def busy(run: Run) -> bool:
    """Whether there are measured cells of which no round counts."""
    measured = (record for record in run.records.values() if record.outcome == "measured")
    return any(run.time(record) is None for record in measured if not record.cell.is_lower_bound)


def missing(run: Run, what: str, command: str, records: Iterable[Record] = (), place: str = "") -> Claim:
    """What was not measured, why if the run says so, and the command that measures it."""
    reasons = [f"{record.cell.label} was {record.outcome} ({record.reason})" for record in records if record.reason]
    why = f", as {reasons[0]}" if reasons else ", or the machine was busy and nothing is known yet" if busy(run) else ""
    return Claim("cannot be tested here", f"{what}{why}; {place}`{command}` measures it{phrases.unfinished(run)}")
