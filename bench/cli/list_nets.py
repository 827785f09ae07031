"""`fiftyx list`: the nets, what each offers, and what is missing here."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from bench.cli.console import console, say
from bench.cli.options import nets_option
from bench.nets import listing
from bench.nets.listing import Offer
from bench.nets.net_file import discover


@click.command("list")
@nets_option()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead, with sizes and obstacles.")
def command(nets: Sequence[Path], as_json: bool) -> int:
    """Show every net, what it offers, and whether it can run here."""
    known = discover(nets)
    if as_json:
        click.echo(json.dumps(listing.to_json(known), indent=2))
        return 0
    offers = listing.offers(known)
    console.print(table(offer for offer in offers if not offer.has_lower_bounds))
    floors = ", ".join(offer.label for offer in offers if offer.has_lower_bounds)
    say(f"yardsticks, measured beside the nets: {floors}")
    for reason, labels in listing.absences(offers).items():
        say(f"not here: {', '.join(labels)}: {reason}")
    return 0


def table(offers: Iterable[Offer]) -> Table:
    """A line for every variant: on which devices it can run here, and what it offers."""
    lines = Table(box=None, pad_edge=False)
    for heading in ("net", "here", "devices", "dtypes", "workloads"):
        lines.add_column(heading, no_wrap=heading == "net", overflow="fold")
    for offer in offers:
        here = " ".join(offer.here) or "no"
        offered = (" ".join(names) for names in (offer.obstacles, offer.dtypes, offer.workloads))
        lines.add_row(*map(Text, (offer.label, here, *offered)))
    return lines
