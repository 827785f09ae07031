"""`fiftyx calibrate`: how far to trust a duel on this machine."""

import json
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from bench.cli.console import console, say
from bench.cli.options import FILE, SECONDS, chosen_by, selection
from bench.errors import UserError
from bench.files.atomic import write_whole
from bench.files.run_files import new_path
from bench.files.run_json import origin
from bench.nets.net_file import discover
from bench.records.settings import Settings
from bench.regression.cells import compared_cells
from bench.regression.ended import SideEnded
from bench.regression.equal_pairs import SLOWDOWNS, EqualPairs, measure
from bench.regression.false_alarms import Calibration
from bench.regression.paired_measurement import Side
from bench.regression.side_check import check_side
from bench.runner.job import new_run
from bench.runner.progress import shown

# One each that computes by NumPy, eagerly, and compiled.
CALIBRATED_NETS = ("numpy_manual", "torch_autograd", "jax_grad")


@click.command("calibrate")
@selection(threads="1")
@click.option("--seconds", type=SECONDS, default=600, show_default=True, help="Time budget for the pairs.")
@click.option("--out", type=FILE, help="[default: results/<machine>/calibration-<time>.json]")
def command(seconds: float, out: Path | None, **options: Any) -> int:
    """Measure NETs against themselves: how often does a duel raise a false alarm on this machine, and which slowdowns
    does it miss? Without NETs: one each of NumPy, PyTorch and JAX."""
    choice, side = chosen_by(options), Side("head", discover(options["nets"]))
    if not (choice.nets or choice.everything):
        choice = replace(choice, nets=CALIBRATED_NETS)
    cells, job = compared_cells(choice, side.nets), new_run((), Settings())
    path = out or new_path(job).with_name(f"calibration-{new_path(job).name}")
    calibration = Calibration(EqualPairs())

    def keep(latest: Calibration) -> None:
        nonlocal calibration
        calibration = latest
        write_whole(json.dumps(origin(job) | latest.to_json(), allow_nan=False), path)

    with shown(console, seconds) as progress, suppress(KeyboardInterrupt):
        ended = check_side(side, cells, progress)
        for cell, reason in ended.items():
            say(f"left out: {cell.id}: {reason}")
        fit = [cell for cell in cells if cell not in ended]
        try:
            measure(side, fit, seconds, lambda pairs: keep(Calibration(pairs)), progress)
        except SideEnded as end:
            raise UserError(f"{end.ended}: leave out that net") from end
    keep(Calibration.of(calibration.live))
    console.print(table(calibration))
    for line in remarks(calibration):
        say(line)
    say(f"calibration: {path}")
    return 0 if calibration.alarms else 3


def table(calibration: Calibration) -> Table:
    """A line for every margin and number of pairs: how often it raises a false alarm, and what it detects.

    The bound is rounded up, and a resampled rate is shown as the count it is: no alarm in any number of duels drawn
    from few pairs bounds nothing.
    """
    lines = Table(box=None, pad_edge=False)
    headings = ("margin", "pairs a stage", "false alarms live", "resampled")
    for heading in (*headings, *(f"{share:.0%} found" for share in SLOWDOWNS)):
        lines.add_column(heading, no_wrap=True, justify="right")
    for alarms in calibration.alarms:
        detected = calibration.least_detected(alarms.margin, alarms.pairs)
        lines.add_row(
            f"{alarms.margin:.0%}",
            str(alarms.pairs),
            f"{alarms.live_alarms} of {alarms.live} (at most {math.ceil(alarms.live_bound * 100)}%)"
            if alarms.live
            else "none",
            f"{alarms.resampled_alarms:,} of {alarms.resampled:,}",
            *(f"{detected[share]:.1%}" if share in detected else "" for share in SLOWDOWNS),
        )
    return lines


def remarks(calibration: Calibration) -> Iterator[str]:
    """The evidence of the table, and how the injected slowdowns were measured."""
    live = calibration.live
    yield (
        f"{len(live)} live pairs of {len(live.same)} cells. Live duels share no pair: the bound on the rate of false "
        "alarms (Clopper and Pearson's, 95%, for each line alone) follows from them. Resampled duels draw from the "
        "same pairs: they show what to expect of more pairs like these, and bound nothing. So do the slowdowns found, "
        "which are resampled too."
    )
    for disturbance in live.disturbances:
        yield f"disturbed: {disturbance}"
    for share in live.frequent_slowdowns:
        ratios = [ratio for cell in live.slowed if (ratio := live.measured_slowdown(cell, share))]
        measured = ", ".join(f"{ratio.value - 1:.2%}" for ratio in ratios)
        yield f"an injected slowdown of {share:.0%} was measured as {measured}"
