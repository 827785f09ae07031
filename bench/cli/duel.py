"""The commands that compare live: `fiftyx duel` and `fiftyx calibrate`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bench.cli import tables
from bench.cli.console import console, say
from bench.cli.markdown import summarise
from bench.cli.options import chosen_by, selection
from bench.cli.verdict_format import FORMATS, Format, render
from bench.errors import UserError
from bench.files.atomic import write_whole
from bench.files.run_files import new_path
from bench.files.run_json import origin
from bench.host.frameworks import versions
from bench.host.machine import differences
from bench.nets.availability import obstacle
from bench.nets.net_file import NetFile, discover
from bench.records.cell import Cell
from bench.records.record import CellEnded
from bench.records.run import Settings
from bench.records.verdict import exit_status
from bench.regression import base as sides
from bench.regression.decision import LEAST_PAIRS
from bench.regression.duel import Duel, Terms, defects
from bench.regression.false_alarms import Calibration, LivePairs, measure
from bench.regression.paired_measurement import Side
from bench.runner.job import TELLING_NETS, Choice, planned, telling
from bench.runner.progress import shown
from bench.workloads.problem import TIMED

MOST_PAIRS = 20
MARGIN = 0.02
# Fresh environments with the same packages were seen to differ by 5% and 8%, steadily (tests/benchmarks/README.md).
INTERPRETER_MARGIN = 0.1
# One each that computes by NumPy, eagerly, and compiled.
CALIBRATED_NETS = ("numpy_manual", "torch_autograd", "jax_grad")


@click.command()
@partial(selection, threads="1")
@click.option("--base", "revision", help="A git revision, whose nets are the base's.")
@click.option("--base-tree", "tree", type=click.Path(path_type=Path), help="A checkout or a folder of nets as base.")
@click.option("--base-python", "python", help="An interpreter, and with it its packages, as base.")
@click.option("--twin-python", "twin", help="Another, with the same packages: the control, which shows their luck.")
@click.option("--base-env", "variables", multiple=True, help="NAME=VALUE, set for the base alone; may be repeated.")
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, min_open=True),
    help=f"A relative change that is none.  [default: {MARGIN}; {INTERPRETER_MARGIN} with --base-python]",
)
@click.option(
    "--pairs",
    type=click.IntRange(LEAST_PAIRS, MOST_PAIRS),
    default=10,
    show_default=True,
    help="Fresh pairs of workers in each of two looks.",
)
@click.option("--seconds", type=click.FloatRange(1, 1e6), default=1e6, help="Budget for the pairs.  [default: none]")
@click.option("--out", type=click.Path(path_type=Path), help="A file for every pair's values, as JSON.")
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(FORMATS))
def duel(
    revision: str | None,
    tree: Path | None,
    python: str | None,
    twin: str | None,
    variables: Sequence[str],
    margin: float | None,
    pairs: int,
    seconds: float,
    out: Path | None,
    form: Format,
    **options: Any,
) -> int:
    """Measure NETs (a telling few, if none is named) against a base, both live, and say which are slower."""
    folders, choice = options.pop("nets"), chosen_by(options)
    base = sides.Base(revision, tree, python, twin, named(variables))
    base.require_sense(choice.threads)
    head = Side("head", discover(folders))
    cells, about = wanted(choice, head.nets), planned((), Settings())
    terms = Terms(margin or (INTERPRETER_MARGIN if python else MARGIN), pairs, seconds)
    # Whoever reads another format reads nothing else from standard output
    screen = console if form == "text" else Console(stderr=True)
    with sides.opened(base, folders) as other, shown(screen, seconds) as progress:
        fight = Duel(other, head, cells, terms, progress)
        verdicts = fight.fight()
    if out:
        write_whole(json.dumps(origin(about) | fight.to_json(), allow_nan=False), out)
    answer = render(verdicts, form, f"head against {other.label}", " ".join(terms_of(fight, bool(python and not twin))))
    click.echo(answer)
    if form == "markdown":
        summarise(answer)
    return exit_status(verdicts)


def terms_of(fight: Duel, untwinned: bool) -> Iterator[str]:
    """Sentences that say how far the answer carries."""
    terms = fight.terms
    yield f"Pairs of fresh workers, measured live, {terms.pairs} in each of two looks."
    yield f"A change of {terms.margin:.1%} counts as none."
    if changed := differences({"packages": fight.base.packages}, {"packages": versions(gpus=True)}):
        yield f"From base to head: {', '.join(changed)}."
    if fight.cut_short:
        yield f"The budget of {terms.budget_seconds:g} s ended before all pairs were measured."
    if fight.disturbances:
        yield f"Disturbed: {', '.join(fight.disturbances)}."
    if untwinned:
        yield "Environments with the same packages can differ by several percent: --twin-python shows by how much."


def named(variables: Sequence[str]) -> dict[str, str]:
    """The variables of NAME=VALUE words. Raises UserError."""
    for word in variables:
        if not word.partition("=")[0] or "=" not in word:
            raise UserError(f"--base-env {word} sets nothing: give NAME=VALUE")
    return {name: value for name, _, value in (word.partition("=") for word in variables)}


def wanted(choice: Choice, nets: Mapping[str, NetFile]) -> tuple[Cell, ...]:
    """The cells asked for; where no net is named, those of a telling few that can run here."""
    if choice.nets or choice.everything:
        cells = choice.cells(nets, TIMED, ("two_layer",))
    else:
        cells = replace(choice, nets=telling(nets, TELLING_NETS)).cells(nets, TIMED, ("two_layer",))
        cells = tuple(cell for cell in cells if obstacle(cell, nets[cell.net]) is None)
    return tuple(cell for cell in cells if not cell.is_floor)


@click.command()
@partial(selection, threads="1")
@click.option("--seconds", type=click.FloatRange(1, 1e6), default=600, show_default=True, help="For how long.")
@click.option("--out", type=click.Path(path_type=Path), help="[default: results/<machine>/calibration-<time>.json]")
def calibrate(seconds: float, out: Path | None, **options: Any) -> int:
    """Measure NETs (three, if none is named) against themselves: how often would a duel cry wolf here, and what
    would it miss?"""
    choice, side = chosen_by(options), Side("head", discover(options["nets"]))
    if not (choice.nets or choice.everything):
        choice = replace(choice, nets=CALIBRATED_NETS)
    cells, about = wanted(choice, side.nets), planned((), Settings())
    path = out or new_path(about).with_name(f"calibration-{new_path(about).name}")
    found = Calibration(LivePairs())

    def keep(calibration: Calibration) -> None:
        nonlocal found
        found = calibration
        write_whole(json.dumps(origin(about) | found.to_json(), allow_nan=False), path)

    with shown(console, seconds) as progress, suppress(KeyboardInterrupt):
        ended = defects(side, cells, progress)
        fit = [cell for cell in cells if cell not in ended]
        for cell, reason in ended.items():
            say(f"left out: {cell.id}: {reason}")
        try:
            measure(side, fit, seconds, lambda live: keep(Calibration(live)), progress)
        except CellEnded as end:
            raise UserError(f"{end.reason}: leave out that net") from end
    keep(Calibration.of(found.live))
    console.print(tables.of_calibration(found))
    for line in tables.calibration_remarks(found):
        say(line)
    say(f"calibration: {path}")
    return 0 if found.alarms else 3
