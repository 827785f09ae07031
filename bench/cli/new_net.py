"""`fiftyx new`: a file for a net of one's own."""

import keyword
from pathlib import Path

import click

from bench.cli.console import say
from bench.cli.options import FILE
from bench.errors import UserError
from bench.files.atomic import write_whole
from bench.nets.net_file import IMPLEMENTATIONS, discover

TEMPLATE = IMPLEMENTATIONS / "_template.py"


@click.command("new")
@click.argument("name")
@click.option("--nets", "folder", type=FILE, default=Path(), show_default=True, help="The folder to write it into.")
def command(name: str, folder: Path) -> int:
    """Write NAME.py, a commented net in NumPy that runs as it is, to be changed into your own."""
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise UserError(f"{name!r} is no name for a net: take letters, digits and underscores, as in my_net")
    path = folder / f"{name}.py"
    if not folder.is_dir():
        raise UserError(f"--nets {folder} is not a folder: make it first, or name another")
    if name in discover():
        raise UserError(f"there is a net {name} already: choose another name")
    if path.exists():
        raise UserError(f"{path} already exists: choose another name")
    write_whole(TEMPLATE.read_text(encoding="utf-8"), path)
    say(f"net: {path}")
    say(f"next: `fiftyx check {name} --nets {folder}` says whether it computes the right thing")
    return 0
