"""`fiftyx duel`: nets measured side by side with a base."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bench.cli.console import console
from bench.cli.options import FILE, MARGIN_HELP, SECONDS, chosen_by, selection
from bench.cli.verdict_format import FORMATS, Format, render
from bench.errors import UserError
from bench.files.atomic import write_whole
from bench.files.run_json import origin
from bench.host.fingerprint import differences
from bench.host.frameworks import versions
from bench.markdown import summarise
from bench.nets.net_file import discover
from bench.records.settings import Settings
from bench.records.verdict import exit_status
from bench.regression.base import Base, opened
from bench.regression.cells import compared_cells
from bench.regression.duel import INTERPRETER_MARGIN, MOST_PAIRS, Duel, DuelResult, Terms
from bench.regression.paired_measurement import Side
from bench.runner.job import new_run
from bench.runner.progress import shown
from bench.stats.duel_test import LEAST_PAIRS


@click.command("duel")
@selection(threads="1")
@click.option("--base", "revision", help="Take the base's nets from this git revision.")
@click.option("--base-tree", "tree", type=FILE, help="Take the base's nets from this checkout or folder of nets.")
@click.option("--base-python", "python", help="Run the base with this interpreter, and so with its packages.")
@click.option(
    "--twin-python",
    "control_python",
    help="A second interpreter with the same packages as --base-python: the control environment, which shows how much"
    " two such environments differ.",
)
@click.option("--base-env", "variables", multiple=True, help="NAME=VALUE, set for the base only; may be repeated.")
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, min_open=True),
    help=f"{MARGIN_HELP}  [default: {Terms.margin}; {INTERPRETER_MARGIN} with --base-python]",
)
@click.option(
    "--pairs",
    type=click.IntRange(LEAST_PAIRS, MOST_PAIRS),
    default=Terms.pairs,
    show_default=True,
    help="Fresh pairs of workers in each of the two stages.",
)
@click.option(
    "--seconds", type=SECONDS, default=Terms.budget_seconds, help="Time budget for the pairs.  [default: none]"
)
@click.option("--out", type=FILE, help="Write every pair's values to this file, as JSON.")
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(FORMATS))
def command(
    revision: str | None,
    tree: Path | None,
    python: str | None,
    control_python: str | None,
    variables: Sequence[str],
    margin: float | None,
    pairs: int,
    seconds: float,
    out: Path | None,
    form: Format,
    **options: Any,
) -> int:
    """Measure NETs side by side with a base, and report which are slower. Without NETs: the default nets."""
    folders, choice = options.pop("nets"), chosen_by(options)
    base = Base(revision, tree, python, control_python, parsed(variables))
    base.check(choice.threads)
    head = Side("head", discover(folders))
    cells, job = compared_cells(choice, head.nets), new_run((), Settings())
    terms = Terms(margin or (INTERPRETER_MARGIN if python else Terms.margin), pairs, seconds)
    # Standard output has nothing but the answer, unless it is for a person
    screen = console if form == "text" else Console(stderr=True)
    with opened(base, folders) as base_side, shown(screen, seconds) as progress:
        result = Duel(base_side, head, cells, terms, progress).fight()
    if out:
        write_whole(json.dumps(origin(job) | result.to_json(), allow_nan=False), out)
    note = " ".join(notes(result, uncontrolled=bool(python and not control_python)))
    answer = render(result.verdicts, form, f"head against {base.label}", note)
    click.echo(answer)
    if form == "markdown":
        summarise(answer)
    return exit_status(result.verdicts)


def parsed(variables: Sequence[str]) -> dict[str, str]:
    """The variables of NAME=VALUE words. Raises UserError."""
    for word in variables:
        if not word.partition("=")[0] or "=" not in word:
            raise UserError(f"--base-env {word} sets nothing: give NAME=VALUE")
    return {name: value for name, _, value in (word.partition("=") for word in variables)}


def notes(result: DuelResult, uncontrolled: bool) -> Iterator[str]:
    """Sentences that say how far to trust the answer; `uncontrolled`: another interpreter without a second one."""
    terms = result.terms
    yield f"Pairs of fresh workers, measured live, {terms.pairs} in each of two stages."
    yield f"Changes smaller than {terms.margin:.1%} are ignored."
    if changed := differences({"packages": result.base.packages}, {"packages": versions(gpus=True)}):
        yield f"From base to head: {', '.join(changed)}."
    if result.cut_short:
        yield f"The budget of {terms.budget_seconds:g} s ended before all pairs were measured."
    if result.disturbances:
        yield f"Disturbed: {', '.join(result.disturbances)}."
    if uncontrolled:
        yield "Environments with the same packages can differ by several percent: --twin-python shows by how much."
