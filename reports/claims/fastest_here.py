"""The line that leads every answer: what is fastest here, and by how much."""

from bench.records.run import Run
from bench.stats.estimate import Estimate
from bench.stats.stopping import seconds_until_precise
from reports.analysis.competitors import Competitors, all_competitors
from reports.analysis.fastest import Pair, Pick
from reports.wording import phrases
from reports.wording.units import factor, factor_span

# A run that would take longer than this to be precise needs a quieter machine instead.
MOST_SECONDS = 3600


def fastest_here(run: Run) -> str:
    """One sentence without a full stop: `Fastest here: torch_inplace, 1.34x NumPy (1.18 to 1.52; ...), on ...`.

    Of the plainest work that was timed, on any device, at any number of threads. The fastest is chosen and timed on
    different restarts (see Pick), and NumPy is the fastest where the interval lies below 1.
    """
    tables = all_competitors(run)
    if not tables:
        return "Fastest here: not known yet, the machine was busy" if any_measured(run) else "Nothing was timed"
    competitors = tables[0]
    cell = competitors[0].cell
    on = f"on {phrases.work(*cell.work)} in {cell.dtype}{phrases.unfinished(run)}"
    pair = beside_numpy(run, competitors)
    if pair is None:
        alone = Pick.fastest(run, competitors)
        name = alone.label if alone else cell.label
        return f"Fastest here: {name}, with nothing beside it to compare, {on}"
    name, ratio = phrased(pair.chosen), pair.ratio
    if ratio.is_wide:
        return f"Fastest here: not known yet, {name} perhaps; restarts differ too much, {on}"
    said = f"{factor(ratio.value)} NumPy ({', '.join([factor_span(ratio), *reservations(run, ratio)])})"
    if ratio.low is None or ratio.high is None or ratio.low <= 1 <= ratio.high:
        return f"Fastest here: {name} or NumPy, {said}, {on}"
    if ratio.high < 1:
        return f"NumPy is the fastest here; next is {name}, {said}, {on}"
    return f"Fastest here: {name}, {said}, {on}"


def any_measured(run: Run) -> bool:
    return any(record.outcome == "measured" for record in run.records.values())


def beside_numpy(run: Run, competitors: Competitors) -> Pair | None:
    """The fastest of the others and NumPy, with its own number of threads; None where they share no round."""
    reference = competitors[0].cell.reference
    numpy = [record for record in competitors if record.cell == reference]
    return Pair.fastest(run, [record for record in competitors if record.cell != reference], numpy)


def phrased(pick: Pick) -> str:
    """The net, and its device where that is not the CPU."""
    return f"{pick.label} on the {pick.cell.runs_on.title}" if pick.cell.on_gpu else pick.label


def reservations(run: Run, ratio: Estimate) -> list[str]:
    """Why the ratio is not firm, and what would make it so; nothing where it is."""
    wanted = run.settings.precision
    if not ratio.provisional and ratio.precision <= wanted:
        return []
    restarts = f"{ratio.restarts} restart{'s' * (ratio.restarts != 1)}"
    why = f"provisional, {restarts}" if ratio.provisional else f"not within {wanted:.1%}"
    seconds = seconds_until_precise(run.settings.budget_seconds, ratio, wanted)
    if seconds > MOST_SECONDS:
        return [f"{why}: a quieter machine is needed for a firm answer"]
    return [f"{why}: `--seconds {seconds}` for a firm answer"]
