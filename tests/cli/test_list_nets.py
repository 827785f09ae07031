"""`fiftyx list`: the nets as a table."""

import io

from rich.console import Console

from bench.cli.list_nets import table
from bench.nets import listing
from bench.nets.net_file import discover


def test_a_narrow_terminal_cuts_no_name_off():
    console = Console(file=io.StringIO(), width=80)
    console.print(table(listing.offers(discover())))
    shown = console.file.getvalue()
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= 80
