"""Where the command's answers go."""

import sys

from rich.console import Console

# A pipe has no width of its own.
PIPED_WIDTH = 100
console = Console() if sys.stdout and sys.stdout.isatty() else Console(width=PIPED_WIDTH)


def say(line: str) -> None:
    """A line as it is, whatever a net or a path is called."""
    console.print(line, highlight=False, markup=False, soft_wrap=True)
