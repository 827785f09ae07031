"""The `fiftyx` command. The only place that prints errors and exits.

Exit status: 0 fine; 1 the answer is bad (a net is wrong or failed, or slower than its base); 2 the request was
bad; 3 no answer (nothing that was asked for could be measured, checked or compared); 130 interrupted; 141 nobody
reads the output.
"""

import importlib
import sys
from collections.abc import Sequence

import click

from bench import __version__
from bench.errors import UserError

# Each command, the module of this room that holds it, and its line in the help of the group.
COMMANDS = {
    "calibrate": ("calibrate", "Measure how far to trust a duel on this machine."),
    "check": ("check", "Check that nets agree with float64 NumPy; time nothing."),
    "compare": ("compare", "Compare two recorded runs."),
    "duel": ("duel", "Measure nets side by side with a base: did they become slower?"),
    "list": ("list_nets", "Show every net, what it offers, and whether it can run here."),
    "new": ("new_net", "Write a commented file for a net of your own."),
    "report": ("report", "Write the page of recorded runs, or print their numbers."),
    "run": ("run", "Check nets, time them, and write a run file."),
    "trend": ("trend", "Report what changed over many recorded runs."),
}


class Commands(click.Group):
    """A group that imports a command only when it is called: their imports take longer than most of them run."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _ = COMMANDS[name]
        command: click.Command = importlib.import_module(f"bench.cli.{module}").command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fiftyx")
def fiftyx() -> None:
    """Trains the two-layer net of "Learning PyTorch with Examples" in every framework, proves that all
    compute the same, and times them side by side."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command and exits; a mistake of the user's is one line on standard error and status 2."""
    try:
        status = fiftyx.main(arguments, prog_name="fiftyx", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        status = 2
    except (UserError, click.ClickException) as error:
        message = error.format_message() if isinstance(error, click.ClickException) else str(error)
        print(f"fiftyx: {message}", file=sys.stderr)
        status = 2
    except (KeyboardInterrupt, click.Abort):
        status = 130
    except SystemExit:
        status = 141  # how rich and click exit when the reader of our output has gone
    except OSError as error:
        print(f"fiftyx: {error}: make room or correct the permissions, then try again", file=sys.stderr)
        status = 2
    sys.exit(status)
