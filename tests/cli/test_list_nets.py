"""`fiftyx list`, as wide as the terminal."""

import pytest

from bench.cli.list_nets import lines_of
from bench.nets import listing
from bench.nets.net_file import discover


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal_and_no_name_is_broken(width):
    offers = listing.offers(discover())
    lines = list(lines_of(offers, width))
    assert max(map(len, lines)) <= width
    words = " ".join(lines).replace(";", "").split()
    for offer in offers:
        assert {offer.label, *offer.obstacles, *offer.dtypes, *offer.workloads} <= set(words)
