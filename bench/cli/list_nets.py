"""`fiftyx list`: the nets, what each offers, and what is missing here."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from bench.cli.console import console, say
from bench.cli.options import nets_option
from bench.nets import listing
from bench.nets.listing import Offer
from bench.nets.net_file import discover

INDENT = "    "


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
    say("Every net with where it can run here; below it the devices, dtypes and workloads that it offers.")
    for line in lines_of([offer for offer in offers if not offer.has_lower_bounds], console.width):
        say(line)
    floors = ", ".join(offer.label for offer in offers if offer.has_lower_bounds)
    say(f"yardsticks, measured beside the nets: {floors}")
    for reason, labels in listing.absences(offers).items():
        say(f"not here: {', '.join(labels)}: {reason}")
    return 0


def lines_of(offers: Sequence[Offer], width: int) -> Iterator[str]:
    """For every variant where it can run here, and below it the devices, dtypes and workloads that it offers.

    Lines break at words, never within a name.
    """
    widest = max(len(offer.label) for offer in offers)
    for offer in offers:
        yield f"{offer.label:{widest}}  {' '.join(offer.here) or 'not here'}"
        if offer.net.defect:
            continue
        offered = "; ".join(" ".join(names) for names in (offer.obstacles, offer.dtypes, offer.workloads))
        yield from textwrap.wrap(
            offered, width, initial_indent=INDENT, subsequent_indent=INDENT, break_long_words=False
        )
